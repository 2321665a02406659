/** The calls in Redis (append-only file, no eviction; one primary, not a cluster, as one script writes several keys). */
import type { Status } from '../protocol/frames.js';
import { randomId } from '../protocol/random.js';
import type { CallState, Calls, Ending, HistoryFilter, KeptEvent, NewCall, Post, StoredCall } from './calls.js';
import { RedisConnection, type RedisValue } from './redis.js';

/** Posts, from an index of ARGV on: channel, event as JSON. Their numbers are the lengths of the channels' lists. */
const post = `
local function post(call, from)
  local seqs = {}
  for i = from, #ARGV, 2 do
    seqs[#seqs + 1] = redis.call('RPUSH', P .. 'events:' .. ARGV[i], ARGV[i + 1])
    redis.call('ZADD', P .. 'channels', now, ARGV[i])
    if call then redis.call('HSET', call, 'channel:' .. ARGV[i], 1) end
  end
  return seqs
end`;

// A command whose answer was lost is sent again, by the client itself: what it did the first time must not be taken for somebody else's doing. And a
// script that fails leaves behind what it has done: what can fail (a number that is none) comes first.
const scripts = {
  // id, agent, state, started, deadline, key, fixed, request, epoch
  igorOpen: {
    keys: 1,
    lua: `
local P = KEYS[1]
local call = P .. 'call:' .. ARGV[1]
if ARGV[6] ~= '' then
  local earlier = redis.call('GET', P .. 'key:' .. ARGV[6])
  if earlier and earlier ~= ARGV[1] and redis.call('EXISTS', P .. 'call:' .. earlier) == 1 then return earlier end
end
if redis.call('HGET', call, 'state') == 'ended' then return false end
redis.call('ZADD', P .. 'unfinished', ARGV[5], ARGV[1])
redis.call('ZADD', P .. 'history', ARGV[4], ARGV[1])
redis.call('HSET', call, 'state', ARGV[3], 'deadline', ARGV[5], 'items', 0, 'fixed', ARGV[7], 'request', ARGV[8], 'epoch', ARGV[9])
if ARGV[6] ~= '' then redis.call('SET', P .. 'key:' .. ARGV[6], ARGV[1]) end
if ARGV[3] == 'queued' then redis.call('ZADD', P .. 'queue:' .. ARGV[2], ARGV[4], ARGV[1]) end
return false`,
  },
  // id, from, to, deadline, agent, started, epoch ('' for the one that it has), this move's own name
  igorMove: {
    keys: 1,
    lua: `
local P = KEYS[1]
local call = P .. 'call:' .. ARGV[1]
local known = redis.call('HMGET', call, 'state', 'move')
if known[2] == ARGV[8] then return 1 end
if known[1] ~= ARGV[2] then return 0 end
redis.call('HSET', call, 'state', ARGV[3], 'deadline', ARGV[4], 'move', ARGV[8])
if ARGV[7] ~= '' then redis.call('HSET', call, 'epoch', ARGV[7]) end
redis.call('ZADD', P .. 'unfinished', ARGV[4], ARGV[1])
if ARGV[3] == 'queued' then redis.call('ZADD', P .. 'queue:' .. ARGV[5], ARGV[6], ARGV[1])
else redis.call('ZREM', P .. 'queue:' .. ARGV[5], ARGV[1]) end
return 1`,
  },
  // id, now, agent, status, message, response, ended, 1 for only a queued one, posts…
  igorEnd: {
    keys: 1,
    lua: `
local P, now = KEYS[1], ARGV[2]
${post}
local call = P .. 'call:' .. ARGV[1]
local state = redis.call('HGET', call, 'state')
if not state or state == 'ended' or (ARGV[8] == '1' and state ~= 'queued') then return false end
redis.call('HSET', call, 'state', 'ended', 'status', ARGV[4], 'ended', ARGV[7])
if ARGV[5] ~= '' then redis.call('HSET', call, 'message', ARGV[5]) end
if ARGV[6] ~= '-' then redis.call('HSET', call, 'response', string.sub(ARGV[6], 2)) end
redis.call('ZREM', P .. 'unfinished', ARGV[1])
redis.call('ZREM', P .. 'queue:' .. ARGV[3], ARGV[1])
redis.call('ZADD', P .. 'ended', ARGV[7], ARGV[1])
return post(call, 9)`,
  },
  // id, now, seq, posts…
  igorItem: {
    keys: 1,
    lua: `
local P, now = KEYS[1], ARGV[2]
${post}
local call = P .. 'call:' .. ARGV[1]
local known = redis.call('HMGET', call, 'state', 'items')
if known[1] ~= 'open' or known[2] ~= ARGV[3] then return false end
redis.call('HINCRBY', call, 'items', 1)
return post(call, 4)`,
  },
  // now, posts…
  igorPost: {
    keys: 1,
    lua: `
local P, now = KEYS[1], ARGV[1]
${post}
return post(nil, 2)`,
  },
  // name, version, data
  igorPut: {
    keys: 1,
    lua: `
local document = KEYS[1] .. 'document:' .. ARGV[1]
if (redis.call('HGET', document, 'version') or '0') ~= ARGV[2] then return 0 end
redis.call('HSET', document, 'version', ARGV[2] + 1, 'data', ARGV[3])
return 1`,
  },
  // before
  igorForget: {
    keys: 1,
    lua: `
local P = KEYS[1]
for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'ended', '-inf', '(' .. ARGV[1], 'LIMIT', 0, 1000)) do
  local fixed = cjson.decode(redis.call('HGET', P .. 'call:' .. id, 'fixed') or '{}')
  if fixed.key then redis.call('DEL', P .. 'key:' .. fixed.key) end
  redis.call('DEL', P .. 'call:' .. id)
  redis.call('ZREM', P .. 'ended', id)
  redis.call('ZREM', P .. 'history', id)
end
for _, channel in ipairs(redis.call('ZRANGEBYSCORE', P .. 'channels', '-inf', '(' .. ARGV[1], 'LIMIT', 0, 1000)) do
  redis.call('DEL', P .. 'events:' .. channel)
  redis.call('ZREM', P .. 'channels', channel)
end
return redis.call('ZCOUNT', P .. 'ended', '-inf', '(' .. ARGV[1]) + redis.call('ZCOUNT', P .. 'channels', '-inf', '(' .. ARGV[1])`,
  },
};

