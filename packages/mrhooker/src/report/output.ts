// Where lines for the person go: standard error, or a file.

import { closeSync, openSync, writeSync } from 'node:fs';
import { unwritable } from '../error.js';

/** A full disk or a closed stream is no reason to disturb the command: it is said once, and what comes after is lost. */
export class Output {
  readonly #fd: number;
  readonly #name: string | undefined;
  #broken = false;

  /**
   * @param path standard error when there is none
   * @param name what to call it when something is wrong with it
   * @throws MrhookerError `config`
   */
  constructor(path?: string, name = path) {
    this.#name = name;
    try {
      this.#fd = path === undefined ? 2 : openSync(path, 'w', 0o644);
    } catch (cause) {
      throw unwritable(name as string, cause);
    }
  }

  /** Whether something could not be written. */
  get broken(): boolean {
    return this.#broken;
  }

  write(text: string): void {
    if (this.#broken) return;
    const bytes = Buffer.from(text);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSome(this.#fd, bytes, at);
    } catch (error) {
      this.#broken = true;
      const { code } = error as NodeJS.ErrnoException;
      if (this.#name !== undefined) process.stderr.write(`mrhooker: ${this.#name}: ${code}; the rest of it is lost\n`);
    }
  }

  close(): void {
    if (this.#fd !== 2) closeSync(this.#fd);
  }
}

function writeSome(fd: number, bytes: Buffer, at: number): number {
  for (;;) {
    try {
      return writeSync(fd, bytes, at);
    } catch (error) {
      // A terminal or pipe may be non-blocking because another process made it so.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}
