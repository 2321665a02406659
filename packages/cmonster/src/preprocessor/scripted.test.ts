import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  FunctionDecl,
  type IncludeDirective,
  Preprocessor,
  PreprocessorHooks,
  type PreprocessorOptions,
  parse,
  parseSync,
  TokenList,
  VarDecl,
} from '../index.js';

const open: Preprocessor[] = [];
afterEach(() => {
  for (const preprocessor of open.splice(0)) preprocessor.dispose();
});

/** The preprocessor of a text. */
function of(text: string, options: PreprocessorOptions & { unsaved?: Record<string, string> } = {}): Preprocessor {
  const preprocessor = new Preprocessor('a.c', { ...options, unsaved: { 'a.c': text, ...options.unsaved } });
  open.push(preprocessor);
  return preprocessor;
}
const lines = (preprocessor: Preprocessor): string[] =>
  preprocessor
    .text(['-P'])
    .split('\n')
    .filter((line) => line.trim() !== '');
const said = (preprocessor: Preprocessor): string[] => preprocessor.diagnostics.map(String);

describe('a macro in TypeScript', () => {
  it('gets its arguments as tokens and gives text', () => {
    const preprocessor = of('char *s = REVERSED(hello);\n');
    preprocessor.define('REVERSED', (token) => JSON.stringify([...String(token)].reverse().join('')));
    expect(lines(preprocessor)).toEqual(['char *s = "olleh";']);
    expect(said(preprocessor)).toEqual([]);
  });

  it('gives tokens back, which keep their places', () => {
    const preprocessor = of('int f(int);\nint a = CALL(f, 1 + x);\n');
    preprocessor.define('CALL', (callee, argument) => [callee, '(', argument, ')']);
    expect(lines(preprocessor)).toEqual(['int f(int);', 'int a = f(1 + x);']);
    const hooks = new PreprocessorHooks();
    hooks.define('CALL', (callee, argument) => [callee, '(', argument, ')']);
    using tu = parseSync('a.c', { preprocessor: hooks, unsaved: { 'a.c': 'int f(int);\nint a = CALL(f, 1 + x);\n' } });
    expect(tu.diagnostics[0]?.render()).toContain("a.c:2:21: error: use of undeclared identifier 'x'");
  });

  it('sees what is expanded only when it asks', () => {
    const preprocessor = of('#define N 3\nint a[] = { BOTH(N), BOTH(TWICE(N)) };\n');
    const seen: string[] = [];
    preprocessor.define('TWICE', (value) => [value, '+', value]);
    preprocessor.define('BOTH', (value) => {
      seen.push(`${value} is ${value.expanded}`);
      return value;
    });
    expect(lines(preprocessor)).toEqual(['int a[] = { 3, 3 +3 };']);
    expect(seen).toEqual(['N is 3', 'TWICE(N) is 3+3']);
  });

  it('takes any number of arguments, and none', () => {
    const preprocessor = of('F(a, (b, c), d) F() G(x) G(x, y, z) H\n');
    preprocessor.define('F', (...rest) => `${rest.length}:${rest.join('|')};`);
    preprocessor.define('G(first, ...rest)', function (first, ...rest) {
      return `${this.name} ${first} ${rest.length};`;
    });
    let n = 0;
    preprocessor.define('H', () => ++n, { objectLike: true });
    expect(lines(preprocessor)).toEqual(['3:a|(b, c)|d; 0:; G x 0; G x 2; 1']);
    expect(n).toBe(1);
  });

  it('is scanned again like any macro: others are expanded, its own name is not', () => {
    const preprocessor = of('#define ONE 1\nREC(ONE)\nPING\nREC(REC(2))\nEXPANDED(EXPANDED(2))\nOPENS 4)\n');
    preprocessor.define('REC', (value) => ['REC(', value, ') ONE']);
    preprocessor.define('EXPANDED', (value) => ['<', value.expanded, '>']);
    preprocessor.define('PING', 'PONG');
    preprocessor.define('PONG', () => 'PING', { objectLike: true });
    preprocessor.define('OPENS', () => 'ID(', { objectLike: true });
    preprocessor.define('ID(x)', 'x');
    expect(lines(preprocessor)).toEqual(['REC(1) 1', 'PING', 'REC(REC(2)) 1', '< <2> >', '4']);
    expect(said(preprocessor)).toEqual([]);
  });

  it('counts in directives', () => {
    const preprocessor = of('#if YES(1) == 42\nint yes;\n#endif\n#include NAME(b)\n', {
      unsaved: { 'b.h': 'int b;\n' },
    });
    preprocessor.define('YES', (_) => 42);
    preprocessor.define('NAME', (name) => `"${name}.h"`);
    expect(lines(preprocessor)).toEqual(['int yes;', 'int b;']);
  });

  it('is an ordinary macro otherwise: undefined, redefined with a warning, counted', () => {
    const preprocessor = of('#ifdef F\nF(1)\n#endif\n#define F(x) x\n#undef F\nF(2)\nF2(1, 2)\n');
    preprocessor.define('F', (_) => 'script');
    preprocessor.define('F2', (one) => one);
    preprocessor.undefine('__STDC__');
    expect(lines(preprocessor)).toEqual(['script', 'F(2)', 'F2']);
    expect(said(preprocessor).map((text) => text.replace(/^.*?: /, ''))).toEqual([
      'warning: undefining builtin macro',
      "warning: 'F' macro redefined",
      'error: too many arguments provided to function-like macro invocation',
    ]);
    const [script, text] = preprocessor.facts.definitions('F');
    expect([script?.isScripted, text?.isScripted, script?.expansions.length]).toEqual([true, false, 1]);
    expect(String(text?.undefinedAt)).toBe('a.c:5:8');
    expect(preprocessor.facts.definitions('__STDC__')[0]?.undefinedAt.isValid).toBe(true);
    expect(preprocessor.facts.definitions('__ts_')).toEqual([]);
  });

  it('keeps # and ## that it gives as they are', () => {
    const preprocessor = of('F(a)\n');
    preprocessor.define('F', (a) => [a, ' ## ', a, ' # x']);
    expect(lines(preprocessor)).toEqual(['a ## a # x']);
  });
});