type Fixed = Omit<NewCall, 'request' | 'state' | 'deadline' | 'epoch'>;

export class RedisCalls implements Calls {
  private constructor(
    private readonly connection: RedisConnection,
    private readonly prefix: string,
  ) {}

  /** @throws IgorError `store` when this Redis is not set up to keep what it is given */
  static async open(url: string, prefix = 'igor:'): Promise<RedisCalls> {
    const connection = new RedisConnection(url, scripts);
    await connection.connect();
    try {
      await connection.mustKeep();
    } catch (error) {
      connection.close();
      throw error;
    }
    return new RedisCalls(connection, prefix);
  }

  private run(name: string, ...values: RedisValue[]): Promise<unknown> {
    return this.connection.run(name, this.prefix, ...values);
  }

  async open(call: NewCall): Promise<StoredCall | undefined> {
    const { request, state, deadline, epoch = '', ...fixed } = call;
    const { id, agent, started, key = '' } = call;
    const bytes = Buffer.from(request);
    const values = [id, agent, state, started, deadline, key, JSON.stringify(fixed), bytes, epoch];
    const earlier = await this.run('igorOpen', ...values);
    return earlier ? this.get(String(earlier)) : undefined;
  }

  async send(id: string, epoch: number, deadline: number): Promise<boolean> {
    const call = await this.get(id);
    return call !== undefined && this.move(call, 'queued', 'open', deadline, epoch);
  }

  async redirect(id: string, epoch: number): Promise<boolean> {
    const call = await this.get(id);
    return call !== undefined && this.move(call, 'open', 'open', call.deadline, epoch);
  }

  private async move(call: StoredCall, from: CallState, to: CallState, deadline: number, epoch: number | '') {
    const { id, agent, started } = call;
    return (await this.run('igorMove', id, from, to, deadline, agent, started, epoch, randomId(9))) === 1;
  }

  async requeue(id: string): Promise<boolean> {
    const call = await this.get(id);
    if (call?.queueUntil === undefined) return false;
    return this.move(call, 'open', 'queued', call.queueUntil, '');
  }

  async end(id: string, { status, message = '', response, ended, onlyQueued }: Ending, posts: readonly Post[]) {
    const agent = await this.agentOf(id);
    const bytes = response === undefined ? '-' : Buffer.concat([Buffer.from('+'), response]);
    const fixed = [id, Date.now(), agent, status, message, bytes, ended, onlyQueued ? 1 : 0];
    const seqs = await this.run('igorEnd', ...fixed, ...valuesOf(posts));
    return eventsOf(posts, seqs);
  }

