/**
 * One frontend process: started, asked to parse, asked questions, ended. docs/formats/protocol.md, "Start".
 *
 * Parsing goes over stdio with promises (`Child.start`), or over the FIFOs without the event loop (`Child.startSync`).
 * Questions are always synchronous. What the child prints goes to a file without a name, which needs no event loop either
 * and is quoted when the child dies.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CmonsterError } from '../error.js';
import { awaitDeathSync, type Death, type DeathContext, deathError } from './death.js';
import { sleepSync, Watch } from './watchdog.js';

export interface ChildOptions {
  /** The frontend's program. */
  frontend: string;
  /** Working directory: what relative paths of the compiler's arguments refer to. */
  cwd: string;
  /** MiB of address space that the child may use. */
  memoryLimit: number;
  channel: 'stdio' | 'fifo';
}

const STDERR_TAIL = 4096;

const living = new Set<Child>();
let hooked = false;

/** Nothing survives this process: children end with it even when nobody disposed of them. */
function hookExit(): void {
  if (hooked) return;
  hooked = true;
  process.on('exit', () => {
    for (const child of living) child.kill();
  });
}

export class Child {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly options: ChildOptions;
  private directory: string | undefined;
  private stderrFd: number;
  /** In `fifo` mode: what the child writes to stdout before the FIFOs are open (the READY frame). */
  private stdoutFd: number | undefined;
  private askFd: number | undefined;
  private answerFd: number | undefined;
  private watching: Watch | undefined;
  private closed = false;
  private exited: Death | undefined;
  /** Resolves when the event loop has seen the child's end. */
  readonly exit: Promise<Death>;

  constructor(options: ChildOptions) {
    hookExit();
    this.options = options;
    const directory = mkdtempSync(join(tmpdir(), 'cmonster-'));
    this.directory = directory;
    this.stderrFd = openUnnamed(join(directory, 'stderr'));
    this.stdoutFd = options.channel === 'fifo' ? openUnnamed(join(directory, 'stdout')) : undefined;
    const args = ['--dir', directory, '--parse', options.channel, '--memory-limit', String(options.memoryLimit)];
    try {
      this.process = spawn(options.frontend, args, {
        cwd: options.cwd,
        stdio: ['pipe', this.stdoutFd ?? 'pipe', this.stderrFd],
      });
    } catch (error) {
      this.close();
      throw this.startError(error);
    }
    let failed: unknown;
    this.exit = new Promise((resolve) => {
      this.process.once('error', (error) => {
        failed = error;
        if (this.process.pid === undefined) resolve({ exitCode: null, signal: null });
      });
      this.process.once('exit', (exitCode, signal) => {
        this.exited = { exitCode, signal };
        living.delete(this);
        resolve(this.exited);
      });
    });
    // Writing to a child that has died is reported by its exit, with the reason; EPIPE adds nothing.
    this.process.stdin?.on('error', () => {});
    this.process.stdout?.on('error', () => {});
    if (this.process.pid === undefined) {
      this.close();
      throw this.startError(failed);
    }
    this.pid = this.process.pid;
    living.add(this);
  }

  private startError(cause: unknown): CmonsterError {
    const { frontend, cwd } = this.options;
    return new CmonsterError('FRONTEND_START', `cannot start '${frontend}' in '${cwd}': is it there and executable?`, {
      cause,
    });
  }

  get isOpen(): boolean {
    return !this.closed && this.askFd !== undefined;
  }

  /** Whether the event loop must stay alive for this child: while a promise waits for it. */
  setRef(ref: boolean): void {
    const handles = [this.process, this.process.stdin, this.process.stdout] as ({
      ref?(): void;
      unref?(): void;
    } | null)[];
    for (const handle of handles) ref ? handle?.ref?.() : handle?.unref?.();
  }

  /** Opens the FIFOs, which must exist, and removes every name of them. Neither open can block: the child has both open. */
  openChannels(): void {
    const directory = this.directory as string;
    this.askFd = openSync(join(directory, 'ask'), 'w');
    this.answerFd = openSync(join(directory, 'answer'), 'r');
    this.removeDirectory();
  }

