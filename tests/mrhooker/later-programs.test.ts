// A pattern means functions of each program that runs, not only of the command: others are found when they start.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Place, printed } from './place.js';

const place = new Place();
beforeAll(() => {
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: place.folder });
  place.write(
    'work.c',
    'int my_first(int n) { return n + 1; }\nint my_second(int n) { return n + 2; }\nint my_data = 3;\n',
  );
  const program = (name: string, main: string) =>
    place.write(
      `${name}.c`,
      `#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>
#include <pthread.h>\nint my_first(int); int my_second(int); extern int my_data;\n${main}\n`,
    );
  program(
    'first',
    'int main(int n, char **words) { printf("%d\\n", my_first(1)); fflush(stdout); execv(words[1], words + 1); return 1; }',
  );
  // It calls directly and through a pointer, in a thread of its own, too.
  program(
    'second',
    `static int (*pointers[])(int) = {my_second, 0};
static void *work(void *p) { printf("%d\\n", my_second(40)); return p; }
int main(void) {
  int (*volatile taken)(int) = my_second;
  printf("%d %d %d %d\\n", my_second(my_data), pointers[0](20), taken(30), taken == pointers[0]);
  pthread_t thread;
  pthread_create(&thread, 0, work, 0);
  pthread_join(thread, 0);
  return 0;
}`,
  );
  // Calls what can't be called from anywhere else.
  place.write(
    'jumper.c',
    `#include <setjmp.h>\n#include <stdio.h>
int my_first(int);
static jmp_buf place;
int main(void) { if (!_setjmp(place)) longjmp(place, 1); printf("%d\\n", my_first(1)); return 0; }\n`,
  );
  run('gcc', '-shared', '-fPIC', '-o', 'libmy.so', 'work.c');
  const link = ['-L.', '-lmy', '-pthread', `-Wl,-rpath,${place.folder}`];
  run('gcc', '-o', 'first', 'first.c', ...link);
  run('gcc', '-o', 'lazy', 'second.c', ...link, '-Wl,-z,lazy');
  run('gcc', '-o', 'now', 'second.c', ...link, '-Wl,-z,now,-z,relro');
  run('gcc', '-o', 'noplt', 'second.c', ...link, '-fno-plt');
  run('gcc', '-o', 'jumper', 'jumper.c', ...link);
  run('gcc', '-o', 'fixed', 'second.c', ...link, '-no-pie', '-fno-pie');
}, 120_000);
afterAll(() => place.remove());

const OUTPUT = '2\n5 22 32 1\n42\n';
const SCRIPT = `import { hook, shared } from 'mrhooker';
const counts = shared.map('counts');
hook('my_*', (call) => { counts.add(call.name); console.log(call.name, call.word(0)); return call.original(); });
`;

describe.each(['lazy', 'now', 'noplt', 'fixed'])('a program linked as %s', { timeout: 120_000 }, (name) => {
  test('has its own functions hooked', async () => {
    const ran = await place.script(SCRIPT, ['./first', `./${name}`]);
    expect(ran).toMatchObject({ status: 0, stdout: OUTPUT });
    const seen = printed(ran)
      .filter((line) => /^my_/.test(line))
      .sort();
    expect(seen).toEqual(['my_first 1', 'my_second 3', 'my_second 20', 'my_second 30', 'my_second 40'].sort());
    expect(ran.stderr).toContain('mrhooker: 5 calls seen = 5 hooked + 0 bypassed, in 2 processes\n');
  });
});

test('many processes count under one name', { timeout: 120_000 }, async () => {
  const ran = await place.script(
    SCRIPT,
    ['sh', '-c', 'for i in 1 2 3 4 5; do ./lazy & ./now & done; wait'],
    ['--json'],
  );
  const end = JSON.parse(ran.stderr.trim().split('\n').at(-1) as string);
  const of = (name: string) => end.functions.filter((fn: { name: string }) => fn.name === name);
  expect(of('my_second')).toEqual([{ name: 'my_second', seen: 40, hooked: 40, bypassed: {} }]);
  expect(of('my_data')).toEqual([]);
  expect(end.shared).toEqual([expect.objectContaining({ entries: [{ key: 'my_second', value: 40 }] })]);
});

