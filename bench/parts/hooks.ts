/** A call under hooks, beside a wrapper written in C and the tracers that can be installed; a start; a server under load. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from '../../packages/mrhooker/src/launch/launch.js';
import { buildScript } from '../../packages/mrhooker/src/script/build.js';
import { READ, RESULT, type TracedFunction, valueCapture, WORD } from '../../packages/mrhooker/src/trace/plan.js';
import { traceScript } from '../../packages/mrhooker/src/trace/script.js';
import type { Report } from '../report.js';

const group = 'A hooked call';

const library = 'int add(int a, int b) { return a + b; }\nlong many(void *p, long n) { return n; }\n';
const header = 'int add(int a, int b);\n';
/** Prints the least of five rounds, in nanoseconds a call. */
const caller = `#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
int add(int, int);
static long count;
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1e9 + t.tv_nsec; }
static void *work(void *p) { volatile int s = 0; for (long i = 0; i < count; i++) s += add((int)i, 2); return p; }
int main(int argc, char **argv) {
  count = atol(argv[1]);
  int threads = argc > 2 ? atoi(argv[2]) : 1;
  double best = 1e18;
  for (int round = 0; round < 5; round++) {
    double start = now();
    pthread_t all[16];
    for (int i = 1; i < threads; i++) pthread_create(&all[i], 0, work, 0);
    work(0);
    for (int i = 1; i < threads; i++) pthread_join(all[i], 0);
    double took = (now() - start) / count;
    if (took < best) best = took;
  }
  printf("%.3f\\n", best);
  return 0;
}
`;
const wrapper = `#define _GNU_SOURCE
#include <dlfcn.h>
static int (*original)(int, int);
static __thread long calls __attribute__((tls_model("initial-exec")));
int add(int a, int b) { if (!original) original = dlsym(RTLD_NEXT, "add"); calls++; return original(a, b); }
`;

const scripts = {
  'passes through, counted': {
    code: "import { hook } from 'mrhooker';\nhook('add', {});",
    asked: { atMost: 6, ambition: 3 },
  },
  'only observes': {
    code: "import { hook } from 'mrhooker';\nimport { add } from 'c:./add.h';\nhook(add, { enter: (a, b) => {} });",
    asked: { atMost: 35, ambition: 15 },
  },
  'counts and calls the original': {
    code: "import { hook, shared } from 'mrhooker';\nimport { add } from 'c:./add.h';\nconst calls = shared.counter('calls');\nhook(add, (a, b) => { calls.add(1); return add(a, b); });",
    asked: { atMost: 60, ambition: 35 },
  },
};

