// A hook on `send`, in its short form and word for word as one writes it in C; and a person who has no configuration.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Place, printed } from './place.js';

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
