/** Inputs and scripts that mean no good: a clear end each time, and this process lives. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { Preprocessor, PreprocessorHooks, type PreprocessorOptions, parse, parseSync } from 'cmonster';
import { describe, expect, test } from 'vitest';

const of = (text: string | Uint8Array, options: PreprocessorOptions = {}): Preprocessor =>
  new Preprocessor('a.c', { ...options, unsaved: { 'a.c': text } });
const said = (preprocessor: Preprocessor): string[] => preprocessor.diagnostics.map(String);

/** 2⁴⁰ tokens. */
const bomb = `#define A0 x\n${Array.from({ length: 40 }, (_, i) => `#define A${i + 1} A${i} A${i}\n`).join('')}A40\n`;

function children(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return new RegExp(`^PPid:\\s*${process.pid}$`, 'm').test(readFileSync(`/proc/${pid}/status`, 'utf8'));
      } catch {
        return false;
      }
    })
    .map(Number);
}

describe('an expansion without end', () => {
  test('is read as far as somebody wants', () => {
    using preprocessor = of(bomb);
    let count = 0;
    for (const token of preprocessor.tokens()) if (token.text === 'x' && ++count === 200_000) break;
    expect(count).toBe(200_000);
  });

  test('ends at the limit of time', () => {
    using preprocessor = of(bomb, { timeLimit: 700 });
    expect(() => preprocessor.run()).toThrow(expect.objectContaining({ code: 'TIMEOUT' }));
    expect(() => preprocessor.text()).toThrow(expect.objectContaining({ code: 'TIMEOUT' }));
  });

  test('that a slow listener hears of ends there, too', () => {
    using preprocessor = of(bomb, { timeLimit: 700 });
    let heard = 0;
    preprocessor.on('macroExpanded', () => {
      heard++;
      for (const until = performance.now() + 0.05; performance.now() < until; );
    });
    expect(() => preprocessor.run()).toThrow(expect.objectContaining({ code: 'TIMEOUT' }));
    expect(heard).toBeGreaterThan(100);
  });

  test('that calls a script at each step ends there, too', () => {
    using preprocessor = of('A40()\n', { timeLimit: 300 });
    preprocessor.define('A0()', () => 'x');
    for (let i = 1; i <= 40; i++) preprocessor.define(`A${i}()`, () => `A${i - 1}() A${i - 1}()`);
    expect(() => preprocessor.run()).toThrow(expect.objectContaining({ code: 'TIMEOUT' }));
  });

  test('by a script, too', () => {
    using preprocessor = of('MORE(1)\n', { timeLimit: 700 });
    preprocessor.define('OTHER', (value) => ['MORE(', value, ') MORE(', value, ')']);
    preprocessor.define('MORE', (value) => ['OTHER(', value, ') OTHER(', value, ')']);
    // Names that are being expanded stay as they are: this ends by itself.
    expect(preprocessor.text(['-P']).trim()).toBe('MORE(1) MORE(1) MORE(1) MORE(1)');
  });
});

describe('a frontend', () => {
  test('that is killed in the middle is an error, and the next one works', () => {
    using preprocessor = of('int a;\n'.repeat(100_000));
    const before = new Set(children());
    const tokens = preprocessor.tokens();
    tokens.next();
    for (const pid of children()) if (!before.has(pid)) process.kill(pid, 'SIGKILL');
    expect(() => [...tokens]).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/FRONTEND_CRASHED|DISPOSED/) }),
    );
    expect([...preprocessor.tokens()].length).toBe(300_000);
  });

  test('is gone when it was disposed of', async () => {
    const before = new Set(children());
    const preprocessor = of('int a;\n');
    preprocessor.run();
    const [started] = children().filter((pid) => !before.has(pid));
    expect(started).toBeDefined();
    preprocessor.dispose();
    for (let i = 0; i < 200 && children().includes(started as number); i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(children()).not.toContain(started);
  });

  test('keeps no program from ending', { timeout: 60_000 }, async () => {
    const index = new URL('../../packages/cmonster/src/index.ts', import.meta.url).href;
    const code = `import { Preprocessor } from '${index}';
      const pp = new Preprocessor('a.c', { inlineMacros: true, unsaved: { 'a.c': 'ts_def(F(x))\\n  return x;\\nts_end\\nF(1)\\n' } });
      console.log(pp.text(['-P']).trim());`;
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', code]);
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    const status = await new Promise((resolve) => child.on('exit', resolve));
    expect([status, printed]).toEqual([0, '1\n']);
  });
});

