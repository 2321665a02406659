/** One line at the bottom of a terminal: how much is done, and how long the rest will take, once that can be told. */

const WIDTH = 24;
/** Milliseconds between two drawings. */
const PACE = 80;
/** No estimate before so much time, and so much of the work, have gone by. */
const ENOUGH_TIME = 2000;
const ENOUGH_WORK = 0.04;
/** How much of the estimate the latest stretch of work decides. */
const LATEST = 0.3;

export class Progress {
  private readonly stream: NodeJS.WriteStream;
  private readonly total: number;
  private readonly what: string;
  private readonly start = Date.now();
  private done = 0;
  private drawn = 0;
  private shown = false;
  private latest = '';
  /** Milliseconds per file, of late. */
  private pace: number | undefined;
  private lastTime = Date.now();
  private lastDone = 0;

  /** Silent unless the stream is a terminal that can move its cursor. */
  static on(stream: NodeJS.WriteStream, total: number, what = 'files'): Progress | undefined {
    return stream.isTTY && process.env.TERM !== 'dumb' && total > 1 ? new Progress(stream, total, what) : undefined;
  }

  private constructor(stream: NodeJS.WriteStream, total: number, what: string) {
    this.stream = stream;
    this.total = total;
    this.what = what;
    this.draw();
  }

  advance(name: string): void {
    this.done++;
    this.latest = name;
    const now = Date.now();
    if (now - this.lastTime >= 500) {
      const pace = (now - this.lastTime) / (this.done - this.lastDone);
      this.pace = this.pace === undefined ? pace : this.pace * (1 - LATEST) + pace * LATEST;
      this.lastTime = now;
      this.lastDone = this.done;
    }
    if (now - this.drawn >= PACE) this.draw();
  }

  /** Makes room for other output; the line comes back with the next file. */
  clear(): void {
    if (this.shown) this.stream.write('\r\u001b[K');
    this.shown = false;
    this.drawn = 0;
  }

  private draw(): void {
    const part = this.done / this.total;
    const bar = '█'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '░');
    const head = `${bar} ${this.done} of ${this.total} ${this.what}${this.remaining()}`;
    const room = (this.stream.columns ?? 80) - head.length - 3;
    const name = this.latest.length > room ? `…${this.latest.slice(-Math.max(0, room - 1))}` : this.latest;
    this.stream.write(`\r${head}${room > 8 ? `  ${name}` : ''}\u001b[K`);
    this.shown = true;
    this.drawn = Date.now();
  }

  private remaining(): string {
    const passed = Date.now() - this.start;
    if (this.pace === undefined || passed < ENOUGH_TIME || this.done / this.total < ENOUGH_WORK) return '';
    const overall = passed / this.done;
    const left = (this.total - this.done) * ((this.pace + overall) / 2);
    return `, about ${duration(left)} left`;
  }
}

/** Rounded as coarsely as an estimate deserves. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90) return `${Math.round(seconds / 5) * 5} s`;
  const minutes = seconds / 60;
  return minutes < 90 ? `${Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`;
}
