/**
 * The far end of a conversation: two FIFOs in a directory of its own, a process that can be watched and killed.
 * docs/formats/protocol.md, "Start".
 */
import { closeSync, openSync, readSync, rmdirSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { CmonsterError } from '../error.js';
import type { DeathContext } from './death.js';
import { sleepSync, Watch } from './watchdog.js';

/** Milliseconds in which a peer's next frame is looked for before anybody sleeps: waking a sleeper takes a good part of that. */
const PATIENCE = 0.05;
/** After looking in vain nobody looks so many times: where all processors are taken, it only keeps one from the peer. */
const REST = 64;

/** What only the peer knows of a death is added by it. */
export type DeathReport = Omit<DeathContext, 'stderr' | 'timedOut' | 'memoryLimit'>;

/** Milliseconds in which a peer that ends itself is not watched. */
const UNWATCHED = 500;

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
  /** A file of one word that the peer writes in memory: how many frames it has written. */
  private answeredFd: number | undefined;
  private readonly answered = new Uint32Array(1);
  private resting = 0;
  private watching: Watch | undefined;
  private readonly born = Date.now();
  /** Whether it was told its limit of time. */
  endsItself = false;
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

  /** Opens the FIFOs, which must exist, and removes every name of them. A peer that has died meanwhile shows when it is used. */
  openChannels(): void {
    const directory = this.directory as string;
    this.askFd = openUnblocked(join(directory, 'ask'), 'w');
    this.answerFd = openUnblocked(join(directory, 'answer'), 'r');
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
   * Every blocking call below runs under this limit. Of a peer that ends itself when it is late, only a longer conversation is
   * watched from here too (it may be stopped): starting the watchdog costs more than many a file.
   */
  arm(milliseconds: number): void {
    if (this.pid === 0 || (this.endsItself && !this.watching && Date.now() - this.born < UNWATCHED)) return;
    this.watching ??= Watch.of(this.pid);
    this.watching?.arm(milliseconds);
  }
  disarm(): void {
    this.watching?.disarm();
  }
  get timedOut(): boolean {
    return this.isLate || (this.watching?.fired ?? false);
  }
  /** Ends a peer that is late and that nobody watches. */
  endUnwatched(until: number): void {
    if (!this.endsItself || Date.now() < until) return;
    this.isLate = true;
    this.kill();
  }

  /** Writes all of it; false when the peer has gone. */
  writeSync(bytes: Uint8Array, length = bytes.length): boolean {
    let at = 0;
    while (at < length) {
      try {
        at += writeSync(this.askFd as number, bytes, at, length - at);
      } catch (error) {
        if (retry(error)) continue;
        return false;
      }
    }
    return true;
  }

  /** Reads what is there, at least a byte; 0 when the peer has gone. */
  readSync(bytes: Uint8Array, at: number, size: number): number {
    for (;;) {
      try {
        return readSync(this.answerFd as number, bytes, at, size, null);
      } catch (error) {
        if (!retry(error)) return 0;
      }
    }
  }

  /** Looks for a while whether the peer has written more than `received` frames. False does not say that it has not. */
  hasWritten(received: number): boolean {
    const { answeredFd, answered } = this;
    if (answeredFd === undefined || this.resting-- > 0) return false;
    this.resting = 0;
    const until = performance.now() + PATIENCE;
    do {
      readSync(answeredFd, answered, 0, 4, 0);
      if (answered[0] !== received >>> 0) return true;
    } while (performance.now() < until);
    this.resting = REST;
    return false;
  }

  get answerDescriptor(): number {
    return this.answerFd as number;
  }

  /** Ends the peer and lets go of everything. May be called again. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.watching?.release();
    this.watching = undefined;
    for (const fd of [this.askFd, this.answerFd, this.answeredFd]) if (fd !== undefined) closeSync(fd);
    this.askFd = this.answerFd = this.answeredFd = undefined;
    this.removeDirectory();
  }
}

/** EAGAIN can only be momentary here (somebody set O_NONBLOCK on a shared description); EINTR is a signal. */
function retry(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EAGAIN') {
    sleepSync(0.05);
    return true;
  }
  return code === 'EINTR';
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
 * Opens one end of a FIFO. The peer has the other one open, unless it was killed since: then the open would wait for ever. Opening
 * both ends at once never waits, and while they are open neither does this.
 */
function openUnblocked(path: string, end: 'r' | 'w'): number {
  const both = openSync(path, 'r+');
  try {
    return openSync(path, end);
  } finally {
    closeSync(both);
  }
}