describe('a script that', () => {
  test('reads the file again, or another, from inside of a macro', () => {
    using preprocessor = of('OUTER(x)\n');
    preprocessor.define('OUTER', (value) => {
      using inner = of('#define x inside\nx\n');
      return [value, ' ', inner.text(['-P']).trim()];
    });
    expect(preprocessor.text(['-P']).trim()).toBe('x inside');
  });

  test('asks for what is known once the file has been read is told so', () => {
    using preprocessor = of('ASK(1)\n');
    preprocessor.define('ASK', (_) => `${preprocessor.facts.macros.length}`);
    preprocessor.run();
    expect(said(preprocessor)).toEqual([
      expect.stringContaining("macro 'ASK' failed: CmonsterError: a.c is being read"),
    ]);
    using heard = of('int a;\n').on('fileEntered', () => void heard.tokens());
    expect(() => heard.run()).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  test('takes away what it is at work in, or decides too late, is told so', () => {
    using preprocessor = of('END(1)\nMORE(2)\nint after;\n');
    preprocessor.define('END', (value) => {
      preprocessor.dispose();
      return value;
    });
    preprocessor.define('MORE', (value) => {
      preprocessor.define('OTHER', '1');
      return value;
    });
    expect(preprocessor.text(['-P'])).toContain('int after;');
    expect(said(preprocessor)).toEqual([
      expect.stringMatching(
        /'END' failed: CmonsterError: a.c is being read: it can be disposed of .* \(hostile.test.ts:\d+\)/,
      ),
      expect.stringMatching(/'MORE' failed: CmonsterError: define\('OTHER'\) comes too late.* \(hostile.test.ts:\d+\)/),
    ]);
    using heard = of('int a;\n').on('fileEntered', () => heard.dispose());
    expect(() => heard.run()).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  test.each([
    ['a text', () => '_Pragma("lab again") int a;'],
    ['a file', () => ({ text: '#pragma lab again\nint a;\n' })],
  ])('answers a pragma with itself for ever, by %s', (_, answer) => {
    using preprocessor = of('#pragma lab again\nint after;\n');
    preprocessor.onPragma('lab', 'again', answer);
    const text = preprocessor.text(['-P']);
    expect(text).toContain('int after;');
    expect(said(preprocessor)).toEqual([
      expect.stringContaining("error: pragma 'lab again' is in its own answer, without end"),
    ]);
  });

  test('never settles its promise ends at the limit of time', async () => {
    const preprocessor = new PreprocessorHooks().define('F', (_) => new Promise(() => {}));
    const parsing = parse('a.c', { preprocessor, timeLimit: 3000, unsaved: { 'a.c': 'F(1)\n' } });
    await expect(parsing).rejects.toThrow(/waiting for a script's promise took longer than 3 s/);
  });

  test('returns tokens of another use gives their text', () => {
    using preprocessor = of('KEEP(first) KEEP(second)\n');
    const kept: unknown[] = [];
    preprocessor.define('KEEP', (value) => {
      kept.push(value);
      return kept as never;
    });
    expect(preprocessor.text(['-P']).trim()).toBe('first first second');
  });

  test('answers with what is no answer is told so', () => {
    using preprocessor = of('#include "a.h"\n#include "b.h"\n');
    preprocessor.onInclude(({ name }) => (name === 'a.h' ? (Symbol('no') as never) : (Promise.resolve('x') as never)));
    preprocessor.run();
    expect(said(preprocessor)[0]).toContain("include of 'a.h' failed: TypeError: answered neither a path");
  });

  test('gives a macro no name, no signature, or no body is told so', () => {
    const hooks = new PreprocessorHooks();
    for (const name of ['', 'a b', '1a', 'F(', 'F(...a, b)', 'F(a b)'])
      expect(() => hooks.define(name, 'x')).toThrow(/signature|parameter/);
    expect(() => hooks.onPragma('a', 'b', () => '').on('other' as never, () => {})).toThrow(/no event/);
  });

  test('is in a directive in another macro’s arguments, or in an argument that is never closed', () => {
    using preprocessor = of('#define ID(x) x\nID(\n#if YES(1)\nint a;\n#endif\n)\nYES(\n');
    preprocessor.define('YES', (value) => value);
    expect(preprocessor.text(['-P'])).toContain('int a;');
    expect(said(preprocessor).join('\n')).toContain('unterminated function-like macro invocation');
  });
});

describe('a file', () => {
  test.each([
    ['of one byte after the other', Buffer.from(Array.from({ length: 256 }, (_, i) => i))],
    ['of ts_def alone', 'ts_def'],
    ['of openings', 'ts_def(\n'.repeat(1000)],
    ['of endings', 'ts_end\n'.repeat(1000)],
    ['of definitions in definitions', 'ts_def(A(x))\nts_def(B(x))\nts_end\nts_end\nA(1)\n'],
    [
      'with bytes of no encoding in a body',
      Buffer.concat([
        Buffer.from('ts_def(A(x))\n  return "'),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('";\nts_end\nA(1)\n'),
      ]),
    ],
    ['with a null in a body', 'ts_def(A(x))\n  return "\0";\nts_end\nA(1)\nint after;\n'],
    ['of conditionals', '#if 1\n'.repeat(20_000)],
  ])('%s is read to its end', (_, text) => {
    using preprocessor = of(text, { inlineMacros: true });
    expect(() => preprocessor.run()).not.toThrow();
    expect(preprocessor.facts.macros.length).toBeGreaterThan(100);
    expect(Buffer.from(text as string).equals(preprocessor.sourceManager.mainFile.bytes)).toBe(true);
  });

  test('a parse with the same hooks ends as well', async () => {
    const hooks = new PreprocessorHooks()
      .define('F', (value) => [value, '('])
      .onInclude(() => ({ text: '#include "again.h"\n' }));
    const options = {
      preprocessor: hooks,
      unsaved: { 'a.cpp': '#include "x.h"\ntemplate <int N> struct S { int a = F(N); };\nS<3> s;\n' },
    };
    for (const tu of [await parse('a.cpp', options), parseSync('a.cpp', options)]) {
      expect(tu.diagnostics.map(String).join('\n')).toContain('nested too deeply');
      tu.dispose();
    }
  });
});
