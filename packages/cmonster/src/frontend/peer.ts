/**
 * The far end of a conversation: two FIFOs in a directory of its own, a process that can be watched and killed.
 * docs/formats/protocol.md, "Start".
 */
import { closeSync, constants, openSync, readSync, rmdirSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { CmonsterError } from '../error.js';
import { sleepSync } from '../sleep.js';
import type { DeathContext } from './death.js';

/** A clock of its own: who tests a program may have put a false one in the other's place. */
export const now = performance.now.bind(performance);

/** Milliseconds in which a peer's next frame is looked for before anybody sleeps: waking a sleeper takes a good part of that. */
const PATIENCE = 0.05;
/**
 * After looking in vain nobody looks once, and twice as often after each further time, up to this: where all processors are taken, looking
 * only keeps one from the peer.
 */
const LONGEST_REST = 64;
/** Milliseconds between two looks at a FIFO: an eighth of what was waited, within these. */
const SHORTEST_SLEEP = 0.01;
const LONGEST_SLEEP = 10;

/** What only the peer knows of a death is added by it. */
export type DeathReport = Omit<DeathContext, 'stderr' | 'timedOut' | 'memoryLimit'>;

const living = new Set<Peer>();
let hooked = false;

/** Nothing survives this process: its peers end with it even when nobody disposed of them. */
function hookExit(): void {
  if (hooked) return;
  hooked = true;
  process.on('exit', () => {
    for (const peer of living) peer.kill();
  });
}

export abstract class Peer {
  /** 0 as long as it isn't known. */
  abstract readonly pid: number;
  protected directory: string | undefined;
  private askFd: number | undefined;
  private answerFd: number | undefined;
  /** The same FIFO, for reads that may block: those of other threads. */
  private blockingFd: number | undefined;
  /** A file of one word that the peer writes in memory: how many frames it has written. */
  private answeredFd: number | undefined;
  private readonly answered = new Uint32Array(1);
  private resting = 0;
  private nextRest = 1;
  /** When it is late, by `now()`. */
  private deadline = Number.POSITIVE_INFINITY;
  private isLate = false;
  protected closed = false;

  protected constructor(directory: string) {
    hookExit();
    this.directory = directory;
  }

  abstract kill(): void;
  /** The error for a peer whose pipe has ended, learned without the event loop. */
  abstract deathSync(context: DeathReport): CmonsterError;
  abstract deathAsync(context: DeathReport, timedOut: boolean): Promise<CmonsterError>;

  /** Whether the event loop must stay alive for this peer: while a promise waits for it. */
  setRef(_ref: boolean): void {}

  get isOpen(): boolean {
    return !this.closed && this.askFd !== undefined;
  }

  protected register(alive: boolean): void {
    if (alive) living.add(this);
    else living.delete(this);
  }

  /**
   * Opens the FIFOs, which must exist, and removes every name of them. A peer that has died meanwhile shows when it is used. `blocking`: other
   * threads will read, too.
   */
  openChannels(blocking = true): void {
    const directory = this.directory as string;
    this.askFd = openEnd(join(directory, 'ask'), constants.O_WRONLY | constants.O_NONBLOCK);
    this.answerFd = openEnd(join(directory, 'answer'), constants.O_RDONLY | constants.O_NONBLOCK);
    if (blocking) this.blockingFd = openEnd(join(directory, 'answer'), constants.O_RDONLY);
    this.answeredFd = openIfThere(join(directory, 'answered'));
    this.removeDirectory();
  }

  private removeDirectory(): void {
    const { directory } = this;
    if (directory === undefined) return;
    this.directory = undefined;
    try {
      for (const name of ['ask', 'answer', 'answered']) unlinkSync(join(directory, name));
      rmdirSync(directory);
    } catch {
      // It was interrupted while it made them. The first use of this costs some milliseconds.
      rmSync(directory, { recursive: true, force: true });
    }
  }

  /**
   * From now on whatever works with the peer below ends it when this time is over; that ends a peer that is stopped, too, and one that never
   * comes to an end of its words. Gives the milliseconds that were left of the limit before.
   */
  arm(milliseconds: number): number {
    const left = this.deadline - now();
    this.deadline = now() + milliseconds;
    return left;
  }
  get timedOut(): boolean {
    return this.isLate;
  }

  /** Sleeps a moment for somebody who has waited since then. False when the peer was late, and has been ended. */
  pause(since: number): boolean {
    if (this.endIfLate()) return false;
    const at = now();
    const wanted = Math.max(SHORTEST_SLEEP, Math.min((at - since) / 8, LONGEST_SLEEP));
    sleepSync(Math.min(wanted, this.deadline - at));
    return true;
  }

  private endIfLate(): boolean {
    if (now() < this.deadline) return false;
    this.isLate = true;
    this.kill();
    return true;
  }

  /** Writes all of it; false when the peer has gone. */
  writeSync(bytes: Uint8Array, length = bytes.length): boolean {
    let at = 0;
    while (at < length) {
      const written = this.patiently(() => writeSync(this.askFd as number, bytes, at, length - at));
      if (written === 0) return false;
      at += written;
    }
    return true;
  }

  /** Reads what is there, at least a byte; 0 when the peer has gone. */
  readSync(bytes: Uint8Array, at: number, size: number): number {
    return this.patiently(() => readSync(this.answerFd as number, bytes, at, size, null));
  }

  /**
   * Does it as soon as it can be done without blocking: a thread that blocks in the kernel could not end a peer that never
   * answers. 0 when the peer has gone.
   */
  private patiently(io: () => number): number {
    let since = 0;
    while (!this.endIfLate()) {
      try {
        return io();
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EINTR') continue;
        if (code !== 'EAGAIN') return 0;
        since ||= now();
        this.pause(since);
      }
    }
    return 0;
  }

  /** Looks for a while whether the peer has written more than `received` frames. False does not say that it has not. */
  hasWritten(received: number): boolean {
    const { answeredFd, answered } = this;
    if (answeredFd === undefined || this.resting-- > 0) return false;
    this.resting = 0;
    const until = now() + PATIENCE;
    do {
      readSync(answeredFd, answered, 0, 4, 0);
      if (answered[0] === received >>> 0) continue;
      this.nextRest = 1;
      return true;
    } while (now() < until);
    this.resting = this.nextRest;
    this.nextRest = Math.min(this.nextRest * 2, LONGEST_REST);
    return false;
  }

  /** Of answers, for another thread, which may block. */
  get answerDescriptor(): number {
    return this.blockingFd as number;
  }

  /** Ends the peer and lets go of everything. May be called again. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const fd of [this.askFd, this.answerFd, this.blockingFd, this.answeredFd]) if (fd !== undefined) closeSync(fd);
    this.askFd = this.answerFd = this.blockingFd = this.answeredFd = undefined;
    this.removeDirectory();
  }
}

/** Undefined where the peer could not make it: then nobody looks, and everything else works. */
function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}

/**
 * Opens one end of a FIFO. The peer has the other one open, unless it was killed since: then the open would wait for ever, or fail.
 * Opening both ends at once never waits, and while they are open neither does this.
 */
function openEnd(path: string, flags: number): number {
  const both = openSync(path, 'r+');
  try {
    return openSync(path, flags);
  } finally {
    closeSync(both);
  }
}
