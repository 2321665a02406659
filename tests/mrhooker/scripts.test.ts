// What a script can do: where and when hooks run, what threads and children share, what is said of mistakes at run time.
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Place, printed, root } from './place.js';

const place = new Place();
let program = '';
beforeAll(() => {
  for (const name of ['work.h', 'work.c', 'threads.c']) {
    cpSync(`${root}/tests/mrhooker/fixtures/${name}`, place.path(name));
  }
  const gcc = (...args: string[]) => execFileSync('gcc', args, { cwd: place.folder });
  gcc('-shared', '-fPIC', '-o', 'libwork.so', 'work.c');
  gcc(
    '-g',
    '-O1',
    '-rdynamic',
    '-pthread',
    '-o',
    'threads',
    'threads.c',
    '-L.',
    '-lwork',
    `-Wl,-rpath,${place.folder}`,
  );
  program = place.path('threads');
}, 120_000);
afterAll(() => place.remove());

const IMPORTS =
  "import { atExit, call, clock, env, exists, frameText, hook, process, record, shared, stack, threadLocal } from 'mrhooker';\nimport { toggle, work } from 'c:./work.h';\n";
/** Sorted: what threads print is in order for each of them. */
const lines = async (script: string) => printed(await place.script(IMPORTS + script, [program])).sort();
const ALL = ['child 100', 'elsewhere 20', 'main 1', 'off 2', 'on 3', 'thread 10'];
const who = 'enter: (amount, who) => console.log(who.text(), amount)';

describe('where hooks run', { timeout: 120_000 }, () => {
  test('everywhere', async () => {
    expect(await lines(`hook(work, { ${who} });`)).toEqual(ALL);
  });
  test('in threads of a name', async () => {
    expect(await lines(`hook(work, { ${who} }, { thread: 'work*' });`)).toEqual(['thread 10']);
  });
  test('called by a function', async () => {
    expect(await lines(`hook(work, { ${who} }, { caller: 'elsewhere' });`)).toEqual(['elsewhere 20']);
  });
  test('called by an object', async () => {
    expect(await lines(`hook(work, { ${who} }, { module: 'nothing*' });`)).toEqual([]);
    expect(await lines(`hook(work, { ${who} }, { module: 'thr*' });`)).toContain('main 1');
  });
  test('nowhere, when an option is misspelt', async () => {
    const ran = await place.script(`${IMPORTS}hook(work, { ${who} }, { thraed: 'work*' } as never);`, [program]);
    expect(printed(ran).filter((line) => !/^\s+at /.test(line))).toEqual([]);
    expect(ran.stderr).toContain(
      "hooks.ts failed; nothing is hooked: TypeError: hook() has no option 'thraed': there are module, caller, thread,",
    );
    const wrong = await place.script(`${IMPORTS}hook(work, { ${who} }, { caller: /else/ } as never);`, [program]);
    expect(wrong.stderr).toContain("hook() takes a string as 'caller', not /else/");
  });
  test('off and on', async () => {
    const script = `const watch = hook(work, { ${who} });\nhook(toggle, (on) => { if (on) watch.enable(); else watch.disable(); toggle(on); });`;
    expect(await lines(script)).toEqual(ALL.filter((line) => line !== 'off 2'));
  });
  test('not in programs that it starts', async () => {
    const script =
      "import { hook } from 'mrhooker';\nimport { write } from 'c:unistd.h';\nhook(write, { enter: (_fd, text, length) => console.log(text.text(length).trim()) });\n";
    const command = ['sh', '-c', 'echo outer; sh -c "echo inner"; :'];
    expect(printed(await place.script(script, command)).sort()).toEqual(['inner', 'outer']);
    expect(printed(await place.script(script, command, ['--no-follow']))).toEqual(['outer']);
  });
});

describe('what is shared', { timeout: 120_000 }, () => {
  test('between threads and children', async () => {
    const script = `const total = shared.counter('total', { print: false });
const sizes = shared.histogram('sizes', { print: false });
const names = shared.map('names', { capacity: 64, print: false });
const seen = shared.set('seen', { print: false });
hook(work, (amount, who) => {
  total.add(amount);
  sizes.add(amount);
  names.add(who.text(), amount);
  if (seen.add(who.text().slice(0, 1))) names.compareExchange('first', undefined, amount);
  return work(amount, who);
});
const root = process.pid;
atExit(() => {
  if (process.pid !== root) return;
  console.log(total.value, sizes.buckets.map(([from, count]) => from + ':' + count).join(' '));
  console.log(names.get('main'), names.get('first'), names.get('no'), names.overflow);
  console.log(seen.values().sort().join(''), seen.has('m'), seen.size);
});
`;
    const ran = await place.script(IMPORTS + script, [program]);
    expect(printed(ran)).toEqual(['136 1:1 2:2 8:1 16:1 64:1', '1 1 undefined 0', 'cemot true 5']);
  });

  test('exactly, beyond 2^53 too', async () => {
    const script = `const table = shared.map('table');
const total = shared.counter('total');
hook(work, { enter: (_amount, who) => {
  if (who.text() !== 'main') return;
  table.add('sum', 2 ** 53);
  console.log(table.add('sum', 3), table.compareExchange('sum', 2n ** 53n + 3n, 2n ** 62n + 1n), table.get('sum'));
  total.add(2n ** 60n);
  total.add(1);
  console.log(total.value, table.entries());
} });
`;
    const ran = await place.script(IMPORTS + script, [program]);
    expect(printed(ran)).toEqual([
      '9007199254740995n true 4611686018427387905n',
      '1152921504606846977n [ [ "sum", 4611686018427387905n ] ]',
      'table:',
      '  4611686018427387905  sum',
      'total: 1152921504606846977',
    ]);
  });

  test("and what is a thread's own", async () => {
    const script = `const calls = threadLocal(() => 0);
hook(work, (amount, who) => {
  calls.value++;
  console.log(who.text(), calls.value);
  return work(amount, who);
});
`;
    expect(await lines(script)).toEqual(['child 5', 'elsewhere 2', 'main 1', 'off 3', 'on 4', 'thread 1']);
  });
});

