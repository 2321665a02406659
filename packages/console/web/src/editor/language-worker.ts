// TypeScript's own language service over the person's code and the declarations that were made from the chosen agents'
// descriptors. In a worker: checking must never hold up typing.
import ts from 'typescript';
import type { Answer, LanguageService, Problem, Request } from './protocol.js';

const libraryFiles = import.meta.glob<string>(
  [
    '../../../node_modules/typescript/lib/lib.es5.d.ts',
    '../../../node_modules/typescript/lib/lib.es20{15,16,17,18,19,20,21,22,23}*.d.ts',
    '../../../node_modules/typescript/lib/lib.decorators*.d.ts',
    '!**/*.full.d.ts',
  ],
  { query: '?raw', import: 'default', eager: true },
);
const libraries = new Map(
  Object.entries(libraryFiles).map(([path, text]) => [`/lib/${path.slice(path.lastIndexOf('/') + 1)}`, text]),
);

const codeFile = '/code.ts';
const agentFile = '/agent.d.ts';

class Files {
  readonly #versions = new Map<string, number>();
  readonly #texts = new Map<string, string>([
    [codeFile, ''],
    [agentFile, ''],
  ]);

  set(name: string, text: string): void {
    if (this.#texts.get(name) === text) return;
    this.#texts.set(name, text);
    this.#versions.set(name, this.version(name) + 1);
  }

  get(name: string): string | undefined {
    return this.#texts.get(name) ?? libraries.get(name);
  }

  version(name: string): number {
    return this.#versions.get(name) ?? 0;
  }
}

const files = new Files();
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2023.d.ts'],
  types: [],
  strict: true,
  noImplicitAny: false,
  noEmit: true,
  skipLibCheck: true,
  // A result may stand at the end without being used.
  noUnusedLocals: false,
};

const service = ts.createLanguageService({
  getCompilationSettings: () => options,
  getScriptFileNames: () => [codeFile, agentFile],
  getScriptVersion: (name) => String(files.version(name)),
  getScriptSnapshot: (name) => {
    const text = files.get(name);
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
  },
  getCurrentDirectory: () => '/',
  getDefaultLibFileName: () => '/lib/lib.es2023.d.ts',
  fileExists: (name) => files.get(name) !== undefined,
  readFile: (name) => files.get(name),
});

const severities: Record<ts.DiagnosticCategory, Problem['severity']> = {
  [ts.DiagnosticCategory.Error]: 'error',
  [ts.DiagnosticCategory.Warning]: 'warning',
  [ts.DiagnosticCategory.Suggestion]: 'info',
  [ts.DiagnosticCategory.Message]: 'info',
};

const text = (parts: readonly ts.SymbolDisplayPart[] | undefined): string =>
  ts.displayPartsToString(parts as ts.SymbolDisplayPart[]);

const language: LanguageService = {
  declare(declarations) {
    files.set(agentFile, declarations);
  },

  problems(code) {
    files.set(codeFile, code);
    // As long as nobody knows what an agent offers, every use of it would be an error.
    const known = files.get(agentFile) !== '';
    const found = [
      ...service.getSyntacticDiagnostics(codeFile),
      ...(known ? service.getSemanticDiagnostics(codeFile) : []),
    ];
    return found.map(({ start = 0, length = 0, category, messageText }) => ({
      from: Math.min(start, code.length),
      to: Math.min(start + Math.max(length, 1), code.length),
      severity: severities[category],
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }));
  },

  complete(code, at) {
    files.set(codeFile, code);
    const found = service.getCompletionsAtPosition(codeFile, at, { includeCompletionsWithInsertText: false });
    return (found?.entries ?? []).map(({ name, kind, sortText }) => ({ name, kind, sort: sortText }));
  },

  detail(code, at, name) {
    files.set(codeFile, code);
    const found = service.getCompletionEntryDetails(codeFile, at, name, undefined, undefined, undefined, undefined);
    return found && { from: at, to: at, signature: text(found.displayParts), documentation: text(found.documentation) };
  },

  explain(code, at) {
    files.set(codeFile, code);
    const found = service.getQuickInfoAtPosition(codeFile, at);
    if (!found) return undefined;
    const { start, length } = found.textSpan;
    return {
      from: start,
      to: start + length,
      signature: text(found.displayParts),
      documentation: text(found.documentation),
    };
  },

  signature(code, at) {
    files.set(codeFile, code);
    const found = service.getSignatureHelpItems(codeFile, at, undefined);
    const item = found?.items[found.selectedItemIndex];
    if (!found || !item) return undefined;
    let label = text(item.prefixDisplayParts);
    let parameter: [number, number] | undefined;
    for (const [index, it] of item.parameters.entries()) {
      if (index > 0) label += text(item.separatorDisplayParts);
      const from = label.length;
      label += text(it.displayParts);
      if (index === found.argumentIndex) parameter = [from, label.length];
    }
    label += text(item.suffixDisplayParts);
    return { label, parameter, documentation: text(item.documentation) };
  },
};

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  let result: unknown;
  try {
    result = (language[data.name] as (...args: unknown[]) => unknown)(...data.args);
  } catch (error) {
    // The service stumbles over half-typed code now and then; the next keystroke asks again.
    console.warn(error);
  }
  postMessage({ id: data.id, result } satisfies Answer);
});
