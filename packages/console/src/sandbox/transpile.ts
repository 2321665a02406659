// From the TypeScript that a person wrote to what the sandbox's engine runs. Types are dropped, not checked: the page
// checks them while the person types.
import { originalPositionFor, type SourceMapInput, TraceMap } from '@jridgewell/trace-mapping';
import { type Program as Parsed, type Position, parse } from 'acorn';
import { type TransformFailure, transform } from 'esbuild';
import { transformSync } from 'oxc-transform';
import { ConsoleError, type Place } from '../error.js';

/** The name that the code has in stacks. */
export const codeName = 'code.ts';

export interface Program {
  /** JavaScript: a script, in which `await` may stand at the top. */
  readonly code: string;
  /** Whether its last statement is an expression, whose value a person wants to see. */
  readonly hasResult: boolean;
  /** From a place in `code` to one in what the person wrote. */
  readonly original: (place: Place) => Place | undefined;
}

/** @throws ConsoleError `invalid-code`, with the place */
export async function transpile(source: string): Promise<Program> {
  const { code, map, parsed } = typesDropped(source) ?? (await rewritten(source));
  return { code, hasResult: parsed.body.at(-1)?.type === 'ExpressionStatement', original: backThrough(map) };
}

interface Transpiled {
  code: string;
  map: SourceMapInput;
  parsed: Parsed;
}

function backThrough(map: SourceMapInput): Program['original'] {
  let trace: TraceMap | undefined;
  return ({ line, column }) => {
    trace ??= new TraceMap(map);
    const found = originalPositionFor(trace, { line, column: column - 1 });
    return found.line === null ? undefined : { line: found.line, column: found.column + 1 };
  };
}

/** In this thread: what nearly all code needs. Undefined when it needs more, or can't be read. */
function typesDropped(source: string): Transpiled | undefined {
  const { code, map, errors, helpersUsed } = transformSync(codeName, source, {
    lang: 'ts',
    sourceType: 'module',
    target: 'es2023',
    sourcemap: true,
    typescript: { onlyRemoveTypeImports: true },
  });
  if (errors.length > 0 || !map || Object.keys(helpersUsed).length > 0) return undefined;
  try {
    const parsed = read(code);
    return parsed.body.some(isOfModule) ? undefined : { code, map: map as SourceMapInput, parsed };
  } catch {
    // Decorators, for example, are still in it.
    return undefined;
  }
}

/** By esbuild, a process of its own: knows what the engine doesn't, such as `using` and decorators, and says best what is wrong. */
async function rewritten(source: string): Promise<Transpiled> {
  const { code, map } = await transform(source, {
    loader: 'ts',
    target: 'es2023',
    sourcefile: codeName,
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'silent',
    // Without this, an import that is used only as a type vanishes, and any other is refused: let all be refused.
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  }).catch((error: unknown) => {
    throw invalidCode(error as TransformFailure);
  });
  const place = (at: Position | null | undefined): { place: Place | undefined } => ({
    place: at ? backThrough(map)({ line: at.line, column: at.column + 1 }) : undefined,
  });
  let parsed: Parsed;
  try {
    parsed = read(code);
  } catch (error) {
    const { message, loc } = error as SyntaxError & { loc?: Position };
    throw new ConsoleError('invalid-code', message.replace(/ \(\d+:\d+\)$/, ''), place(loc));
  }
  const foreign = parsed.body.find(isOfModule);
  if (!foreign) return { code, map, parsed };
  const what = foreign.type.startsWith('Import') ? 'import' : 'export';
  const message = `there is nothing to ${what} here: use agent, agents and show`;
  throw new ConsoleError('invalid-code', message, place(foreign.loc?.start));
}

function invalidCode({ errors }: TransformFailure): ConsoleError {
  const [first] = errors ?? [];
  const place = first?.location ? { line: first.location.line, column: first.location.column + 1 } : undefined;
  return new ConsoleError('invalid-code', first?.text ?? 'the code cannot be read', { place });
}

function read(code: string): Parsed {
  return parse(code, { ecmaVersion: 2023, sourceType: 'module', allowAwaitOutsideFunction: true, locations: true });
}

function isOfModule({ type }: Parsed['body'][number]): boolean {
  return type.startsWith('Import') || type.startsWith('Export');
}
