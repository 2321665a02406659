// A hook on a function covers the other names it is called by: large-file variants, fortified ones, `creat`.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Place, printed, root } from './place.js';

const place = new Place();
const SCRIPT = `import { call, hook, varargs } from 'mrhooker';
import { O_CREAT, open } from 'c:fcntl.h';
import { printf } from 'c:stdio.h';
import { read } from 'c:unistd.h';

hook(open, (_path, flags) => {
  console.log(call.nameOf(open), flags & O_CREAT ? varargs.int(0).toString(8) : '-');
  return open(_path, flags);
}OPTIONS);
hook(read, (fd, buffer, length) => {
  console.log(call.nameOf(read), length);
  return read(fd, buffer, length);
});
hook(printf, (format) => {
  console.log(call.nameOf(printf), format.text().trim(), varargs.int(0), varargs.pointer(1).text(), varargs.double(0));
  return printf(format);
});
`;
let command: string[];

beforeAll(() => {
  const source = `${root}/tests/mrhooker/fixtures/aliases.c`;
  execFileSync('gcc', ['-O2', '-D_FORTIFY_SOURCE=2', '-o', place.path('aliases'), source]);
  place.write('input', 'some bytes to read');
  command = [place.path('aliases'), place.path('out'), place.path('input')];
}, 120_000);
afterAll(() => place.remove());

test('one hook for all of them', { timeout: 120_000 }, async () => {
  const ran = await place.script(SCRIPT.replace('OPTIONS', ''), command);
  expect(ran.stdout).toBe('12 x 1.5\n');
  expect(printed(ran)).toEqual([
    'open 640',
    '__open64_2 -',
    'open 600',
    '__open_2 -',
    '__read_chk 12',
    '__printf_chk %d %s %g 12 x 1.5',
  ]);
});

test('only the one that was named', { timeout: 120_000 }, async () => {
  const ran = await place.script(SCRIPT.replace('OPTIONS', ', { aliases: false }'), command);
  expect(ran.stdout).toBe('12 x 1.5\n');
  expect(printed(ran).filter((line) => line.includes('open'))).toEqual(['open 640']);
});
