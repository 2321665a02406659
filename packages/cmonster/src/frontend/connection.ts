/** A conversation with one frontend process: the handshake, a parse, questions. docs/formats/protocol.md */
import { read } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CmonsterError, type CmonsterErrorCode } from '../error.js';
import { Child, type ChildOptions } from './child.js';
import { deathOf } from './death.js';
import { checkFrameHeader, type FrameData, FrameStream } from './frames.js';
import { Copy, type Keeper } from './keeper.js';
import { callArguments, encodeParse, encodeReturn, type ParseRequest } from './messages.js';
import { now, type Peer } from './peer.js';
import {
  Decoder,
  FRAME_HEADER,
  Frame,
  PROTOCOL_VERSION,
  SNAPSHOT_VERSION,
  type WireValue,
  wireResolver,
} from './protocol.js';

/**
 * Answers a call of the child; only while parsing with promises may it be a promise. It may ask questions of `connection` unless
 * that goes over stdio.
 */
export type CallHandler = (name: string, args: unknown[], connection: Connection) => WireValue | Promise<WireValue>;

export interface ConnectionOptions extends ChildOptions {
  /** The input, for messages. */
  file: string;
  /** Milliseconds for start and parse together. */
  parseTimeLimit: number;
  /** Milliseconds for one batch of questions. */
  askTimeLimit: number;
  /** What the generated classes were made from; a frontend made from something else is refused. */
  schemaHash?: number;
  onCall?: CallHandler;
  /** Hears what the child says without waiting for an answer. */
  onEvent?: (name: string, args: unknown[]) => void;
}

export interface Parsed {
  snapshot: ArrayBuffer;
  meta: Record<string, unknown>;
}

/** An answer that is still bytes: first the delta, if there is one, then `values` holds one value per question. */
export interface RawAnswer {
  delta: Uint8Array | undefined;
  values: Decoder;
}

const READY_SIZE = FRAME_HEADER + 16;
const FIRST_BUFFER = 1 << 16;
const LARGEST_READ = 1 << 30;

export class Connection {
  readonly child: Peer;
  private readonly options: ConnectionOptions;
  private frames: FrameStream | undefined;
  private buffer = Buffer.allocUnsafeSlow(FIRST_BUFFER);
  /** What was read from `answer` and not yet used: [begin, end) of the buffer. */
  private begin = 0;
  private end = 0;
  /** Frames that came over `answer`. */
  private received = 0;
  private doing = 'starting';

  /**
   * Starts a frontend and waits for it to be ready. Over FIFOs (`channel`) a handler of calls may ask questions, as they are
   * where questions go.
   */
  static async open(options: ConnectionOptions): Promise<Connection> {
    if (options.channel === 'fifo') return Connection.openOverFifos(options);
    const child = new Child({ ...options, channel: 'stdio' });
    const connection = new Connection(options, child);
    await connection.guarded(async () => {
      const stdout = child.process.stdout;
      if (!stdout) throw new CmonsterError('INTERNAL', 'no pipe from the frontend');
      connection.frames = new FrameStream(stdout);
      const frame = await connection.frames.next();
      if (!frame) throw new Gone();
      connection.checkReady(frame);
      child.openChannels();
    });
    return connection;
  }

  private static async openOverFifos(options: ConnectionOptions): Promise<Connection> {
    const child = new Child(options);
    const connection = new Connection(options, child);
    await connection.guarded(async () => {
      let gone = false;
      child.exit.then(() => {
        gone = true;
      });
      for (;;) {
        const ready = child.readStdoutSync(READY_SIZE);
        if (ready) {
          connection.checkReady(frameOf(ready));
          child.openChannels();
          return;
        }
        if (gone) throw new Gone();
        await sleep(1);
      }
    });
    return connection;
  }

  /** The same without the event loop. */
  static openSync(options: ConnectionOptions): Connection {
    const child = new Child({ ...options, channel: 'fifo' });
    const started = now();
    const connection = new Connection(options, child);
    connection.guardedSync(options.parseTimeLimit, () => {
      let ready = child.readStdoutSync(READY_SIZE);
      while (!ready) {
        if (deathOf(child.pid) || !child.pause(started)) throw new Gone();
        ready = child.readStdoutSync(READY_SIZE);
      }
      connection.checkReady(frameOf(ready));
      child.openChannels(false);
    });
    // Nothing of it needs the event loop, nor keeps it going.
    child.setRef(false);
    return connection;
  }

