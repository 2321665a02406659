/**
 * One frontend process: started, asked to parse, asked questions, ended. docs/formats/protocol.md, "Start".
 *
 * Parsing goes over stdio with promises (`Child.start`), or over the FIFOs without the event loop (`Child.startSync`).
 * Questions are always synchronous. What the child prints goes to a file without a name, which needs no event loop either
 * and is quoted when the child dies.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CmonsterError } from '../error.js';
import { awaitDeathSync, type Death, deathError } from './death.js';
import { withHugePages } from './huge-pages.js';
import { type DeathReport, Peer } from './peer.js';

export interface ChildOptions {
  /** The frontend's program. */
  frontend: string;
  /** Working directory: what relative paths of the compiler's arguments refer to. */
  cwd: string;
  /** MiB of address space that the child may use. */
  memoryLimit: number;
  channel: 'stdio' | 'fifo';
  /** The input, for messages. */
  file?: string;
}

const STDERR_TAIL = 4096;
/** For glibc's malloc: only one thread works, and only the first arena grows in huge pages. */
const ONE_ARENA = ':glibc.malloc.arena_max=1';

export class Child extends Peer {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly options: ChildOptions;
  private stderrFd: number;
  /** In `fifo` mode: what the child writes to stdout before the FIFOs are open (the READY frame). */
  private stdoutFd: number | undefined;
  private exited: Death | undefined;
  /** Resolves when the event loop has seen the child's end. */
  readonly exit: Promise<Death>;

  constructor(options: ChildOptions) {
    const directory = mkdtempSync(join(tmpdir(), 'cmonster-'));
    super(directory);
    this.options = options;
    this.stderrFd = openUnnamed(join(directory, 'stderr'));
    this.stdoutFd = options.channel === 'fifo' ? openUnnamed(join(directory, 'stdout')) : undefined;
    const args = ['--dir', directory, '--parse', options.channel, '--memory-limit', String(options.memoryLimit)];
    try {
      this.process = spawn(options.frontend, args, {
        cwd: options.cwd,
        env: withHugePages(ONE_ARENA),
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
        this.register(false);
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
    this.register(true);
  }

  private startError(cause: unknown): CmonsterError {
    const { frontend, cwd, file } = this.options;
    return new CmonsterError('FRONTEND_START', `cannot start '${frontend}' in '${cwd}': is it there and executable?`, {
      ...(file !== undefined && { file }),
      cause,
    });
  }

  override setRef(ref: boolean): void {
    const handles = [this.process, this.process.stdin, this.process.stdout] as ({
      ref?(): void;
      unref?(): void;
    } | null)[];
    for (const handle of handles) ref ? handle?.ref?.() : handle?.unref?.();
  }

  /** `fifo` mode: the first `size` bytes the child wrote to stdout, undefined until there are as many. */
  readStdoutSync(size: number): Uint8Array | undefined {
    const bytes = new Uint8Array(size);
    return readSync(this.stdoutFd as number, bytes, 0, size, 0) === size ? bytes : undefined;
  }

  kill(): void {
    try {
      this.process.kill('SIGKILL');
    } catch {
      // Not ours any more, or gone.
    }
  }

  deathSync(context: DeathReport): CmonsterError {
    // A child that closed its pipe but lives on is of no use either.
    const death = this.exited ?? awaitDeathSync(this.pid, this.timedOut ? 2000 : 500);
    const error = this.errorFor(death, context, this.timedOut);
    this.close();
    return error;
  }

  async deathAsync(context: DeathReport, timedOut: boolean): Promise<CmonsterError> {
    const grace = setTimeout(() => this.kill(), 500);
    const death = await this.exit;
    clearTimeout(grace);
    const error = this.errorFor(death, context, timedOut);
    this.close();
    return error;
  }

  private errorFor(death: Death | undefined, context: DeathReport, timedOut: boolean): CmonsterError {
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

  override close(): void {
    if (this.closed) return;
    if (this.pid !== undefined && !this.exited) this.kill();
    super.close();
    for (const fd of [this.stderrFd, this.stdoutFd]) if (fd !== undefined) closeSync(fd);
    this.stdoutFd = undefined;
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