test('one that is not followed is left alone', { timeout: 120_000 }, async () => {
  const ran = await place.script(SCRIPT, ['./first', './lazy'], ['--no-follow']);
  expect(ran).toMatchObject({ status: 0, stdout: OUTPUT });
  expect(printed(ran).filter((line) => /^my_/.test(line))).toEqual(['my_first 1']);
});

describe('trace', { timeout: 120_000 }, () => {
  test('tells calls of functions that only a later program makes', async () => {
    const ran = await place.run(['trace', 'my_*', '-o', 'log', '--', './first', './now']);
    expect(ran).toMatchObject({ status: 0, stdout: OUTPUT });
    const log = readFileSync(place.path('log'), 'utf8');
    expect(log).toMatch(/my_first\(.*\) = 2/);
    expect(log.match(/my_second\(0x3, .*\) = 5/g)).toHaveLength(1);
    expect(log.match(/my_second\(/g)).toHaveLength(4);
    const count = await place.run(['trace', '-c', 'my_*', '--', './first', './now']);
    expect(count.stderr).toMatch(/^ +4 .* my_second /m);
  });

  test('knows by their headers those that the command might have called', async () => {
    const ran = await place.run(['trace', 'mkd*,my_*', '--', 'sh', '-c', 'mkdir made; exec ./now']);
    expect(ran.stdout).toBe(OUTPUT.slice(2));
    expect(ran.stderr).toContain("'my_*': sh and its libraries call no function of such a name; what it starts may\n");
    expect(ran.stderr).toMatch(/mkdir\("made", 0777\) = 0/);
    expect(ran.stderr).toMatch(/my_second\(0x3, .*\) = 5/);
  });
});

describe('a glob that also means what can only be seen at its begin', { timeout: 120_000 }, () => {
  // _setjmp and longjmp, and of every program __libc_start_main.
  test.each([['./jumper'], ['sh', '-c', 'exec ./jumper']])('%s %s %s', async (...command) => {
    const replaced = await place.script(
      `import { hook } from 'mrhooker';\nhook('*', (call) => call.original());\n`,
      command,
    );
    expect(replaced).toMatchObject({ status: 0, stdout: '2\n' });
    expect(replaced.stderr).not.toContain('failed');
    expect(replaced.stderr).toMatch(/_setjmp: \d+ calls? = 0 hooked \+ \d+ no hook/);
    const both = `import { hook } from 'mrhooker';
hook('*', { enter: (call) => console.log('to', call.name), leave: (result) => console.log('from', result) });\n`;
    const observed = await place.script(both, command);
    expect(observed).toMatchObject({ status: 0, stdout: '2\n' });
    const lines = printed(observed);
    expect(lines).toEqual(expect.arrayContaining(['to _setjmp', 'to longjmp', 'to my_first', 'from 2']));
    expect(lines[lines.lastIndexOf('to _setjmp') + 1]).toBe('to longjmp');
  });

  test('is traced, too', async () => {
    const traced = await place.run(['trace', '*jmp,my_*', '--', 'sh', '-c', 'exec ./jumper']);
    expect(traced).toMatchObject({ status: 0, stdout: '2\n' });
    expect(traced.stderr).toMatch(/_setjmp\([^)]*\)\n.*longjmp\([^)]*\)\n.*my_first\(.*\) = 2/);
  });

  test('by its whole name it is refused', async () => {
    const ran = await place.script("import { hook } from 'mrhooker';\nhook('_setjmp', (call) => call.original());\n", [
      './jumper',
    ]);
    expect(ran.stderr).toContain("_setjmp can't be called and returned through: only { enter } is possible");
  });
});