  /** A copy of `keeper`; undefined when there can be none any more. */
  static async resume(options: ConnectionOptions, keeper: Keeper): Promise<Connection | undefined> {
    const copy = new Copy(options.memoryLimit);
    const connection = new Connection(options, copy);
    // A keeper that is stopped answers nobody: waiting for it is not the parse's time.
    const started = await copy.start(keeper).catch((error: unknown) => {
      copy.close();
      throw error;
    });
    if (!started) {
      copy.close();
      return undefined;
    }
    return connection.guarded(async () => {
      const frame = await connection.nextFrame();
      copy.identify(connection.checkReady(frame));
      return connection;
    });
  }

  private constructor(options: ConnectionOptions, child: Peer) {
    this.options = options;
    this.child = child;
  }

  get isOpen(): boolean {
    return this.child.isOpen;
  }
  close(): void {
    this.child.close();
  }

  /** Gives the process's id. */
  private checkReady({ type, payload }: FrameData): number {
    if (type !== Frame.READY || payload.length < 16)
      throw new CmonsterError('PROTOCOL', 'the frontend did not say READY');
    const ready = new Decoder(payload);
    const [protocol, snapshot, schema] = [ready.u32(), ready.u32(), ready.u32()];
    const wanted = this.options.schemaHash;
    if (protocol !== PROTOCOL_VERSION || snapshot !== SNAPSHOT_VERSION || (wanted !== undefined && schema !== wanted)) {
      throw new CmonsterError(
        'PROTOCOL',
        `the frontend '${this.options.frontend}' was built for another version of this package: build it again ` +
          `(protocol ${protocol}, snapshot ${snapshot}, schema ${schema.toString(16)}; ` +
          `expected ${PROTOCOL_VERSION}, ${SNAPSHOT_VERSION}, ${wanted?.toString(16) ?? 'any'})`,
      );
    }
    return ready.u32();
  }

  // --- Parsing ------------------------------------------------------------------------------------------------------

  async parse(request: ParseRequest): Promise<Parsed> {
    this.doing = 'parsing';
    this.child.setRef(true);
    return this.guarded(async () => {
      this.send(encodeParse(request));
      for (;;) {
        const frame = await this.nextFrame();
        if (this.heard(frame)) continue;
        const parsed = this.parsed(frame);
        if (parsed) {
          await this.readExactly(parsed.bytes);
          this.child.setRef(false);
          return { snapshot: parsed.snapshot, meta: parsed.meta };
        }
        const call = new Decoder(frame.payload);
        const id = call.u32();
        const answer = this.options.onCall?.(...callArguments(call), this);
        if (answer instanceof Promise) this.doing = "waiting for a script's promise";
        const result = await answer;
        this.doing = 'parsing';
        this.send(encodeReturn(id, result));
      }
    });
  }

  parseSync(request: ParseRequest): Parsed {
    this.doing = 'parsing';
    return this.guardedSync(this.options.parseTimeLimit, () => {
      if (!this.child.writeSync(encodeParse(request))) throw new Gone();
      for (;;) {
        const frame = this.readFrame();
        if (this.heard(frame)) continue;
        const parsed = this.parsed(frame);
        if (parsed) {
          this.readExactlySync(parsed.bytes);
          return { snapshot: parsed.snapshot, meta: parsed.meta };
        }
        this.answerCall(frame);
      }
    });
  }

  /** What a PARSED frame announces; undefined for a CALL. */
  private parsed({ type, payload }: FrameData): (Parsed & { bytes: Uint8Array }) | undefined {
    if (type === Frame.CALL) return undefined;
    const decoder = new Decoder(payload);
    if (type === Frame.PARSED) {
      const size = decoder.f64();
      const meta = decoder.value(wireResolver) as Record<string, unknown>;
      if (!Number.isSafeInteger(size) || size < 0) {
        throw new CmonsterError('PROTOCOL', `the frontend announces a snapshot of ${size} bytes`);
      }
      const bytes = this.allocate(size);
      return { snapshot: bytes.buffer as ArrayBuffer, meta, bytes };
    }
    if (type === Frame.FAILED) throw this.failure(decoder.value(wireResolver) as Record<string, unknown>);
    throw new CmonsterError('PROTOCOL', `the frontend sent a message of type ${type} while parsing`);
  }

  private allocate(size: number): Uint8Array {
    try {
      // Not zeroed: every byte is overwritten. "Slow" gives it an ArrayBuffer of its own.
      return Buffer.allocUnsafeSlow(size);
    } catch (cause) {
      const { file } = this.options;
      throw new CmonsterError('OUT_OF_MEMORY', `Node cannot hold a snapshot of ${size} bytes`, { file, cause });
    }
  }

