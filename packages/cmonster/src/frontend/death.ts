/** Why a child has ended, as a typed error; and how to learn it without the event loop. */
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { CmonsterError, type CmonsterErrorCode } from '../error.js';
import { sleepSync } from '../sleep.js';

export interface Death {
  exitCode: number | null;
  signal: string | null;
}

export interface DeathContext {
  file: string;
  /** What was going on, for the sentence: 'parsing', 'answering a question'. */
  doing: string;
  timedOut: boolean;
  timeLimit: number;
  memoryLimit: number;
  /** The end of what the child printed. */
  stderr: string;
  cause?: unknown;
}

const EXIT_OUT_OF_MEMORY = 71;
const EXIT_BAD_COMMAND_LINE = 64;

/**
 * The state of a child that the event loop had no chance to reap, from Linux's /proc: undefined while it lives, or when
 * this cannot be known. A dead child that was reaped already gives `{ exitCode: null, signal: null }`.
 */
export function deathOf(pid: number): Death | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch (error) {
    if (process.platform !== 'linux') return undefined;
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? { exitCode: null, signal: null } : undefined;
  }
  // The second field is the program's name in parentheses and may hold anything; fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] !== 'Z' && fields[0] !== 'X') return undefined;
  // The first thread may end before the one that works, which holds the pipes and still hears a question.
  if (Number(fields[17]) > 1) return undefined;
  const status = Number(fields[49]);
  const signal = status & 0x7f;
  return signal === 0 ? { exitCode: status >> 8, signal: null } : { exitCode: null, signal: signalName(signal) };
}

/** Waits for a child whose pipe has ended to be really gone: its status is known a moment later. */
export function awaitDeathSync(pid: number, milliseconds = 1000): Death | undefined {
  for (let waited = 0; waited < milliseconds; waited++) {
    const death = deathOf(pid);
    if (death) return death;
    sleepSync(1);
  }
  return undefined;
}

function signalName(number: number): string {
  for (const [name, value] of Object.entries(constants.signals)) if (value === number) return name;
  return `signal ${number}`;
}

/** The error for a child that ended although it should not have. */
export function deathError(death: Death | undefined, context: DeathContext): CmonsterError {
  const { file, doing } = context;
  const fail = (code: CmonsterErrorCode, message: string): CmonsterError =>
    new CmonsterError(code, message + quoteTail(context.stderr), { file, cause: context.cause });
  if (context.timedOut) {
    const seconds = context.timeLimit / 1000;
    return new CmonsterError(
      'TIMEOUT',
      `Clang's frontend was killed: ${doing} took longer than ${seconds} s (raise 'timeLimit' to allow more)`,
      { file },
    );
  }
  if (death?.exitCode === EXIT_OUT_OF_MEMORY) return outOfMemory(context);
  if (death?.exitCode === EXIT_BAD_COMMAND_LINE) {
    return fail('PROTOCOL', 'the frontend does not understand its command line: is it of another version?');
  }
  if (death?.signal) {
    const advice = death.signal === 'SIGKILL' ? ', by somebody else or for lack of memory' : '';
    return fail('FRONTEND_CRASHED', `Clang's frontend died of ${death.signal} while ${doing}${advice}`);
  }
  const status = death?.exitCode === null || death === undefined ? '' : ` with status ${death.exitCode}`;
  return fail('FRONTEND_CRASHED', `Clang's frontend ended${status} while ${doing}`);
}

export function outOfMemory(context: Pick<DeathContext, 'file' | 'doing' | 'memoryLimit'>): CmonsterError {
  return new CmonsterError(
    'OUT_OF_MEMORY',
    `Clang's frontend needs more than ${context.memoryLimit} MiB while ${context.doing} ` +
      "(raise 'memoryLimit' to allow more)",
    { file: context.file },
  );
}

function quoteTail(stderr: string): string {
  const text = stderr.trim();
  return text === '' ? '' : `\n  it printed:\n${text.replace(/^/gm, '    ')}`;
}