  private removeDirectory(): void {
    if (this.directory === undefined) return;
    rmSync(this.directory, { recursive: true, force: true });
    this.directory = undefined;
  }

  /** `fifo` mode: the first `size` bytes the child wrote to stdout, undefined until there are as many. */
  readStdoutSync(size: number): Uint8Array | undefined {
    const bytes = new Uint8Array(size);
    return readSync(this.stdoutFd as number, bytes, 0, size, 0) === size ? bytes : undefined;
  }

  /** Every blocking call below runs under this limit. */
  arm(milliseconds: number): void {
    this.watching ??= Watch.of(this.pid);
    this.watching?.arm(milliseconds);
  }
  disarm(): void {
    this.watching?.disarm();
  }
  get timedOut(): boolean {
    return this.watching?.fired ?? false;
  }

  /** Writes all of it; false when the child has gone. */
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

  /** Reads what is there, at least a byte; 0 when the child has gone. */
  readSync(bytes: Uint8Array, at: number, size: number): number {
    for (;;) {
      try {
        return readSync(this.answerFd as number, bytes, at, size, null);
      } catch (error) {
        if (!retry(error)) return 0;
      }
    }
  }

  get answerDescriptor(): number {
    return this.answerFd as number;
  }

  kill(): void {
    try {
      this.process.kill('SIGKILL');
    } catch {
      // Not ours any more, or gone.
    }
  }

  /** The error for a child whose pipe has ended, learned without the event loop. */
  deathSync(context: Omit<DeathContext, 'stderr' | 'timedOut' | 'memoryLimit'>): CmonsterError {
    // A child that closed its pipe but lives on is of no use either.
    const death = this.exited ?? awaitDeathSync(this.pid, this.timedOut ? 2000 : 500);
    const error = this.errorFor(death, context, this.timedOut);
    this.close();
    return error;
  }

  async deathAsync(
    context: Omit<DeathContext, 'stderr' | 'timedOut' | 'memoryLimit'>,
    timedOut: boolean,
  ): Promise<CmonsterError> {
    const grace = setTimeout(() => this.kill(), 500);
    const death = await this.exit;
    clearTimeout(grace);
    const error = this.errorFor(death, context, timedOut);
    this.close();
    return error;
  }

  private errorFor(
    death: Death | undefined,
    context: Omit<DeathContext, 'stderr' | 'timedOut' | 'memoryLimit'>,
    timedOut: boolean,
  ): CmonsterError {
    return deathError(death, {
      ...context,
      timedOut,
      memoryLimit: this.options.memoryLimit,
      stderr: timedOut ? '' : this.stderrTail(),
    });
  }

  /** The end of what the child printed. */
  stderrTail(): string {
    if (this.closed) return '';
    // The file's position is shared with the child, which only appends: it stands at the end.
    const bytes = Buffer.alloc(STDERR_TAIL);
    let size = 0;
    let at = 0;
    for (;;) {
      const got = readSync(this.stderrFd, bytes, 0, STDERR_TAIL, at);
      if (got === 0) break;
      size = got;
      at += got;
    }
    return bytes.toString('utf8', 0, size);
  }

  /** Ends the child and lets go of everything. May be called again. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.pid !== undefined && !this.exited) this.kill();
    this.watching?.release();
    this.watching = undefined;
    for (const fd of [this.askFd, this.answerFd, this.stderrFd, this.stdoutFd]) if (fd !== undefined) closeSync(fd);
    this.askFd = this.answerFd = this.stdoutFd = undefined;
    this.removeDirectory();
    if (this.process) {
      this.process.stdin?.destroy();
      this.process.stdout?.destroy();
      this.process.unref();
    }
  }
}

function openUnnamed(path: string): number {
  const fd = openSync(path, 'a+', 0o600);
  unlinkSync(path);
  return fd;
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