describe('what a script can ask', { timeout: 120_000 }, () => {
  test('stack, thread, process, environment, clock', async () => {
    const script = `hook(work, (amount, who) => {
  if (who.text() === 'elsewhere') console.log(stack(2).map(frameText).map((line) => line.replace(/\\+0x[0-9a-f]+/, '')).join(' < '));
  if (who.text() === 'thread') console.log(process.threadName, process.tid !== process.pid);
  if (who.text() === 'main') console.log(process.program.endsWith('/threads'), process.args.length, env('SHIP'), env('NO_SUCH'), clock() > 0, exists(work), call.nameOf(work));
  return work(amount, who);
});
`;
    const ran = await place.run([place.write('hooks.ts', IMPORTS + script), program], { SHIP: 'Pequod' });
    expect(printed(ran).sort()).toEqual([
      `elsewhere (threads) at ${place.path('threads.c')}:12 < main (threads) at ${place.path('threads.c')}:27`,
      'true 1 Pequod undefined true true work',
      'worker true',
    ]);
  });

  test('records go to who started it', async () => {
    const ran = await place.script(
      `${IMPORTS}hook(work, { enter: (amount, who) => record({ amount, who: who.text(), big: 1n }) });`,
      [program],
      ['--json', '-o', place.path('log')],
    );
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    const all = readFileSync(place.path('log'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const records = all.filter(({ type }) => type === 'record');
    expect(records).toHaveLength(6);
    expect(JSON.stringify(records[0])).toContain('{"amount":1,"who":"main","big":"1"}');
    expect(all.at(-1)).toMatchObject({ type: 'end', hooked: true });
  });
});

describe('without a header', { timeout: 120_000 }, () => {
  test('a declaration, and a type of functions', async () => {
    const script = `import { alloc, fnType, native, symbol } from 'mrhooker';
const declared = native\`int work(int amount, const char *who)\`;
const work_t = fnType\`int (int, const char *)\`;
hook(declared, (amount, who) => {
  const direct = work_t(symbol('work'));
  console.log(direct(amount, 'a'), declared(amount, who), alloc('text').text(), work_t.pointer((x, who) => x).address > 0);
  return 1;
});
`;
    const text = IMPORTS.replace("import { toggle, work } from 'c:./work.h';\n", '') + script;
    const ran = await place.script(text, [program]);
    expect(printed(ran)[0]).toBe('98 110 text true');
  });

  test('a pattern', async () => {
    const ran = await place.script(
      "import { hook } from 'mrhooker';\nhook('wor?', { enter: (call) => ({ name: call.name, amount: call.word(0), who: call.pointer(1).text() }), leave: (result, state) => console.log(state, result) });\n",
      [program],
    );
    expect(printed(ran)[0]).toBe('{ name: "work", amount: 1, who: "main" } 110');
  });
});

describe('mistakes at run time', { timeout: 120_000 }, () => {
  test('name the line of the TypeScript, and the original is called', async () => {
    const script =
      "hook(work, (amount, who) => {\n  if (amount === 3) throw new Error('no three');\n  return work(amount, who);\n});\n";
    const ran = await place.script(IMPORTS + script, [program]);
    expect(ran.status).toBe(0);
    expect(ran.stderr).toContain('the hook on work failed; the original was called: Error: no three');
    expect(ran.stderr).toContain(`${place.path('hooks.ts')}:4:`);
  });

  test.each([
    ['a wild pointer', 'pointer(0x1234n)?.value', /RangeError: .*0x1234/],
    ['an element of nothing known', "symbol('work')?.[0]", /it is not known what this pointer points to/],
    ['a field that is not there', 'work.nothing.more', /cannot read property 'more' of undefined/],
    ['a wrong argument', "work({} as number, 'x')", /TypeError/],
  ])('%s', async (_what, code, message) => {
    const script = `import { pointer, symbol } from 'mrhooker';\nhook(work, (amount, who) => {\n  console.log(${code});\n  return work(amount, who);\n});\n`;
    const ran = await place.script(IMPORTS + script, [program]);
    expect(ran.status).toBe(0);
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr).toContain(`${place.path('hooks.ts')}:5:`);
  });
});

test('a header of a package', { timeout: 120_000 }, async () => {
  const ran = await place.script(
    "import { hook } from 'mrhooker';\nimport { ZLIB_VERSION, zlibVersion } from 'c:zlib.h?pkg=zlib';\nhook(zlibVersion, () => ZLIB_VERSION);\nconsole.log(ZLIB_VERSION);\n",
    ['true'],
  );
  expect(printed(ran)[0]).toMatch(/^1\.\d/);
});
