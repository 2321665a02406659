/** Which agents are alive, as far as this gateway has heard. Soft: a gateway that starts knows nothing, and they tell it again. */
import { bareJid } from '../protocol/jid.js';
import type { Renewal } from '../store/directory.js';

interface Lease {
  full: string;
  epoch: number;
  /** Milliseconds. */
  length: number;
  /** On this process's own clock, which nobody can set. */
  until: number;
}

const now = () => performance.now();
/** When this process itself stood still for longer, in milliseconds, what was said meanwhile is heard before anybody counts as dead. */
const stall = 500;

export class Leases {
  private readonly leases = new Map<string, Lease>();
  private renewed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  /** @param ended told the full JIDs whose leases have ended */
  constructor(private readonly ended: (agents: string[]) => void) {}

  /** @returns false when a later start of the same agent is there */
  announce(full: string, epoch: number, length: number): boolean {
    if (this.hasLater(full, epoch)) return false;
    this.leases.set(bareJid(full), { full, epoch, length, until: now() + length });
    this.schedule();
    return true;
  }

  /** Whether a later start of the same agent is there. Then two machines use one account. */
  hasLater(full: string, epoch: number): boolean {
    const known = this.leases.get(bareJid(full));
    return known !== undefined && known.epoch > epoch;
  }

  /** @returns whether this gateway knows that start of the agent */
  renew(full: string, epoch: number): boolean {
    const lease = this.leases.get(bareJid(full));
    if (!lease || lease.full !== full || lease.epoch !== epoch) return false;
    lease.until = now() + lease.length;
    this.renewed.add(bareJid(full));
    return true;
  }

  /** It went, or must announce itself again. @param epoch only that start of it; any, when undefined */
  drop(bare: string, epoch?: number): void {
    const lease = this.leases.get(bare);
    if (lease && (epoch === undefined || lease.epoch === epoch)) this.leases.delete(bare);
  }

  /** Milliseconds until this start counts as dead; undefined when it has no lease here. */
  left(bare: string, epoch: number): number | undefined {
    const lease = this.leases.get(bare);
    return lease?.epoch === epoch ? lease.until - now() : undefined;
  }

  has(bare: string): boolean {
    return this.leases.has(bare);
  }

  agents(): string[] {
    return [...this.leases.keys()];
  }

  /** What was renewed since the last time. */
  takeRenewed(): Renewal[] {
    const renewals: Renewal[] = [];
    for (const jid of this.renewed) {
      const lease = this.leases.get(jid);
      if (lease) renewals.push({ jid, epoch: lease.epoch, lease: Math.round(Date.now() + lease.until - now()) });
    }
    this.renewed = new Set();
    return renewals;
  }

  private schedule(): void {
    if (this.timer || this.leases.size === 0) return;
    let earliest = Number.POSITIVE_INFINITY;
    for (const { until } of this.leases.values()) earliest = Math.min(earliest, until);
    this.wakeAt(Math.max(earliest, now() + 50));
  }

  private wakeAt(time: number): void {
    this.timer = setTimeout(() => this.expire(time), time - now()).unref();
  }

  private expire(planned: number): void {
    this.timer = undefined;
    const present = now();
    if (present - planned > stall) {
      this.wakeAt(present + stall);
      return;
    }
    const dead: string[] = [];
    for (const [bare, { full, until }] of this.leases) {
      if (until > present) continue;
      this.leases.delete(bare);
      dead.push(full);
    }
    if (dead.length > 0) this.ended(dead);
    this.schedule();
  }

  close(): void {
    clearTimeout(this.timer);
    this.leases.clear();
  }
}
