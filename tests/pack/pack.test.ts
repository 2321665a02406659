import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Installed, root } from './installed.js';

// The one that is built already: pack.long.test.ts builds it as the package does.
const env = { CMONSTER_FRONTEND: `${root}/packages/cmonster/frontend/build/cmonster-frontend` };
let installed: Installed;

beforeAll(() => {
  installed = new Installed('cmonster');
  installed.write('app/x.c', '#include <string.h>\nvoid f(char *to) { memset(to, 0, sizeof(long)); }\n');
}, 180_000);
afterAll(() => installed?.remove());

const script = `
import { CallExpr, type Expr, type TranslationUnit } from 'cmonster';

const [wanted] = process.argv.slice(2);

export default function (tu: TranslationUnit): void {
  for (const call of tu.find(CallExpr, (call) => call.directCallee?.name === wanted)) {
    const size: Expr | undefined = call.arguments[2];
    console.log(\`\${call.beginLoc} \${size?.evaluate('integer')}\`);
  }
}
`;

test('holds what it needs and nothing else', () => {
  const { files } = installed;
  for (const needed of ['bin/cmonster.js', 'dist/index.js', 'dist/index.d.ts', 'frontend/CMakeLists.txt', 'LICENSE']) {
    expect(files).toContain(needed);
  }
  expect(files.filter((path) => /\.test\.|tsbuildinfo|^src|^codegen|^frontend\/build/.test(path))).toEqual([]);
});

test('cmonster dump', () => {
  const lines = installed.cmonster(['dump', 'x.c'], env).split('\n');
  expect(lines).toContainEqual(expect.stringMatching(/FunctionDecl <.*> f 'void \(char \*\)'/));
});

test('cmonster run: a script elsewhere, where no package is installed', () => {
  mkdirSync(join(installed.folder, 'scripts'));
  installed.write('scripts/calls.ts', script);
  expect(installed.cmonster(['run', '../scripts/calls.ts', '--arg', 'memset', 'x.c'], env)).toBe('x.c:2:20 8\n');
});

test('a program of its own', () => {
  installed.write(
    'app/own.mjs',
    `import { parseSync, FunctionDecl } from 'cmonster';
     const tu = parseSync('x.c');
     console.log(tu.find(FunctionDecl, (it) => it.isThisDeclarationADefinition()).map((it) => it.name));
     tu.dispose();`,
  );
  expect(installed.run('node', ['own.mjs'], installed.app, env)).toBe("[ 'f' ]\n");
});

test('its types resolve, and say what is wrong', () => {
  const compilerOptions = {
    module: 'NodeNext',
    target: 'ES2022',
    lib: ['ES2023', 'ESNext.Disposable'],
    strict: true,
    noEmit: true,
    typeRoots: [`${root}/node_modules/@types`],
    types: ['node'],
  };
  installed.write('app/script.ts', script);
  installed.write('app/tsconfig.json', JSON.stringify({ compilerOptions, files: ['script.ts'] }));
  const tsc = `${root}/node_modules/.bin/tsc`;
  expect(installed.run(tsc, ['-p', '.'])).toBe('');
  installed.write('app/script.ts', script.replace('call.directCallee?.name', 'call.directCalle?.name'));
  expect(() => installed.run(tsc, ['-p', '.'])).toThrow();
});
