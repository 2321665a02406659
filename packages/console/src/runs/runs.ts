// A run: code, the agents it may call, and the channel of the page that hears of it. What the code says is posted from
// here; outcomes of its calls are posted by whichever instance they reach, also when this one is gone.
import { randomBytes } from 'node:crypto';
import type { JsonValue, Message } from '@bufbuild/protobuf';
import { type Call, type Igor, IgorError, type Item, type Outcome, type Progress } from 'igor';
import { ConsoleError } from '../error.js';
import type { CallFailure } from '../sandbox/protocol.js';
import type { CodeCall, CodeRun, Sandbox } from '../sandbox/sandbox.js';
import { transpile } from '../sandbox/transpile.js';
import { fromPlain, MisfitError, toPlain } from '../values/message.js';
import { inlineBytes, type Packed, packForDisplay, type Tree } from '../values/pack.js';
import {
  type CallOutcome,
  isRunContext,
  type PageEvent,
  type RunContext,
  type RunEnd,
  type RunStart,
  runEvent,
} from './events.js';
import { Limiter } from './limiter.js';
import { Reporter } from './reporter.js';
import { type ChosenAgent, choose, methodOf } from './shapes.js';

export interface RunRequest {
  user: string;
  channel: string;
  code: string;
  agents: string[];
}

export interface RunLimits {
  /** Runs that a person may start in a minute. */
  runsPerMinute: number;
  /** Runs of one person at a time. */
  runsAtATime: number;
  /** Calls to one agent in a minute, from all runs of this instance. */
  callsPerMinute: number;
  /** Characters of code. */
  code: number;
  /** Agents in one run. */
  agents: number;
}

export const defaultRunLimits: RunLimits = {
  runsPerMinute: 120,
  runsAtATime: 4,
  callsPerMinute: 30_000,
  code: 256 << 10,
  agents: 100,
};

/** Of a stream, so many messages are kept for the page; the code sees all. */
const itemsShown = 1000;

interface Active {
  user: string;
  run: CodeRun;
}

export class Runs {
  readonly #active = new Map<string, Active>();
  readonly #starts: Limiter;
  readonly #calls: Limiter;
  readonly #ended = new Set<Promise<void>>();

