// What is wrong with a script is said before anything runs: what happened, where, and what to do.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { Place } from './place.js';

const place = new Place();
afterAll(() => place.remove());

const HOOK = "import { hook } from 'mrhooker';\n";
const SEND = `${HOOK}import { send } from 'c:sys/socket.h';\n`;
const PASS = 'hook(send, (fd, buf, n, flags) => send(fd, buf, n, flags));\n';

/** Nothing of the command may show. */
async function refused(script: string, expected: RegExp, options: readonly string[] = []): Promise<void> {
  const ran = await place.script(script, ['echo', 'ran'], options);
  expect(ran.stderr).toMatch(expected);
  expect(ran).toMatchObject({ status: 125, stdout: '' });
  // A sentence, not a stack.
  expect(ran.stderr).not.toMatch(/\n\s+at /);
}

describe('refused', { timeout: 120_000 }, () => {
  test('a missing script', async () => {
    const ran = await place.run(['nowhere.ts', 'echo', 'ran']);
    expect(ran.stderr).toMatch(/^mrhooker: there is no script '.*\/nowhere\.ts'\n$/);
    expect(ran).toMatchObject({ status: 125, stdout: '' });
  });

  test('no script, no command, no such option', async () => {
    expect((await place.run(['--check'])).stderr).toContain('say which script');
    expect((await place.run([place.write('a.ts', SEND + PASS)])).stderr).toContain('say which command to hook');
    expect((await place.run(['--jsn', 'a.ts', 'true'])).stderr).toContain(
      "there is no option '--jsn'. Did you mean '--json'?",
    );
    expect((await place.run(['-o'])).stderr).toContain('-o needs a value: -o LOG');
  });

  test('a script without hooks', () =>
    refused("console.log('hello');\n", /hooks\.ts hooks nothing: .*call hook\(fn, …\)/));

  test('that hooks what it did not import', () =>
    refused(
      "import { hook } from 'mrhooker';\nhook(getenv, (name) => getenv(name));\n",
      /hooks\.ts:2:6: 'getenv' is declared nowhere: import \{ getenv \} from the header/,
    ));

  test('a function that no header has', () =>
    refused(
      `${HOOK}import { sned } from 'c:sys/socket.h';\nhook(sned, () => 1);\n`,
      /hooks\.ts:2:\d+: 'c:sys\/socket\.h' declares no 'sned'\. Did you mean 'send'/,
    ));

  test('a function that no header has, and that is never used', () =>
    refused(
      `${SEND}import { bind, type sockadr, sockadr_in } from 'c:netinet/in.h';\n${PASS}`,
      /hooks\.ts:3:\d+: 'c:netinet\/in\.h' declares no 'sockadr_in'\. Did you mean 'sockaddr_in'/,
    ));

  test('an unknown header', () =>
    refused(
      `${HOOK}import { x } from 'c:sys/sockt.h';\nhook(x, () => 1);\n`,
      /there is no header <sys\/sockt\.h> \('c:sys\/sockt\.h'\)/,
    ));

  test('a header that is not beside the script', () =>
    refused(`${HOOK}import { x } from 'c:./gone.h';\nhook(x, () => 1);\n`, /there is no header '.*\/gone\.h'/));

  test('a header that does not compile', async () => {
    place.write('broken.h', 'int fine(void);\nint broken(;\n');
    await refused(
      `${HOOK}import { fine } from 'c:./broken.h';\nhook(fine, () => 1);\n`,
      /a header does not compile: 'c:\.\/broken\.h'\n[\s\S]*broken\.h:2:12: error: expected parameter declarator/,
    );
  });

  test('a package that pkg-config does not know', () =>
    refused(
      `${HOOK}import { x } from 'c:zlib.h?pkg=no-such-package';\nhook(x, () => 1);\n`,
      /no flags for the package 'no-such-package'/,
    ));

  test('a syntax error', () => refused(`${SEND}hook(send, (\n`, /hooks\.ts:4:1: Unexpected end of file/));

  test('a module of Node', () =>
    refused(`${SEND}import fs from 'node:fs';\n${PASS}fs.x();\n`, /hooks\.ts:3:16: 'node:fs' belongs to Node/));

  test('a package that is not installed', () =>
    refused(
      `${SEND}import x from 'no-such-thing';\n${PASS}x();\n`,
      /there is no module 'no-such-thing': is its package installed\?/,
    ));

  test('a macro, a constant, and what is inline', async () => {
    await refused(
      `${HOOK}import { S_ISREG } from 'c:sys/stat.h';\nhook(S_ISREG, () => 1);\n`,
      /hooks\.ts:3:1: S_ISREG can't be hooked: it is a macro/,
    );
    await refused(
      `${HOOK}import { O_CREAT } from 'c:fcntl.h';\nhook(O_CREAT, () => 1);\n`,
      /O_CREAT can't be hooked: it is a constant/,
    );
    place.write('inline.h', 'static inline int twice(int x) { return 2 * x; }\n');
    await refused(
      `${HOOK}import { twice } from 'c:./inline.h';\nhook(twice, () => 1);\n`,
      /twice can't be hooked: its body is in the header/,
    );
  });

  test('leave of what cannot be returned through', () =>
    refused(
      `${HOOK}import { setjmp } from 'c:setjmp.h';\nimport { dlopen } from 'c:dlfcn.h';\nhook(dlopen, { leave: () => undefined });\n`,
      /hooks\.ts:4:1: dlopen can't be replaced, and has no leave/,
    ));

  test('errno as a variable', () =>
    refused(
      `${SEND}import { errno } from 'c:errno.h';\n${PASS}console.log(errno);\n`,
      /errno belongs to the call .*call\.errno/,
    ));

  test('a command that is not there', async () => {
    const ran = await place.script(SEND + PASS, ['no-such-command']);
    expect(ran.stderr).toBe('mrhooker: no-such-command: command not found\n');
    expect(ran.status).toBe(127);
  });
});

