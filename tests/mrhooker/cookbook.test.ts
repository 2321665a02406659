// The scripts of examples/hooks do what their first line says.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Place, printed, root } from './place.js';

const place = new Place();
const recipe = (name: string) => `${root}/examples/hooks/${name}.ts`;
const servers: Server[] = [];

/** @returns its port on the loopback */
function listen(server: Server): Promise<number> {
  servers.push(server);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

let port = 0;
beforeAll(async () => {
  port = await listen(createServer((_request, response) => response.end('thar she blows')));
});
afterAll(() => {
  for (const server of servers) server.close();
  place.remove();
});

test('the types of all of them fit', { timeout: 240_000 }, async () => {
  const scripts = readdirSync(`${root}/examples/hooks`).filter((name) => name.endsWith('.ts'));
  expect(scripts).toHaveLength(11);
  const [first, ...others] = scripts.map((name) => `${root}/examples/hooks/${name}`);
  const { status, stderr } = await place.run(['--check', ...others.flatMap((path) => ['-s', path]), first as string]);
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

describe('cookbook', { timeout: 120_000 }, () => {
  test('TLS plaintext', async () => {
    const [key, certificate] = [place.path('key.pem'), place.path('certificate.pem')];
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost'];
    execFileSync('openssl', [...request, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    const options = { key: readFileSync(key), cert: readFileSync(certificate) };
    const tls = await listen(createTlsServer(options, (_request, response) => response.end('thar she blows')));
    const ran = await place.run([recipe('tls-plaintext'), 'curl', '-sk', `https://127.0.0.1:${tls}/whale`]);
    expect(ran.stdout).toBe('thar she blows');
    expect(printed(ran).join('\n')).toMatch(/^> GET \/whale HTTP[\s\S]*< HTTP\/1\.1 200[\s\S]*thar she blows/);
  });

  test('fake time', async () => {
    const ran = await place.run([recipe('fake-time'), 'date', '-u', '+%F %R'], { START: '1851-10-18T12:00:00Z' });
    expect(ran.stdout).toBe('1851-10-18 12:00\n');
  });

  test('environment', async () => {
    const ran = await place.run([recipe('environment'), 'sh', '-c', 'exec git --version']);
    expect(ran.status).toBe(0);
    expect(ran.stderr).toMatch(/^variables:\n( +\d+ {2}\w+\n)* +\d+ {2}GIT_TRACE2\n/m);
  });

  test('fake file', async () => {
    // These open it with open, openat and fopen.
    for (const command of [['cat'], ['grep', ''], ['sed', '-n', 'p']]) {
      const ran = await place.run([recipe('fake-file'), ...command, '/etc/hostname']);
      expect(ran).toMatchObject({ status: 0, stdout: 'pequod\n' });
    }
  });

  test('slow network', async () => {
    const start = performance.now();
    const ran = await place.run([recipe('slow-network'), 'curl', '-s', `http://127.0.0.1:${port}/`], { DELAY: '700' });
    expect(ran.stdout).toBe('thar she blows');
    // It connects and sends once each.
    expect(performance.now() - start).toBeGreaterThan(1400);
    // Node writes to its sockets.
    const code = `require('net').connect(${port}, '127.0.0.1').end('GET / HTTP/1.0\\r\\n\\r\\n').resume().on('close', () => console.log(Math.round(performance.now())))`;
    const node = await place.run([recipe('slow-network'), process.execPath, '-e', code], { DELAY: '700' });
    expect(Number(node.stdout)).toBeGreaterThan(1400);
  });

  test('allocations by call site', async () => {
    const ran = await place.run([recipe('allocations'), 'ls', '/']);
    expect(ran.stdout).toBe(execFileSync('ls', ['/'], { encoding: 'utf8' }));
    expect(ran.stderr).toMatch(/bytes asked for/);
    expect(ran.stderr).toMatch(/\d+ +\S+\+0x[0-9a-f]+ \(libc\.so\.6\)/);
  });

  test('forbidden path', async () => {
    const ran = await place.run([recipe('forbid-path'), 'cat', '/etc/passwd'], { FORBIDDEN: '/etc/' });
    expect(ran.status).toBe(1);
    expect(ran.stdout).toBe('');
    const said = '/etc/passwd was asked for\n';
    expect(ran.stderr).toContain(said);
    // cat writes its line in pieces, and another line may come between them.
    expect(ran.stderr.replace(said, '')).toContain('cat: /etc/passwd: Permission denied');
  });

  test('what a program does about a forbidden path is its own', async () => {
    const config = place.write('openssl.cnf', '');
    const command = [process.execPath, '-p', '6 * 7'];
    const env = { FORBIDDEN: config, OPENSSL_CONF: config };
    const forbidden = await place.run([recipe('forbid-path'), ...command], env);
    expect(forbidden).toMatchObject({ status: 13, stdout: '' });
    expect(forbidden.stderr).toContain(`Permission denied`);
    const text = readFileSync(recipe('forbid-path'), 'utf8').replaceAll('EACCES', 'ENOENT');
    const absent = await place.run([place.write('absent.ts', text), ...command], env);
    expect(absent).toMatchObject({ status: 0, stdout: '42\n' });
    expect(printed(absent)).toContain(`${config} was asked for`);
  });

  test('DNS answers', async () => {
    const ran = await place.run([recipe('answer-dns'), 'curl', '-s', `http://whale.example:${port}/`]);
    expect(ran.stdout).toBe('thar she blows');
    expect(printed(ran)).toContain('whale.example is 127.0.0.1');
  });

  test('DNS answers to what older programs ask', async () => {
    place.write(
      'ask.c',
      `#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
static void tell(const char *what, const struct hostent *found) {
  printf("%s %s\\n", what, found ? inet_ntoa(*(struct in_addr *)found->h_addr) : "nothing");
}
int main(int n, char **words) {
  struct hostent own, *found;
  char space[4096];
  int error;
  tell("gethostbyname", gethostbyname(words[1]));
  tell("gethostbyname2", gethostbyname2(words[1], AF_INET));
  tell("gethostbyname_r", gethostbyname_r(words[1], &own, space, sizeof space, &found, &error) ? NULL : found);
  tell("gethostbyname2_r", gethostbyname2_r(words[1], AF_INET, &own, space, sizeof space, &found, &error) ? NULL : found);
  return 0;
}
`,
    );
    execFileSync('gcc', ['-o', place.path('ask'), place.path('ask.c')]);
    const ran = await place.run([recipe('answer-dns'), './ask', 'whale.example']);
    expect(ran.stdout).toBe(['', '2', '_r', '2_r'].map((form) => `gethostbyname${form} 127.0.0.1\n`).join(''));
    const own = await place.run([recipe('answer-dns'), './ask', '127.0.0.2']);
    expect(own.stdout).toContain('gethostbyname2_r 127.0.0.2\n');
    const getent = await place.run([recipe('answer-dns'), 'getent', 'ahosts', 'whale.example']);
    expect(getent.stdout).toMatch(/^127\.0\.0\.1 /);
    const code = 'import socket; print(socket.gethostbyname_ex("whale.example")[2])';
    const python = await place.run([recipe('answer-dns'), 'python3', '-c', code]);
    expect(python.stdout).toBe("['127.0.0.1']\n");
  });

  test('the third write fails', async () => {
    const ran = await place.run([recipe('fail-third-write'), 'sh', '-c', 'echo 1; echo 2; echo 3; echo 4']);
    expect(ran.stdout).toBe('1\n2\n4\n');
    expect(ran.stderr).toMatch(/I\/O error|No space left on device/);
  });

  test('SQL statements', async () => {
    const sql = 'create table t(a); insert into t values (1), (2); select sum(a) from t;';
    const ran = await place.run([recipe('sqlite-statements'), 'sqlite3', ':memory:', sql]);
    expect(ran.stdout).toBe('3\n');
    expect(printed(ran).join('\n')).toMatch(/^\d+ µs select sum\(a\) from t;?$/m);
    expect(ran.stderr).not.toContain('failed');
  });

  test('compile_commands.json, which cmonster run uses', async () => {
    mkdirSync(place.path('sub'));
    place.write('sub/c.c', 'int g(void) { return 3; }\n');
    place.write('sub/Makefile', 'c.o: c.c\n\tcc -c c.c\n');
    place.write('a.c', 'int f(int x) { return x + ONE; }\n');
    place.write('b.c', 'int f(int);\nint main(void) { return f(-1); }\n');
    const rule = '%.o: %.c\n\tgcc -DONE=1 -c $< -o $@\n';
    place.write('Makefile', `prog: a.o b.o\n\t$(MAKE) -C sub\n\tgcc -o prog a.o b.o\n${rule}`);
    const ran = await place.run([recipe('compile-commands'), 'make', '-j2']);
    expect(ran.status).toBe(0);
    // What is built once more is there once.
    for (const object of ['a.o', 'sub/c.o']) rmSync(place.path(object));
    expect((await place.run([recipe('compile-commands'), 'make'])).status).toBe(0);
    const commands = JSON.parse(readFileSync(place.path('compile_commands.json'), 'utf8')) as { file: string }[];
    expect(commands.map(({ file }) => file).sort()).toEqual(['a.c', 'b.c', 'c.c']);
    expect(commands).toContainEqual({
      directory: place.folder,
      file: 'a.c',
      arguments: ['gcc', '-DONE=1', '-c', 'a.c', '-o', 'a.o'],
    });
    const list = place.write(
      'list.ts',
      "import { FunctionDecl } from 'cmonster';\nexport default (tu) => console.log(tu.find(FunctionDecl, (f) => f.isThisDeclarationADefinition()).map((f) => f.name).join());\n",
    );
    const cmonster = `${root}/packages/cmonster/bin/cmonster.js`;
    const found = execFileSync(process.execPath, [cmonster, 'run', list, '-p', place.folder], {
      encoding: 'utf8',
      cwd: place.folder,
    });
    expect(found.trim().split('\n').sort()).toEqual(['f', 'g', 'main']);
  });
});
