/** Starts calls: notes each in the store before anything of it leaves, and hands it to the gateway. */
import {
  create,
  type DescMessage,
  type DescMethod,
  fromJson,
  isMessage,
  type JsonValue,
  toBinary,
} from '@bufbuild/protobuf';
import { IgorError } from '../error.js';
import { type GatewayPort, grace } from '../gateway/ports.js';
import { PostError } from '../gateway/post.js';
import { backoff } from '../protocol/backoff.js';
import { methodName, sha256 } from '../protocol/descriptor.js';
import { largestPayload } from '../protocol/frames.js';
import { bareJid } from '../protocol/jid.js';
import { randomId } from '../protocol/random.js';
import type { NewCall, StoredCall } from '../store/calls.js';
import type { AgentRecord } from '../store/directory.js';
import type { CallOptions } from './api.js';
import { PendingCall } from './call.js';
import type { Core, Waiter } from './core.js';
import { scriptName } from './descriptors.js';
import { defaultCredit, type Receiver } from './receiver.js';
import type { Roll } from './roll.js';

const defaultTimeout = 30_000;
const longestTimeout = 30 * 24 * 3600 * 1000;
const largestContext = 4096;

/** A method by its whole name, by its descriptor, or as a script says it: `['disk', 'usage']`, `['usage']`. */
export type MethodRef = string | DescMethod | readonly string[];

export class Starter {
  private toWatch: { id: string; deadline: number }[] = [];
  private watching: Promise<void> | undefined;

  constructor(
    private readonly core: Core,
    private readonly roll: Roll,
    private readonly receiver: Receiver,
  ) {}

  start<Response>(
    agent: string,
    method: MethodRef,
    request: unknown,
    options: CallOptions = {},
  ): PendingCall<Response> {
    const call: PendingCall<unknown> = new PendingCall(randomId(18), () => {
      this.cancel(call.id).catch((error) =>
        this.core.log.warn('a call could not be canceled', { call: call.id, error }),
      );
    });
    this.run(call, bareJid(agent), method, request, options).catch((thrown) => {
      this.forget(call);
      call.fail(IgorError.from(thrown, 'internal'));
    });
    return call as PendingCall<Response>;
  }

  private async run(
    call: PendingCall<unknown>,
    agent: string,
    ref: MethodRef,
    request: unknown,
    options: CallOptions,
  ): Promise<void> {
    const { core } = this;
    options.signal?.throwIfAborted();
    const record = await this.available(agent, options.queueFor !== undefined);
    const method = await this.resolve(record, ref);
    const bytes = encodeRequest(method.input, request, options.json === true);
    const row = newCall(call.id, agent, method, bytes, options);
    // One that went since that look gets its stanza all the same: it comes back.
    if (isAvailable(record) || row.queueUntil === undefined) row.epoch = record.epoch;
    else {
      row.state = 'queued';
      row.deadline = row.queueUntil;
    }
    const waiter: Waiter = { call, method, json: options.json === true, credit: row.credit };
    core.waiters.set(call.id, [waiter]);
    // Somebody must come back to it even if this instance dies between the note and the stanza.
    await this.watch(row);
    const earlier = await core.calls.open(row);
    if (earlier) {
      this.join(waiter, earlier, row);
      return;
    }
    // Within the grace the gateway tells what became of the call; should it not, this instance looks itself.
    this.lookAt(call, row.deadline + 500);
    if (options.signal) options.signal.addEventListener('abort', () => call.cancel(), { once: true });
    if (row.state === 'open') await this.send(row);
    else {
      // It may have come between the look and the note.
      const now = await this.roll.find(agent, true);
      if (now && isAvailable(now)) await this.sendQueued(now);
    }
    call.isSent();
  }

  /** Calls that start in one turn of the event loop are told together. A gateway that is away reads the store when it comes. */
  private watch({ id, deadline }: NewCall): Promise<void> {
    this.toWatch.push({ id, deadline });
    this.watching ??= Promise.resolve().then(async () => {
      const calls = this.toWatch.splice(0);
      this.watching = undefined;
      await this.core.gateway
        .watch(calls)
        .catch((error) => this.core.log.warn('the gateway can not be reached', { error }));
    });
    return this.watching;
  }

  /** The same idempotency key: the caller gets the first call's outcome. */
  private join(waiter: Waiter, earlier: StoredCall, row: NewCall): void {
    const { core } = this;
    const { call } = waiter;
    this.forget(call);
    if (earlier.requestHash !== row.requestHash) {
      throw new IgorError('invalid_argument', 'this idempotency key was used for another request');
    }
    (call as { id: string }).id = earlier.id;
    core.waiters.set(earlier.id, [...(core.waiters.get(earlier.id) ?? []), waiter]);
    if (earlier.state === 'ended') this.receiver.settle(earlier);
    else this.lookAt(call, earlier.deadline + 500);
    core.gateway.watch([{ id: earlier.id, deadline: earlier.deadline, origin: core.origin }]).catch(() => {});
    call.isSent();
  }