describe('state of a module', { timeout: 120_000 }, () => {
  test.each([
    ['a variable', 'let calls = 0;', 'calls++;', "'calls' is assigned"],
    ['a map', 'const seen = new Map();', 'seen.set(fd, 1);', "'seen' is changed by .set()"],
    ['an array', 'const list = [];', 'list.push(fd);', "'list' is changed by .push()"],
    ['an object', 'const last = { fd: 0 };', 'last.fd = fd;', "'last' is changed"],
  ])('%s is refused, and shared is named', async (_what, declaration, change, message) => {
    const script = `${SEND}${declaration}\nhook(send, (fd, buf, n, flags) => {\n  ${change}\n  return send(fd, buf, n, flags);\n});\n`;
    const ran = await place.script(script, ['echo', 'ran']);
    expect(ran.stderr).toContain(`${place.path('hooks.ts')}:5:3: ${message}`);
    expect(ran.stderr).toMatch(/shared\.counter.*shared\.map.*threadLocal/);
    expect(ran).toMatchObject({ status: 125, stdout: '' });
  });

  test('in a file that the script imports', async () => {
    place.write('state.ts', 'let count = 0;\nexport function next() {\n  return ++count;\n}\n');
    const ran = await place.script(`${SEND}import { next } from './state.ts';\nhook(send, () => next());\n`, ['true']);
    expect(ran.stderr).toContain(`${place.path('state.ts')}:3:10: 'count' is assigned`);
  });

  test('what only the top level changes is fine, and so are packages', async () => {
    mkdirSync(place.path('node_modules/counting'), { recursive: true });
    writeFileSync(place.path('node_modules/counting/package.json'), '{"name":"counting","main":"index.js"}');
    writeFileSync(place.path('node_modules/counting/index.js'), 'let n = 0;\nexport const count = () => ++n;\n');
    const script = `${SEND}import { count } from 'counting';
const table: number[] = [];
for (let i = 0; i < 3; i++) table.push(i);
hook(send, (fd, buf, n, flags) => send(fd, buf, n, flags + 0 * (table[0] + count())));
`;
    expect(await place.script(script, ['echo', 'ran'])).toMatchObject({ status: 0, stdout: 'ran\n' });
  });
});

describe('while it runs', { timeout: 120_000 }, () => {
  test('a recursion without end is told once, at its place on the command line', async () => {
    const code = 'hook(puts, (text) => { const again = (): number => again() + 1; return again(); })';
    const main = place.write('puts.c', '#include <stdio.h>\nint main(void) { return puts("ahoy") < 0; }\n');
    execFileSync('cc', ['-o', place.path('puts'), main]);
    const ran = await place.run(['-e', code, './puts']);
    expect(ran).toMatchObject({ status: 0, stdout: 'ahoy\n' });
    const column = code.indexOf('again() + 1') + 1;
    const lines = ran.stderr.split('\n');
    expect(lines[0]).toContain('the hook on puts failed; the original was called: InternalError: stack overflow');
    expect(lines[1]).toMatch(new RegExp(`^    at again \\(.*-e\\.ts:1:${column}\\)$`));
    expect(lines[2]).toMatch(/^ {4}… \d+ more of the same$/);
    expect(lines.length).toBeLessThan(8);
    expect(ran.stderr).toContain('mrhooker: 1 call seen = 1 hooked + 0 bypassed, in 1 process\n');
  });

  test('a fault that comes again is told once, and counted at the end', async () => {
    const main = '#include <stdio.h>\nint main(void) { for (int i = 0; i < 20; i++) puts("ahoy"); return 0; }\n';
    place.write('many.c', main);
    execFileSync('cc', ['-o', place.path('many'), place.path('many.c')]);
    const code =
      'let n = threadLocal(() => 0); hook(puts, (text) => { if (++n.value === 3) throw new Error(`bad ${text}`); return text.nothing(); })';
    const ran = await place.run(['-e', code, './many']);
    expect(ran.stdout).toBe('ahoy\n'.repeat(20));
    const told = ran.stderr.split('\n').filter((line) => line.includes('the hook on puts failed'));
    expect(told).toEqual([
      'mrhooker: the hook on puts failed; the original was called: TypeError: not a function',
      expect.stringMatching(/^mrhooker: the hook on puts failed; the original was called: Error: bad 0x[0-9a-f]+$/),
      'mrhooker: the hook on puts failed too often and is switched off',
      'mrhooker: 8 times more: the hook on puts failed; the original was called: TypeError: not a function',
    ]);
    // A reader of records gets each.
    const json = await place.run(['--json', '-e', code, './many']);
    expect(json.stderr.split('\n').filter((line) => line.includes('"type":"fault"'))).toHaveLength(10);
  });

  test('a log in a folder that is not there', () =>
    refused(SEND + PASS, /^mrhooker: \/no\/such\/log can't be written: there is no such folder\n$/, [
      '-o',
      '/no/such/log',
    ]));

  test('keys of any bytes stay on their line', async () => {
    const code =
      "const texts = shared.set('texts'); hook(puts, { enter: (text) => { texts.add(`${text.text()}\\n\\x1b[31m\\t`); } })";
    const ran = await place.run(['-e', code, './puts']);
    expect(ran.stderr).toContain('texts:\n  ahoy\\n\\x1b[31m\\t\n');
  });
});
