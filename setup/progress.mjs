// Runs a long command so that a person sees that it lives: on a terminal a line that rewrites itself, elsewhere a plain
// line now and then. Everything goes to stderr: stdout belongs to the job that setup prepares. The command's whole
// output is kept in a log, and its end is shown when the command fails.

import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { relative } from 'node:path';
import { finished } from 'node:stream/promises';
import { root, setupCache } from './paths.mjs';
import { SetupError } from './setup-error.mjs';

const plainInterval = 5_000;
const liveInterval = 120;
const tailLines = 25;

/**
 * @typedef {object} Run
 * @property {string} title what a person sees while it runs, for instance `native build`
 * @property {string} log the log's name, without folder and extension
 * @property {string} [cwd]
 * @property {Record<string, string>} [env] added to this process's own
 * @property {string} [advice] what to do when it fails
 */

/**
 * Resolves when the command exits with 0; otherwise throws a SetupError that holds the end of its output.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Run} run
 */
export async function runLogged(command, args, { title, log, cwd = root, env = {}, advice }) {
  mkdirSync(setupCache, { recursive: true });
  const logPath = `${setupCache}/${log}.log`;
  const logFile = createWriteStream(logPath);
  logFile.write(`$ ${[command, ...args].join(' ')}\n`);

  const line = new ProgressLine(title);
  /** @type {string[]} */
  const tail = [];
  let rest = '';
  /** @param {Buffer} chunk */
  const take = (chunk) => {
    logFile.write(chunk);
    const lines = (rest + chunk.toString()).split(/[\r\n]+/);
    rest = lines.pop() ?? '';
    for (const text of lines.filter((text) => text.trim())) {
      tail.push(text);
      if (tail.length > tailLines) tail.shift();
      line.show(text);
    }
  };

  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  /** @type {number | string} */
  const outcome = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'no exit code'));
  });
  if (rest.trim()) tail.push(rest);
  logFile.end();
  await finished(logFile);

  line.end(outcome === 0);
  if (outcome !== 0) {
    const how = typeof outcome === 'number' ? `exited with ${outcome}` : `ended: ${outcome}`;
    throw new SetupError(`${title}: ${command} ${how}`, {
      output: tail.join('\n'),
      advice: [advice, `The whole output is in ${relative(process.cwd(), logPath) || logPath}`]
        .filter(Boolean)
        .join('\n'),
    });
  }
}

/** One line about one thing under way. */
export class ProgressLine {
  #title;
  #started = performance.now();
  #stream;
  #latest = '';
  #timer;
  #printed = '';

  /**
   * @param {string} title
   * @param {{ isTTY?: boolean, columns?: number, write(text: string): unknown }} [stream]
   */
  constructor(title, stream = process.stderr) {
    this.#title = title;
    this.#stream = stream;
    if (stream.isTTY) {
      this.#drawLive();
      this.#timer = setInterval(() => this.#drawLive(), liveInterval);
    } else {
      stream.write(`${title} …\n`);
      this.#timer = setInterval(() => this.#drawPlain(), plainInterval);
    }
    this.#timer.unref();
  }

  /** @param {string} text the newest thing to say, for instance the last line that a command printed */
  show(text) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of the program that printed it
    this.#latest = text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, '').trim();
  }

  /** @param {boolean} ok */
  end(ok) {
    clearInterval(this.#timer);
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[2K');
    this.#stream.write(`${this.#title}: ${ok ? 'done in' : 'failed after'} ${formatSeconds(this.#elapsed())}\n`);
  }

  #elapsed() {
    return performance.now() - this.#started;
  }

  #drawLive() {
    const text = `${this.#title}  ${formatSeconds(this.#elapsed())}  ${this.#latest}`;
    this.#stream.write(`\r\x1b[2K${text.slice(0, (this.#stream.columns ?? 80) - 1)}`);
  }

  #drawPlain() {
    // A command that says nothing new is still worth a line: it may be linking for a minute.
    this.#printed = this.#latest === this.#printed ? '' : this.#latest;
    this.#stream.write(`  ${this.#title}, ${formatSeconds(this.#elapsed())}  ${this.#printed.slice(0, 160)}`.trimEnd());
    this.#stream.write('\n');
    this.#printed = this.#latest;
  }
}

/** @param {number} milliseconds */
export function formatSeconds(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds) % 60} s`;
}
