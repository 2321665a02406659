// Real programs under a script that hooks every function they import and passes it on: what they print and how they
// end must be what it is without.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Workshop } from './workshop.js';

const shop = new Workshop();
afterAll(() => shop[Symbol.dispose]());

/** Each function's hook calls the original with what came; functions that can't be called through are observed. */
const passOn = `for (const i of __mr.names('*')) {
  const f = __mr.function(i);
  try { __mr.hook(f, { replace: () => f() }); } catch { __mr.hook(f, { enter: () => {} }); }
}`;
/** The other way to see everything. */
const observe = `for (const i of __mr.names('*')) {
  try { __mr.hook(i, { enter: (a) => a, leave: (result, state) => {} }); } catch { __mr.hook(i, { enter: () => {} }); }
}`;

const server = createServer((request, response) => {
  const body = `you asked for ${request.url}\n`.repeat(5000);
  response.writeHead(request.url === '/none' ? 404 : 200, { 'content-length': body.length });
  response.end(body);
});
let url = '';
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  mkdirSync(shop.path('tree/a/b'), { recursive: true });
  for (let i = 0; i < 200; i++) writeFileSync(shop.path(`tree/a/${i}.txt`), `line ${i}\nroot ${i * 7}\n`);
  writeFileSync(shop.path('numbers'), Array.from({ length: 20000 }, (_, i) => `${(i * 7919) % 20011}\n`).join(''));
  writeFileSync(shop.path('hello.c'), '#include <stdio.h>\nint main(int c, char **v) { return printf("%d\\n", c); }\n');
});
afterAll(() => server.close());

const throwing = () =>
  shop.compile(
    'throwing.cpp',
    `#include <algorithm>
     #include <iostream>
     #include <map>
     #include <stdexcept>
     #include <string>
     #include <vector>
     int main() {
       std::map<std::string, int> seen;
       for (int i = 0; i < 300; i++) {
         try {
           if (i % 3 == 0) throw std::runtime_error("thrown");
           std::vector<int> v(5);
           seen["at " + std::to_string(v.at(i % 7))]++;
           seen[std::to_string(std::stoi(i % 2 ? "12" : "none"))]++;
         } catch (const std::exception &e) { seen[e.what()]++; }
       }
       for (auto &[what, n] : seen) std::cout << what << " " << n << "\\n";
       std::vector<int> big(100000);
       std::generate(big.begin(), big.end(), [n = 0]() mutable { return n = (n * 1103515245 + 12345) & 0x7fffffff; });
       std::sort(big.begin(), big.end());
       std::cout << big[0] << " " << big[50000] << std::endl;
       throw std::logic_error("the end");
     }`,
  );

const python = `
import json, os, re, socket, sqlite3, ssl, subprocess, threading, time, zlib
print(json.dumps({"a": [1, 2, 3.5, None]}))
print(subprocess.check_output(["echo", "child"]))
threads = [threading.Thread(target=lambda: sum(range(20000))) for _ in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
a, b = socket.socketpair(); a.sendall(b"x" * 1000); print(len(b.recv(4096)))
db = sqlite3.connect(":memory:"); db.execute("create table t(x)"); db.executemany("insert into t values(?)", [(i,) for i in range(500)])
print(db.execute("select sum(x) from t").fetchone(), zlib.crc32(b"abc"), len(ssl.OPENSSL_VERSION) > 3)
print(re.sub(r"(a+)b", r"\\1", "aaab" * 5), os.environ.get("HOME"))
try: open("/nonexistent/file")
except OSError as e: print(e.errno)
os._exit(7)`;

const javascript = `
const fs = require('fs'); const { execFileSync } = require('child_process');
console.log([1, 2, 3].map((x) => x * 2), fs.readdirSync('/').includes('etc'));
console.log(execFileSync('echo', ['child']).toString(), require('zlib').deflateSync(Buffer.alloc(1e5)).length);
new (require('worker_threads').Worker)('require("worker_threads").parentPort.postMessage(42)', { eval: true }).on('message', (m) => console.log(m));
setTimeout(() => { process.exitCode = 5; }, 20);`;