test('more functions than there is room for are not missed in silence', { timeout: 120_000 }, async () => {
  const numbers = Array.from({ length: 1100 }, (_, i) => i);
  place.write('many.c', numbers.map((i) => `int f${i}(void) { return ${i}; }\n`).join(''));
  place.write(
    'calls.c',
    `#include <stdio.h>\n${numbers.map((i) => `int f${i}(void);\n`).join('')}int main(void) { printf("%d\\n", ${numbers.map((i) => `f${i}()`).join(' + ')}); return 0; }\n`,
  );
  const run = (...args: string[]) => execFileSync('gcc', args, { cwd: place.folder });
  run('-shared', '-fPIC', '-o', 'libmany.so', 'many.c');
  run('-o', 'calls', 'calls.c', '-L.', '-lmany', `-Wl,-rpath,${place.folder}`);
  const script = "import { hook } from 'mrhooker';\nhook('f*', { enter: () => {} });\n";
  const said = 'not all functions that patterns mean in later programs are hooked: there are too many';
  const later = await place.script(script, ['sh', '-c', 'exec ./calls']);
  expect(later).toMatchObject({ status: 0, stdout: '604450\n' });
  expect(later.stderr).toContain(said);
  // The launcher has room for what the command itself calls.
  const own = await place.script(script, ['./calls']);
  expect(own.stderr).toMatch(/11\d\d calls seen = /);
  expect(own.stderr).not.toContain(said);
});

test('nor are those that a library calls which is loaded while the program runs', { timeout: 120_000 }, async () => {
  place.write('plugin.c', '#include <unistd.h>\nint run(void) { return access("/", F_OK); }\n');
  place.write(
    'host.c',
    '#include <dlfcn.h>\nint main(void) { return ((int (*)(void))dlsym(dlopen("./plugin.so", RTLD_NOW), "run"))(); }\n',
  );
  const run = (...args: string[]) => execFileSync('gcc', args, { cwd: place.folder });
  run('-shared', '-fPIC', '-o', 'plugin.so', 'plugin.c');
  run('-o', 'host', 'host.c');
  const script = (pattern: string) =>
    `import { hook } from 'mrhooker';\nhook('${pattern}', { enter: (call) => console.log(call.name) });\n`;
  const said =
    'plugin.so, which was loaded later, calls access: a pattern means what is called at the start; hook it by its name\n';
  for (const command of [['./host'], ['sh', '-c', 'exec ./host']]) {
    const missed = await place.script(script('acces?'), command);
    expect(missed.stderr).toContain(said);
    const named = await place.script(script('access'), command);
    expect(printed(named)).toEqual(['access']);
    expect(named.stderr).not.toContain('loaded later');
  }
});

test('a pattern means the same in the command as in later programs: what objects import', {
  timeout: 120_000,
}, async () => {
  place.write(
    'own.c',
    'int own_second(void) { return 2; }\nint own_first(void) { return own_second() + 1; }\nint (*own_table[])(void) = {own_second, own_first};\n',
  );
  place.write(
    'uses.c',
    '#include <stdio.h>\nint own_first(void);\nint main(void) { printf("%d\\n", own_first()); return 0; }\n',
  );
  const run = (...args: string[]) => execFileSync('gcc', args, { cwd: place.folder });
  run('-shared', '-fPIC', '-o', 'libown.so', 'own.c');
  run('-o', 'uses', 'uses.c', '-L.', '-lown', `-Wl,-rpath,${place.folder}`);
  const script = "import { hook } from 'mrhooker';\nhook('own_*', { enter: (call) => console.log(call.name) });\n";
  for (const command of [['./uses'], ['sh', '-c', 'exec ./uses']]) {
    const ran = await place.script(script, command);
    expect(ran.stdout).toBe('3\n');
    expect(printed(ran)).toEqual(['own_first']);
  }
});
