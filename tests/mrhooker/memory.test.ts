// Pointers, memory, constants that are pointers, variables of libraries, errno; and scripts that are stacked.
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Place, printed, root } from './place.js';

const place = new Place();
beforeAll(() => {
  for (const name of ['views.h', 'views.c', 'views-main.c']) {
    cpSync(`${root}/tests/mrhooker/fixtures/${name}`, place.path(name));
  }
  const gcc = (...args: string[]) => execFileSync('gcc', args, { cwd: place.folder });
  gcc('-shared', '-fPIC', '-o', 'libviews.so', 'views.c');
  gcc('-o', 'views', 'views-main.c', '-L.', '-lviews', `-Wl,-rpath,${place.folder}`);
}, 120_000);
afterAll(() => place.remove());

const SCRIPT = `import { alloc, call, free, hook, pointer, sizeof, symbol, types } from 'mrhooker';
import { EBADF } from 'c:errno.h';
import { probe, struct_outer } from 'c:./views.h';
import { SIG_ERR, SIG_IGN } from 'c:signal.h';
import { MAP_ANONYMOUS, MAP_FAILED, MAP_PRIVATE, mmap, munmap, PROT_READ, PROT_WRITE } from 'c:sys/mman.h';
import { S_IFMT, S_IFREG, S_ISDIR, S_ISREG, stat, struct_stat } from 'c:sys/stat.h';
import { qsort, strtol } from 'c:stdlib.h';
import { fputs, stdout } from 'c:stdio.h';
import { close, environ } from 'c:unistd.h';

hook(probe, (o) => {
  const text = alloc('Ahab', { forever: true });
  console.log(text.text(), text.text(2), [...text.bytes(3)].join(), text[1], text.add(2).text(), text.add(-1).add(1).equals(text));
  text[0] = 0x6f;
  text.write('o!');
  console.log(text.value, text.text(), pointer(text.address)?.text(), pointer(0));
  free(text);
  const list = alloc(40).as(types.int32);
  for (let i = 0; i < 10; i++) list[i] = (i * 7) % 10;
  qsort(list, 10, sizeof(types.int32), (a, b) => a.as(types.int32).value - b.as(types.int32).value);
  console.log(Array.from({ length: 10 }, (_, i) => list[i]).join());
  console.log(String(MAP_FAILED), String(SIG_IGN), SIG_ERR.equals(-1), MAP_FAILED.equals(MAP_FAILED), MAP_FAILED.equals(null));
  const page = mmap(null, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  console.log(page.equals(MAP_FAILED), munmap(page, 4096));
  const status = struct_stat.alloc();
  console.log(stat('/etc/passwd', status), S_ISREG(status.st_mode), S_ISDIR(status.st_mode), (status.st_mode & S_IFMT) === S_IFREG, status.st_size > 0);
  const end = alloc(8).as(types.int64);
  console.log(strtol('42 rest', end, 10), strtol(new Uint8Array([0x37, 0]), null, 10));
  console.log(environ.value[0].text().includes('='), symbol('no_such_symbol'), symbol('getpid') !== null);
  console.log(close(-1), call.errno === EBADF);
  fputs('from the script\\n', stdout.value);
  o.op = (a, b) => a - b;
  console.log(o.op.call(50, 8), o.next.op === null);
  o.next = null;
  console.log(o.next);
  const copy = struct_outer.alloc({ name: 'copy', in: { a: 5 }, list: [{ a: 1 }, { a: 2 }] });
  copy.in.f = 2.5;
  copy.list[2] = o.list[0];
  console.log(copy.name.text(), copy.in, copy.list[1].a, copy.list[2].a);
  try {
    copy.name = 'much too long for twelve';
    console.log(copy.name.text());
    copy.list = [o.list[0], o.list[0], o.list[0], o.list[0]];
  } catch (error) {
    console.log(String(error));
  }
  return probe(o);
});
`;

test('memory', { timeout: 120_000 }, async () => {
  const ran = await place.script(SCRIPT, [place.path('views')]);
  expect(printed(ran)).toEqual([
    'Ahab Ah 65,104,97 104 ab true',
    '111 o!ab o!ab null',
    '0,1,2,3,4,5,6,7,8,9',
    '0xffffffffffffffff 0x1 true true false',
    'false 0',
    '0 1 0 true true',
    '42 7',
    'true null true',
    '-1 true',
    '42 true',
    'null',
    'copy { a: 5, f: 2.5 } 2 1',
    'much too lo',
    'RangeError: the list does not fit into struct inner[3]: its length is 4',
  ]);
  expect(ran.stdout).toMatch(/^from the script$/m);
  expect(ran.status).toBe(0);
});

test('its types fit', { timeout: 120_000 }, async () => {
  expect(await place.script(SCRIPT, [], ['--check'])).toMatchObject({ status: 0, stderr: '' });
});

test('the last script is the outermost', { timeout: 120_000 }, async () => {
  const script = (name: string) =>
    place.write(
      `${name}.ts`,
      `import { hook } from 'mrhooker';
import { probe } from 'c:./views.h';
hook(probe, (o) => {
  console.log('${name} in');
  const result = probe(o) * 10 + ${name.length};
  console.log('${name} out', result);
  return result;
});
`,
    );
  const ran = await place.run(['-s', script('second'), '-s', script('third!!'), script('first'), place.path('views')]);
  expect(printed(ran)).toEqual([
    'third!! in',
    'second in',
    'first in',
    'first out 75',
    'second out 756',
    'third!! out 7567',
  ]);
  expect(ran.stdout).toMatch(/^probe 7567$/m);
});

test('only calls from one object', { timeout: 120_000 }, async () => {
  const script = place.write(
    'only.ts',
    "import { hook } from 'mrhooker';\nimport { probe } from 'c:./views.h';\nhook(probe, { enter: () => console.log('seen') });\n",
  );
  expect(printed(await place.run(['--only', 'views', script, place.path('views')]))).toEqual(['seen']);
  expect(printed(await place.run(['--only', 'libother*', script, place.path('views')]))).toEqual([]);
});
