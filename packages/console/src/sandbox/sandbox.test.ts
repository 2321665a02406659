import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Packed, unpack } from '../values/pack.js';
import type { AgentShape, SandboxLimits } from './protocol.js';
import { type CodeCall, type Ending, Sandbox, type SandboxHost } from './sandbox.js';
import { transpile } from './transpile.js';

const mill: AgentShape = {
  jid: 'mill@localhost',
  facts: { os: 'Debian' },
  services: [
    {
      typeName: 'test.Echo',
      property: 'echo',
      methods: [
        { name: 'Say', property: 'say', kind: 'unary' },
        { name: 'Count', property: 'count', kind: 'server_streaming' },
      ],
    },
  ],
};

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = new Sandbox();
  await sandbox.warmUp();
});
afterAll(() => sandbox.close());

interface Result {
  reason: Ending['reason'];
  message: string | undefined;
  value: unknown;
  tree: Packed['tree'] | undefined;
  shown: unknown[];
  logged: unknown[];
  calls: CodeCall[];
  muted: boolean;
}

async function run(
  source: string,
  options: { call?: SandboxHost['call']; in?: Sandbox; agents?: AgentShape[] } = {},
): Promise<Result> {
  const shown: unknown[] = [];
  const logged: unknown[] = [];
  const calls: CodeCall[] = [];
  let muted = false;
  const started = (options.in ?? sandbox).run(await transpile(source), options.agents ?? [mill], {
    call(call) {
      calls.push(call);
      return (options.call ?? (async ({ request }: CodeCall) => request))(call);
    },
    show: (value) => void shown.push(unpack(value)),
    log: (level, values) => void logged.push([level, ...(unpack(values) as unknown[])]),
    muted: () => {
      muted = true;
    },
  });
  const { reason, message, result } = await started.ended;
  return { reason, message, value: result && unpack(result), tree: result?.tree, shown, logged, calls, muted };
}

async function limited(limits: Partial<SandboxLimits>, source: string): Promise<Result> {
  const own = new Sandbox({ limits, ready: 0 });
  try {
    return await run(source, { in: own });
  } finally {
    await own.close();
  }
}