  private failure(failed: Record<string, unknown>): CmonsterError {
    const known: readonly CmonsterErrorCode[] = [
      'BAD_ARGUMENTS',
      'INPUT_UNREADABLE',
      'OUT_OF_MEMORY',
      'STALE',
      'INTERNAL',
    ];
    const code = known.find((name) => name === failed.code) ?? 'PROTOCOL';
    const advice = code === 'OUT_OF_MEMORY' ? ` (the limit is ${this.options.memoryLimit} MiB: 'memoryLimit')` : '';
    return new CmonsterError(code, `${String(failed.message)}${advice}`, { file: this.options.file });
  }

  /** Whether it was an event, which is passed on. */
  private heard({ type, payload }: FrameData): boolean {
    if (type !== Frame.EVENT) return false;
    const event = new Decoder(payload);
    event.u32();
    this.options.onEvent?.(...callArguments(event));
    return true;
  }

  private send(bytes: Uint8Array): void {
    const { child } = this;
    // A copy: the pipe may keep it for a while.
    if (this.frames && child instanceof Child) child.process.stdin?.write(bytes.slice());
    else if (!child.writeSync(bytes)) throw new Gone();
  }

  /** While promises wait: from the child's stdout, or from the FIFO of a copy that has none. */
  private async nextFrame(): Promise<FrameData> {
    if (this.frames) {
      const frame = await this.frames.next();
      if (!frame) throw new Gone();
      return frame;
    }
    // One that is there whole needs no event loop.
    if (this.child.hasWritten(this.received)) return this.readFrame();
    const header = Buffer.alloc(FRAME_HEADER);
    await this.readExactly(header);
    const type = header[4] as number;
    checkFrameHeader(type, header.readUInt32LE(0));
    const payload = Buffer.alloc(header.readUInt32LE(0));
    await this.readExactly(payload);
    this.received++;
    return { type, payload };
  }

  private readExactly(bytes: Uint8Array): Promise<void> {
    let at = this.takeBuffered(bytes);
    const fd = this.child.answerDescriptor;
    return new Promise((resolve, reject) => {
      const more = (): void => {
        if (at === bytes.length) {
          resolve();
          return;
        }
        read(fd, bytes, at, Math.min(bytes.length - at, LARGEST_READ), null, (error, got) => {
          at += got ?? 0;
          if (error || got === 0) reject(new Gone(error));
          else more();
        });
      };
      more();
    });
  }

  private readExactlySync(bytes: Uint8Array): void {
    let at = this.takeBuffered(bytes);
    while (at < bytes.length) {
      const got = this.child.readSync(bytes, at, Math.min(bytes.length - at, LARGEST_READ));
      if (got === 0) throw new Gone();
      at += got;
    }
  }

  private takeBuffered(bytes: Uint8Array): number {
    const size = Math.min(this.end - this.begin, bytes.length);
    bytes.set(this.buffer.subarray(this.begin, this.begin + size));
    this.begin += size;
    return size;
  }

  // --- Questions ----------------------------------------------------------------------------------------------------

  /**
   * Sends one ASK frame (complete, with its header) and waits for the answer, which is valid until the next one. Undefined when
   * the child had gone before: then it has not heard the question.
   */
  ask(frame: Uint8Array): RawAnswer | undefined {
    this.doing = 'answering a question';
    return this.guardedSync(this.options.askTimeLimit, () => {
      if (!this.child.writeSync(frame)) {
        if (this.child.timedOut) throw new Gone();
        this.child.close();
        return undefined;
      }
      for (;;) {
        const at = this.readHeader();
        const type = this.buffer[at + 4];
        const size = this.buffer.readUInt32LE(at);
        const begin = at + FRAME_HEADER;
        this.begin = begin + size;
        if (type === Frame.ANSWER) {
          const values = new Decoder(this.buffer, begin, begin + size);
          const deltaBytes = values.u32();
          const delta = deltaBytes === 0 ? undefined : values.raw(deltaBytes);
          return { delta, values };
        }
        const payload = this.buffer.subarray(begin, begin + size);
        if (this.heard({ type: type as number, payload })) continue;
        if (type !== Frame.CALL) {
          throw new CmonsterError('PROTOCOL', `the frontend sent a message of type ${type} instead of an answer`);
        }
        this.answerCall({ type, payload });
      }
    });
  }