describe('a macro that fails', () => {
  it('is an error where it is used, with the message and the line of the script', () => {
    const preprocessor = of(
      'int a = BAD(1);\nint b = WORSE(2);\nint c = ODD(3);\nint d = OPEN(4);\nint e = HALF(5);\n',
    );
    preprocessor.define('BAD', (_) => {
      throw new RangeError('no way');
    });
    preprocessor.define('WORSE', (_) => {
      throw 'text';
    });
    preprocessor.define('ODD', (_) => ({}) as never);
    preprocessor.define('OPEN', (_) => '1 + "unfinished');
    preprocessor.define('HALF', (_) => '1 /**/ + /* 2');
    expect(lines(preprocessor)).toEqual(['int a = ;', 'int b = ;', 'int c = ;', 'int d = ;', 'int e = ;']);
    expect(said(preprocessor)).toEqual([
      expect.stringMatching(/^a\.c:1:9: error: macro 'BAD' failed: RangeError: no way \(scripted\.test\.ts:\d+\)$/),
      `a.c:2:9: error: macro 'WORSE' failed: threw "text"`,
      expect.stringContaining("a.c:3:9: error: macro 'ODD' failed: TypeError: returned an object, which is neither"),
      `a.c:4:9: error: macro 'OPEN' returned what is no token: "unfinished`,
      "a.c:5:9: error: macro 'HALF' returned what is no token: /* 2",
    ]);
    expect(preprocessor.hasErrors).toBe(true);
  });

  it('is one in the middle of a template too', async () => {
    const hooks = new PreprocessorHooks().define('BAD', (_) => {
      throw new Error('here');
    });
    const unsaved = { 'a.cpp': 'template <class T> struct S { T t = BAD(T); int ok(); };\nS<int> s;\n' };
    for (const tu of [
      await parse('a.cpp', { preprocessor: hooks, unsaved }),
      parseSync('a.cpp', { preprocessor: hooks, unsaved }),
    ]) {
      expect(String(tu.diagnostics[0])).toContain("a.cpp:1:37: error: macro 'BAD' failed: here");
      expect(tu.find(VarDecl).map((decl) => decl.name)).toEqual(['s']);
      tu.dispose();
    }
  });

  it('is stopped when it loops, if there is a limit', () => {
    const preprocessor = of('LOOP(1)\nint after;\n', { callTimeLimit: 100 });
    preprocessor.define('LOOP', (_) => {
      for (;;);
    });
    expect(lines(preprocessor)).toEqual(['int after;']);
    expect(said(preprocessor)).toEqual([expect.stringContaining("macro 'LOOP' failed: it took longer than 100 ms")]);
  });

  it('may recurse until the stack ends', () => {
    const preprocessor = of('DEEP(1)\n');
    const deep = (): string => `${deep()}x`;
    preprocessor.define('DEEP', (_) => deep());
    preprocessor.run();
    expect(said(preprocessor)).toEqual([expect.stringContaining('Maximum call stack size exceeded')]);
  });

  it('may not give a promise where nothing can wait for it, but may where it can', async () => {
    const preprocessor = of('LATER(1)\n');
    preprocessor.define('LATER', async (value) => `int later${value};`);
    expect(said(preprocessor.run())).toEqual([expect.stringContaining("macro 'LATER' failed: it gave a promise")]);
    const hooks = new PreprocessorHooks().define('LATER', async (value) => `int later${value};`);
    using tu = await parse('a.c', { preprocessor: hooks, unsaved: { 'a.c': 'LATER(1)\n' } });
    expect(tu.find(VarDecl).map((decl) => decl.name)).toEqual(['later1']);
  });
});