describe('code', () => {
  it('has a value: of its last expression, when that is what it ends with', async () => {
    expect(await run('const n: number = await Promise.resolve(20);\nn + 1')).toMatchObject({
      reason: 'done',
      value: 21,
    });
    expect((await run('for (const n of [1, 2]) n * 2;')).tree).toBeUndefined();
    expect((await run('Promise.resolve([1n, new Date(0), new Uint8Array([7]), -0, undefined])')).value).toEqual([
      1n,
      new Date(0),
      new Uint8Array([7]),
      -0,
      undefined,
    ]);
  });

  it('shows and logs anything, circles and classes too', async () => {
    const { shown, logged, tree } = await run(`
      class Mill { wheels = 2; get broken() { throw new Error('no'); } }
      const circle: any = { name: 'a' }; circle.self = circle;
      show(circle); show(new Map([[1, new Set(['x'])]]), { as: 'table', title: 'T' });
      console.warn('a', 1, () => 2);
      new Mill()`);
    expect(shown).toEqual([{ name: 'a', self: undefined }, new Map([[1, new Set(['x'])]])]);
    expect(logged).toEqual([['warn', 'a', 1, undefined]]);
    expect(tree).toEqual({ $: 'instance', class: 'Mill', v: { wheels: 2 } });
  });

  it('calls its agents, with bytes, and nothing of a method but its name and kind', async () => {
    const { value, calls } = await run(
      `const answer = await agent.echo.say({ text: 'é', data: new Uint8Array([1, 2, 255]), n: 9007199254740993n });
       ({ answer, jid: agent.jid, os: agent.facts.os, all: agents.length })`,
    );
    const request = { text: 'é', data: new Uint8Array([1, 2, 255]), n: 9007199254740993n };
    expect(value).toEqual({ answer: request, jid: 'mill@localhost', os: 'Debian', all: 1 });
    expect(calls[0]).toMatchObject({ id: 1, method: 'test.Echo/Say', place: { line: 1 }, request });
  });

  it('sees how a call failed, and where it was made', async () => {
    const call = () => Promise.reject({ code: 'not_found', message: 'no such mill' });
    expect(
      (
        await run(
          `try { await agent.echo.say({}); } catch (e: any) { [e instanceof CallError, e.code, e.message, e.agent, e.method] }`,
          { call },
        )
      ).reason,
    ).toBe('done');
    const { reason, tree } = await run('let n: number = 1;\n\n  await agent.echo.say({});', { call });
    expect(reason).toBe('failed');
    expect(tree).toMatchObject({ $: 'error', code: 'not_found', message: 'no such mill', place: { line: 3 } });
  });

  let stopped = false;
  async function* count() {
    try {
      for (let n = 0; ; n++) yield { n };
    } finally {
      stopped = true;
    }
  }

  it('reads a stream, and cancels it when it has enough', async () => {
    const { value, calls } = await run(
      `const seen = [];
       for await (const { n } of agent.echo.count({})) { seen.push(n); if (n === 3) break; }
       seen`,
      { call: count },
    );
    expect(value).toEqual([0, 1, 2, 3]);
    expect(calls[0]?.signal.aborted || stopped).toBe(true);
  });

  it('cancels by a signal, and gathers from several', async () => {
    const call = ({ signal }: CodeCall) =>
      new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => reject({ code: 'canceled', message: 'canceled' })),
      );
    const { value } = await run(
      `const stop = new AbortController();
       setTimeout(() => stop.abort(), 20);
       const [first] = await agents.gather((a) => a.echo.say({}, { signal: stop.signal }));
       first.error.code`,
      { call },
    );
    expect(value).toBe('canceled');
  });

  it('waits for what it started, and says when nothing can wake it', async () => {
    expect((await run('setTimeout(() => show("later"), 30)')).shown).toEqual(['later']);
    expect((await run('agent.echo.say({ n: 1 }).then(show);')).shown).toEqual([{ n: 1 }]);
    // A stream that nobody reads keeps nobody waiting.
    expect(await run('await agent.echo.count({}); 1', { call: count })).toMatchObject({ reason: 'done', value: 1 });
    expect(await run('await new Promise(() => {})')).toMatchObject({ reason: 'stalled' });
  });

  it('says where it is wrong', async () => {
    await expect(transpile('let a = 1;\nlet b: = 2;')).rejects.toMatchObject({
      code: 'invalid-code',
      place: { line: 2, column: 8 },
    });
    await expect(transpile("let a;\nimport fs from 'fs';")).rejects.toMatchObject({ place: { line: 2, column: 1 } });
    const thrown = await run(
      `interface Unused {\n  a: number;\n}\nfunction f(x: number): never {\n  throw new RangeError('as ' + x);\n}\nf(1);`,
    );
    expect(thrown.tree).toMatchObject({ $: 'error', name: 'RangeError', message: 'as 1', place: { line: 5 } });
    expect((await run('throw "text"')).tree).toMatchObject({ $: 'error', name: 'Thrown', message: 'text' });
    expect((await run('agents.gone.say()')).tree).toMatchObject({ name: 'TypeError', place: { line: 1 } });
    expect((await run('agent', { agents: [] })).tree).toMatchObject({ message: 'no agent is chosen' });
  });

  it('may be in words that its engine does not know', async () => {
    const { reason, shown } = await run(`
      Symbol.dispose ??= Symbol('dispose');
      const ends = (name: string) => ({ [Symbol.dispose]: () => show(name) });
      { using first = ends('first'); using second = ends('second'); show('inside'); }
      const loud = (method: () => string) => () => method().toUpperCase();
      class Greeter { @loud greet() { return 'hello'; } }
      enum Size { Small = 1, Large }
      show(new Greeter().greet() + Size.Large);`);
    expect({ reason, shown }).toEqual({ reason: 'done', shown: ['inside', 'second', 'first', 'HELLO2'] });
  });

  it('is told where it says what the engine refuses', async () => {
    for (const [source, column] of [
      ['1;\n  with (agent) {}', 3],
      ['1;\n delete agent;', 2],
      ['1;\n/(?<a>.)(?<a>.)/', 1],
    ] as const) {
      await expect(transpile(source)).rejects.toMatchObject({ code: 'invalid-code', place: { line: 2, column } });
    }
    expect(await transpile("import type { T } from 'x';\n1")).toMatchObject({ hasResult: true });
  });

  it('stops when told to, and its calls with it', async () => {
    const aborted: boolean[] = [];
    const started = sandbox.run(await transpile('agent.echo.say({}); while (true) await sleep(1);'), [mill], {
      call: ({ signal }) =>
        new Promise(() => {
          signal.addEventListener('abort', () => aborted.push(true));
          setTimeout(() => started.stop(), 50);
        }),
      show() {},
      log() {},
      muted() {},
    });
    expect(await started.ended).toEqual({ reason: 'stopped' });
    expect(aborted).toEqual([true]);
  });
});

