/**
 * What Clang's JSON dump leaves out: TypeLocs and nested-name specifiers of a main file, by kind and range, held against
 * clang-query. (Of base specifiers the JSON dump has type and access, in `bases`; their ranges are those of TypeLocs.)
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { KIND_NAMES, Node, type SourceManager, TranslationUnit } from 'cmonster';
import { HOST_ONLY, type Inputs } from './compare-dumps.js';

export interface WrittenReport {
  file: string;
  /** How many distinct parts both have. */
  common: number;
  /** `TypedefTypeLoc a.c:1:2 a.c:1:5` and the like: Clang's only, ours only. */
  missing: string[];
  extra: string[];
  /** Why there is nothing to compare with. */
  cause?: string;
}

/**
 * What clang-query does not look into: it takes `const int` for one TypeLoc, and shows the elements of no vector. Both are
 * TypeLocs in Clang's AST, and here.
 */
const OPAQUE = ['QualifiedTypeLoc', 'VectorTypeLoc', 'ExtVectorTypeLoc', 'DependentVectorTypeLoc'];
const UNMATCHED = new Set<number>();

const QUERY = `set traversal AsIs
set output detailed-ast
match typeLoc(isExpansionInMainFile())
set output diag
match nestedNameSpecifierLoc()
`;

export async function compareWritten(given: Inputs): Promise<WrittenReport> {
  // clang-query names it so, however it is given.
  const file = resolve(given.cwd ?? '.', given.file);
  const inputs = { ...given, file };
  let expected: Written;
  try {
    expected = readQuery(await query(inputs), file);
  } catch (error) {
    return { file, common: 0, missing: [], extra: [], cause: (error as Error).message };
  }
  const actual = await ours(inputs);
  const typeLocs = compare(expected.typeLocs, actual.typeLocs);
  const names = compare(expected.names, actual.names);
  return {
    file,
    common: typeLocs.common + names.common,
    // Clang places a note in a macro's expansion at its use: those ranges cannot be told.
    missing: [
      ...typeLocs.missing,
      ...names.missing.filter((name) => !actual.macroNames.has(name.split(' ')[1] as string)),
    ],
    extra: [...typeLocs.extra, ...names.extra],
  };
}

interface Written {
  typeLocs: Set<string>;
  names: Set<string>;
}

function compare(expected: Set<string>, actual: Set<string>) {
  const missing = [...expected].filter((part) => !actual.has(part));
  return { common: expected.size - missing.length, missing, extra: [...actual].filter((part) => !expected.has(part)) };
}

function query({ file, arguments: args, cwd }: Inputs): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'oracle-'));
  const script = join(folder, 'query');
  writeFileSync(script, QUERY);
  const shown = ['-fdiagnostics-print-source-range-info', '-fno-caret-diagnostics', '-fno-color-diagnostics'];
  const options = ['-f', script, ...shown.map((arg) => `--extra-arg=${arg}`), file, '--', HOST_ONLY, ...args];
  return new Promise((resolve, reject) => {
    execFile('clang-query-19', options, { cwd, timeout: 60_000, maxBuffer: 2 ** 30 }, (error, stdout) => {
      rmSync(folder, { recursive: true, force: true });
      // Errors in the source are no failure: then too it matches what there is.
      if (error && !/matches?\.\s*$/.test(stdout)) reject(new Error(`clang-query: ${error.message.split('\n')[0]}`));
      else resolve(stdout);
    });
  });
}

/** Of the first line of each match: `PointerTypeLoc <file:1:2, col:5> 'int *'`. */
function readQuery(text: string, file: string): Written {
  const typeLocs = new Set<string>();
  const names = new Set<string>();
  let next = false;
  for (const line of text.split('\n')) {
    const note = /^(.*):(\d+:\d+):\{(\d+:\d+)-(\d+:\d+)\}: note: "root" binds here/.exec(line);
    if (note && note[1] === file) names.add(`NestedNameSpecifierLoc ${note[3]} ${note[4]}`);
    if (next) {
      const match = /^(\w+TypeLoc) <(.*?)> '/.exec(line);
      if (match && !(match[2] as string).includes('<invalid')) {
        typeLocs.add(`${match[1]} ${absolute((match[2] as string).split(', '))}`);
      }
    }
    next = line.startsWith('Binding for "root":');
  }
  return { typeLocs, names };
}

/** Two places of Clang's text dump, of which the second says only what is different: `a.c:1:2`, `line:2:5`, `col:7`. */
function absolute([begin, end]: string[]): string {
  const places: string[] = [];
  let file = '';
  let line = '';
  for (const place of [begin, end ?? begin] as string[]) {
    const parts = place.split(':');
    const column = parts.pop();
    if (parts[0] !== 'col') {
      line = parts.pop() as string;
      if (parts[0] !== 'line') file = parts.join(':');
    }
    places.push(`${file}:${line}:${column}`);
  }
  return places.join(' ');
}

async function ours({ file, arguments: args, cwd }: Inputs): Promise<Written & { macroNames: Set<string> }> {
  using tu = await TranslationUnit.parse(file, { arguments: args, scope: 'all', ...(cwd !== undefined && { cwd }) });
  const { snapshot, sourceManager } = tu;
  if (UNMATCHED.size === 0) for (const kind of OPAQUE) UNMATCHED.add(KIND_NAMES.indexOf(kind));
  const typeLocs = new Set<string>();
  const names = new Set<string>();
  const macroNames = new Set<string>();
  for (const { index, kind } of tu.find(
    Node,
    ({ kind }) => kind.endsWith('TypeLoc') || kind === 'NestedNameSpecifierLoc',
    {
      implicit: true,
      instantiations: true,
      typeLocs: true,
    },
  )) {
    const begin = snapshot.begin[index] as number;
    const last = snapshot.last[index] as number;
    if (begin === 0 || last === 0) continue;
    if (UNMATCHED.has(snapshot.kind[snapshot.parentOf(index)] as number)) continue;
    const use = sourceManager.presumed(begin);
    if (!use || !tu.location(begin).isInMainFile) continue;
    if (kind.endsWith('TypeLoc')) {
      typeLocs.add(`${kind} ${spelled(sourceManager, begin)} ${spelled(sourceManager, last)}`);
    } else if (begin >= 2 ** 31 || last >= 2 ** 31) {
      macroNames.add(`${use.line}:${use.column}`);
    } else {
      const end = sourceManager.presumed(last);
      names.add(
        `NestedNameSpecifierLoc ${use.line}:${use.column} ${end?.line}:${(end?.column ?? 0) + sourceManager.tokenLength(last)}`,
      );
    }
  }
  return { typeLocs, names, macroNames };
}

function spelled(sources: SourceManager, raw: number): string {
  const place = sources.presumed(sources.spellingLoc(raw));
  return place ? `${place.file}:${place.line}:${place.column}` : '';
}