  private lookAt(call: PendingCall<unknown>, time: number): void {
    const timer = setTimeout(
      () => {
        if (!this.core.waiters.has(call.id)) return;
        this.receiver.overdue([call.id]).catch((error) => this.core.log.warn('a call can not be looked up', { error }));
      },
      Math.min(time - Date.now(), 2_000_000_000),
    ).unref();
    call.finally(() => clearTimeout(timer)).catch(() => {});
  }

  private forget(call: PendingCall<unknown>): void {
    const left = this.core.waiters.get(call.id)?.filter((waiter) => waiter.call !== call) ?? [];
    if (left.length > 0) this.core.waiters.set(call.id, left);
    else this.core.waiters.delete(call.id);
  }

  private async available(agent: string, mayQueue: boolean): Promise<AgentRecord> {
    let record = await this.roll.find(agent);
    if (record && !isAvailable(record)) record = await this.roll.find(agent, true);
    if (!record) throw new IgorError('unavailable', `there is no agent ${agent}; it never announced itself`);
    if (isAvailable(record) || mayQueue) return record;
    const what = record.available && record.draining ? 'is going, and takes no new calls' : 'is not there';
    throw new IgorError('unavailable', `${agent} ${what}; the call was not run`);
  }

  private async resolve(record: AgentRecord, ref: MethodRef): Promise<DescMethod> {
    if (typeof ref !== 'string' && 'kind' in ref) {
      if (record.services.includes(ref.parent.typeName)) return ref;
      throw new IgorError(
        'unimplemented',
        `${record.jid} serves no ${ref.parent.typeName}, but ${record.services.join(', ')}`,
      );
    }
    // An agent that has just come may still be telling what it serves.
    for (const pause of [0, ...backoff({ first: 50, most: 500, times: 10 })]) {
      if (pause) await new Promise((resolve) => setTimeout(resolve, pause));
      const found =
        typeof ref === 'string'
          ? await this.core.descriptors.method(record, ref)
          : await this.byScriptName(record, ref as readonly string[]);
      if (found) return found;
      if (pause === 0) await this.core.gateway.describe({ to: `${record.jid}/${record.epoch}`, hash: record.hash });
    }
    throw new IgorError('unavailable', `${record.jid} has not told what it serves`);
  }

  private async byScriptName(record: AgentRecord, names: readonly string[]): Promise<DescMethod | undefined> {
    const descriptor = await this.core.descriptors.describe(record);
    if (!descriptor) return undefined;
    const { services } = descriptor;
    const name = names.at(-1) as string;
    const found = services
      .filter((service) => names.length === 1 || scriptName(service) === names[0])
      .flatMap(({ methods }) => methods.filter((method) => method.localName === name));
    if (found.length === 1) return found[0];
    const known = services.flatMap((service) =>
      service.methods.map((each) => `${scriptName(service)}.${each.localName}`),
    );
    const problem = found.length === 0 ? 'serves no' : 'has more than one';
    throw new IgorError(
      'unimplemented',
      `${record.jid} ${problem} ${names.join('.')}; it serves ${known.join(', ') || 'nothing'}`,
    );
  }

