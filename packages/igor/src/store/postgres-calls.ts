/** The calls in Postgres. */
import type pg from 'pg';
import { type CallRow, callOfRow, conditionsOf, states } from './call-row.js';
import type { Calls, Ending, HistoryFilter, KeptDocument, KeptEvent, NewCall, Post, StoredCall } from './calls.js';
import { openPostgres, transaction } from './postgres.js';

const schema = `
CREATE TABLE IF NOT EXISTS igor_calls (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE, agent text NOT NULL, method text NOT NULL, "user" text,
  state smallint NOT NULL, started bigint NOT NULL, deadline bigint NOT NULL, timeout bigint NOT NULL, credit integer NOT NULL, context text,
  request bytea NOT NULL, request_hash text NOT NULL, queue_until bigint, key text UNIQUE, epoch bigint, items bigint NOT NULL DEFAULT 0,
  status text, message text, response bytea, ended bigint, channels text[] NOT NULL DEFAULT '{}');
ALTER TABLE igor_calls ADD COLUMN IF NOT EXISTS epoch bigint;
CREATE INDEX IF NOT EXISTS igor_calls_unfinished ON igor_calls (agent) WHERE state < 2;
CREATE INDEX IF NOT EXISTS igor_calls_ended ON igor_calls (ended) WHERE state = 2;
CREATE TABLE IF NOT EXISTS igor_channels (channel text PRIMARY KEY, last bigint NOT NULL, posted bigint NOT NULL);
CREATE TABLE IF NOT EXISTS igor_events (channel text NOT NULL REFERENCES igor_channels ON DELETE CASCADE, seq bigint NOT NULL,
  event text NOT NULL, data text NOT NULL, PRIMARY KEY (channel, seq));
CREATE TABLE IF NOT EXISTS igor_documents (name text PRIMARY KEY, version bigint NOT NULL, data text NOT NULL);
`;

interface Row extends CallRow {
  channels: string[];
}

type Queryable = Pick<pg.Pool, 'query'>;

export class PostgresCalls implements Calls {
  private constructor(private readonly pool: pg.Pool) {}

  static async open(url: string): Promise<PostgresCalls> {
    return new PostgresCalls(await openPostgres(url, schema));
  }

  async open(call: NewCall): Promise<StoredCall | undefined> {
    const { id, agent, method, user, state, started, deadline, timeout, credit, context, request, requestHash } = call;
    const values = [id, agent, method, user, states.indexOf(state), started, deadline, timeout, credit, context];
    const { rowCount } = await this.pool.query({
      name: 'igor-open',
      text: `INSERT INTO igor_calls (id, agent, method, "user", state, started, deadline, timeout, credit, context, request, request_hash,
             queue_until, key, epoch) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (key) DO NOTHING`,
      values: [...values, request, requestHash, call.queueUntil, call.key, call.epoch],
    });
    if (rowCount === 1) return undefined;
    return this.one('SELECT * FROM igor_calls WHERE key = $1', [call.key]);
  }

  private async one(text: string, values: unknown[]): Promise<StoredCall | undefined> {
    const { rows } = await this.pool.query<Row>(text, values);
    return rows[0] && callOf(rows[0]);
  }

  async send(id: string, epoch: number, deadline: number) {
    const text = 'UPDATE igor_calls SET state = 1, epoch = $2, deadline = $3 WHERE id = $1 AND state = 0';
    return (await this.pool.query(text, [id, epoch, deadline])).rowCount === 1;
  }

  async redirect(id: string, epoch: number) {
    const text = 'UPDATE igor_calls SET epoch = $2 WHERE id = $1 AND state = 1';
    return (await this.pool.query(text, [id, epoch])).rowCount === 1;
  }

  async requeue(id: string) {
    const text =
      'UPDATE igor_calls SET state = 0, deadline = queue_until WHERE id = $1 AND state = 1 AND queue_until IS NOT NULL';
    return (await this.pool.query(text, [id])).rowCount === 1;
  }

  end(id: string, { status, message, response, ended, onlyQueued }: Ending, posts: readonly Post[]) {
    const update = {
      name: 'igor-end',
      text: `UPDATE igor_calls SET state = 2, status = $2, message = $3, response = $4, ended = $5,
             channels = array(SELECT DISTINCT unnest(channels || $6::text[])) WHERE id = $1 AND state < $7`,
      values: [id, status, message, response, ended, posts.map(({ channel }) => channel), onlyQueued ? 1 : 2],
    };
    return this.withPosts(update, posts);
  }

