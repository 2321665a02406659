/** The directory in Redis. */
import type { AgentRecord, Directory, GatewayClaim, Renewal } from './directory.js';
import { RedisConnection } from './redis.js';

const scripts = {
  igorPut: {
    keys: 2,
    lua: `
local version = redis.call('HGET', KEYS[1], 'version')
if (version or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', (tonumber(version) or 0) + 1, 'epoch', ARGV[2], 'lease', ARGV[3], 'available', ARGV[4], 'record', ARGV[5])
redis.call('SADD', KEYS[2], ARGV[6])
return 1`,
  },
  igorRenew: {
    keys: 1,
    lua: `
local known = redis.call('HMGET', KEYS[1], 'epoch', 'available', 'lease')
if known[1] ~= ARGV[1] or known[2] ~= '1' then return 0 end
if tonumber(known[3]) < tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], 'lease', ARGV[2]) end
return 1`,
  },
  igorClaim: {
    keys: 1,
    lua: `
local held = redis.call('HMGET', KEYS[1], 'id', 'where', 'lease')
if held[1] and held[1] ~= ARGV[1] and held[1] ~= ARGV[5] and tonumber(held[3]) > tonumber(ARGV[4]) then return held end
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'where', ARGV[2], 'lease', ARGV[3])
return { ARGV[1], ARGV[2], ARGV[3] }`,
  },
  igorRelease: {
    keys: 1,
    lua: `if redis.call('HGET', KEYS[1], 'id') == ARGV[1] then redis.call('DEL', KEYS[1]) end return 1`,
  },
};

export class RedisDirectory implements Directory {
  private constructor(
    private readonly connection: RedisConnection,
    private readonly prefix: string,
  ) {}

  static async open(url: string, prefix = 'igor:'): Promise<RedisDirectory> {
    const connection = new RedisConnection(url, scripts);
    await connection.connect();
    return new RedisDirectory(connection, prefix);
  }

  private agent = (jid: string) => `${this.prefix}agent:${jid}`;

  async get(jid: string) {
    const [version, lease, record] = await this.connection.redis.hmget(this.agent(jid), 'version', 'lease', 'record');
    return version && record ? { record: recordOf(record, lease), version } : undefined;
  }

  async list() {
    const { redis } = this.connection;
    const jids = (await redis.smembers(`${this.prefix}agents`)).sort();
    const found = await Promise.all(jids.map((jid) => this.get(jid)));
    return found.filter((entry) => entry !== undefined).map(({ record }) => record);
  }

  async put(record: AgentRecord, version: string | undefined) {
    const { jid, epoch, lease, available } = record;
    const keys = [this.agent(jid), `${this.prefix}agents`] as const;
    const values = [version ?? '', epoch, lease, available ? 1 : 0, JSON.stringify(record), jid] as const;
    return (await this.connection.run('igorPut', ...keys, ...values)) === 1;
  }

  async renew(renewals: readonly Renewal[]) {
    const known = await Promise.all(
      renewals.map(({ jid, epoch, lease }) => this.connection.run('igorRenew', this.agent(jid), epoch, lease)),
    );
    return renewals.filter((_, index) => known[index] !== 1).map(({ jid }) => jid);
  }

  async descriptor(hash: string) {
    return (await this.connection.redis.getBuffer(`${this.prefix}descriptor:${hash}`)) ?? undefined;
  }

  async putDescriptor(hash: string, bytes: Uint8Array) {
    await this.connection.redis.setnx(`${this.prefix}descriptor:${hash}`, Buffer.from(bytes));
  }

  async claimGateway({ id, where, lease, instead = '' }: GatewayClaim) {
    const answer = await this.connection.run(
      'igorClaim',
      `${this.prefix}gateway`,
      id,
      where,
      lease,
      Date.now(),
      instead,
    );
    const [holder, place, until] = (answer as Buffer[]).map(String) as [string, string, string];
    return { id: holder, where: place, lease: Number(until) };
  }

  async releaseGateway(id: string) {
    await this.connection.run('igorRelease', `${this.prefix}gateway`, id);
  }

  async close() {
    this.connection.close();
  }
}

function recordOf(record: string, lease: string | null | undefined): AgentRecord {
  return { ...(JSON.parse(record) as AgentRecord), lease: Number(lease ?? 0) };
}