export async function measureHooks(report: Report, rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mrhooker-bench-'));
  try {
    const bench = new Bench(folder);
    await bench.calls(report, rounds);
    await bench.traced(report, rounds);
    bench.peers(report);
    await bench.start(report, rounds);
    await bench.server(report, rounds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class Bench {
  readonly folder: string;
  readonly caller: string;

  constructor(folder: string) {
    this.folder = folder;
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    write('add.h', header);
    write('add.c', library);
    write('caller.c', caller);
    write('wrapper.c', wrapper);
    const compile = (...args: string[]) => execFileSync('clang-19', ['-O2', '-w', ...args], { cwd: folder });
    compile('-shared', '-fPIC', 'add.c', '-o', 'libadd.so');
    compile('-shared', '-fPIC', 'wrapper.c', '-o', 'wrapper.so');
    compile('caller.c', '-o', 'caller', '-L.', '-ladd', `-Wl,-rpath,${folder}`, '-lpthread');
    this.caller = join(folder, 'caller');
  }

  /** Nanoseconds a call. */
  plain(count: number, threads = 1, env: NodeJS.ProcessEnv = {}): number {
    return Number(execFileSync(this.caller, [String(count), String(threads)], { env: { ...process.env, ...env } }));
  }

  async hooked(
    code: string,
    command: readonly string[],
    onReady?: () => Promise<void>,
    onTrace?: () => void,
  ): Promise<string> {
    const path = join(this.folder, 'hooks.ts');
    writeFileSync(path, code);
    const build = await buildScript([{ path }], { cwd: this.folder, buildDir: join(this.folder, 'build') });
    let stdout = '';
    let closed: Promise<unknown> = Promise.resolve();
    const running = launch({
      ...build,
      command,
      quiet: true,
      onLine: () => {},
      ...(onTrace && { onTrace }),
      stdio: ['ignore', 'pipe', 'ignore'],
      onSpawn: (child) => {
        closed = once(child, 'close');
        child.stdout?.on('data', (chunk) => {
          stdout += chunk;
        });
      },
    });
    await onReady?.();
    await running;
    await closed;
    return stdout;
  }

  async calls(report: Report, rounds: number) {
    const count = 2_000_000;
    let direct = Infinity;
    let wrapped = Infinity;
    const least = new Map<string, number>();
    let two = Infinity;
    let wrappedTwo = Infinity;
    for (let round = 0; round < rounds; round++) {
      direct = Math.min(direct, this.plain(count * 10));
      wrapped = Math.min(wrapped, this.plain(count * 10, 1, { LD_PRELOAD: join(this.folder, 'wrapper.so') }));
      for (const [name, { code }] of Object.entries(scripts)) {
        const took = Number(await this.hooked(code, [this.caller, String(count)]));
        least.set(name, Math.min(least.get(name) ?? Infinity, took));
      }
      const counting = scripts['counts and calls the original'].code;
      two = Math.min(two, Number(await this.hooked(counting, [this.caller, String(count), '2'])));
      wrappedTwo = Math.min(wrappedTwo, this.plain(count * 10, 2, { LD_PRELOAD: join(this.folder, 'wrapper.so') }));
    }
    const line = (what: string, measured: number, asked?: { atMost: number; ambition?: number }, note?: string) =>
      report.add({
        group,
        what,
        subject: 'add(int, int)',
        measured,
        unit: 'ns',
        ...(asked && { asked }),
        ...(note && { note }),
      });
    line('direct', direct);
    line('a wrapper in C, preloaded', wrapped);
    for (const [name, { asked }] of Object.entries(scripts))
      line(name, least.get(name)! - direct, asked, 'added to the direct call');
    const one = least.get('counts and calls the original')!;
    report.add({
      group,
      what: 'two threads, against one',
      subject: 'calls a second',
      measured: (2 * one) / two,
      unit: '×',
      asked: { atLeast: 1.7 },
      note: `the wrapper in C, which shares nothing either: ${((2 * wrapped) / wrappedTwo).toFixed(2)}`,
    });
  }

  /** What `mrhooker trace` tells of a call: a text, flags, a buffer with its size, the result, both times. */
  async traced(report: Report, rounds: number) {
    const source = `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
int put(const char *, int, const void *, size_t);
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1e9 + t.tv_nsec; }
int main(void) {
  double best = 1e18;
  char *data = strdup("what is written");
  for (int round = 0; round < 40; round++) {
    usleep(30000); /* the launcher reads the ring, which then has room for all of them */
    double start = now();
    for (int i = 0; i < 500; i++) put("/a/file/of/some/name", i, data, 15);
    if (now() - start < best) best = now() - start;
  }
  printf("%.1f\\n", best / 500);
  return 0;
}
`;
    writeFileSync(
      join(this.folder, 'put.h'),
      '#include <stddef.h>\nint put(const char *name, int flags, const void *data, size_t size);\n',
    );
    writeFileSync(
      join(this.folder, 'put.c'),
      '#include "put.h"\nint put(const char *name, int flags, const void *data, size_t size) { return flags; }\n',
    );
    writeFileSync(join(this.folder, 'puts.c'), source);
    const compile = (...args: string[]) => execFileSync('clang-19', ['-O2', '-w', ...args], { cwd: this.folder });
    compile('-shared', '-fPIC', 'put.c', '-o', 'libput.so');
    compile('puts.c', '-o', 'puts', '-L.', '-lput', `-Wl,-rpath,${this.folder}`);
    const program = join(this.folder, 'puts');
    const fn: TracedFunction = {
      name: 'put',
      header: './put.h',
      parameters: [
        { name: 'name', capture: { argument: 0, read: READ.text, element: 1, limit: 257, shape: { as: 'text' } } },
        { name: 'flags', capture: valueCapture(1, WORD) },
        {
          name: 'data',
          capture: { argument: 2, read: READ.bytes, count: 3, element: 1, limit: 64, shape: { as: 'bytes' } },
        },
        { name: 'size', capture: valueCapture(3, WORD) },
      ],
      variadic: false,
      returnsNothing: false,
      result: valueCapture(RESULT, WORD),
      beginOnly: false,
      limit: 64,
      records: {},
    };
    const code = traceScript([fn], { frames: 0, counting: false });
    let plain = Infinity;
    let traced = Infinity;
    let told = 0;
    for (let round = 0; round < rounds; round++) {
      plain = Math.min(plain, Number(execFileSync(program)));
      traced = Math.min(traced, Number(await this.hooked(code, [program], undefined, () => told++)));
    }
    report.add({
      group,
      what: 'a decoded trace record, added',
      subject: 'put(text, flags, buffer, size)',
      measured: traced - plain,
      unit: 'ns',
      asked: { atMost: 600, ambition: 300 },
      note: `${told} of ${rounds * 20_000} calls told`,
    });
  }

  peers(report: Report) {
    const count = 300;
    writeFileSync(
      join(this.folder, 'commands.gdb'),
      'set breakpoint pending on\nbreak add\ncommands\nsilent\ncontinue\nend\nrun\n',
    );
    const peers: Record<string, string[]> = {
      ltrace: ['ltrace', '-o', '/dev/null', '-e', 'add', this.caller, String(count)],
      gdb: ['gdb', '-batch', '-q', '-x', join(this.folder, 'commands.gdb'), '--args', this.caller, String(count)],
    };
    for (const [name, [command, ...args]] of Object.entries(peers)) {
      const { stdout, error } = spawnSync(command!, args, { encoding: 'utf8', timeout: 60_000 });
      const took = Number(/^\d+\.\d+$/m.exec(stdout ?? '')?.[0]);
      if (error || !took) report.skip(group, name, 'it is not installed, or could not run it');
      else report.add({ group, what: name, subject: 'add(int, int)', measured: took, unit: 'ns' });
    }
    report.skip(group, 'uftrace', 'it records functions that were compiled for it');
  }

  /** From exec to main, and to the end of one hooked call, with a script of 5 kB. */
  async start(report: Report, rounds: number) {
    const filler = Array.from(
      { length: 60 },
      (_, i) => `function helper${i}(a: number) { return a * ${i} + ${i}; }\n`,
    ).join('');
    const code = `import { hook } from 'mrhooker';\nimport { add } from 'c:./add.h';\n${filler}hook(add, (a, b) => helper0(a) + helper59(b) + add(a, b));\n`;
    writeFileSync(
      join(this.folder, 'starts.c'),
      `#include <stdio.h>\n#include <sys/wait.h>\n#include <time.h>\n#include <unistd.h>\nint add(int, int);\n
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1e6 + t.tv_nsec / 1e3; }
int main(int argc, char **argv) {
  if (argc > 2) add(1, 2);
  if (argc > 1) _exit(0);
  double best[2] = {1e18, 1e18};
  for (int i = 0; i < 200; i++) {
    double start = now();
    pid_t pid = vfork();
    if (!pid) { execl(argv[0], argv[0], "main", i % 2 ? "and a call" : (char *)0, (char *)0); _exit(1); }
    waitpid(pid, 0, 0);
    if (now() - start < best[i % 2]) best[i % 2] = now() - start;
  }
  printf("%.1f %.1f\\n", best[0], best[1]);
  return 0;
}
`,
    );
    const program = join(this.folder, 'starts');
    execFileSync('clang-19', ['-O2', '-w', 'starts.c', '-o', 'starts', '-L.', '-ladd', `-Wl,-rpath,${this.folder}`], {
      cwd: this.folder,
    });
    const plain = [Infinity, Infinity];
    const hooked = [Infinity, Infinity];
    const least = (best: number[], said: string) => {
      for (const [i, text] of said.trim().split(' ').entries()) best[i] = Math.min(best[i]!, Number(text));
    };
    for (let round = 0; round < rounds; round++) {
      least(plain, execFileSync(program, { encoding: 'utf8' }));
      least(hooked, await this.hooked(code, [program]));
    }
    for (const [i, what] of ['from exec to main, added', 'from exec through the first hooked call, added'].entries())
      report.add({
        group,
        what,
        subject: 'a 5 kB script',
        measured: hooked[i]! - plain[i]!,
        unit: 'µs',
        asked: { atMost: 1000, ambition: 300 },
        note: `${plain[i]!.toFixed(0)} µs without hooks`,
      });
  }

  async server(report: Report, rounds: number) {
    if (spawnSync('redis-benchmark', ['--version']).error) {
      report.skip(group, 'redis under load', 'redis is not installed');
      return;
    }
    const functions = ['send', 'recv', 'read', 'write'];
    const code = `import { hook, shared } from 'mrhooker';
import { send, recv } from 'c:sys/socket.h';
import { read, write } from 'c:unistd.h';
const calls = shared.counter('calls');
${functions.map((name) => `hook(${name}, { enter() { calls.add(1); } });`).join('\n')}
`;
    const rate = async (hooks: boolean): Promise<number> => {
      const probe = createServer().listen(0, '127.0.0.1');
      await once(probe, 'listening');
      const { port } = probe.address() as { port: number };
      probe.close();
      const command = ['redis-server', '--port', String(port), '--save', '', '--bind', '127.0.0.1'];
      let measured = 0;
      const load = async () => {
        const ping = () =>
          spawnSync('redis-cli', ['-p', String(port), 'ping'], { encoding: 'utf8' }).stdout.includes('PONG');
        for (let i = 0; i < 100 && !ping(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
        const child = spawn('redis-benchmark', ['-p', String(port), '-n', '60000', '-c', '20', '-t', 'set', '--csv'], {
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        let said = '';
        child.stdout.on('data', (chunk) => {
          said += chunk;
        });
        await once(child, 'close');
        measured = Number(/"SET","([\d.]+)"/.exec(said)?.[1]);
        spawnSync('redis-cli', ['-p', String(port), 'shutdown', 'nosave']);
      };
      if (hooks) await this.hooked(code, command, load);
      else {
        const child = spawn(command[0]!, command.slice(1), { stdio: 'ignore' });
        await load();
        if (child.exitCode === null) await once(child, 'close');
      }
      return measured;
    };
    let plain = 0;
    let hooked = 0;
    for (let round = 0; round < rounds; round++) {
      plain = Math.max(plain, await rate(false));
      hooked = Math.max(hooked, await rate(true));
    }
    report.add({
      group,
      what: 'redis-benchmark, of its requests a second',
      subject: 'send, recv, read, write',
      measured: hooked / plain,
      unit: '×',
      asked: { atLeast: 0.95 },
      note: `${plain.toFixed(0)} without hooks, ${hooked.toFixed(0)} with hooks that count`,
    });
  }
}
