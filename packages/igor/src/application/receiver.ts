/** What becomes of calls, in whichever instance that arrives: outcomes and items of agents, bounces, and time that has passed. */
import { type DescMethod, fromBinary, type JsonValue, type Message, toJson } from '@bufbuild/protobuf';
import { type CallCode, IgorError } from '../error.js';
import { grace } from '../gateway/ports.js';
import { codeOfCondition } from '../protocol/conditions.js';
import type { Credit, Frame, ItemFrame, OutcomeFrame, ProgressFrame, Status } from '../protocol/frames.js';
import { bareJid } from '../protocol/jid.js';
import type { KeptEvent, Post, StoredCall } from '../store/calls.js';
import type { Item, Outcome } from './api.js';
import type { SealedContext } from './context.js';
import { type Core, show, type Waiter } from './core.js';
import type { Roll } from './roll.js';

export const defaultCredit = 16;

/** What is known of a call when it ends, from its sealed context or from the store. */
type Known = Pick<SealedContext, 'call' | 'agent' | 'method' | 'context' | 'user'>;

interface End {
  status: Status;
  message: string | undefined;
  response: Uint8Array | undefined;
  items: number | undefined;
  onlyQueued?: boolean | undefined;
}

export class Receiver {
  /** Sends a call once more, to an agent that started anew. */
  resend: (call: StoredCall, epoch: number) => Promise<void> = async () => {};
  /** Looks what became of calls that another instance had in hand. */
  takeUp: (ids: readonly string[]) => Promise<void> = async () => {};

  constructor(
    private readonly core: Core,
    private readonly roll: Roll,
  ) {}

  async frames(from: string, frames: readonly Frame[]): Promise<Frame[]> {
    const turns = new Map<string, Turn>();
    const answers = await Promise.all(
      frames.map((frame) => {
        const before = 'call' in frame ? turns.get(frame.call) : undefined;
        const turn = new Turn(before);
        if ('call' in frame) turns.set(frame.call, turn);
        return this.frame(bareJid(from), from, frame, turn).finally(() => turn.end());
      }),
    );
    return answers.filter((answer) => answer !== undefined);
  }

  private async frame(agent: string, from: string, frame: Frame, turn: Turn): Promise<Frame | undefined> {
    if (frame.type !== 'outcome' && frame.type !== 'item' && frame.type !== 'progress') return undefined;
    const { call, method, request } = frame;
    const opened = this.core.sealer.open(frame.context, { agent, call, method, request }, Date.now());
    if (typeof opened === 'string') {
      this.core.counters[opened]++;
      this.core.log.warn('a context was refused', { from, call, reason: opened });
      return frame.type === 'progress' ? undefined : { type: 'rejected', call, reason: opened };
    }
    if (frame.type === 'outcome') return this.outcome(opened, frame);
    if (frame.type === 'item') return this.item(from, opened, frame, turn);
    return this.progress(opened, frame);
  }

  private async outcome(known: SealedContext, frame: OutcomeFrame): Promise<Frame | undefined> {
    const { call, items, status, message } = frame;
    if (items !== undefined && items > 0) {
      const row = await this.core.calls.get(call);
      // It overtook its items; or another instance is still at them.
      if (row && row.state !== 'ended' && row.items < items) {
        return { type: 'credit', call, received: row.items, upto: row.items + defaultCredit };
      }
    }
    const method = await this.methodOf(known);
    const response = status === 'ok' && items === undefined ? (frame.payload ?? new Uint8Array()) : undefined;
    if (await this.end(known, method, { status, message, response, items })) return { type: 'committed', call };
    return this.endedAlready(call);
  }

  /** The row says that this call has ended: told again, or ended by the application's own clock. */
  private async endedAlready(call: string): Promise<Frame | undefined> {
    this.core.counters.replayed++;
    const row = await this.core.calls.get(call);
    if (!row) {
      this.core.counters.unknown++;
      return { type: 'rejected', call, reason: 'unknown' };
    }
    // Only an outcome that is kept is one that the agent may forget.
    if (row.state !== 'ended') return undefined;
    this.endedElsewhere(row);
    return { type: 'committed', call };
  }

  /** Whoever kept its outcome may have died before it could tell. */
  private endedElsewhere(row: StoredCall): void {
    if (row.channels.length > 0) this.core.gateway.poke(row.channels).catch(() => {});
    this.settle(row);
  }

