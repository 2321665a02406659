// Every function that the C library's headers declare, hooked with its type and passed on: programs behave as without.
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Headers } from '../../packages/mrhooker/src/headers/reader.js';
import { parseSpecifier } from '../../packages/mrhooker/src/headers/specifier.js';
import { forwarded } from '../../packages/mrhooker/src/stub/forwarded.js';
import { Place, root } from './place.js';

const HEADERS = [
  ...['stdio.h', 'stdlib.h', 'string.h', 'unistd.h', 'fcntl.h', 'sys/socket.h', 'sys/stat.h', 'sys/mman.h', 'time.h'],
  ...[
    'pthread.h',
    'netdb.h',
    'sys/time.h',
    'sys/wait.h',
    'signal.h',
    'poll.h',
    'sys/select.h',
    'sys/uio.h',
    'dirent.h',
  ],
  ...['wchar.h', 'ctype.h', 'locale.h', 'math.h', 'pwd.h', 'grp.h', 'termios.h'],
];
const place = new Place();
let script = '';

beforeAll(async () => {
  const imports = ["import { hook } from 'mrhooker';"];
  const seen = new Set<string>();
  for (const header of HEADERS) {
    const specifier = parseSpecifier(`c:${header}`, place.folder);
    using headers = await Headers.open([specifier], { language: 'c', arguments: [], cwd: place.folder });
    const { names } = await headers.declare(headers.names, { skipUnusable: true });
    const functions = Object.entries(names).filter(([name, declaration]) => {
      if (declaration.kind !== 'function') return false;
      const { symbol, inline, name: own } = declaration.function;
      if (inline || own !== name || forwarded.has(symbol) || seen.has(symbol)) return false;
      seen.add(symbol);
      return true;
    });
    if (functions.length === 0) continue;
    imports.push(`import { ${functions.map(([name]) => `${name} as f_${name}`).join(', ')} } from 'c:${header}';`);
    imports.push(
      `for (const fn of [${functions.map(([name]) => `f_${name}`).join(', ')}]) hook(fn, (...args) => fn(...args));`,
    );
  }
  expect(seen.size).toBeGreaterThan(1500);
  script = place.write('everything.ts', `${imports.join('\n')}\n`);
  // Built once, before programs are measured against a time limit.
  await place.run([script, 'true']);
});
afterAll(() => place.remove());

test.each([
  ['ls', '-l', root],
  ['git', '-C', root, 'log', '-3', '--oneline'],
  ['sqlite3', ':memory:', 'create table t(a); insert into t values (1), (2); select sum(a), sqlite_version() from t'],
  [
    'python3',
    '-c',
    'import json, threading; print(json.dumps([2**70, 0.1])); t = threading.Thread(target=print, args=(1,)); t.start(); t.join()',
  ],
  ['sh', '-c', 'for i in 1 2 3; do echo $i; done | sort -r; exit 3'],
  ['tar', 'cf', '-', '-C', root, 'package.json'],
  ['perl', '-e', 'print join(",", map { $_ * 2 } 1 .. 10), sprintf(" %.3f", 3.14159)'],
  ['bash', '-c', 'echo $((3 * 4)); [[ abc =~ b ]] && echo matched'],
  ['openssl', 'sha256', `${root}/package.json`],
  ['gcc', '-x', 'c', '-fsyntax-only', '/dev/null'],
])('%s', async (...command) => {
  const [name = '', ...args] = command;
  const plain = spawnSync(name, args, { cwd: place.folder, encoding: 'latin1', maxBuffer: 1 << 26 });
  const hooked = await place.run(['-o', place.path('log'), script, ...command]);
  expect({ status: hooked.status, stdout: hooked.stdout }).toEqual({
    status: plain.status,
    stdout: Buffer.from(plain.stdout, 'latin1').toString('utf8'),
  });
});
