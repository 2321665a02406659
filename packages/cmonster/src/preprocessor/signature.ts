/** What a macro is called with: `NAME`, `NAME()`, `NAME(a, b, ...rest)`. */
import { CmonsterError } from '../error.js';

export interface Signature {
  name: string;
  /** Undefined for an object-like macro. */
  parameters: readonly string[] | undefined;
  /** Whether the last parameter takes all further arguments. */
  variadic: boolean;
}

const IDENTIFIER = '[\\p{L}_$][\\p{L}\\p{N}_$]*';
const SIGNATURE = new RegExp(`^\\s*(${IDENTIFIER})\\s*(?:\\((.*)\\))?\\s*$`, 'su');
const PARAMETER = new RegExp(`^(\\.\\.\\.)?\\s*(${IDENTIFIER})$`, 'u');

export function parseSignature(text: string): Signature {
  const match = SIGNATURE.exec(text);
  if (!match) throw new CmonsterError('USAGE', `'${text}' is no macro's signature: NAME or NAME(a, b, ...rest) is`);
  const [, name, list] = match as unknown as [string, string, string | undefined];
  if (list === undefined) return { name, parameters: undefined, variadic: false };
  const written = list.trim() === '' ? [] : list.split(',').map((parameter) => parameter.trim());
  const parameters: string[] = [];
  let variadic = false;
  for (const text of written) {
    const parameter = text === '...' ? ['', '...', '__VA_ARGS__'] : PARAMETER.exec(text);
    if (!parameter || variadic) throw new CmonsterError('USAGE', `'${text}' is no parameter of macro '${name}'`);
    variadic = parameter[1] === '...';
    parameters.push(parameter[2] as string);
  }
  return { name, parameters, variadic };
}

/** The parameters of a function that was given without a signature: its own. */
export function signatureOf(name: string, fn: (...args: never[]) => unknown): Signature {
  const variadic = hasRest(fn);
  const parameters = Array.from({ length: fn.length }, (_, i) => `a${i + 1}`);
  if (variadic) parameters.push('rest');
  return { name, parameters, variadic };
}

/** Whether its parameter list ends in `...rest`: that is only said by its text. */
function hasRest(fn: (...args: never[]) => unknown): boolean {
  const text = fn.toString();
  const open = text.indexOf('(');
  const arrow = text.indexOf('=>');
  if (open < 0 || (arrow >= 0 && arrow < open)) return false;
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const char = text[at] as string;
    if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char) && --depth === 0) return false;
    else if (char === '"' || char === "'" || char === '`') at = text.indexOf(char, at + 1);
    else if (depth === 1 && text.startsWith('...', at)) return true;
    if (at < 0) return false;
  }
  return false;
}

/** The macro's head as C writes it. */
export function headOf({ name, parameters, variadic }: Signature): string {
  if (!parameters) return name;
  const fixed = variadic ? parameters.slice(0, -1) : parameters;
  return `${name}(${[...fixed.map((_, i) => `a${i + 1}`), ...(variadic ? ['...'] : [])].join(', ')})`;
}
