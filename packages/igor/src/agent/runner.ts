/** Runs methods: within limits, deadlines and credit, and writes down what comes of them. */
import { create, fromBinary, isMessage, type JsonValue, type Message, toBinary } from '@bufbuild/protobuf';
import { IgorError, isCallCode } from '../error.js';
import type { Log } from '../log.js';
import { sha256 } from '../protocol/descriptor.js';
import { type About, type Invoke, largestPayload, type OutcomeFrame, type ProgressFrame } from '../protocol/frames.js';
import type { Journal } from './journal.js';
import type { ServedMethod, ServedService, ServiceCall } from './service.js';
import { type SendItems, StreamSender } from './stream-sender.js';

export interface RunnerOptions {
  services: readonly ServedService[];
  journal: Journal;
  /** The application's JID. */
  caller: string;
  /** How many calls run at a time; further ones are `resource_exhausted`. */
  limit: number;
  log: Log;
  sendItems: SendItems;
  sendProgress: (frame: ProgressFrame) => void;
}

interface Running {
  controller: AbortController;
  sender: StreamSender | undefined;
  outcome: Promise<OutcomeFrame>;
}

/** A method that is to stop has so long for it, in milliseconds, before its outcome is told without it. */
const stopTime = 500;
const defaultCredit = 16;
/** Calls that ended and were committed are remembered, should a stanza come twice: so many. And as many that were canceled before they came. */
const mostRemembered = 50_000;

export class Runner {
  private readonly methods = new Map<string, ServedMethod>();
  private readonly running = new Map<string, Running>();
  private readonly ended = new Map<string, OutcomeFrame | 'committed'>();
  private readonly canceledBefore = new Set<string>();
  private refusing: IgorError | undefined;
  /** Methods that run, those among them whose outcome was told already. */
  private busy = 0;

  constructor(private readonly options: RunnerOptions) {
    for (const { descriptor, methods } of options.services) {
      for (const [name, method] of methods) this.methods.set(`${descriptor.typeName}/${name}`, method);
    }
    for (const outcome of options.journal.owed) this.ended.set(outcome.call, outcome);
  }

  get count(): number {
    return this.running.size;
  }

  /** Whether this call runs, or has run: it is not run again, whatever comes with it. */
  knows(call: string): boolean {
    return this.running.has(call) || this.ended.has(call);
  }

  /** @returns its outcome, whenever that comes; undefined for a call whose outcome the application has already */
  async invoke(invoke: Invoke): Promise<{ outcome: Promise<OutcomeFrame> } | undefined> {
    const { call } = invoke;
    const running = this.running.get(call);
    if (running) return { outcome: running.outcome };
    const ended = this.ended.get(call);
    if (ended) return ended === 'committed' ? undefined : { outcome: Promise.resolve(ended) };
    const payload = invoke.payload ?? new Uint8Array();
    const about: About = { call, method: invoke.method, context: invoke.context, request: sha256(payload) };
    const refusal = this.refusal(invoke);
    // Not to be written down: nothing has been done, and asked again the answer may be another.
    if (refusal) return { outcome: Promise.resolve(failure(about, refusal)) };
    const method = this.methods.get(invoke.method) as ServedMethod;
    const controller = new AbortController();
    let sender: StreamSender | undefined;
    if (method.descriptor.methodKind === 'server_streaming') {
      sender = new StreamSender(about, invoke.credit ?? defaultCredit, this.options.sendItems);
    }
    this.busy++;
    const outcome = this.options.journal.accept(about).then(
      () => this.run(about, method, payload, invoke, controller, sender),
      (error) => {
        this.busy--;
        this.options.log.error('a call can not be written into the journal, and is not run', { error });
        return failure(
          about,
          new IgorError('unavailable', "the agent's journal can not be written; the call was not run"),
        );
      },
    );
    this.running.set(call, { controller, sender, outcome });
    void outcome.finally(() => this.running.delete(call)).catch(() => {});
    return { outcome };
  }

  private refusal({ call, method: name }: Invoke): IgorError | undefined {
    if (this.canceledBefore.has(call)) return new IgorError('canceled', 'canceled before it came; it was not run');
    if (!this.methods.has(name)) return new IgorError('unimplemented', `there is no method ${name} here`);
    if (this.refusing) return this.refusing;
    if (this.busy >= this.options.limit) {
      return new IgorError('resource_exhausted', `${this.busy} calls are running, and no more may`);
    }
    return undefined;
  }