  /** Ends a call here and now, if it has not ended. */
  async end(known: Known, method: DescMethod | undefined, end: End): Promise<boolean> {
    const { call } = known;
    let { status, message, response } = end;
    const waiters = this.core.waiters.get(call);
    const handler = this.core.outcomes.find(known.method);
    let decoded: Message | undefined;
    if (method && response) {
      try {
        decoded = fromBinary(method.output, response);
      } catch {
        [status, response] = ['internal', undefined];
        message = `the agent's response is no ${method.output.typeName}`;
      }
    }
    const error = status === 'ok' ? undefined : new IgorError(status, message || status);
    const posts: Post[] = [];
    if (handler) {
      const outcome: Outcome = {
        ...returned(known, posts),
        ...(decoded ? { response: decoded } : {}),
        ...(error ? { error } : {}),
        ...(end.items === undefined ? {} : { items: end.items }),
        status,
        get json() {
          return decoded && method ? (toJson(method.output, decoded) as JsonValue) : undefined;
        },
      };
      await this.run(() => handler(outcome), posts, call);
    }
    const events = await this.core.calls.end(
      call,
      { status, message, response, ended: Date.now(), onlyQueued: end.onlyQueued },
      posts,
    );
    if (!events) return false;
    show(this.core, events);
    if (waiters) this.tellWaiters(call, waiters, { status, message, response, decoded, items: end.items });
    return true;
  }

  private tellWaiters(
    id: string,
    waiters: readonly Waiter[],
    end: {
      status: Status;
      message: string | undefined;
      response: Uint8Array | undefined;
      decoded?: Message | undefined;
      items: number | undefined;
    },
  ): void {
    this.core.waiters.delete(id);
    for (const { call, method, json } of waiters) {
      if (end.status !== 'ok') call.fail(new IgorError(end.status, end.message || end.status));
      else {
        try {
          const decoded =
            end.decoded ??
            (end.response && method.methodKind === 'unary' ? fromBinary(method.output, end.response) : undefined);
          call.succeed(decoded && json ? toJson(method.output, decoded) : decoded, end.items);
        } catch (cause) {
          call.fail(new IgorError('internal', `the agent's response is no ${method.output.typeName}`, { cause }));
        }
      }
    }
  }

  /** For callers of this instance, when another one dealt with the outcome. */
  settle(row: StoredCall): void {
    const waiters = this.core.waiters.get(row.id);
    if (!waiters || row.state !== 'ended') return;
    const { status = 'unknown_outcome', message, response, items } = row;
    this.tellWaiters(row.id, waiters, { status, message, response, items: items || undefined });
  }

  private async item(from: string, known: SealedContext, frame: ItemFrame, turn: Turn): Promise<Frame | undefined> {
    const { call, seq, payload } = frame;
    const method = await this.methodOf(known);
    await turn.comes;
    const handler = this.core.items.find(known.method);
    const waiters = this.core.waiters.get(call) ?? [];
    const posts: Post[] = [];
    let message: Message | undefined;
    if (method && payload) {
      try {
        message = fromBinary(method.output, payload);
      } catch {
        throw new IgorError('invalid_argument', `${from} sent an item that is no ${method.output.typeName}`);
      }
      if (handler) {
        const item: Item = {
          ...returned(known, posts),
          seq,
          message,
          get json() {
            return toJson(method.output, message as Message);
          },
        };
        await this.run(() => handler(item), posts, call);
      }
    } else if (handler) throw new IgorError('unavailable', `the descriptor of ${from} is not here yet`);
    const kept = this.core.calls.item(call, seq, posts);
    // The next one's handler need not wait for the disk.
    turn.end();
    const events = await kept;
    if (!events) {
      const row = await this.core.calls.get(call);
      if (row?.state !== 'open') return { type: 'rejected', call, reason: row ? 'replayed' : 'unknown' };
      return this.creditFor(from, call, row.items, waiters[0]);
    }
    show(this.core, events);
    if (message) {
      for (const waiter of waiters)
        waiter.call.push(seq, waiter.json ? toJson(waiter.method.output, message) : message);
    }
    return this.creditFor(from, call, seq + 1, waiters[0]);
  }

  /** As far as the caller keeps up; without one, as far as items are kept. */
  private creditFor(from: string, call: string, received: number, waiter: Waiter | undefined): Credit {
    if (!waiter) return { type: 'credit', call, received, upto: received + defaultCredit };
    const upto = waiter.call.consumed + waiter.credit;
    waiter.call.onTaken = () => {
      const further = waiter.call.consumed + waiter.credit;
      if (further - upto < waiter.credit / 2) return;
      waiter.call.onTaken = () => {};
      const frames = [this.creditFor(from, call, received, waiter)];
      this.core.gateway.send({ to: from, frames, origin: this.core.origin, attempt: 1 }).catch(() => {});
    };
    return { type: 'credit', call, received, upto: Math.max(upto, received) };
  }

  private async progress(known: SealedContext, frame: ProgressFrame): Promise<undefined> {
    const handler = this.core.progress.find(known.method);
    if (!handler) return;
    const posts: Post[] = [];
    let progress: JsonValue;
    try {
      progress = JSON.parse(Buffer.from(frame.payload).toString()) as JsonValue;
    } catch {
      this.core.counters.malformed++;
      return;
    }
    await this.run(() => handler({ ...returned(known, posts), progress }), posts, known.call);
    show(this.core, posts);
  }