  private answerCall(frame: FrameData): void {
    const call = new Decoder(frame.payload);
    const id = call.u32();
    const args = callArguments(call);
    // The handler is the user's code: its time is not the child's, and it may ask questions of its own. What is left of the child's goes on
    // behind it: work that calls without end ends all the same.
    const left = this.child.arm(Number.POSITIVE_INFINITY);
    const result = this.options.onCall?.(...args, this);
    if (result instanceof Promise) {
      throw new CmonsterError('USAGE', `the callback for ${args[0]} gave a promise, which cannot be awaited here`);
    }
    this.child.arm(left);
    if (!this.child.writeSync(encodeReturn(id, result))) throw new Gone();
  }

  private readFrame(): FrameData {
    const at = this.readHeader();
    const begin = at + FRAME_HEADER;
    const end = begin + this.buffer.readUInt32LE(at);
    this.begin = end;
    return { type: this.buffer[at + 4] as number, payload: this.buffer.subarray(begin, end) };
  }

  /** Makes one whole frame available in the buffer; gives where it starts. */
  private readHeader(): number {
    if (this.begin === this.end) {
      this.begin = this.end = 0;
      this.child.hasWritten(this.received);
    }
    this.fill(FRAME_HEADER);
    const size = this.buffer.readUInt32LE(this.begin);
    checkFrameHeader(this.buffer[this.begin + 4] as number, size);
    this.fill(FRAME_HEADER + size);
    this.received++;
    return this.begin;
  }

  private fill(size: number): void {
    if (this.end - this.begin >= size) return;
    if (this.begin + size > this.buffer.length) {
      const rest = this.buffer.subarray(this.begin, this.end);
      const target =
        size > this.buffer.length ? Buffer.allocUnsafeSlow(Math.max(size, this.buffer.length * 2)) : this.buffer;
      target.set(rest);
      this.buffer = target;
      this.end -= this.begin;
      this.begin = 0;
    }
    while (this.end - this.begin < size) {
      const got = this.child.readSync(this.buffer, this.end, this.buffer.length - this.end);
      if (got === 0) throw new Gone();
      this.end += got;
    }
  }

  // --- Failure ------------------------------------------------------------------------------------------------------

  /** Runs under a limit of time. Whatever goes wrong ends the child: the conversation is out of step. */
  private guardedSync<T>(timeLimit: number, work: () => T): T {
    const outer = this.child.arm(timeLimit);
    try {
      return work();
    } catch (error) {
      if (error instanceof Gone) throw this.child.deathSync(this.context(timeLimit, error.cause));
      this.child.close();
      throw this.withFile(error);
    } finally {
      this.child.arm(outer);
    }
  }

  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    const { parseTimeLimit } = this.options;
    let timedOut = false;
    let timer: NodeJS.Timeout | undefined;
    // For what is done without the event loop, which keeps the timer from its turn.
    const outer = this.child.arm(parseTimeLimit);
    const expiry = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        timedOut = true;
        this.child.kill();
        // The child's end may go unnoticed: a callback's promise that never settles is waited for by nobody else.
        reject(new Gone());
      }, parseTimeLimit);
    });
    try {
      const result = await Promise.race([work(), expiry]);
      // Done, and killed in the same moment: nobody is there for what comes next.
      if (timedOut && this.isOpen) throw new Gone();
      return result;
    } catch (error) {
      timedOut ||= this.child.timedOut;
      if (error instanceof Gone) throw await this.child.deathAsync(this.context(parseTimeLimit, error.cause), timedOut);
      this.child.close();
      throw this.withFile(error);
    } finally {
      this.child.arm(outer);
      clearTimeout(timer);
    }
  }

  private context(
    timeLimit: number,
    cause: unknown,
  ): { file: string; doing: string; timeLimit: number; cause: unknown } {
    return { file: this.options.file, doing: this.doing, timeLimit, cause };
  }

  private withFile(error: unknown): unknown {
    if (!(error instanceof CmonsterError) || error.file !== undefined) return error;
    return new CmonsterError(error.code, error.message, { file: this.options.file, cause: error.cause });
  }
}

/** The child's pipe has ended. Why is found out by the caller. */
class Gone extends Error {
  constructor(cause?: unknown) {
    super('the frontend has gone', { cause });
  }
}

function frameOf(bytes: Uint8Array): FrameData {
  const type = bytes[4] as number;
  checkFrameHeader(type, new DataView(bytes.buffer).getUint32(0, true));
  return { type, payload: bytes.subarray(FRAME_HEADER) };
}
