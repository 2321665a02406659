/** Files that other programs draw: a timeline for Perfetto and chrome://tracing, stacks for a flame graph. */
import { closeSync, renameSync, rmSync, writeSync } from 'node:fs';
import { openOutput } from '../report/report.js';
import { writeFileAtomically } from '../script/atomic.js';
import type { CallFormatter, TraceCall } from './format.js';

/** Trace Event Format, https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU: complete events. */
export class Timeline {
  private readonly path: string;
  private readonly fd: number;
  private first = true;

  /** @throws MrhookerError `config` */
  constructor(path: string) {
    this.path = path;
    this.fd = openOutput(`${path}.part`);
    writeSync(this.fd, '{"displayTimeUnit":"ns","traceEvents":[');
  }

  add(call: TraceCall, formatter: CallFormatter): void {
    const { fn, begin, duration, pid, tid, error } = call;
    const texts = formatter.arguments(call);
    const args = Object.fromEntries(texts.map((text, index) => [fn.parameters[index]?.name ?? `a${index}`, text]));
    const event = {
      name: fn.name,
      ph: duration === undefined ? 'i' : 'X',
      ts: begin * 1e6,
      ...(duration !== undefined && { dur: duration * 1e6 }),
      pid,
      tid,
      args: { ...args, ...(error !== undefined && { error }) },
    };
    writeSync(this.fd, `${this.first ? '' : ','}\n${JSON.stringify(event)}`);
    this.first = false;
  }

  /** Puts the file in its place. */
  close(): void {
    writeSync(this.fd, '\n]}\n');
    closeSync(this.fd);
    renameSync(`${this.path}.part`, this.path);
  }

  discard(): void {
    closeSync(this.fd);
    rmSync(`${this.path}.part`, { force: true });
  }
}

/** A line for each stack, outermost frame first, with the microseconds that its calls took: what flamegraph.pl reads. */
export class FoldedStacks {
  private readonly path: string;
  private readonly microseconds = new Map<string, number>();

  constructor(path: string) {
    this.path = path;
  }

  add({ fn, stack, duration = 0 }: TraceCall): void {
    const frames = [fn.name, ...stack.map((frame) => frame.replace(/\+0x[0-9a-f]+ .*$/, '').replaceAll(';', ':'))];
    const key = frames.reverse().join(';');
    this.microseconds.set(key, (this.microseconds.get(key) ?? 0) + duration * 1e6);
  }

  close(): void {
    const lines = [...this.microseconds].sort().map(([stack, time]) => `${stack} ${Math.max(1, Math.round(time))}\n`);
    writeFileAtomically(this.path, lines.join(''));
  }
}
