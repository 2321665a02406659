/** Files that other programs draw: a timeline for Perfetto and chrome://tracing, stacks for a flame graph. */
import { Output } from '../report/output.js';
import { type Part, partOf } from '../script/atomic.js';
import type { CallFormatter, TraceCall } from './format.js';

/** One that is put in its place when it is whole. */
class Drawing {
  private readonly part: Part;
  protected readonly output: Output;

  /** @throws MrhookerError `config` */
  constructor(path: string) {
    this.part = partOf(path);
    this.output = new Output(this.part.path, path);
  }

  /** Says whether it is there; what was wrong has been said. */
  close(): boolean {
    this.output.close();
    if (this.output.broken) this.part.discard();
    else this.part.keep();
    return !this.output.broken;
  }
}

const BEGIN = '{"displayTimeUnit":"ns","traceEvents":[\n';

/** Trace Event Format, https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU: complete events. */
export class Timeline extends Drawing {
  private separator = BEGIN;

  add(call: TraceCall, formatter: CallFormatter): void {
    const { fn, begin, duration, pid, tid, error } = call;
    const texts = formatter.arguments(call);
    const args = Object.fromEntries(texts.map((text, index) => [fn.parameters[index]?.name ?? `a${index}`, text]));
    this.event({
      name: fn.name,
      ph: duration === undefined ? 'i' : 'X',
      ts: begin * 1e6,
      ...(duration !== undefined && { dur: duration * 1e6 }),
      pid,
      tid,
      args: { ...args, ...(error !== undefined && { error }) },
    });
  }

  private event(event: object): void {
    this.output.write(`${this.separator}${JSON.stringify(event)}`);
    this.separator = ',\n';
  }

  override close(): boolean {
    this.output.write(`${this.separator === BEGIN ? BEGIN : ''}\n]}\n`);
    return super.close();
  }
}

/** A line for each stack, outermost frame first, with the microseconds that its calls took: what flamegraph.pl reads. */
export class FoldedStacks extends Drawing {
  private readonly microseconds = new Map<string, number>();

  add({ fn, stack, duration = 0 }: TraceCall): void {
    const frames = [fn.name, ...stack.map((frame) => frame.replace(/\+0x[0-9a-f]+ .*$/, '').replaceAll(';', ':'))];
    const key = frames.reverse().join(';');
    this.microseconds.set(key, (this.microseconds.get(key) ?? 0) + duration * 1e6);
  }

  override close(): boolean {
    for (const [stack, time] of [...this.microseconds].sort())
      this.output.write(`${stack} ${Math.max(1, Math.round(time))}\n`);
    return super.close();
  }
}
