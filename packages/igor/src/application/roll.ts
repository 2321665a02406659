/** The roll of agents: who is there, as presence and leases tell, in the directory that all instances share. */
import { IgorError } from '../error.js';
import type { PresenceEvent } from '../gateway/ports.js';
import { readDescriptor, sha256 } from '../protocol/descriptor.js';
import type { Announcement } from '../protocol/frames.js';
import { bareJid, resourceOf } from '../protocol/jid.js';
import { type AgentRecord, updateAgent } from '../store/directory.js';
import { type AgentInfo, agentsChannel } from './api.js';
import { type Core, show } from './core.js';

/** Agents that came a moment ago are not looked up again for every call. Milliseconds. */
const freshFor = 1000;

export class Roll {
  private readonly recent = new Map<string, { record: AgentRecord; until: number }>();
  onAgent: (agent: AgentInfo) => void = () => {};
  /** An agent can take calls: those that wait for it may go. */
  onAvailable: (record: AgentRecord) => Promise<void> = async () => {};

  constructor(private readonly core: Core) {}

  /** @param fresh not from memory */
  async find(jid: string, fresh = false): Promise<AgentRecord | undefined> {
    const bare = bareJid(jid);
    const known = this.recent.get(bare);
    const now = Date.now();
    if (!fresh && known && known.until > now && known.record.lease > now) return known.record;
    const found = await this.core.directory.get(bare);
    if (found) this.remember(found.record);
    else this.recent.delete(bare);
    return found?.record;
  }

  private remember(record: AgentRecord): void {
    this.recent.set(record.jid, { record, until: Date.now() + freshFor });
    if (this.recent.size > 10_000) this.recent.clear();
  }

  async presence(events: readonly PresenceEvent[]): Promise<void> {
    for (const { from, type, agent } of events) {
      if (!this.core.admits(bareJid(from))) {
        this.core.counters.wrongSender++;
        this.core.log.warn('an account that is not to be an agent announced itself', { from });
      } else if (type === 'available' && agent) await this.came(from, agent);
      else await this.went(from, type === 'dead');
    }
  }

  private async came(from: string, agent: Announcement): Promise<void> {
    const { core } = this;
    const jid = bareJid(from);
    const now = Date.now();
    // An agent tells it twice: to us, and to all who are subscribed.
    const again = await this.heardAgain(jid, agent, now);
    if (again) {
      await this.wantDescriptor(again);
      return;
    }
    let isNew = false;
    const record = await updateAgent(core.directory, jid, (known) => {
      isNew = known === undefined;
      // A late stanza of an earlier start, as long as the later one is there. When it is not, this may be an agent whose clock was wrong.
      if (known && known.epoch > agent.epoch && known.available && known.lease > now) return undefined;
      const stays = known?.available && known.epoch === agent.epoch;
      const { epoch, lease, draining, version, services, hash, facts } = agent;
      const since = stays ? known.since : now;
      return { jid, available: true, draining, epoch, lease: now + lease, since, version, services, hash, facts };
    });
    if (!record) return;
    this.remember(record);
    if (isNew) await core.gateway.presence({ to: jid, type: 'subscribe' });
    await this.wantDescriptor(record);
    this.tell(record);
    if (!record.draining) await this.onAvailable(record);
  }

  /** The record, if it says the same already; then only its lease is renewed. */
  private async heardAgain(jid: string, agent: Announcement, now: number): Promise<AgentRecord | undefined> {
    const known = (await this.core.directory.get(jid))?.record;
    const { epoch, hash, draining, lease } = agent;
    const isSame = known?.epoch === epoch && known.hash === hash && known.draining === draining;
    if (!known || !isSame || !known.available || known.lease <= now) return undefined;
    const gone = await this.core.directory.renew([{ jid, epoch, lease: now + lease }]);
    return gone.length === 0 ? known : undefined;
  }

  private async wantDescriptor({ jid, epoch, hash }: AgentRecord): Promise<void> {
    if ((await this.core.directory.descriptor(hash)) !== undefined) return;
    await this.core.gateway.describe({ to: `${jid}/${epoch}`, hash });
  }

  private async went(from: string, dead: boolean): Promise<void> {
    const epoch = Number(resourceOf(from) ?? Number.NaN);
    const record = await updateAgent(this.core.directory, bareJid(from), (known) => {
      if (!known?.available || (resourceOf(from) !== undefined && known.epoch !== epoch)) return undefined;
      return { ...known, available: false, draining: false, lease: 0, since: Date.now() };
    });
    if (!record) return;
    this.core.log.info('an agent went', { agent: record.jid, dead });
    this.remember(record);
    this.tell(record);
  }

  /** @throws IgorError `invalid_argument` when the bytes are not what the hash says, or no descriptor */
  async descriptor(from: string, hash: string, bytes: Uint8Array): Promise<void> {
    if (sha256(bytes) !== hash)
      throw new IgorError('invalid_argument', `${from} sent a descriptor that is not ${hash}`);
    readDescriptor(bytes);
    await this.core.directory.putDescriptor(hash, bytes);
    const record = await this.find(from, true);
    if (record) this.tell(record);
  }

  private tell(record: AgentRecord): void {
    const info = infoOf(record, Date.now());
    this.onAgent(info);
    show(this.core, [{ channel: agentsChannel, event: 'agent', data: JSON.stringify(info) }]);
  }
}

export function infoOf(record: AgentRecord, now: number): AgentInfo {
  const { available, lease, facts, services, ...rest } = record;
  return { ...rest, lease, available: available && lease > now, services: [...services], facts: { ...facts } };
}
