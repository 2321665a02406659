/**
 * Finds out where a script is when it takes too long: a thread that waits, then stops the main thread through the inspector and
 * reads its stack. The place is written to a pipe of its own (OVERDUE_FD), as the main thread can't be asked for anything.
 */
import { Worker } from 'node:worker_threads';

/** The descriptor on which the parent listens. */
export const OVERDUE_FD = 4;

/**
 * [0]: 0 while nothing is timed, else a number that grows; [1]: milliseconds. Evaluated in the main thread: Error.stack goes through
 * source maps there.
 */
const watcher = `
const { parentPort, workerData } = require('node:worker_threads');
const { Session } = require('node:inspector');
const { writeSync } = require('node:fs');
const state = new Int32Array(workerData.state);
for (;;) {
  Atomics.wait(state, 0, 0);
  const turn = Atomics.load(state, 0);
  if (turn === 0) continue;
  if (Atomics.wait(state, 0, turn, Atomics.load(state, 1)) !== 'timed-out') continue;
  const session = new Session();
  session.connectToMainThread();
  let told = false;
  const tell = (stack) => {
    if (told) return;
    told = true;
    writeSync(${OVERDUE_FD}, JSON.stringify({ stack }) + '\\n');
  };
  session.on('Debugger.paused', ({ params }) => {
    const frame = params.callFrames[0];
    if (!frame) return tell('');
    session.post('Debugger.evaluateOnCallFrame', { callFrameId: frame.callFrameId, expression: 'Error.stackTraceLimit = 50, new Error().stack' }, (error, answer) => {
      tell(error ? '' : String(answer.result.value));
    });
  });
  session.post('Debugger.enable');
  session.post('Debugger.pause');
  // One that waits for a promise runs nothing that could be stopped, unless it is spoken to; one that sleeps in the system not even then.
  parentPort.postMessage('');
  setTimeout(() => tell(''), 10_000);
  break;
}
`;

export class Overdue {
  private readonly state = new Int32Array(new SharedArrayBuffer(8));
  private turn = 0;

  constructor() {
    const thread = new Worker(watcher, { eval: true, workerData: { state: this.state.buffer }, execArgv: [] });
    thread.on('message', () => {});
    thread.unref();
  }

  arm(milliseconds: number): void {
    this.turn++;
    Atomics.store(this.state, 1, milliseconds);
    Atomics.store(this.state, 0, this.turn);
    Atomics.notify(this.state, 0);
  }

  disarm(): void {
    Atomics.store(this.state, 0, 0);
    Atomics.notify(this.state, 0);
  }
}
