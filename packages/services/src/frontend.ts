// Clang's side of cmonster comes as source in a package, and is built where it is first needed. That takes minutes, which is longer than most
// calls may; and a build that ended with the call that began it would begin anew with each, and never be done.
import { spawn } from 'node:child_process';
import { IgorError } from 'igor';
import { ownProgram } from './own-program.js';

/** How long a call waits for it, in milliseconds. Where it is built already it takes a fraction of a second. */
const usualPatience = 10_000;

export class Frontend {
  #there: Promise<string> | undefined;

  /** @param prepare resolves with why it is not there, or nothing */
  constructor(
    private readonly prepare: () => Promise<string> = runProgram,
    private readonly patience = usualPatience,
  ) {}

  /** @throws IgorError `unavailable` while it is built, `failed_precondition` when it can't be */
  async ready(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#there ??= this.prepare();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), this.patience);
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    const problem = await Promise.race([this.#there, late]);
    clearTimeout(timer);
    signal.throwIfAborted();
    if (problem === undefined) {
      const what = 'cmonster’s frontend is being built on this machine: once, a few minutes';
      throw new IgorError('unavailable', `${what}; try again when it is done`);
    }
    if (problem === '') return;
    // Whoever sees to what is missing need not start the agent again.
    this.#there = undefined;
    throw new IgorError('failed_precondition', problem);
  }
}

/** Of this process. */
export const frontend = new Frontend();

/** It goes on when the agent ends: the next one finds what it built. */
function runProgram(): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ownProgram('frontend-program'), { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4000);
    });
    child.once('error', ({ message }) => resolve(`cmonster can't be started: ${message}`));
    child.once('close', (code) => resolve(code === 0 ? '' : errors.trim() || 'cmonster’s frontend does not work'));
  });
}