  private async agentOf(id: string): Promise<string> {
    const fixed = await this.connection.redis.hget(`${this.prefix}call:${id}`, 'fixed');
    return fixed ? (JSON.parse(fixed) as Fixed).agent : '';
  }

  async item(id: string, seq: number, posts: readonly Post[]) {
    return eventsOf(posts, await this.run('igorItem', id, Date.now(), seq, ...valuesOf(posts)));
  }

  async get(id: string): Promise<StoredCall | undefined> {
    const fields = await this.connection.redis.hgetallBuffer(`${this.prefix}call:${id}`);
    return fields.fixed ? callOf(fields) : undefined;
  }

  private async all(ids: readonly string[]): Promise<StoredCall[]> {
    return (await Promise.all(ids.map((id) => this.get(id)))).filter((call) => call !== undefined);
  }

  async queued(agent: string): Promise<StoredCall[]> {
    const calls = await this.all(await this.connection.redis.zrange(`${this.prefix}queue:${agent}`, 0, '-1'));
    return calls.filter(({ state }) => state === 'queued');
  }

  async unfinished() {
    // Pairs, or in an older protocol one list of both.
    const flat = (await this.connection.redis.zrange(`${this.prefix}unfinished`, 0, '-1', 'WITHSCORES')).flat();
    return Array.from({ length: flat.length / 2 }, (_, index) => ({
      id: flat[2 * index] as string,
      deadline: Number(flat[2 * index + 1]),
    }));
  }

  async history({ agent, method, user, state, before, limit }: HistoryFilter): Promise<StoredCall[]> {
    const found: StoredCall[] = [];
    const page = 200;
    const most = before === undefined ? '+inf' : `(${before}`;
    for (let start = 0; found.length < limit; start += page) {
      const ids = await this.connection.redis.zrevrangebyscore(
        `${this.prefix}history`,
        most,
        '-inf',
        'LIMIT',
        String(start),
        String(page),
      );
      for (const call of await this.all(ids)) {
        const fits =
          (agent === undefined || call.agent === agent) &&
          (method === undefined || call.method === method) &&
          (user === undefined || call.user === user) &&
          (state === undefined || call.state === state);
        if (fits && found.length < limit) found.push(call);
      }
      if (ids.length < page) break;
    }
    return found;
  }

  async post(posts: readonly Post[]): Promise<KeptEvent[]> {
    return eventsOf(posts, await this.run('igorPost', Date.now(), ...valuesOf(posts))) ?? [];
  }

  async events(channel: string, after: number, limit: number): Promise<KeptEvent[]> {
    const list = await this.connection.redis.lrange(
      `${this.prefix}events:${channel}`,
      String(after),
      String(after + limit - 1),
    );
    return list.map((json, index) => ({
      channel,
      seq: after + index + 1,
      ...(JSON.parse(json) as { event: string; data: string }),
    }));
  }

  async document(name: string) {
    const { version, data } = await this.connection.redis.hgetall(`${this.prefix}document:${name}`);
    return data === undefined ? undefined : { version: Number(version), data };
  }

  async putDocument(name: string, version: number, data: string) {
    return (await this.run('igorPut', name, version, data)) === 1;
  }

  async forget(before: number): Promise<void> {
    while (Number(await this.run('igorForget', before)) > 0);
  }

  async close(): Promise<void> {
    this.connection.close();
  }
}

function valuesOf(posts: readonly Post[]): string[] {
  return posts.flatMap(({ channel, event, data }) => [channel, JSON.stringify({ event, data })]);
}

function eventsOf(posts: readonly Post[], seqs: unknown): KeptEvent[] | undefined {
  if (!Array.isArray(seqs)) return undefined;
  return posts.map((entry, index) => ({ ...entry, seq: Number(seqs[index]) }));
}

function callOf(fields: Record<string, Buffer>): StoredCall {
  const text = (name: string) => fields[name]?.toString();
  const fixed = JSON.parse(text('fixed') as string) as Fixed;
  return {
    ...fixed,
    user: fixed.user,
    context: fixed.context,
    queueUntil: fixed.queueUntil,
    key: fixed.key,
    request: fields.request as Buffer,
    state: text('state') as CallState,
    deadline: Number(text('deadline')),
    epoch: Number(text('epoch') || 0) || undefined,
    items: Number(text('items')),
    status: text('status') as Status | undefined,
    message: text('message'),
    response: fields.response,
    ended: text('ended') === undefined ? undefined : Number(text('ended')),
    channels: Object.keys(fields)
      .filter((name) => name.startsWith('channel:'))
      .map((name) => name.slice('channel:'.length)),
  };
}