describe('no way out', () => {
  it.each([
    ['typeof process + typeof require + typeof fetch + typeof WebAssembly + typeof Worker', 'undefined'.repeat(5)],
    ['typeof std + typeof os + typeof __install + typeof print + typeof scriptArgs', 'undefined'.repeat(5)],
    // The engine's own constructor of functions makes functions of the engine.
    ["Function('return typeof process')()", 'undefined'],
    ["(0, eval)('this').constructor.constructor('return typeof process')()", 'undefined'],
    ["show.constructor('return typeof process')()", 'undefined'],
    ["agent.echo.say.constructor('return typeof process')()", 'undefined'],
  ])('%s', async (code, value) => {
    expect(await run(code)).toMatchObject({ reason: 'done', value });
  });

  it.each([
    ["await import('fs')"],
    ["await import('node:fs')"],
    ["await import('./guest.js')"],
    ["await import('/etc/passwd')"],
    ["await import('data:text/javascript,1')"],
  ])('%s', async (code) => {
    expect((await run(code)).reason).toBe('failed');
  });

  it('not through the functions that the engine was prepared with', async () => {
    // Whatever it calls its own, a message is checked on the other side.
    const { reason, calls, shown } = await run(`
      let stolen;
      const { stringify } = JSON;
      JSON.stringify = function (message) {
        if (message?.op === 'call') return stringify({ ...message, agent: 7, service: 'other.Service', method: 'Kill' });
        if (message?.op === 'show') return stringify({ op: 'show', as: { evil: 1 }, title: { toString: 1 } });
        return stringify(message);
      };
      await agent.echo.say({}).catch((e) => show(e.code));
      JSON.stringify = stringify;
      'alive'`);
    expect({ reason, calls }).toEqual({ reason: 'crashed', calls: [] });
    expect(shown).toEqual([]);
    const deep = await run(`
      const { stringify } = JSON;
      JSON.stringify = (value) => (value?.op ? stringify(value) : '['.repeat(200000) + ']'.repeat(200000));
      show(1)`);
    expect(['crashed', 'failed', 'stalled']).toContain(deep.reason);
    expect(await run('1 + 1')).toMatchObject({ value: 2 });
  });

  it.each([100, 1000, 3000, 6000, 9000, 12_000, 20_000, 50_000])('not by what is %i levels deep', async (depth) => {
    // Shown, returned and sent: whatever reads it afterwards must not fall over it, and the run must end.
    const deep = `'['.repeat(${depth}) + '1' + ']'.repeat(${depth})`;
    const forge = (op: string) => `
      const { stringify } = JSON;
      let next = '';
      JSON.stringify = (value) => {
        if (value?.op) { next = value.op; return stringify(value); }
        return next === '${op}' ? ${deep} : stringify(value);
      };`;
    for (const [op, code] of [
      ['show', 'show(new Uint8Array(1))'],
      ['result', 'new Uint8Array(1)'],
      ['call', 'await agent.echo.say({})'],
    ] as const) {
      const { reason } = await run(`${forge(op)}\n${code}`);
      expect(['done', 'failed', 'crashed', 'stalled']).toContain(reason);
      if (depth > 200) expect(reason).not.toBe('done');
    }
    expect(await run('1 + 1')).toMatchObject({ value: 2 });
  });

  it('not by asking a stream without end for its next message', async () => {
    let asked = 0;
    const { reason, value } = await run(
      'const s = agent.echo.count({}); let n = 0; try { for (;; n++) void s.next().catch(() => {}); } catch {} n',
      {
        call: () => ({
          [Symbol.asyncIterator]: () => ({
            next: () => {
              asked++;
              return new Promise(() => {});
            },
          }),
        }),
      },
    );
    expect(['done', 'failed', 'timeout', 'crashed']).toContain(reason);
    expect(asked).toBeLessThanOrEqual(1000);
    expect(value === undefined || Number(value) < 2000 || reason !== 'done').toBe(true);
  });

  it.each([
    [
      'Error.prepareStackTrace = () => ({ toString: null, length: 2 ** 40 }); Error.stackTraceLimit = 1e9; agent.echo.say({ a: 1 })',
    ],
    ['show({ toJSON() { throw new Error("x"); }, get x(): never { throw new Error("y"); } }); 1'],
    ['show(new Proxy({}, { ownKeys: () => { throw new Error("z"); } })); 1'],
    ['show(new Proxy([], { get: (t, k) => (k === "length" ? 2 ** 32 - 1 : 0) })); 1'],
    ['show(Object.setPrototypeOf({}, new Proxy({}, { getPrototypeOf: () => { throw 1; } }))); 1'],
    ['({ then(resolve: any) { resolve({ then(r: any) { r(3); } }); } })'],
    ['function* g() { while (true) yield 1; } show([...Array(3)].map(() => g())); 1'],
    ['new WeakRef({}).deref(); new FinalizationRegistry(() => {}); 1'],
    ['Object.defineProperty(agents, 0, { value: { evil: 1 } }); 1'],
    ['(agent as any).jid = "other@localhost"; (agent.facts as any).os = 1; agent.jid'],
    ['Array.from({ length: 1e5 }, () => new Promise(() => {})); 1'],
    ['show(Symbol.iterator); show(new Date(NaN)); show(-0); show(2n ** 4000n); 1'],
    ['Object.prototype.$ = "map"; show({ v: 5 }); 1'],
    ['Promise.prototype.then = function () { return this; }; await agent.echo.say({}); 1'],
  ])('ends, and the next one runs as ever: %s', async (code) => {
    const { reason, calls } = await limited({ wall: 1500, cpu: 1500 }, code);
    expect(['done', 'failed', 'crashed', 'stalled', 'timeout']).toContain(reason);
    expect(calls.every(({ agent }) => agent === mill)).toBe(true);
    expect(await run('agent.jid')).toMatchObject({ reason: 'done', value: 'mill@localhost' });
  });

  it('not by the prototypes of a later run', async () => {
    await run('Object.prototype.agent = 1; Array.prototype.push = null; Promise.prototype.then = null;');
    expect(await run('const a = []; a.push(1); ({}).agent === undefined && a.length')).toMatchObject({ value: 1 });
  });
});

