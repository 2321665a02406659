/** Which agents are alive, as far as this gateway has heard. Soft: a gateway that starts knows nothing, and they tell it again. */
import { bareJid } from '../protocol/jid.js';
import type { Renewal } from '../store/directory.js';

interface Lease {
  full: string;
  epoch: number;
  /** Milliseconds. */
  length: number;
  until: number;
}

export class Leases {
  private readonly leases = new Map<string, Lease>();
  private renewed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  /** @param ended told the full JIDs whose leases have ended */
  constructor(private readonly ended: (agents: string[]) => void) {}

  announce(full: string, epoch: number, length: number): void {
    const known = this.leases.get(bareJid(full));
    if (known && known.epoch > epoch) return;
    this.leases.set(bareJid(full), { full, epoch, length, until: Date.now() + length });
    this.schedule();
  }

  /** @returns whether this gateway knows that start of the agent */
  renew(full: string, epoch: number): boolean {
    const lease = this.leases.get(bareJid(full));
    if (!lease || lease.full !== full || lease.epoch !== epoch) return false;
    lease.until = Date.now() + lease.length;
    this.renewed.add(bareJid(full));
    return true;
  }

  /** It went, or must announce itself again. @param epoch only that start of it; any, when undefined */
  drop(bare: string, epoch?: number): void {
    const lease = this.leases.get(bare);
    if (lease && (epoch === undefined || lease.epoch === epoch)) this.leases.delete(bare);
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
      if (lease) renewals.push({ jid, epoch: lease.epoch, lease: lease.until });
    }
    this.renewed = new Set();
    return renewals;
  }

  private schedule(): void {
    if (this.timer || this.leases.size === 0) return;
    let earliest = Number.POSITIVE_INFINITY;
    for (const { until } of this.leases.values()) earliest = Math.min(earliest, until);
    this.timer = setTimeout(() => this.expire(), Math.max(earliest - Date.now(), 50)).unref();
  }

  private expire(): void {
    this.timer = undefined;
    const now = Date.now();
    const dead: string[] = [];
    for (const [bare, { full, until }] of this.leases) {
      if (until > now) continue;
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