  constructor(
    private readonly igor: Igor,
    private readonly sandbox: Sandbox,
    private readonly limits: RunLimits = defaultRunLimits,
    private readonly onError: (error: unknown) => void = (error) => console.error(error),
  ) {
    this.#starts = new Limiter(limits.runsPerMinute);
    this.#calls = new Limiter(limits.callsPerMinute);
    igor.onOutcome('*', (outcome) => this.#onOutcome(outcome));
    igor.onItem('*', (item) => this.#onItem(item));
    igor.onProgress('*', (progress) => this.#onProgress(progress));
  }

  /**
   * Starts the code, and returns as soon as it is on its way.
   * @throws ConsoleError `invalid-code` with a place, `not-found` for an agent, `limit`
   */
  async start({ user, channel, code, agents }: RunRequest): Promise<RunStart> {
    if (code.length > this.limits.code) throw new ConsoleError('limit', `code may have ${this.limits.code} characters`);
    if (agents.length > this.limits.agents) throw new ConsoleError('limit', `${this.limits.agents} agents at a time`);
    const own = [...this.#active.values()].filter((it) => it.user === user).length;
    if (own >= this.limits.runsAtATime) {
      throw new ConsoleError('limit', `${own} of your runs are under way; stop one, or wait`);
    }
    if (!this.#starts.take(user)) throw new ConsoleError('limit', 'too many runs in the last minute; wait a little');
    const [program, chosen] = await Promise.all([
      transpile(code),
      Promise.all(agents.map((jid) => choose(this.igor, jid))),
    ]);
    const id = randomBytes(12).toString('base64url');
    const at = Date.now();
    const start: RunStart = { type: 'start', run: id, user, agents, code, at, until: at + this.sandbox.limits.wall };
    const reporter = new Reporter(this.igor.channels, channel, this.onError);
    // By itself: what the code says need not wait until this is kept; but whatever is kept next, a call among it, has it before.
    void this.igor.channels.post(channel, runEvent, start as unknown as JsonValue, { idle: true }).catch(this.onError);
    const shapes = chosen.map(({ shape }) => shape);
    const run = this.sandbox.run(program, shapes, {
      call: (call) => this.#call(call, chosen, { console: 1, channel, run: id, call: call.id, at: 0 }, user, reporter),
      show: (value, { as, title }) =>
        reporter.post({ type: 'show', run: id, value: inline(value), ...(as && { as }), ...(title && { title }) }),
      log: (level, values) => {
        const tree = inline(values);
        reporter.post({ type: 'log', run: id, level, values: Array.isArray(tree) ? tree : [tree] });
      },
      muted: () => reporter.post({ type: 'muted', run: id }),
    });
    this.#active.set(id, { user, run });
    void this.#keep(start, channel);
    const ended = run.ended
      .then(async ({ reason, result, message }) => {
        this.#active.delete(id);
        const end: RunEnd = {
          type: 'end',
          run: id,
          reason,
          ...(result && { result: inline(result) }),
          ...(message && { message }),
          milliseconds: Date.now() - at,
        };
        await reporter.end(end);
        await this.#note(historyChannel(user), { run: id, reason, milliseconds: end.milliseconds });
      })
      .catch(this.onError);
    this.#ended.add(ended);
    void ended.finally(() => this.#ended.delete(ended));
    return start;
  }

  /** Stops a run, wherever it is: here at once; elsewhere by canceling its calls, whose failure ends it. */
  async stop(id: string, user: string, anybody = false): Promise<void> {
    const active = this.#active.get(id);
    if (active) {
      if (active.user !== user && !anybody) throw new ConsoleError('forbidden', 'this run is somebody else’s');
      active.run.stop();
      return;
    }
    const record = await this.find(id);
    if (!record) throw new ConsoleError('not-found', 'there is no such run');
    if (record.start.user !== user && !anybody) throw new ConsoleError('forbidden', 'this run is somebody else’s');
    const open = new Map<number, string>();
    for (const event of record.events) {
      if (event.type === 'call') open.set(event.call, event.id);
      if (event.type === 'outcome') open.delete(event.call);
    }
    await Promise.all([...open.values()].map((call) => this.igor.cancel(call).catch(this.onError)));
  }

  /** A run of the past, with what its page heard. */
  async find(id: string): Promise<{ start: RunStart; events: PageEvent[] } | undefined> {
    if (!/^[\w-]{16}$/.test(id)) return undefined;
    const [noted] = await this.igor.channels.events(runChannel(id));
    if (!noted) return undefined;
    const { channel, start } = noted.data as unknown as { channel: string; start: RunStart };
    const heard = await this.igor.channels.events(channel);
    const events = heard.flatMap(({ data }) => data as unknown as PageEvent | PageEvent[]);
    return { start, events: events.filter((event) => event.run === id) };
  }

  /** A person's runs, newest first. */
  async history(user: string): Promise<(RunStart & { reason?: string; milliseconds?: number })[]> {
    const runs = new Map<string, RunStart & { reason?: string; milliseconds?: number }>();
    for (const { data } of await this.igor.channels.events(historyChannel(user))) {
      const entry = data as unknown as RunStart;
      runs.set(entry.run, { ...runs.get(entry.run), ...entry });
    }
    return [...runs.values()].reverse();
  }

  /** Stops what runs here, and waits until that has been told. */
  async close(): Promise<void> {
    for (const { run } of this.#active.values()) run.stop();
    await Promise.all(this.#ended);
  }

  async #keep(start: RunStart, channel: string): Promise<void> {
    await Promise.all([
      this.#note(runChannel(start.run), { channel, start }),
      this.#note(historyChannel(start.user), start),
    ]);
  }

  async #note(channel: string, entry: object): Promise<void> {
    await this.igor.channels.post(channel, 'note', entry as JsonValue, { idle: true }).catch(this.onError);
  }

  #call(
    { agent, method: name, request, deadline, place, signal }: CodeCall,
    chosen: readonly ChosenAgent[],
    context: RunContext,
    user: string,
    reporter: Reporter,
  ): Promise<unknown> | AsyncIterable<unknown> {
    const { descriptor } = chosen.find(({ shape }) => shape === agent)!;
    const method = methodOf(descriptor, name)!;
    let call: Call<unknown>;
    try {
      if (!this.#calls.take(agent.jid)) {
        throw new IgorError('resource_exhausted', `too many calls to ${agent.jid} in the last minute`);
      }
      const message = fromPlain(method.input, request);
      context.at = Date.now();
      call = this.igor.call(agent.jid, method, message, {
        context: context as unknown as JsonValue,
        signal,
        user,
        ...(deadline && { deadline }),
      });
    } catch (error) {
      return Promise.reject(failureOf(error));
    }
    reporter.mention({
      type: 'call',
      run: context.run,
      call: context.call,
      id: call.id,
      agent: agent.jid,
      method: name,
      request: inline(packForDisplay(request)),
      at: context.at,
      ...(place && { place }),
    });
    if (method.methodKind === 'unary') {
      return call.then(
        (answer) => toPlain(method.output, answer as never),
        (error: unknown) => Promise.reject(failureOf(error)),
      );
    }
    return plainItems(call, (item) => toPlain(method.output, item as never));
  }

  async #onOutcome({ context, agent, method, status, response, error, items, post }: Outcome): Promise<void> {
    if (!isRunContext(context)) return;
    const { run, call, channel, at } = context;
    const outcome: CallOutcome = { type: 'outcome', run, call, agent, method, status, milliseconds: Date.now() - at };
    if (response) outcome.value = await this.#tree(agent, response);
    if (error) outcome.message = error.message;
    if (items !== undefined) outcome.items = items;
    post(channel, runEvent, outcome as unknown as JsonValue);
  }

  async #onItem({ context, agent, method, seq, message, post }: Item): Promise<void> {
    if (!isRunContext(context) || seq >= itemsShown) return;
    const { run, call, channel } = context;
    const value = await this.#tree(agent, message);
    post(channel, runEvent, { type: 'item', run, call, agent, method, seq, value } as unknown as JsonValue);
  }

  /** A message, as it is shown. This instance may never have seen its agent before. */
  async #tree(agent: string, message: Message): Promise<Tree> {
    const desc = (await this.igor.descriptor(agent))?.registry.getMessage(message.$typeName);
    return inline(packForDisplay(desc ? toPlain(desc, message) : { type: message.$typeName }));
  }

  #onProgress({ context, agent, method, progress, post }: Progress): void {
    if (!isRunContext(context)) return;
    const { run, call, channel } = context;
    const value = inline(packForDisplay(progress));
    post(channel, runEvent, { type: 'progress', run, call, agent, method, value } as unknown as JsonValue);
  }
}

async function* plainItems(call: Call<unknown>, plain: (item: unknown) => unknown): AsyncGenerator<unknown> {
  try {
    for await (const item of call) yield plain(item);
  } catch (error) {
    throw failureOf(error);
  }
}

function failureOf(error: unknown): CallFailure {
  if (error instanceof MisfitError) return { code: 'invalid_argument', message: error.message };
  const { code, message } = IgorError.from(error, 'internal');
  return { code, message };
}

function inline(packed: Packed): Tree {
  return inlineBytes(packed, (bytes) => Buffer.from(bytes).toString('base64'));
}

const runChannel = (id: string): string => `console-run-${id}`;
const historyChannel = (user: string): string => `console-history-${user}`;
