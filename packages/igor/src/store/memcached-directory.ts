/**
 * The directory in memcached, which may forget anything at any time: what is missing is told again by the agents. A lease stands apart from its
 * record, so that renewing it never collides with a change.
 */
import { createHash } from 'node:crypto';
import { MemcacheClient } from 'memcache-client';
import { IgorError } from '../error.js';
import type { AgentRecord, Directory, GatewayClaim, Renewal } from './directory.js';

/** memcached takes values of up to a megabyte. */
const partSize = 700_000;

interface Got {
  value: string;
  token: string | number;
}

export class MemcachedDirectory implements Directory {
  private constructor(
    private readonly client: MemcacheClient,
    private readonly prefix: string,
  ) {}

  /** @param url `memcached://host:11211` */
  static async open(url: string, prefix = 'igor:'): Promise<MemcachedDirectory> {
    const { hostname, port } = new URL(url);
    const server = `${hostname}:${port || 11211}`;
    const client = new MemcacheClient({ server: { server, maxConnections: 4 }, noDelay: true, cmdTimeout: 5000 });
    try {
      await client.version();
    } catch (cause) {
      client.shutdown();
      throw new IgorError('store', `memcached at ${server} can not be reached: ${(cause as Error).message}`, { cause });
    }
    return new MemcachedDirectory(client, prefix);
  }

  /** Keys are short and have no spaces, whatever is in them. */
  private key(kind: string, name: string): string {
    return `${this.prefix}${kind}:${createHash('sha256').update(name).digest('base64url')}`;
  }

  private async gets(key: string): Promise<Got | undefined> {
    const got = await this.client.gets<{ value: string; casUniq: string | number; tokens: string[] }>(key);
    return got && { value: String(got.value), token: got.casUniq };
  }

  /** Writes if nobody else has since. @param token undefined when there was nothing */
  private async putIf(key: string, value: string, token: string | number | undefined): Promise<boolean> {
    try {
      if (token === undefined) await this.client.add(key, value);
      else await this.client.cas(key, value, { casUniq: token });
      return true;
    } catch (error) {
      if (/NOT_STORED|EXISTS|NOT_FOUND/.test((error as Error).message)) return false;
      throw error;
    }
  }

  async get(jid: string) {
    const got = await this.gets(this.key('agent', jid));
    if (!got) return undefined;
    const record = JSON.parse(got.value) as AgentRecord;
    return { record: { ...record, lease: await this.leaseOf(record) }, version: String(got.token) };
  }

  private async leaseOf(record: AgentRecord): Promise<number> {
    const lease = await this.gets(this.key('lease', record.jid));
    const [epoch, until] = lease?.value.split(' ').map(Number) ?? [];
    return epoch === record.epoch && record.available ? Math.max(record.lease, until ?? 0) : record.lease;
  }

  async list() {
    const jids = await this.index();
    const found = await Promise.all(jids.value.map((jid) => this.get(jid)));
    return found.filter((entry) => entry !== undefined).map(({ record }) => record);
  }

  private async index(): Promise<{ value: string[]; token: string | number | undefined }> {
    const got = await this.gets(`${this.prefix}index`);
    return got ? { value: JSON.parse(got.value) as string[], token: got.token } : { value: [], token: undefined };
  }

  async put(record: AgentRecord, version: string | undefined) {
    if (!(await this.putIf(this.key('agent', record.jid), JSON.stringify(record), version))) return false;
    for (;;) {
      const { value, token } = await this.index();
      if (value.includes(record.jid)) return true;
      if (await this.putIf(`${this.prefix}index`, JSON.stringify([...value, record.jid].sort()), token)) return true;
    }
  }

  async renew(renewals: readonly Renewal[]) {
    const known = await Promise.all(
      renewals.map(async ({ jid, epoch, lease }) => {
        const got = await this.gets(this.key('agent', jid));
        const record = got && (JSON.parse(got.value) as AgentRecord);
        if (!record?.available || record.epoch !== epoch) return false;
        await this.client.set(this.key('lease', jid), `${epoch} ${lease}`);
        return true;
      }),
    );
    return renewals.filter((_, index) => !known[index]).map(({ jid }) => jid);
  }

  async descriptor(hash: string) {
    const head = await this.gets(this.key('descriptor', hash));
    if (!head) return undefined;
    const count = Number(head.value);
    const parts = await Promise.all(
      Array.from({ length: count }, (_, index) => this.gets(this.key('descriptor', `${hash} ${index}`))),
    );
    if (parts.some((part) => part === undefined)) return undefined;
    const bytes = Buffer.concat(parts.map((part) => Buffer.from((part as Got).value, 'base64')));
    return createHash('sha256').update(bytes).digest('hex') === hash ? bytes : undefined;
  }

  async putDescriptor(hash: string, bytes: Uint8Array) {
    const count = Math.ceil(bytes.length / partSize);
    for (let index = 0; index < count; index++) {
      const part = Buffer.from(bytes.subarray(index * partSize, (index + 1) * partSize)).toString('base64');
      await this.client.set(this.key('descriptor', `${hash} ${index}`), part);
    }
    await this.client.set(this.key('descriptor', hash), String(count));
  }

  async claimGateway(claim: GatewayClaim) {
    const key = `${this.prefix}gateway`;
    for (;;) {
      const got = await this.gets(key);
      const held = got && (JSON.parse(got.value) as GatewayClaim | null);
      if (held && held.id !== claim.id && held.id !== claim.instead && held.lease > Date.now()) return held;
      if (await this.putIf(key, JSON.stringify(claim), got?.token)) return claim;
    }
  }

  async releaseGateway(id: string) {
    const got = await this.gets(`${this.prefix}gateway`);
    const held = got && (JSON.parse(got.value) as GatewayClaim | null);
    if (got && held?.id === id) await this.putIf(`${this.prefix}gateway`, 'null', got.token);
  }

  async close() {
    this.client.shutdown();
  }
}
