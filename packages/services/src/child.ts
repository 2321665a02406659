// A program whose output is read line by line while it runs, and that ends when nobody wants it any more.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { IgorError } from 'igor';

export interface LinesOptions {
  cwd: string;
  env?: Record<string, string>;
  signal: AbortSignal;
  /** For its standard input. */
  input?: string;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The end of what it wrote to standard error. */
  errors: string;
}

const errorsKept = 8192;
const longestLine = 4 << 20;

/** The child leads a group of its own: what it started ends with it. */
export function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

/** Yields lines of its standard output; returns how it ended. */
export async function* lines(
  program: string,
  args: readonly string[],
  { cwd, env, signal, input = '' }: LinesOptions,
): AsyncGenerator<string, Ended, void> {
  signal.throwIfAborted();
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(program, args, {
    cwd,
    env: env ?? process.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  // It may end before it has read everything.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const stop = (): void => killGroup(child.pid, 'SIGKILL');
  signal.addEventListener('abort', stop);
  const ended = new Promise<Ended>((resolve, reject) => {
    let errors = '';
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => {
      errors = (errors + text).slice(-errorsKept);
    });
    child.on('error', (cause) =>
      reject(new IgorError('internal', `${program} can't be started: ${cause.message}`, { cause })),
    );
    child.on('close', (code, deadBy) => resolve({ code, signal: deadBy, errors }));
  });
  // Looked at below; until then nobody waits for it.
  ended.catch(() => {});
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.length > longestLine) throw new IgorError('resource_exhausted', 'a line of output is too long');
      yield line;
    }
    signal.throwIfAborted();
    return await ended;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}
