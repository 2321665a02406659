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

test('a name that is hooked itself is no alias of another', { timeout: 120_000 }, async () => {
  const main = `#include <fcntl.h>
int creat64(const char *, unsigned);
int main(int argc, char **argv) {
  open(argv[1], O_RDONLY);
  open64(argv[1], O_RDONLY);
  creat(argv[2], 0640);
  return creat64(argv[2], 0600) < 0;
}
`;
  execFileSync('gcc', ['-w', '-o', place.path('creates'), place.write('creates.c', main)]);
  const script = `import { call, hook } from 'mrhooker';
import { creat, open, open64 } from 'c:fcntl.h';
hook(open, (path, flags) => { console.log('open', call.nameOf(open)); return open(path, flags); });
hook(open64, (path, flags) => { console.log('open64', call.nameOf(open64)); return open64(path, flags); });
hook(creat, (path, mode) => { console.log('creat', call.nameOf(creat), mode.toString(8)); return creat(path, mode); });
`;
  const ran = await place.script(script, [place.path('creates'), place.path('input'), place.path('made')]);
  expect(ran.status).toBe(0);
  expect(printed(ran)).toEqual(['open open', 'open64 open64', 'creat creat 640', 'creat creat64 600']);
  // With nobody to hook it, it is a call of open.
  const alone = await place.script(script.replace(/^hook\(creat.*\n/m, '').replace('creat, ', ''), [
    place.path('creates'),
    place.path('input'),
    place.path('made'),
  ]);
  expect(printed(alone)).toEqual(['open open', 'open64 open64', 'open open', 'open open']);
});
