/** Parses resumed behind the includes, in copies of a frontend process. docs/formats/protocol.md, "Reparse" */
import { closeSync, constants, existsSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CmonsterError } from '../error.js';
import { awaitDeathSync, deathError } from './death.js';
import { type DeathReport, Peer } from './peer.js';

/** How long a copy may take to make its FIFOs: it takes some milliseconds. */
const START_LIMIT = 5000;

export function freshDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'cmonster-'));
}

/** The process that stands where the includes end. Shared by the translation units that were made from it. */
export class Keeper {
  private fd: number | undefined;
  private readonly pid: number;
  private users = 1;

  /**
   * Takes over the directory of a parse with `keep`, which is removed; undefined when that parse left no keeper. `pid` is that
   * of its process, 0 when the parse failed and did not say.
   */
  static open(directory: string, pid: number): Keeper | undefined {
    try {
      // Not blocking: a keeper that has died must not stop us.
      return new Keeper(openSync(join(directory, 'reparse'), constants.O_WRONLY | constants.O_NONBLOCK), pid);
    } catch {
      return undefined;
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  private constructor(fd: number, pid: number) {
    this.fd = fd;
    this.pid = pid;
  }

  /** Starts a copy that talks in `directory`; false when the keeper has gone. */
  request(directory: string): boolean {
    if (this.fd === undefined) return false;
    const name = Buffer.from(directory, 'utf8');
    const message = Buffer.alloc(4 + name.length);
    message.writeUInt32LE(name.length);
    name.copy(message, 4);
    try {
      return writeSync(this.fd, message) === message.length;
    } catch {
      return false;
    }
  }

  retain(): this {
    this.users++;
    return this;
  }
  /** The last one to let go ends it. */
  release(): void {
    this.users--;
    if (this.users > 0 || this.fd === undefined) return;
    closeSync(this.fd);
    this.fd = undefined;
    // It ends at end of file; one that is stopped would not notice.
    if (this.pid > 0) kill(this.pid);
  }
}

/** A copy of the keeper: no child of ours, but a process that is spoken to in the same way. */
export class Copy extends Peer {
  private known = 0;
  private readonly memoryLimit: number;

  constructor(memoryLimit: number) {
    super(freshDirectory());
    this.memoryLimit = memoryLimit;
  }

  get pid(): number {
    return this.known;
  }
  /** Said by its READY. */
  identify(pid: number): void {
    this.known = pid;
    this.register(true);
  }

  /** Whether it came up: its FIFOs are there. */
  async start(keeper: Keeper): Promise<boolean> {
    const directory = this.directory as string;
    if (!keeper.request(directory)) return false;
    const until = Date.now() + START_LIMIT;
    while (!existsSync(join(directory, 'answer'))) {
      if (Date.now() > until) return false;
      await sleep(1);
    }
    this.openChannels();
    return true;
  }

  kill(): void {
    if (this.known !== 0) kill(this.known);
  }

  deathSync(context: DeathReport): CmonsterError {
    return this.death(context, this.timedOut);
  }
  async deathAsync(context: DeathReport, timedOut: boolean): Promise<CmonsterError> {
    return this.death(context, timedOut);
  }
  private death(context: DeathReport, timedOut: boolean): CmonsterError {
    const { memoryLimit } = this;
    const death = this.known === 0 ? undefined : awaitDeathSync(this.known, 500);
    const error = deathError(death, { ...context, timedOut, memoryLimit, stderr: '' });
    this.close();
    return error;
  }

  override close(): void {
    if (this.closed) return;
    this.kill();
    this.register(false);
    super.close();
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
