// Commands that this agent runs for its callers.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { IgorError } from 'igor';
import { killGroup } from '../child.js';
import { Merged, type ProcessEvent } from './events.js';

export interface Launch {
  program: string;
  args: readonly string[];
  cwd: string;
  env: Record<string, string>;
  input: Uint8Array;
  /** Another account to run as. */
  user: string;
}

const eventsWaiting = 256;
/** Between being asked to end and being ended, in ms. */
const patience = 2000;

export class Running {
  readonly #children = new Map<string, ChildProcess>();

  /** @returns whether it still ran */
  stop(id: string): boolean {
    const child = this.#children.get(id);
    if (!child) return false;
    endGroup(child);
    return true;
  }

  /**
   * Runs a command. Ends with what `last` says of how it went; leaving the loop, or the signal, ends the command and what
   * it started.
   * @param beside what else is told meanwhile, such as calls that are traced
   */
  async *run(
    launch: Launch,
    signal: AbortSignal,
    last: (exit: {
      code: number | null;
      signal: string;
      duration: number;
    }) => AsyncIterable<ProcessEvent> | Iterable<ProcessEvent>,
    beside?: (put: (event: ProcessEvent) => Promise<void>) => () => Promise<void>,
  ): AsyncGenerator<{ is: ProcessEvent }> {
    signal.throwIfAborted();
    const id = randomBytes(9).toString('base64url');
    const begun = performance.now();
    const account = launch.user ? accountOf(launch.user) : undefined;
    const child = spawn(launch.program, [...launch.args], {
      cwd: launch.cwd,
      env: { ...launch.env, ...account?.env },
      stdio: 'pipe',
      detached: true,
      shell: false,
      ...(account && { uid: account.uid, gid: account.gid }),
    });
    const events = new Merged<ProcessEvent>(eventsWaiting);
    const stop = (): void => endGroup(child);
    signal.addEventListener('abort', stop);
    this.#children.set(id, child);
    try {
      await new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve);
        child.once('error', (cause: NodeJS.ErrnoException) =>
          reject(
            new IgorError('failed_precondition', `${launch.program} can't be started: ${cause.code ?? cause.message}`, {
              cause,
            }),
          ),
        );
      });
      child.stdin.on('error', () => {});
      child.stdin.end(launch.input);
      yield { is: { case: 'started', value: { id, pid: child.pid ?? 0 } } };
      const put = (event: ProcessEvent): Promise<void> => events.put(event);
      const finish = beside?.(put);
      const outputs = [pump(child.stdout, 1, put), pump(child.stderr, 2, put)];
      void new Promise<{ code: number | null; dead: NodeJS.Signals | null }>((resolve) =>
        child.once('exit', (code, dead) => resolve({ code, dead })),
      )
        .then(async ({ code, dead }) => {
          const duration = performance.now() - begun;
          // What it started in the background may hold its output open: it ends with its command.
          setTimeout(() => killGroup(child.pid, 'SIGKILL'), 200).unref();
          await Promise.all(outputs);
          await finish?.();
          for await (const event of last({ code, signal: dead ?? '', duration })) await events.put(event);
          events.end();
        })
        .catch((error: unknown) => events.end(error));
      for await (const event of events) yield { is: event };
      signal.throwIfAborted();
    } finally {
      signal.removeEventListener('abort', stop);
      this.#children.delete(id);
      events.end();
      killGroup(child.pid, 'SIGKILL');
    }
  }

  /** For an agent that ends. */
  stopAll(): void {
    for (const child of this.#children.values()) killGroup(child.pid, 'SIGKILL');
  }
}

async function pump(stream: Readable, number: 1 | 2, put: (event: ProcessEvent) => Promise<void>): Promise<void> {
  const decoder = new StringDecoder('utf8');
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const text = decoder.write(chunk);
    if (text) await put({ case: 'output', value: { stream: number, text } });
  }
  const rest = decoder.end();
  if (rest) await put({ case: 'output', value: { stream: number, text: rest } });
}

function endGroup(child: ChildProcess): void {
  killGroup(child.pid, 'SIGTERM');
  setTimeout(() => killGroup(child.pid, 'SIGKILL'), patience).unref();
}

interface UserAccount {
  uid: number;
  gid: number;
  env: Record<string, string>;
}

/** By /etc/passwd. Node leaves the agent's own further groups behind. @throws IgorError `failed_precondition` */
function accountOf(user: string): UserAccount {
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === user);
  if (!entry) throw new IgorError('failed_precondition', `this machine has no account ${user}`);
  if (process.getuid?.() !== 0)
    throw new IgorError('failed_precondition', 'only an agent that is root can run as somebody else');
  const [, , uid, gid, , home = '/'] = entry;
  return { uid: Number(uid), gid: Number(gid), env: { HOME: home, USER: user, LOGNAME: user } };
}