describe('includes', () => {
  it('are answered one by one: a path, a text, no file, or as usual', () => {
    const preprocessor = of(
      '#include "same.h"\n#include "sub/b.h"\n#include <gone.h>\n#if __has_include("no.h")\nint no;\n#endif\n#if __has_include(<yes.h>)\nint yes;\n#endif\n',
      { unsaved: { 'sub/b.h': '#include "same.h"\nint b = __LINE__;\n', 'other.h': 'int other;\n', 'no.h': '' } },
    );
    const asked: IncludeDirective[] = [];
    preprocessor.onInclude((directive) => {
      asked.push(directive);
      if (directive.name === 'same.h') return { text: `int from_${directive.includer.replace(/\W/g, '_')};\n` };
      if (directive.name === 'gone.h') return 'other.h';
      if (directive.name === 'no.h') return false;
      if (directive.name === 'yes.h') return { text: '' };
      return undefined;
    });
    expect(lines(preprocessor)).toEqual([
      'int from_a_c;',
      'int from___sub_b_h;',
      'int b = 2;',
      'int other;',
      'int yes;',
    ]);
    expect(said(preprocessor)).toEqual([]);
    expect(
      asked.map(({ name, directive, isAngled, includer, line }) => [name, directive, isAngled, includer, line]),
    ).toEqual([
      ['same.h', 'include', false, 'a.c', 1],
      ['sub/b.h', 'include', false, 'a.c', 2],
      ['same.h', 'include', false, './sub/b.h', 1],
      ['gone.h', 'include', true, 'a.c', 3],
      ['no.h', '__has_include', false, 'a.c', 4],
      ['yes.h', '__has_include', true, 'a.c', 7],
    ]);
  });

  it('found beside its includer is a header as that is, found in a folder of the system one of the system', () => {
    const here = process.cwd();
    const of = (include: string): boolean => {
      using tu = parseSync('a.c', {
        arguments: ['-isystem', here],
        unsaved: { 'a.c': `#include ${include}\n`, 'beside.h': 'int x;\n' },
        preprocessor: new PreprocessorHooks().onInclude(() => join(here, 'beside.h')),
        scope: 'all',
      });
      return (tu.find(VarDecl)[0] as VarDecl).beginLoc.isInSystemHeader;
    };
    expect([of('"beside.h"'), of('<beside.h>')]).toEqual([false, true]);
  });

  it('with a text of their own are files with a name, for diagnostics and locations', () => {
    const hooks = new PreprocessorHooks().onInclude(({ name }) =>
      name === 'config.h' ? { text: '\nint config = WRONG;\n', name: 'generated/config.h' } : undefined,
    );
    using tu = parseSync('a.c', { preprocessor: hooks, unsaved: { 'a.c': '#include "config.h"\n' }, scope: 'all' });
    expect(tu.diagnostics.map(String)).toEqual([
      "generated/config.h:2:14: error: use of undeclared identifier 'WRONG'",
    ]);
    expect(tu.diagnostics[0]?.render()).toContain('    2 | int config = WRONG;');
    expect(String(tu.find(VarDecl).at(-1)?.location)).toBe('generated/config.h:2:5');
    expect(tu.preprocessor.includes.map((include) => include.path)).toEqual(['generated/config.h']);
  });

  it('are asked for once, whatever Clang tries when there is no such file', () => {
    const preprocessor = of('#include <missing.h>\n#include "_missing.h"\n');
    let asked = 0;
    preprocessor.onInclude(() => {
      asked++;
      return undefined;
    });
    preprocessor.run();
    expect(asked).toBe(2);
    expect(said(preprocessor)[0]).toContain("'missing.h' file not found");
  });

  it('go on from where a path was found: #include_next', () => {
    const preprocessor = of('#include <limits.h>\n#include_next <stdint.h>\nint a = INT_MAX;\n');
    const directives = new Set<string>();
    preprocessor.onInclude(({ directive }) => {
      directives.add(directive);
      return undefined;
    });
    expect(lines(preprocessor).at(-1)).toBe('int a = 2147483647;');
    expect([...directives]).toContain('include_next');
  });

  it('that answer themselves for ever end with an error', () => {
    const preprocessor = of('#include "self.h"\nint after;\n');
    preprocessor.onInclude(() => ({ text: '#include "self.h"\n' }));
    expect(lines(preprocessor)).toEqual(['int after;']);
    expect(said(preprocessor).join('\n')).toContain('#include nested too deeply');
  });

  it('that fail, or name what is not there, are errors at the directive', () => {
    const preprocessor = of('#include "a.h"\n#include "b.h"\n#include "c.h"\nint after;\n', {
      unsaved: { 'b.h': 'int b;' },
    });
    preprocessor.onInclude(({ name }) => {
      if (name === 'a.h') throw new Error('not today');
      return name === 'b.h' ? '/nowhere/b.h' : (42 as never);
    });
    preprocessor.run();
    expect(said(preprocessor)).toEqual(
      [
        expect.stringMatching(/^a\.c:1:10: error: include of 'a\.h' failed: not today/),
        "a.c:1:10: fatal error: 'a.h' file not found",
      ].slice(0, said(preprocessor).length),
    );
  });
});

