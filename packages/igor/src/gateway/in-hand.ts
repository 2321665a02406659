/**
 * Which calls are in the hands of which start of an agent, and what becomes of them when that start is gone: nobody will tell their outcomes any more.
 * Soft: a gateway that starts is told which calls are open, and by which start they are held.
 */
import type { Frame } from '../protocol/frames.js';
import { bareJid } from '../protocol/jid.js';

interface Start {
  calls: Set<string>;
  /** When its calls are given up, on this process's own clock; infinite while it is there. */
  end: number;
}

const now = () => performance.now();
/** An agent that is back as another start has so long to tell what its journal knows, and again after each word of it. Milliseconds. */
export const tellTime = 3000;
/** A start whose account another one uses now, and whose connection is not known to be lost, may be there all the same. It speaks more often than this. */
const doubleTime = 40_000;

export class InHand {
  private readonly origins = new Map<string, { agent: string; origin: string }>();
  /** By full JID. */
  private readonly starts = new Map<string, Start>();
  private timer: NodeJS.Timeout | undefined;
  /** Until the gateway hears agents again, none of them is held for gone. */
  private deaf = false;

  /** @param lost told what a start had that is gone, with its full JID. It takes the calls away, or says again that it is gone */
  constructor(private readonly lost: (agent: string, calls: string[]) => void) {}

  /** @param origin the instance that started it: it is told first */
  add(call: string, agent: string, origin: string): void {
    this.delete(call);
    this.origins.set(call, { agent, origin });
    const start = this.starts.get(agent);
    if (start) start.calls.add(call);
    else this.starts.set(agent, { calls: new Set([call]), end: Number.POSITIVE_INFINITY });
  }

  has(call: string): boolean {
    return this.origins.has(call);
  }

  delete(call: string): void {
    const known = this.origins.get(call);
    if (!known) return;
    this.origins.delete(call);
    const start = this.starts.get(known.agent);
    if (start?.calls.delete(call) && start.calls.size === 0) this.starts.delete(known.agent);
  }

  originOf(call: string): string {
    return this.origins.get(call)?.origin ?? '';
  }

  /**
   * Its connection was lost: it has `patience` milliseconds to come back. Without any it is dead.
   * @param agent a full JID, or a bare one for all of its starts
   */
  gone(agent: string, patience: number): void {
    for (const [full, start] of this.starts) {
      if (full === agent || bareJid(full) === agent) start.end = Math.min(start.end, now() + patience);
    }
    this.schedule();
  }

  /** It is there, and so are its calls. Of other starts of this account what is gone does not come back. */
  came(agent: string): void {
    this.isThere(agent);
    const bare = bareJid(agent);
    for (const other of this.starts.keys()) {
      if (other === agent || bareJid(other) !== bare) continue;
      this.gone(other, this.isGone(other) ? tellTime : doubleTime);
    }
  }

  /** What an agent says shows that it is there; what it says of a call of an earlier start, that its journal has more to tell. */
  heard(agent: string, frames: readonly Frame[]): void {
    this.isThere(agent);
    for (const frame of frames) {
      const other = 'call' in frame ? this.origins.get(frame.call)?.agent : undefined;
      const start = other === undefined || other === agent ? undefined : this.starts.get(other);
      if (start && start.end < Number.POSITIVE_INFINITY) start.end = Math.max(start.end, now() + tellTime);
    }
  }

  private isThere(agent: string): void {
    const start = this.starts.get(agent);
    if (start) start.end = Number.POSITIVE_INFINITY;
  }

  private isGone(agent: string): boolean {
    return (this.starts.get(agent)?.end ?? Number.POSITIVE_INFINITY) < Number.POSITIVE_INFINITY;
  }

  /** The gateway's own connection was lost. */
  pause(): void {
    this.deaf = true;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** @param patience milliseconds that agents have to come back, too */
  resume(patience: number): void {
    this.deaf = false;
    for (const start of this.starts.values()) {
      if (start.end < Number.POSITIVE_INFINITY) start.end = Math.max(start.end, now() + patience);
    }
    this.schedule();
  }

  private schedule(): void {
    if (this.deaf) return;
    clearTimeout(this.timer);
    let earliest = Number.POSITIVE_INFINITY;
    for (const { end } of this.starts.values()) earliest = Math.min(earliest, end);
    if (earliest === Number.POSITIVE_INFINITY) return;
    this.timer = setTimeout(() => this.look(), Math.max(earliest - now(), 0)).unref();
  }

  private look(): void {
    for (const [agent, start] of this.starts) {
      if (start.end > now()) continue;
      start.end = Number.POSITIVE_INFINITY;
      this.lost(agent, [...start.calls]);
    }
    this.schedule();
  }

  close(): void {
    clearTimeout(this.timer);
  }
}