  /** A handler that fails costs its own posts, and nothing else. */
  private async run(handler: () => void | Promise<void>, posts: Post[], call: string): Promise<void> {
    try {
      await handler();
    } catch (error) {
      posts.length = 0;
      this.core.log.error('a handler failed', { call, error: error as Error });
    }
  }

  private async methodOf({ call, agent, method }: Known): Promise<DescMethod | undefined> {
    const waiting = this.core.waiters.get(call)?.[0];
    if (waiting) return waiting.method;
    const record = await this.roll.find(agent);
    try {
      return record && (await this.core.descriptors.method(record, method));
    } catch {
      // It serves that no more; the outcome counts all the same.
      return undefined;
    }
  }

  /** @param certain the calls were not run */
  async bounced(to: string, calls: readonly string[], condition: string, certain: boolean): Promise<void> {
    const { code, message } = codeOfCondition(condition);
    for (const id of calls) {
      const row = await this.core.calls.get(id);
      if (row?.state !== 'open') continue;
      // An instance that did not live to say so gave it to another start by now, and perhaps sent it there.
      if (`${row.agent}/${row.epoch}` !== to) {
        await this.takeUp([id]);
        continue;
      }
      // Sent before, and that time perhaps accepted: its outcome comes, or its time passes.
      if (!certain) continue;
      if (code === 'unavailable') {
        const record = await this.roll.find(row.agent, true);
        const isBack = record?.available && !record.draining && `${record.jid}/${record.epoch}` !== to;
        if (isBack && record.lease > Date.now()) {
          await this.resend(row, record.epoch);
          continue;
        }
        if (row.queueUntil !== undefined && row.queueUntil > Date.now() && (await this.core.calls.requeue(id))) {
          await this.core.gateway.watch([{ id, deadline: row.queueUntil }]);
          continue;
        }
      }
      await this.fail(row, code, `${row.agent}: ${message}`);
    }
  }

  /** The agent is gone that had them, or it is there as another start whose journal has told nothing of them. */
  async lost(calls: readonly string[]): Promise<void> {
    for (const id of calls) {
      const row = await this.core.calls.get(id);
      if (!row) continue;
      if (row.state === 'ended') this.settle(row);
      else if (row.state === 'open') {
        const what =
          'the agent went away in the middle of this call; it may have been run, wholly or in part, or not at all';
        await this.fail(row, 'unknown_outcome', `${row.agent}: ${what}`);
      }
    }
  }

  async overdue(calls: readonly string[]): Promise<void> {
    const later: { id: string; deadline: number }[] = [];
    for (const id of calls) {
      const row = await this.core.calls.get(id);
      if (!row) continue;
      if (row.state === 'ended') this.settle(row);
      else if (row.deadline > Date.now()) later.push({ id, deadline: row.deadline });
      else if (row.state === 'queued') {
        const message = `${row.agent} did not come in time; the call was not run`;
        // Whoever has sent it has told the gateway of its new deadline; that gateway may be gone.
        if (!(await this.fail(row, 'unavailable', message)))
          later.push({ id, deadline: Date.now() + row.timeout + grace });
      } else {
        const what = 'there was no outcome in time; the call may have been run, wholly or in part, or not at all';
        await this.fail(row, 'unknown_outcome', `${row.agent}: ${what}`);
      }
    }
    if (later.length > 0) await this.core.gateway.watch(later);
  }

  /** @returns false when the call was queued, and is sent by now: then it has not ended */
  async fail(row: StoredCall, status: CallCode, message: string): Promise<boolean> {
    const { id: call, agent, method, context, user } = row;
    const known = { call, agent, method, context, user };
    const onlyQueued = row.state === 'queued';
    if (await this.end(known, undefined, { status, message, response: undefined, items: undefined, onlyQueued }))
      return true;
    const now = await this.core.calls.get(call);
    if (now?.state === 'ended') this.endedElsewhere(now);
    return now === undefined || now.state === 'ended';
  }
}

/** Messages of one stream that came together: each is handled behind the one before. */
class Turn {
  readonly comes: Promise<void>;
  private readonly over: Promise<void>;
  end!: () => void;

  constructor(before: Turn | undefined) {
    this.comes = before?.over ?? Promise.resolve();
    this.over = new Promise((resolve) => {
      this.end = resolve;
    });
  }
}

function returned({ call, agent, method, context, user }: Known, posts: Post[]) {
  return {
    call,
    agent,
    method,
    context: context === undefined ? undefined : (JSON.parse(context) as JsonValue),
    user,
    post(channel: string, event: string, data: JsonValue) {
      posts.push({ channel, event, data: JSON.stringify(data) });
    },
  };
}

export type { KeptEvent };
