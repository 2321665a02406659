import { expect, test } from 'vitest';
import { crossings, findImports, folderCycles } from './import-directions.mjs';
import { lockProblems } from './lock-file.mjs';
import { findDumpers } from './no-clang-dumpers.mjs';

const file = (/** @type {string} */ path, /** @type {string[]} */ ...statements) => ({
  path,
  imports: findImports(statements.join('\n')),
});

test('every form of import is found, with its line; comments are not', () => {
  const source = `import './a.js';
// import './no.js';
import type { B } from './b.js';
/* import './no.js'; */ export * from './c.js';
import {
  d,
  type D,
} from './d.js';
export { e } from "./e.js";
const f = await import('./f.js');
export const text = 'imported from nowhere';
export type Alias = string;
`;
  expect(findImports(source)).toEqual([
    { specifier: './a.js', line: 1, typeOnly: false },
    { specifier: './b.js', line: 3, typeOnly: true },
    { specifier: './c.js', line: 4, typeOnly: false },
    { specifier: './d.js', line: 5, typeOnly: false },
    { specifier: './e.js', line: 9, typeOnly: false },
    { specifier: './f.js', line: 10, typeOnly: false },
  ]);
});

test('imports in texts are none', () => {
  const source = "const script = `\nimport { a } from 'cmonster';\n`;\nconst type = \"import('mrhooker').Console\";\n";
  expect(findImports(source)).toEqual([]);
});

test('packages import downwards, by name', () => {
  const files = [
    file('packages/mrhooker/src/a.ts', "import { parse } from 'cmonster';", "import { send } from 'c:sys/socket.h';"),
    file('packages/cmonster/src/b.ts', "import { hook } from 'mrhooker';", "import yargs from 'yargs';"),
    file('packages/cmonster/src/c.ts', "import '../../igor/src/d.js';"),
    file('packages/cmonster/src/e.ts', "import 'cmonster';"),
    file('packages/cmonster/src/e.test.ts', "import 'cmonster';"),
  ];
  expect(crossings(files)).toEqual([
    'packages/cmonster/src/b.ts:1: cmonster may not import mrhooker',
    'packages/cmonster/src/c.ts:1: ../../igor/src/d.js leaves its package; import it by name',
    'packages/cmonster/src/e.ts:1: cmonster may not import cmonster',
  ]);
});

test('a circle of folders is told once, with the places that close it', () => {
  const files = [
    file('packages/cmonster/src/ast/node.ts', "import { text } from '../source/text.js';"),
    file('packages/cmonster/src/source/text.ts', "import { wire } from '../wire/wire.js';"),
    file('packages/cmonster/src/wire/wire.ts', "import { Node } from '../ast/node.js';"),
    file('packages/cmonster/src/index.ts', "export * from './ast/node.js';"),
    file('packages/cmonster/src/wire/types.ts', "import type { Node } from '../ast/node.js';"),
  ];
  expect(folderCycles(files, 'cmonster')).toEqual([
    'cmonster: ast → source → wire → ast (packages/cmonster/src/ast/node.ts:1, packages/cmonster/src/source/text.ts:1, packages/cmonster/src/wire/wire.ts:1)',
  ]);
  expect(folderCycles(files.slice(0, 2).concat(files.slice(3)), 'cmonster')).toEqual([]);
});

test("Clang's dumpers are found outside comments", () => {
  const source = `// D->dump();
/* ASTDumper
*/ D->dump();
dumpster(); node.dump (out);`;
  expect(findDumpers(source)).toEqual(['3: D->dump();', '4: dumpster(); node.dump (out);']);
});

test('the lock file: no address, and every optional dependency', () => {
  const packages = {
    'packages/cmonster': { resolved: 'packages/cmonster' },
    'node_modules/a': { resolved: 'proto://host/a.tgz', optionalDependencies: { 'a-linux': '1', 'a-darwin': '1' } },
    'node_modules/a-linux': {},
  };
  expect(lockProblems({ packages })).toEqual([
    'node_modules/a: proto://host/a.tgz',
    'node_modules/a: its optional dependency a-darwin is missing from the lock file',
  ]);
});