const programs: Record<string, () => string[]> = {
  ls: () => ['ls', '-lR', shop.path('tree')],
  cat: () => ['cat', shop.path('numbers')],
  'cat of a missing file': () => ['cat', '/nonexistent'],
  sort: () => ['sort', '-n', '--parallel=2', shop.path('numbers')],
  sha256sum: () => ['sha256sum', process.execPath],
  wc: () => ['wc', shop.path('numbers')],
  find: () => ['find', shop.path('tree'), '-name', '1*', '-size', '-2'],
  grep: () => ['grep', '-rc', 'root', shop.path('tree')],
  awk: () => ['awk', '{ n += $1 } END { print n, NR }', shop.path('numbers')],
  sed: () => ['sed', '-n', 's/^1\\(.*\\)/\\1/p', shop.path('numbers')],
  dd: () => ['dd', `if=${shop.path('numbers')}`, 'of=/dev/null', 'bs=1000', 'status=none'],
  date: () => ['date', '-u', '-d', '@86400'],
  id: () => ['id'],
  false: () => ['false'],
  diff: () => ['diff', '-r', shop.path('tree'), '/etc/apt'],
  tar: () => ['tar', '-cf', '-', '--mtime=@0', '--sort=name', '-C', shop.path('tree'), '.'],
  gzip: () => ['gzip', '-9c', shop.path('numbers')],
  xz: () => ['xz', '-T2', '-c', shop.path('numbers')],
  git: () => ['git', '-C', process.cwd(), 'log', '--oneline', '--stat', '-30'],
  'git status': () => ['git', '-C', process.cwd(), 'status', '--short', 'setup'],
  python: () => ['/usr/bin/python3', '-c', python],
  sqlite3: () => [
    'sqlite3',
    ':memory:',
    'create table t(a, b); with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000) insert into t select i, i * 1.5 from n; select count(*), sum(b), group_concat(distinct a % 7) from t; select nothing;',
  ],
  curl: () => ['curl', '-s', '-w', '%{http_code} %{size_download}\\n', `${url}/some`],
  'curl that fails': () => ['curl', '-sSf', `${url}/none`],
  openssl: () => ['openssl', 'dgst', '-sha512', shop.path('numbers')],
  gcc: () => ['gcc', '-O2', '-S', '-o', '-', shop.path('hello.c')],
  clang: () => ['clang-19', '-O1', '-S', '-o', '-', shop.path('hello.c')],
  make: () => ['make', '-f', '/dev/null', '-n', 'nothing'],
  perl: () => [
    'perl',
    '-e',
    'my %h; $h{$_ % 7}++ for 1 .. 10000; print join(",", map {"$_=$h{$_}"} sort keys %h), "\\n"; print `echo child`; exit 4',
  ],
  node: () => ['node', '-e', javascript],
  bash: () => [
    'bash',
    '-c',
    'for i in 1 2 3; do echo $i | sed s/1/one/; done; cat <(echo x); trap "echo trapped; exit 9" TERM; kill -TERM $$; sleep 1',
  ],
  'bash that dies of a signal': () => ['bash', '-c', 'kill -KILL $$'],
  'C++ that throws': () => [throwing()],
};

async function plain([command, ...args]: readonly string[]) {
  const child = spawn(command!, args);
  const streams = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    streams.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    streams.stderr += chunk;
  });
  child.stdin.on('error', () => {}).end();
  const [exitCode, signal] = await once(child, 'close');
  return { ...streams, exitCode, signal };
}

test.each(Object.keys(programs))('%s', async (name) => {
  const command = programs[name]!();
  const expected = await plain(command);
  // Half of them in either way, so that both see many programs.
  const script = name.length % 2 ? passOn : observe;
  const run = await shop.run({ command, patterns: ['*'], script, input: '' });
  expect({ stdout: run.stdout, stderr: run.stderr, exitCode: run.exitCode, signal: run.signal }).toEqual(expected);
  expect(run.faults).toBe(0);
  const hooked = run.account.functions.reduce((sum, entry) => sum + entry.hooked, 0);
  expect(hooked).toBeGreaterThan(0);
});

test('redis under load', async () => {
  const probe = createTcpServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  const command = [
    'redis-server',
    '--port',
    String(port),
    '--save',
    '',
    '--bind',
    '127.0.0.1',
    '--io-threads',
    '2',
    '--dir',
    shop.folder,
  ];
  const running = shop.run({ command, patterns: ['*'], script: passOn });
  for (let attempt = 0; ; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const up = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (up) break;
    if (attempt > 200) throw new Error('redis did not come up');
    await sleep(50);
  }
  const load = spawn('redis-benchmark', ['-p', String(port), '-n', '4000', '-c', '20', '-t', 'set,get,lpush', '-q'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  load.stdout.on('data', (chunk) => {
    said += chunk;
  });
  const [status] = await once(load, 'close');
  expect(status).toBe(0);
  expect(said).toMatch(/SET: .* requests per second/);
  spawnSync('redis-cli', ['-p', String(port), 'shutdown', 'nosave']);
  const run = await running;
  expect(run).toMatchObject({ exitCode: 0, faults: 0 });
  expect(run.of('write').hooked).toBeGreaterThan(1000);
}, 120_000);
