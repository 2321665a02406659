/** Frontends that are killed, stopped, too slow or too large, while they parse and while they are asked. */
import { spawn } from 'node:child_process';
import { type ParseOptions, TranslationUnit } from 'cmonster';
import { describe, expect, test } from 'vitest';
import { sleep, typed, Workshop } from './harness.js';

/** Takes Clang some minutes. */
const endless = `void f(int a) { ${'if (a) '.repeat(100_000)}; }\n`;
const small = 'struct S { int a, b; };\nint f(int x) { return x + 1; }\nint g(int y) { return f(y); }\n';

describe('killed', () => {
  const workshop = new Workshop();

  async function outcomeOf(work: () => unknown, file: string): Promise<string> {
    const started = performance.now();
    try {
      const result = await work();
      (result as Partial<Disposable> | undefined)?.[Symbol.dispose]?.();
      return 'done';
    } catch (error) {
      expect(performance.now() - started).toBeLessThan(8_000);
      return typed(error, file);
    }
  }

  /** Does something to the frontends in a moment, from another process: this one may be waiting. */
  function soon(signal: string, milliseconds: number): void {
    const script = `
      const { readdirSync, readFileSync } = require('node:fs');
      setTimeout(() => {
        for (const pid of readdirSync('/proc').map(Number).filter((pid) => pid > 0)) {
          try {
            if (!readFileSync('/proc/' + pid + '/stat', 'latin1').includes('(cmonster-front')) continue;
            const marker = process.env.CMONSTER_TEST;
            if (readFileSync('/proc/' + pid + '/environ', 'latin1').includes(marker)) process.kill(pid, '${signal}');
          } catch {}
        }
      }, ${milliseconds});`;
    spawn(process.execPath, ['-e', script], { stdio: 'ignore' }).unref();
  }

  const ways: readonly [string, (file: string, options: ParseOptions) => unknown][] = [
    ['parse', (file, options) => TranslationUnit.parse(file, options)],
    ['parseSync', (file, options) => TranslationUnit.parseSync(file, options)],
  ];

  for (const [way, parse] of ways) {
    test(`${way}: SIGKILL, SIGTERM and SIGSEGV while parsing`, async () => {
      const file = workshop.write('endless.c', endless);
      for (const signal of ['SIGKILL', 'SIGTERM', 'SIGSEGV']) {
        soon(signal, 300);
        expect(await outcomeOf(() => parse(file, { timeLimit: 7_000 }), file)).toBe('FRONTEND_CRASHED');
      }
    });

    test(`${way}: SIGSTOP while parsing`, async () => {
      const file = workshop.write('endless.c', endless);
      soon('SIGSTOP', 200);
      expect(await outcomeOf(() => parse(file, { timeLimit: 1_500 }), file)).toBe('TIMEOUT');
    });

    test(`${way}: beyond the time limit`, async () => {
      const file = workshop.write('endless.c', endless);
      expect(await outcomeOf(() => parse(file, { timeLimit: 500 }), file)).toBe('TIMEOUT');
      expect(await outcomeOf(() => parse(file, { timeLimit: 1 }), file)).toBe('TIMEOUT');
    });

    test(`${way}: beyond the memory limit`, async () => {
      const file = workshop.write('large.c', `int a[] = {${'1,'.repeat(1_000_000)}};\n`);
      expect(await outcomeOf(() => parse(file, { memoryLimit: 128 }), file)).toBe('OUT_OF_MEMORY');
      expect(await outcomeOf(() => parse(file, { memoryLimit: 16 }), file)).toMatch(/OUT_OF_MEMORY|FRONTEND_/);
      expect(await outcomeOf(() => parse(file, {}), file)).toBe('done');
    });

    test(`${way}: killed between questions, and asked again`, async () => {
      const file = workshop.write('small.c', small);
      using tu = (await parse(file, {})) as TranslationUnit;
      const before = tu.root.print();
      for (let i = 0; i < 3; i++) {
        workshop.killFrontends();
        expect(tu.root.print()).toBe(before);
      }
    });

    test(`${way}: stopped before a question`, async () => {
      const file = workshop.write('small.c', small);
      using tu = (await parse(file, { questionTimeLimit: 1_000 })) as TranslationUnit;
      for (const pid of workshop.frontends()) process.kill(pid, 'SIGSTOP');
      await sleep(100);
      expect(await outcomeOf(() => tu.root.print(), file)).toBe('TIMEOUT');
      // The next question has a frontend of its own.
      expect(tu.root.print()).toContain('return x + 1');
    });
  }

  test('killed and stopped while answering', async () => {
    const file = workshop.write('slow.c', `void f(int a) { ${'do '.repeat(4_000)};${' while (a);'.repeat(4_000)} }\n`);
    for (const [signal, code] of [
      ['SIGKILL', 'FRONTEND_CRASHED'],
      ['SIGSTOP', 'TIMEOUT'],
    ] as const) {
      using tu = await TranslationUnit.parse(file, { questionTimeLimit: 2_000 });
      soon(signal, 150);
      const asking = (): void => {
        const until = performance.now() + 1_000;
        const nodes = [...tu.walk()];
        for (let i = 0; performance.now() < until || i < 2; i++) nodes[i % nodes.length]?.print();
      };
      const outcome = await outcomeOf(asking, file);
      // Killed in the moment between two questions, nobody notices: the next one starts another frontend.
      expect([code, 'done', 'QUESTION']).toContain(outcome);
    }
  });

  test('many at once, killed at any moment', async () => {
    const file = workshop.write('small.c', small);
    for (let delay = 0; delay < 60; delay += 6) {
      const parses = Array.from({ length: 4 }, () => outcomeOf(() => TranslationUnit.parse(file), file));
      await sleep(delay);
      workshop.frontends().forEach((pid, i) => {
        if (i % 4 !== 0) process.kill(pid, 'SIGKILL');
      });
      for (const outcome of await Promise.all(parses)) expect(['done', 'FRONTEND_CRASHED']).toContain(outcome);
    }
  });

  test('a program that ends in the middle takes its frontends along', async () => {
    const file = workshop.write('endless.c', endless);
    for (const end of ['process.exit(0)', "process.kill(process.pid, 'SIGKILL')"]) {
      const cmonster = new URL('../../packages/cmonster/src/index.ts', import.meta.url).href;
      const script = `const { TranslationUnit } = await import(${JSON.stringify(cmonster)});
        TranslationUnit.parse(${JSON.stringify(file)}).catch(() => {});
        setTimeout(() => ${end}, 500);`;
      const args = ['--import', 'tsx', '--input-type=module', '-e', script];
      const child = spawn(process.execPath, args, { stdio: 'ignore' });
      await new Promise((resolve) => child.on('exit', resolve));
    }
    // SIGKILL leaves no time to tidy up: at most a folder that the frontend had not yet been reached in.
    await workshop.nothingLeft();
  });

  test('reparse: the keeper and its copies are killed and stopped', async () => {
    const file = workshop.write('kept.c', `#include <stddef.h>\n${small}`);
    using tu = await TranslationUnit.parse(file, { keep: true, timeLimit: 3_000, questionTimeLimit: 1_000 });
    using copy = await tu.reparse({ text: `#include <stddef.h>\n${small}int more;\n` });
    expect(copy.root.print()).toContain('more');
    workshop.killFrontends();
    expect(copy.root.print()).toContain('more');
    using after = await tu.reparse({ text: `#include <stddef.h>\n${small}int later;\n` });
    expect(after.root.print()).toContain('later');
    // A keeper that is stopped answers nobody: the file is parsed from the beginning.
    const stopped = workshop.frontends();
    for (const pid of stopped) process.kill(pid, 'SIGSTOP');
    const text = `#include <stddef.h>\n${small}int last;\n`;
    expect(await outcomeOf(() => after.reparse({ text }), file)).toBe('done');
    // Nobody lets them go on: that none is left afterwards is checked as after every test.
  });
});
