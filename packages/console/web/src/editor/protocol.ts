// Between the editor and the worker in which TypeScript runs.

export interface Problem {
  /** Offsets in the code. */
  from: number;
  to: number;
  severity: 'error' | 'warning' | 'info';
  message: string;
}

export interface Completion {
  name: string;
  /** TypeScript's: `method`, `property`, `keyword`, … */
  kind: string;
  sort: string;
}

export interface Explanation {
  from: number;
  to: number;
  /** What it is, as TypeScript. */
  signature: string;
  /** What its author says. */
  documentation: string;
}

export interface Signature {
  label: string;
  /** The parameter at the cursor, as a range of the label. */
  parameter: [number, number] | undefined;
  documentation: string;
}

export interface LanguageService {
  /** Replaces the declarations of `agent` and what else is global; empty as long as they are not known. */
  declare(text: string): void;
  /** Where the code is wrong; what its types are is told only when the declarations are known. */
  problems(code: string): Problem[];
  complete(code: string, at: number): Completion[];
  detail(code: string, at: number, name: string): Explanation | undefined;
  explain(code: string, at: number): Explanation | undefined;
  signature(code: string, at: number): Signature | undefined;
}

export type Request = {
  [Name in keyof LanguageService]: { id: number; name: Name; args: Parameters<LanguageService[Name]> };
}[keyof LanguageService];
export interface Answer {
  id: number;
  result: unknown;
}
