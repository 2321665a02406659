// From the TypeScript that a person wrote to what the sandbox's engine runs. Types are dropped, not checked: the page
// checks them while the person types.
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { parse } from 'acorn';
import { type TransformFailure, transform } from 'esbuild';
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
  let trace: TraceMap | undefined;
  const original = ({ line, column }: Place): Place | undefined => {
    trace ??= new TraceMap(map);
    const found = originalPositionFor(trace, { line, column: column - 1 });
    return found.line === null ? undefined : { line: found.line, column: found.column + 1 };
  };
  return { code, hasResult: endsInExpression(code, original), original };
}

function invalidCode({ errors }: TransformFailure): ConsoleError {
  const [first] = errors ?? [];
  const place = first?.location ? { line: first.location.line, column: first.location.column + 1 } : undefined;
  return new ConsoleError('invalid-code', first?.text ?? 'the code cannot be read', { place });
}

function endsInExpression(code: string, original: Program['original']): boolean {
  const program = parse(code, {
    ecmaVersion: 2023,
    sourceType: 'module',
    allowAwaitOutsideFunction: true,
    locations: true,
  });
  for (const { type, loc } of program.body) {
    if (type.startsWith('Import') || type.startsWith('Export')) {
      const place = loc ? original({ line: loc.start.line, column: loc.start.column + 1 }) : undefined;
      const what = type.startsWith('Import') ? 'import' : 'export';
      throw new ConsoleError('invalid-code', `there is nothing to ${what} here: use agent, agents and show`, { place });
    }
  }
  return program.body.at(-1)?.type === 'ExpressionStatement';
}