describe('limits', () => {
  const within = async (milliseconds: number, work: Promise<Result>): Promise<Result> => {
    const started = performance.now();
    const result = await work;
    expect(performance.now() - started).toBeLessThan(milliseconds);
    return result;
  };

  it.each([
    ['while (true);'],
    ['for (;;) await 0;'],
    ['setInterval(() => {}, 1);'],
    ["/(a+)+$/.test('a'.repeat(40) + 'b')"],
    ['try { while (true); } catch {} finally { while (true); }'],
    ['function f(): any { return Promise.resolve().then(f); } await f()'],
    ["'x'.repeat(1e7).split('').sort(() => Math.random() - 0.5) && await sleep(1e9)"],
  ])('of time: %s', async (code) => {
    const { reason } = await within(20_000, limited({ wall: 300, cpu: 300 }, code));
    expect(['timeout', 'crashed', 'failed']).toContain(reason);
  });

  it.each([
    // Known to run past everything that the engine itself watches: quickjs-emscripten's issue 219.
    ["new Array(1e9) + ''"],
    ['new Array(1e9).join()'],
    ['Array(1e9).toString().length'],
    ["Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 'x')"],
    ['new Array(2 ** 32 - 1).fill(0)'],
    ['[].concat(...Array(1000).fill(new Array(1e6))) && Array(1e9).includes(1)'],
  ])('of time, where the engine does not look at its clock: %s', async (code) => {
    const { reason } = await within(20_000, limited({ wall: 300, cpu: 300 }, code));
    expect(['timeout', 'crashed', 'failed']).toContain(reason);
  });

  it.each([
    ['const a = []; while (true) a.push(new Array(1e5).fill(1));'],
    ["let s = 'x'; while (true) s += s;"],
    ['const a = []; while (true) a.push(new ArrayBuffer(1 << 20));'],
    ['new ArrayBuffer(2 ** 31)'],
    ["'x'.repeat(2 ** 29)"],
    ['const m = new Map(); for (let i = 0; ; i++) m.set(i, { i });'],
    ['const a: any[] = []; while (true) { try { a.push(new Uint8Array(1 << 16)); } catch {} }'],
  ])('of memory: %s', async (code) => {
    const before = process.memoryUsage().rss;
    const { reason } = await within(30_000, limited({ wall: 1000, cpu: 1000, memory: 32 << 20 }, code));
    expect(['timeout', 'crashed', 'failed']).toContain(reason);
    expect(process.memoryUsage().rss - before).toBeLessThan(256 << 20);
  });

  it.each([
    ['function f() { f(); } f();'],
    ['let o: any = {}; for (let i = 0; i < 1e6; i++) o = { o }; show(o); JSON.stringify(o)'],
    ["JSON.parse('['.repeat(1e6))"],
    ["new RegExp('('.repeat(1e5) + ')'.repeat(1e5))"],
    ["eval('('.repeat(1e5) + '1' + ')'.repeat(1e5))"],
    ['const p: any = new Proxy({}, { get: () => p }); class A extends p {}; p.a.b'],
  ])('of the stack: %s', async (code) => {
    const { reason } = await limited({ wall: 1500, cpu: 1500 }, code);
    expect(['timeout', 'crashed', 'failed']).toContain(reason);
  });

  it('of output', async () => {
    const flood = await run('for (let i = 0; i < 1e5; i++) show(i);');
    expect(flood).toMatchObject({ reason: 'done', muted: true });
    expect(flood.shown).toHaveLength(10_000);
    const large = await limited({ outputBytes: 1 << 20 }, "for (let i = 0; i < 100; i++) show('x'.repeat(1e5));");
    expect(large.shown).toHaveLength(10);
  });

  it('of calls', async () => {
    const { value } = await run(
      'const all = await Promise.allSettled(Array.from({ length: 300 }, () => agent.echo.say({}))); all.filter((it) => it.status === "rejected").length',
      { call: () => new Promise((resolve) => setTimeout(() => resolve({}), 500)) },
    );
    expect(value).toBe(44);
  });

  it('and others run meanwhile', async () => {
    const bomb = run("while (true) { try { new Array(1e9) + '' } catch {} }", {
      in: new Sandbox({ limits: { wall: 2000, cpu: 2000 } }),
    });
    const started = performance.now();
    expect(await run('await agent.echo.say({ n: 1 })')).toMatchObject({ value: { n: 1 } });
    expect(performance.now() - started).toBeLessThan(1500);
    expect((await bomb).reason).not.toBe('done');
  });

  it('of runs at a time: more wait', async () => {
    const own = new Sandbox({ parallel: 2 });
    const results = await Promise.all([1, 2, 3, 4, 5].map((n) => run(`await sleep(20); ${n}`, { in: own })));
    expect(results.map(({ value }) => value)).toEqual([1, 2, 3, 4, 5]);
    await own.close();
  });
});