  private async run(
    about: About,
    { descriptor, run }: ServedMethod,
    payload: Uint8Array,
    { timeout }: Invoke,
    controller: AbortController,
    sender: StreamSender | undefined,
  ): Promise<OutcomeFrame> {
    const { signal } = controller;
    const deadline = new Date(Date.now() + timeout);
    const timer = setTimeout(
      () => controller.abort(new IgorError('deadline_exceeded', `not done within ${timeout} ms`)),
      Math.min(timeout, 2_000_000_000),
    );
    let outcome: OutcomeFrame;
    try {
      const work = async () => {
        try {
          signal.throwIfAborted();
          const request = decode(descriptor, payload);
          const result = run(request as never, this.serviceCall(about, signal, deadline));
          return await (sender ? stream(sender, result, descriptor, signal) : result);
        } finally {
          this.busy--;
        }
      };
      const result = await orAborted(work(), signal);
      outcome = sender
        ? { type: 'outcome', ...about, status: 'ok', payload: undefined, items: sender.count }
        : { type: 'outcome', ...about, status: 'ok', payload: encode(descriptor, result) };
    } catch (thrown) {
      const isOwnReason = signal.aborted && !(thrown instanceof IgorError && isCallCode(thrown.code));
      outcome = failure(about, isOwnReason ? signal.reason : thrown);
      if (sender) outcome.items = sender.count;
    } finally {
      clearTimeout(timer);
    }
    await sender?.flushed();
    // An outcome that is not in the journal is told all the same. Should it get lost, it is an unknown one after the next start.
    await this.options.journal
      .outcome(outcome)
      .catch((error) => this.options.log.error('an outcome can not be written into the journal', { error }));
    this.ended.set(about.call, outcome);
    return outcome;
  }

  private serviceCall(about: About, signal: AbortSignal, deadline: Date): ServiceCall {
    const { caller, log, sendProgress } = this.options;
    return {
      id: about.call,
      signal,
      deadline,
      caller,
      log,
      progress(value: JsonValue) {
        sendProgress({ type: 'progress', ...about, payload: Buffer.from(JSON.stringify(value)) });
      },
    };
  }

  /** One that has not come yet is not run when it does: chunks of its payload take longer than a word. */
  cancel(call: string): void {
    const running = this.running.get(call);
    if (running) running.controller.abort(new IgorError('canceled', 'canceled by the caller'));
    else if (!this.ended.has(call)) {
      this.canceledBefore.add(call);
      const [oldest] = this.canceledBefore;
      if (this.canceledBefore.size > mostRemembered) this.canceledBefore.delete(oldest as string);
    }
  }

  credit(frame: Parameters<StreamSender['credit']>[0]): void {
    this.running.get(frame.call)?.sender?.credit(frame);
  }

  /** The application has the outcome. */
  async committed(call: string): Promise<void> {
    this.ended.delete(call);
    this.ended.set(call, 'committed');
    if (this.ended.size > mostRemembered) {
      for (const [old, outcome] of this.ended) {
        if (outcome !== 'committed') continue;
        this.ended.delete(old);
        break;
      }
    }
    await this.options.journal.forget(call);
  }

  /** No new calls any more. */
  refuse(reason: IgorError): void {
    this.refusing = reason;
  }

  /** Resolves when all calls that run have an outcome. */
  async idle(): Promise<void> {
    await Promise.allSettled([...this.running.values()].map(({ outcome }) => outcome));
  }

  abortAll(reason: IgorError): void {
    for (const { controller } of this.running.values()) controller.abort(reason);
  }
}

async function stream(
  sender: StreamSender,
  messages: unknown,
  descriptor: ServedMethod['descriptor'],
  signal: AbortSignal,
): Promise<void> {
  const iterator = (messages as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  try {
    for (;;) {
      await sender.room(signal);
      if (sender.refused) throw new IgorError('canceled', 'the application does not want it any more');
      signal.throwIfAborted();
      const { done, value } = await iterator.next();
      if (done) return;
      sender.push(encode(descriptor, value));
    }
  } finally {
    // A generator that waits for something else than its signal ends when that comes.
    void iterator.return?.(undefined)?.catch(() => {});
  }
}

/** What the method gives; or the reason to stop, if it does not stop itself soon after. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const aborted = () => {
      timer = setTimeout(() => reject(signal.reason), stopTime);
    };
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted, { once: true });
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
    };
    work.then(
      (value) => {
        end();
        resolve(value);
      },
      (error) => {
        end();
        reject(error);
      },
    );
  });
}

function decode({ input }: ServedMethod['descriptor'], payload: Uint8Array): Message {
  try {
    return fromBinary(input, payload);
  } catch (cause) {
    throw new IgorError('invalid_argument', `the request is no ${input.typeName}`, { cause });
  }
}

function encode({ output, parent, name }: ServedMethod['descriptor'], value: unknown): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = toBinary(output, isMessage(value, output) ? value : create(output, (value ?? {}) as never));
  } catch (cause) {
    const what = `${parent.typeName}/${name} gave something that is no ${output.typeName}: ${(cause as Error).message}`;
    throw new IgorError('internal', what, { cause });
  }
  if (bytes.length <= largestPayload) return bytes;
  throw new IgorError('resource_exhausted', `a message of ${bytes.length} bytes; ${largestPayload} are the most`);
}

function failure(about: About, thrown: unknown): OutcomeFrame {
  const error = IgorError.from(thrown);
  const status = isCallCode(error.code) ? error.code : 'internal';
  return { type: 'outcome', ...about, status, message: error.message.slice(0, 4000), payload: undefined };
}
