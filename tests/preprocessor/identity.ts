/** A parse with handlers of every include and pragma that decide nothing, beside one without. */
import { PreprocessorHooks, parseSync, type TranslationUnit } from 'cmonster';
import { expect } from 'vitest';
import type { Input } from './corpus.js';

/** Rows, types and strings: the whole tree. What changes with the script's own definitions are only locations. */
function treeOf(tu: TranslationUnit): string[] {
  const { snapshot, sourceManager } = tu;
  const place = (raw: number): string => {
    const position = sourceManager.position(sourceManager.expansionLoc(raw));
    return position && position.file.kind === 'file' ? `${position.file.name}:${position.offset}` : '';
  };
  return Array.from({ length: snapshot.rows }, (_, row) =>
    [
      snapshot.kind[row],
      snapshot.end[row],
      place(snapshot.begin[row] as number),
      place(snapshot.last[row] as number),
      snapshot.type[row],
      snapshot.bits[row],
    ].join(' '),
  );
}

/** Asks for every include, and answers where a usual lookup would find it. */
function identity(paths: ReadonlyMap<string, string>, asked: { includes: number; pragmas: number }): PreprocessorHooks {
  return new PreprocessorHooks()
    .onInclude(({ name, includer, line, directive }) => {
      asked.includes++;
      return directive.startsWith('__') ? undefined : paths.get(`${includer}:${line}:${name}`);
    })
    .onPragma('*', '*', () => {
      asked.pragmas++;
      return undefined;
    });
}

/** Expects the same tree and the same diagnostics of both. */
export function expectIdentity({ file, arguments: args }: Input): void {
  const options = { arguments: ['-w', ...args], scope: 'all' } as const;
  using plain = parseSync(file, options);
  const paths = new Map(
    plain.preprocessor.includes.flatMap(({ location, name, path }) =>
      path === undefined ? [] : [[`${location.file?.name}:${location.line}:${name}`, path] as const],
    ),
  );
  const asked = { includes: 0, pragmas: 0 };
  using scripted = parseSync(file, { ...options, preprocessor: identity(paths, asked) });
  expect(scripted.diagnostics.map(String)).toEqual(plain.diagnostics.map(String));
  expect(treeOf(scripted)).toEqual(treeOf(plain));
  expect(asked.includes).toBeGreaterThanOrEqual(plain.preprocessor.includes.length);
}
