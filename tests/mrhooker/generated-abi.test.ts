// Functions of made-up signatures give the same with hooks that pass everything on, and with hooks that only look.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateLibrary } from './generated-library.js';
import { Place } from './place.js';

const COUNT = 120;
const place = new Place();
const library = generateLibrary(COUNT, 20260728);
let plain = '';

beforeAll(() => {
  place.write('generated.h', library.header);
  place.write('library.c', library.source);
  place.write('main.c', library.main);
  const gcc = (...args: string[]) =>
    execFileSync('gcc', args, { cwd: place.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  gcc('-O1', '-shared', '-fPIC', '-o', 'libgenerated.so', 'library.c');
  gcc('-O1', '-o', 'main', 'main.c', '-L.', '-lgenerated', `-Wl,-rpath,${place.folder}`);
  plain = execFileSync(place.path('main'), { encoding: 'utf8' });
}, 120_000);
afterAll(() => place.remove());

const imports = `import { hook } from 'mrhooker';\nimport { ${library.names.join(', ')} } from 'c:./generated.h';\n`;
const list = `[${library.names.join(', ')}]`;

test.each([
  ['pass on', `for (const fn of ${list}) hook(fn, (...args) => fn(...args));`],
  ['look', `for (const fn of ${list}) hook(fn, { enter: (...args) => args.length, leave: () => undefined });`],
])('hooks that %s', { timeout: 240_000 }, async (_name, hooks) => {
  const ran = await place.script(imports + hooks, [place.path('main')]);
  expect(ran.stderr).toMatch(new RegExp(`${COUNT} calls seen = ${COUNT} hooked \\+ 0 bypassed`));
  expect(ran.stdout).toBe(plain);
  expect(ran.stderr).not.toContain('failed');
});
