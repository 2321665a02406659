/** Writing to standard output in large pieces, at the reader's pace. */
import { once } from 'node:events';

const CHUNK = 1 << 16;

export class Output {
  private readonly stream: NodeJS.WriteStream;
  private pending = '';
  private gone = false;

  constructor(stream: NodeJS.WriteStream = process.stdout) {
    this.stream = stream;
    // `cmonster dump … | head` is no error of anybody's.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      this.gone = true;
    });
  }

  /** Whether nobody reads any more. */
  get closed(): boolean {
    return this.gone;
  }

  async write(text: string): Promise<void> {
    this.pending += text;
    if (this.pending.length >= CHUNK) await this.flush();
  }

  /** What is not text, such as a diff of files that are not UTF-8. */
  async writeBytes(bytes: Uint8Array): Promise<void> {
    await this.flush();
    if (!this.gone) this.stream.write(bytes);
  }

  async flush(): Promise<void> {
    const text = this.pending;
    this.pending = '';
    if (text === '' || this.gone) return;
    if (this.stream.write(text)) return;
    await Promise.race([once(this.stream, 'drain'), once(this.stream, 'close')]).catch(() => {});
  }
}
