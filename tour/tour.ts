// `npm start`: what cmonster sees in a large C file and in a C++ file full of templates, a change of it, macros in TypeScript, and a
// hooked process, with times.
import { fileURLToPath } from 'node:url';
import { renderDiagnostics, TranslationUnit } from 'cmonster';
import { sqliteAmalgamation } from '../setup/corpus.mjs';
import { showCFile } from './c-file.js';
import { showChange } from './change.js';
import { showCppFile } from './cpp-file.js';
import { showHook } from './hook.js';
import { showMacros } from './macro.js';
import { parseAndMeasure } from './measure.js';
import { colours, number, print, title } from './screen.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const started = performance.now();

async function main(): Promise<void> {
  print(
    '',
    `${colours.bold('monsterlab')} ${colours.dim('· a tour: C and C++ from TypeScript, its source and its processes')}`,
  );

  const sqlite = relative(await sqliteAmalgamation());
  title('sqlite3.c', 'C. The SQLite database in one file: 9.5 MB, as it comes.');
  using c = await parseAndMeasure(sqlite, {});
  showCFile(c);

  title('A change', 'Code is found by example, and what is changed keeps every other byte.');
  showChange(c);

  title('logbook.cpp', 'C++. Some hundred lines, and all of the standard library that they need.');
  using cpp = await parseAndMeasure('tour/inputs/logbook.cpp', { scope: 'all', arguments: ['-std=c++20'] });
  showCppFile(cpp);

  title('mistakes.c', "Errors are no exceptions: the tree is there, with Clang's own words about it.");
  using wrong = await TranslationUnit.parse('tour/inputs/mistakes.c', { arguments: ['-Wall'] });
  process.stdout.write(
    renderDiagnostics(wrong.diagnostics, wrong.sourceManager, {
      colour: colours.isColorSupported,
    }),
  );

  title('reversed.c', 'Macros in TypeScript, in the source itself. Clang asks for their text while it preprocesses.');
  showMacros('tour/inputs/reversed.c');

  title('git', 'A program as it is installed. Ten lines of TypeScript stand between it and a function that it calls.');
  showHook('examples/hooks/environment.ts', ['git', 'log', '-1', '--format=%h']);

  const seconds = (performance.now() - started) / 1000;
  title('Your turn', `That was all of it, in ${number(seconds, 1)} s. Three things to try next:`);
  next('a check that is not needed', `npx cmonster find 'if ($x) sqlite3_free($x);' ${sqlite}`);
  next('the holes in structs', 'npx cmonster run examples/padding.ts tour/inputs/logbook.cpp');
  next('who allocates how much', 'npx mrhooker examples/hooks/allocations.ts ls');
  print(
    '',
    `Then write your own. Five minutes each: ${colours.cyan('docs/guides/first-script.md')}, ${colours.cyan('first-codemod.md')}, ${colours.cyan('first-hook.md')}.`,
    '',
  );
}

function next(what: string, command: string): void {
  print(`  ${what}`, `    ${colours.cyan(command)}`);
}

/** Paths as a person in the repository's folder would type them. */
function relative(path: string): string {
  return path.startsWith(root) ? path.slice(root.length) : path;
}

process.chdir(root);
await main();