  /**
   * Hands a noted call to the gateway; if that is away, again, until the call's time is over.
   * @param attempt 1 when nobody can have sent it before
   */
  async send(row: NewCall, attempt = 1): Promise<void> {
    const { core } = this;
    const { id, agent, epoch, method, requestHash, deadline, context, user, request } = row;
    const to = `${agent}/${epoch}`;
    const sealed = core.sealer.seal({
      agent,
      call: id,
      method,
      request: requestHash,
      expires: deadline,
      context,
      user,
    });
    for (const pause of backoff({ first: 20, most: 1000 })) {
      const timeout = deadline - grace - Date.now();
      if (timeout <= 0) break;
      const { credit } = row;
      try {
        await core.gateway.send({
          to,
          frames: [{ type: 'invoke', call: id, method, context: sealed, timeout, credit, payload: request }],
          origin: core.origin,
          attempt,
          deadline: deadline - grace,
        });
        return;
      } catch (error) {
        if (!(error instanceof PostError)) throw error;
        // Whether a gateway that did not answer has sent it nobody knows. The agent runs it once in any case.
        if (!error.refused) attempt++;
        core.log.warn('the gateway can not be reached', { error });
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
    const stored = await core.calls.get(id);
    if (stored?.state !== 'open') return;
    if (attempt === 1) await this.receiver.fail(stored, 'unavailable', 'the gateway was away; the call was not run');
    else
      await this.receiver.fail(stored, 'unknown_outcome', 'the gateway was away; the call may have been run, or not');
  }

  async sendQueued(record: AgentRecord): Promise<void> {
    for (const row of await this.core.calls.queued(record.jid)) {
      const deadline = Date.now() + row.timeout + grace;
      const { epoch } = record;
      if (await this.core.calls.send(row.id, epoch, deadline))
        await this.send({ ...row, state: 'open', deadline, epoch });
    }
  }

  /**
   * Takes up the calls of a gateway that is gone, which may have been sent or not. Those whose agent is there as the same start are sent again, as it
   * knows them by their ids, and runs each once. The others the gateway is told of, as being in the hands of a start that may be gone with them.
   */
  async takeUp(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      try {
        const row = await this.core.calls.get(id);
        if (row?.state !== 'open') continue;
        const { agent, deadline, epoch = 0 } = row;
        const record = await this.roll.find(agent, true);
        if (record && isAvailable(record) && record.epoch === epoch) {
          void this.send({ ...row, state: 'open' }, 2).catch((error) =>
            this.core.log.warn('a call could not be sent again', { call: id, error }),
          );
        } else {
          const until = record?.epoch === epoch ? record.lease : 0;
          await this.tellHeld({ id, deadline, held: { agent: `${agent}/${epoch}`, until } });
        }
      } catch (error) {
        this.core.log.warn('a call could not be taken up', { call: id, error });
      }
    }
  }

  /** To a gateway that may still be about to start. */
  private async tellHeld(call: Parameters<GatewayPort['watch']>[0][number]): Promise<void> {
    for (const pause of backoff({ first: 50, most: 1000, times: 12 })) {
      try {
        await this.core.gateway.watch([call]);
        return;
      } catch (error) {
        if (!(error instanceof PostError)) throw error;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  /** One that certainly was not run, to another start of its agent. */
  async resend(row: StoredCall, epoch: number): Promise<void> {
    if (await this.core.calls.redirect(row.id, epoch)) await this.send({ ...row, state: 'open', epoch });
  }

  async cancel(id: string): Promise<void> {
    const row = await this.core.calls.get(id);
    if (!row || row.state === 'ended') return;
    if (row.state === 'queued' && (await this.receiver.fail(row, 'canceled', 'canceled before it was sent'))) return;
    const record = await this.roll.find(row.agent);
    if (!record) return;
    const frames = [{ type: 'cancel' as const, call: id }];
    await this.core.gateway.send({ to: `${record.jid}/${record.epoch}`, frames, origin: this.core.origin, attempt: 1 });
  }
}

export function isAvailable(record: AgentRecord): boolean {
  return record.available && !record.draining && record.lease > Date.now();
}

function encodeRequest(input: DescMessage, request: unknown, json: boolean): Uint8Array {
  let bytes: Uint8Array;
  try {
    if (isMessage(request, input)) bytes = toBinary(input, request);
    else if (json) bytes = toBinary(input, fromJson(input, (request ?? {}) as JsonValue));
    else bytes = toBinary(input, create(input, (request ?? {}) as never));
  } catch (cause) {
    throw new IgorError('invalid_argument', `the request is no ${input.typeName}: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (bytes.length <= largestPayload) return bytes;
  throw new IgorError('resource_exhausted', `the request has ${bytes.length} bytes; ${largestPayload} are the most`);
}

function newCall(id: string, agent: string, method: DescMethod, request: Uint8Array, options: CallOptions): NewCall {
  const { deadline: wanted, idempotencyKey, queueFor, credit, user } = options;
  const started = Date.now();
  const timeout = wanted === undefined ? defaultTimeout : wanted instanceof Date ? wanted.getTime() - started : wanted;
  if (!(timeout > 0))
    throw new IgorError('deadline_exceeded', 'the deadline is over before the call began; it was not run');
  const context = options.context === undefined ? undefined : JSON.stringify(options.context);
  if (context !== undefined && Buffer.byteLength(context) > largestContext) {
    throw new IgorError('invalid_argument', `the context has more than ${largestContext} bytes as JSON`);
  }
  const whole = Math.min(Math.ceil(timeout), longestTimeout);
  const name = methodName(method);
  return {
    id,
    agent,
    method: name,
    user,
    state: 'open',
    started,
    deadline: started + whole + grace,
    timeout: whole,
    credit: Math.min(Math.max(Math.floor(credit ?? defaultCredit), 1), 10_000),
    context,
    request,
    requestHash: sha256(request),
    queueUntil: queueFor === undefined ? undefined : started + queueFor,
    epoch: undefined,
    key: idempotencyKey === undefined ? undefined : `${agent} ${name} ${idempotencyKey}`,
  };
}