  item(id: string, seq: number, posts: readonly Post[]) {
    const update = {
      name: 'igor-item',
      text: `UPDATE igor_calls SET items = items + 1, channels = array(SELECT DISTINCT unnest(channels || $3::text[]))
             WHERE id = $1 AND items = $2 AND state = 1`,
      values: [id, seq, posts.map(({ channel }) => channel)],
    };
    return this.withPosts(update, posts);
  }

  private async withPosts(update: pg.QueryConfig, posts: readonly Post[]): Promise<KeptEvent[] | undefined> {
    if (posts.length === 0) return (await this.pool.query(update)).rowCount === 1 ? [] : undefined;
    return transaction(this.pool, async (client) =>
      (await client.query(update)).rowCount === 1 ? this.keep(client, posts) : undefined,
    );
  }

  private async keep(client: Queryable, posts: readonly Post[]): Promise<KeptEvent[]> {
    // A channel's row is locked until the end, so that its numbers become visible in order; all lock in the same order.
    const order = posts.map((_, index) => index).sort((a, b) => compare(posts[a], posts[b]) || a - b);
    const kept: KeptEvent[] = [];
    for (const index of order) {
      const { channel, event, data } = posts[index] as Post;
      const { rows } = await client.query<{ last: number }>(
        `INSERT INTO igor_channels AS c VALUES ($1, 1, $2) ON CONFLICT (channel) DO UPDATE SET last = c.last + 1, posted = $2
         RETURNING last`,
        [channel, Date.now()],
      );
      const seq = rows[0]?.last as number;
      await client.query('INSERT INTO igor_events VALUES ($1, $2, $3, $4)', [channel, seq, event, data]);
      kept[index] = { channel, event, data, seq };
    }
    return kept;
  }

  get(id: string) {
    return this.one('SELECT * FROM igor_calls WHERE id = $1', [id]);
  }

  async queued(agent: string) {
    const text = 'SELECT * FROM igor_calls WHERE agent = $1 AND state = 0 AND state < 2 ORDER BY number';
    return (await this.pool.query<Row>(text, [agent])).rows.map(callOf);
  }

  async unfinished() {
    const { rows } = await this.pool.query<{ id: string; deadline: number }>(
      'SELECT id, deadline FROM igor_calls WHERE state < 2',
    );
    return rows;
  }

  async history(filter: HistoryFilter) {
    const used = conditionsOf(filter);
    const where = used.length === 0 ? '' : `WHERE ${used.map(([sql], index) => `${sql} $${index + 1}`).join(' AND ')}`;
    const text = `SELECT * FROM igor_calls ${where} ORDER BY number DESC LIMIT $${used.length + 1}`;
    return (await this.pool.query<Row>(text, [...used.map(([, value]) => value), filter.limit])).rows.map(callOf);
  }

  post(posts: readonly Post[]) {
    return transaction(this.pool, (client) => this.keep(client, posts));
  }

  async events(channel: string, after: number, limit: number) {
    const text =
      'SELECT channel, seq, event, data FROM igor_events WHERE channel = $1 AND seq > $2 ORDER BY seq LIMIT $3';
    return (await this.pool.query<KeptEvent>(text, [channel, after, limit])).rows;
  }

  async document(name: string) {
    const text = 'SELECT version, data FROM igor_documents WHERE name = $1';
    return (await this.pool.query<KeptDocument>(text, [name])).rows[0];
  }

  async putDocument(name: string, version: number, data: string) {
    const { rowCount } =
      version === 0
        ? await this.pool.query('INSERT INTO igor_documents VALUES ($1, 1, $2) ON CONFLICT DO NOTHING', [name, data])
        : await this.pool.query(
            'UPDATE igor_documents SET version = version + 1, data = $3 WHERE name = $1 AND version = $2',
            [name, version, data],
          );
    return rowCount === 1;
  }

  async forget(before: number) {
    await this.pool.query('DELETE FROM igor_calls WHERE state = 2 AND ended < $1', [before]);
    await this.pool.query('DELETE FROM igor_channels WHERE posted < $1', [before]);
  }

  async close() {
    await this.pool.end();
  }
}

function compare(a: Post | undefined, b: Post | undefined): number {
  const [x, y] = [a?.channel ?? '', b?.channel ?? ''];
  return x < y ? -1 : x > y ? 1 : 0;
}

const callOf = (row: Row): StoredCall => callOfRow(row, row.channels);
