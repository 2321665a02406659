// A hook on `send`, in its short form and word for word as one writes it in C; and a person who has no configuration.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Place, printed, root } from './place.js';

const place = new Place();
let server: Server;
let url = '';
beforeAll(async () => {
  server = createServer((_request, response) => response.end('aye'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.close();
  place.remove();
});

const SHORT = `import { hook } from 'mrhooker';
import { send } from 'c:sys/socket.h';

hook(send, (fd, buf, n, flags) => {
  console.log(\`send(\${fd}, \${buf.text(n)}, \${n}, \${flags})\`);
  return send(fd, buf, n, flags); // inside the hook, the imported function is the original
});
`;

const LITERAL = `import { fnType, hook } from 'mrhooker';
import { dlsym, RTLD_NEXT } from 'c:dlfcn.h';
import { send } from 'c:sys/socket.h';

const send_t = fnType\`ssize_t (int, const void *, size_t, int)\`;

hook(send, (fd, buf, n, flags) => {
  console.log(\`send(\${fd}, \${buf.text(n)}, \${n}, \${flags})\`);
  const original = send_t(dlsym(RTLD_NEXT, 'send'));
  return original(fd, buf, n, flags);
});
`;

test.each([
  ['short', SHORT],
  ['literal', LITERAL],
])('the %s form prints the arguments and calls the original', { timeout: 120_000 }, async (_form, script) => {
  const ran = await place.script(script, ['curl', '-s', url]);
  expect(ran).toMatchObject({ status: 0, stdout: 'aye' });
  expect(printed(ran).join('\n')).toMatch(/^send\(\d+, GET \/ HTTP\/1\.1\r?\n[\s\S]*, \d+, 16384\)$/m);
});

test('a script on the command line', { timeout: 120_000 }, async () => {
  const ran = await place.run(['-e', SHORT, 'curl', '-s', url]);
  expect(ran.stdout).toBe('aye');
  expect(ran.stderr).toContain('send(');
});

test('on the command line nothing needs to be imported', { timeout: 120_000 }, async () => {
  const code = 'hook(write, { enter: (fd, text, n) => console.log(fd, text.text(n), O_CREAT, sizeof(struct_stat)) })';
  const ran = await place.run(['-e', code, 'sh', '-c', 'echo ahoy']);
  expect(ran).toMatchObject({ status: 0, stdout: 'ahoy\n' });
  expect(printed(ran).slice(0, 2)).toEqual(['1 ahoy', ' 64 144']);
  const misspelt = await place.run(['-e', 'hook(wriet, () => 1)', 'sh', '-c', 'echo ahoy']);
  expect(misspelt.stderr).toContain("'wriet' is declared nowhere, in no header either. Did you mean 'write'");
  expect(misspelt).toMatchObject({ status: 125, stdout: '' });
});

test("status and streams are the command's", { timeout: 120_000 }, async () => {
  const ran = await place.script(SHORT, ['sh', '-c', 'echo out; echo err >&2; exit 7']);
  expect(ran).toMatchObject({ status: 7, stdout: 'out\n' });
  expect(ran.stderr).toMatch(/^err$/m);
});

test('a signal that no terminal sent reaches the command', { timeout: 120_000 }, async () => {
  const script = place.write('quiet.ts', SHORT);
  const trap = "trap 'echo caught; exit 9' INT; echo up; sleep 3; sleep 3; sleep 3";
  // In a process group that is no terminal's foreground.
  const child = spawn(process.execPath, [`${root}/packages/mrhooker/bin/mrhooker.js`, script, 'sh', '-c', trap], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.on('data', (part) => {
    said += part;
    if (said === 'up\n') child.kill('SIGINT');
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect({ status, said }).toEqual({ status: 9, said: 'up\ncaught\n' });
});

test('started by its own first line it says nothing of its own', { timeout: 120_000 }, () => {
  const { status, stderr } = spawnSync(`${root}/packages/mrhooker/bin/mrhooker.js`, ['--version'], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test("a real-time signal's death, and each way to end that a shell tells apart", { timeout: 120_000 }, () => {
  const script = place.write('quiet.ts', SHORT);
  const end = (words: string) => {
    const options = { cwd: place.folder, env: { ...process.env, HOME: place.folder }, encoding: 'utf8' as const };
    return spawnSync('bash', ['-c', `ulimit -c 0; ${words}; echo $?`], options).stdout;
  };
  const mrhooker = `${root}/packages/mrhooker/bin/mrhooker.js -o log ${script}`;
  for (const signal of ['34', '40', '64', 'TERM', 'KILL', 'SEGV', 'HUP']) {
    const command = `bash -c 'kill -${signal} $$'`;
    expect({ signal, text: end(`${mrhooker} ${command}`) }).toEqual({ signal, text: end(command) });
  }
});

test('a command that the kernel refuses, and one that only a shell takes', { timeout: 120_000 }, async () => {
  copyFileSync('/bin/true', place.path('busy'));
  const writer = openSync(place.path('busy'), 'r+');
  const busy = await place.script(SHORT, ['./busy']);
  closeSync(writer);
  expect(busy).toMatchObject({ status: 127, stdout: '', stderr: "mrhooker: ./busy can't be executed: ETXTBSY\n" });
  writeFileSync(place.path('words'), 'echo "$0" "$@"\n', { mode: 0o755 });
  const words = await place.script(SHORT, ['./words', 'a', 'b c']);
  expect(words).toMatchObject({ status: 0, stdout: `${place.path('words')} a b c\n` });
});

test('what cannot be run is told from what is not there', { timeout: 120_000 }, async () => {
  const run = (command: string) => place.script(SHORT, [command]);
  expect(await run('/usr')).toMatchObject({ status: 126, stderr: "mrhooker: /usr can't be run: it is a folder\n" });
  expect(await run('./hooks.ts')).toMatchObject({ status: 126, stderr: expect.stringContaining('(chmod +x)') });
  expect(await run('./gone')).toMatchObject({ status: 127, stderr: 'mrhooker: ./gone: there is no such program\n' });
});

test('standard streams that are closed before the start', { timeout: 120_000 }, async () => {
  const script = place.write('quiet.ts', SHORT);
  const command = `sh -c 'echo ahoy; r=$?; ls -l /proc/self/fd > fds; exit $r'`;
  const run = (words: string) => {
    const options = { cwd: place.folder, env: { ...process.env, HOME: place.folder }, encoding: 'utf8' as const };
    const { status } = spawnSync('sh', ['-c', words], { ...options, stdio: 'ignore' });
    const fds = readFileSync(place.path('fds'), 'utf8').match(/\d+ -> /g);
    return { status, fds };
  };
  for (const closed of ['>&-', '<&-', '>&- 2>&-']) {
    const hooked = `${root}/packages/mrhooker/bin/mrhooker.js -o log ${script} ${command}`;
    expect({ closed, ...run(`exec ${hooked} ${closed}`) }).toEqual({ closed, ...run(`exec ${command} ${closed}`) });
  }
  expect(run(`exec ${command} >&-`).status).toBe(1);
});