describe('pragmas', () => {
  it('are replaced by what the handler gives', () => {
    const preprocessor = of(
      '#pragma lab table 3\n_Pragma("lab table 4") int x;\n#pragma lab other\n#pragma define TEN\nint ten = TEN;\n#pragma once\n',
    );
    preprocessor.onPragma('lab', 'table', (tokens, { line }) => `int table${line}[${tokens}];`);
    preprocessor.onPragma('', 'define', (tokens) => ({ text: `#define ${tokens} 10\n` }));
    expect(lines(preprocessor)).toEqual([
      'int table1[3];',
      'int table2[4]; int x;',
      '#pragma lab other',
      'int ten = 10;',
    ]);
  });

  it('in an argument of a macro are what they are in C', () => {
    const preprocessor = of('#define ID(x) x\nID(_Pragma("lab seven") + 1)\nID(\n#pragma lab seven\n)\nint after;\n');
    preprocessor.onPragma('lab', 'seven', () => '7');
    const text = lines(preprocessor);
    expect(text.join(' ')).toContain('7 + 1');
    expect(text.at(-1)).toBe('int after;');
    expect(said(preprocessor)).toEqual([
      'a.c:4:2: error: embedding a #pragma directive within macro arguments is not supported',
    ]);
  });

  it('are asked for in __pragma, too, and stay what they are where the handler has nothing to say', () => {
    const text =
      '#define P(x) __pragma(lab table x)\nint a = 1 P(7) + 2;\n__pragma(lab other (1, N))\n__pragma(once)\nID(__pragma(lab table 8)) int last;\n';
    const arguments_ = { arguments: ['-fms-extensions', '-DN=3', '-DID(x)=x'] };
    const preprocessor = of(text, arguments_);
    const places: string[] = [];
    preprocessor.onPragma('lab', 'table', (tokens, { line, column }) => {
      places.push(`${line}:${column}`);
      return ['+ ', tokens];
    });
    preprocessor.onPragma('lab', 'other', () => undefined);
    expect(lines(preprocessor).join(' ').replace(/\s+/g, ' ')).toBe(
      'int a = 1 + 7 + 2; #pragma lab other (1, 3) + 8 int last;',
    );
    expect(places).toEqual(['2:11', '5:1']);
    // Handlers that decide nothing change nothing.
    const handled = of(text, arguments_).onPragma('*', '*', () => undefined);
    expect(lines(handled)).toEqual(lines(of(text, arguments_)));
    const file = of('int before;\n__pragma(define TEN) int ten = TEN;\n', arguments_);
    file.onPragma('', 'define', (tokens) => ({ text: `#define ${tokens} 10\n` }));
    expect(
      lines(file)
        .map((line) => line.trim())
        .join(' '),
    ).toBe('int before; int ten = 10;');
  });

  it('that fail are errors at the pragma', () => {
    const preprocessor = of('#pragma lab bad\nint after;\n');
    preprocessor.onPragma('lab', 'bad', () => {
      throw new Error('bad indeed');
    });
    expect(lines(preprocessor)).toEqual(['int after;']);
    expect(said(preprocessor)[0]).toContain("pragma 'lab bad' failed: bad indeed");
  });
});

describe('events', () => {
  it('say what happens, in order', () => {
    const preprocessor = of(
      '// first\n#define A(x) x\n#if A(1)\nint a;\n#else\nint b;\n#endif\n#undef A\n#include "b.h"\n',
      { unsaved: { 'b.h': 'int b;\n' } },
    );
    const heard: string[] = [];
    preprocessor.on('comment', ({ text, line }) => heard.push(`comment ${line} ${text}`));
    preprocessor.on('macroDefined', ({ name, text, line }) => heard.push(`defined ${line} ${name}: ${text}`));
    preprocessor.on('macroExpanded', (event) =>
      heard.push(`expanded ${event.line}:${event.column} ${event.name}(${event.arguments})`),
    );
    preprocessor.on('macroUndefined', ({ name, line }) => heard.push(`undefined ${line} ${name}`));
    preprocessor.on('conditional', ({ directive, condition, value, line }) =>
      heard.push(`${directive} ${line} '${condition}' ${value}`),
    );
    preprocessor.on('skipped', ({ line, endLine }) => heard.push(`skipped ${line}-${endLine}`));
    preprocessor.on('fileEntered', ({ path, line }) => heard.push(`entered ${path} from ${line}`));
    preprocessor.on('fileLeft', ({ path }) => heard.push(`left ${path}`));
    preprocessor.run();
    expect(heard).toEqual([
      'entered a.c from 0',
      'comment 1 // first',
      'defined 2 A: A(x) x',
      'expanded 3:5 A(1)',
      "if 3 'A(1)' true",
      "else 5 '' undefined",
      "endif 7 '' undefined",
      'skipped 5-7',
      'undefined 8 A',
      'entered ./b.h from 9',
      'left ./b.h',
      'left a.c',
    ]);
    expect(() => preprocessor.on('nothing' as 'comment', () => {})).toThrow(/there is no event 'nothing'/);
  });

  it('tell a system header from others, entered and left, where a file is parsed, too', async () => {
    const heard: string[] = [];
    const preprocessor = new PreprocessorHooks()
      .on('fileEntered', ({ path, isSystem }) => heard.push(`entered ${path} ${isSystem}`))
      .on('fileLeft', ({ path, isSystem }) => heard.push(`left ${path} ${isSystem}`));
    const unsaved = {
      'a.c': '#include <s.h>\n#include "p.h"\n',
      'sys/s.h': 'int s;\n',
      'p.h': '#pragma GCC system_header\n',
    };
    using _ = await parse('a.c', { preprocessor, unsaved, arguments: ['-isystem', 'sys'] });
    expect(heard).toEqual([
      'entered a.c false',
      'entered sys/s.h true',
      'left sys/s.h true',
      'entered ./p.h false',
      'left ./p.h true',
      'left a.c false',
    ]);
  });
});

describe('what a script decides', () => {
  it('is what the parser sees, with promises and without', async () => {
    const hooks = new PreprocessorHooks()
      .define('TABLE', (name, ...values) => [
        `static const int ${name}[] = { `,
        ...values.flatMap((value) => [value, ', ']),
        '};',
      ])
      .onPragma('lab', 'main', () => 'int main(void) { return 0; }');
    const unsaved = { 'a.c': 'TABLE(primes, 2, 3, 5)\n#pragma lab main\n' };
    for (const tu of [
      await parse('a.c', { preprocessor: hooks, unsaved }),
      parseSync('a.c', { preprocessor: hooks, unsaved }),
    ]) {
      expect(tu.diagnostics.map(String)).toEqual([]);
      expect(tu.find(VarDecl).map((decl) => `${decl.name}: ${decl.type}`)).toEqual(['primes: const int[3]']);
      expect(tu.find(FunctionDecl).map((decl) => `${decl.name} ${decl.location}`)).toEqual(['main a.c:2:1']);
      tu.dispose();
    }
  });

  it('is the same for a parse that is resumed', async () => {
    const hooks = new PreprocessorHooks().define('N', (value) => [value, '+1']);
    const text = '#include "h.h"\nint a = N(1);\n';
    const first = await parse('a.c', { preprocessor: hooks, unsaved: { 'a.c': text, 'h.h': 'int h;\n' }, keep: true });
    using second = await first.reparse({ text: text.replace('int a', 'int other') });
    expect(second.find(VarDecl).map((decl) => decl.text)).toEqual(['int other = N(1)']);
    expect(second.diagnostics.map(String)).toEqual([]);
    first.dispose();
  });
});

it('lists of tokens are made by nobody else', () => {
  expect(String(new TokenList([]))).toBe('');
});
