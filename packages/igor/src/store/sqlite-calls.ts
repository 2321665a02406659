/** The calls in SQLite: for one host, any number of processes. */
import { type CallRow, callOfRow, conditionsOf, states } from './call-row.js';
import type {
  Calls,
  Ending,
  Haste,
  HistoryFilter,
  KeptDocument,
  KeptEvent,
  NewCall,
  Post,
  StoredCall,
} from './calls.js';
import { type Durability, SqliteFile } from './sqlite-file.js';

const schema = `
CREATE TABLE IF NOT EXISTS calls (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, agent TEXT NOT NULL, method TEXT NOT NULL, user TEXT, state INTEGER NOT NULL,
  started INTEGER NOT NULL, deadline INTEGER NOT NULL, timeout INTEGER NOT NULL, credit INTEGER NOT NULL, context TEXT,
  request BLOB NOT NULL, request_hash TEXT NOT NULL, queue_until INTEGER, key TEXT, epoch INTEGER, items INTEGER NOT NULL DEFAULT 0,
  status TEXT, message TEXT, response BLOB, ended INTEGER, channels TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS calls_by_key ON calls (key) WHERE key IS NOT NULL;
CREATE INDEX IF NOT EXISTS calls_unfinished ON calls (agent) WHERE state < 2;
CREATE TABLE IF NOT EXISTS events (channel TEXT NOT NULL, seq INTEGER NOT NULL, event TEXT NOT NULL, data TEXT NOT NULL,
  posted INTEGER NOT NULL, PRIMARY KEY (channel, seq)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS large (id TEXT NOT NULL, part TEXT NOT NULL, bytes BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS large_by_id ON large (id);
CREATE TABLE IF NOT EXISTS documents (name TEXT PRIMARY KEY, version INTEGER NOT NULL, data TEXT NOT NULL) WITHOUT ROWID;
`;

/** A payload of more bytes stands apart from its row, as SQLite writes a row whole when anything of it changes. */
const largeSize = 16_384;
const select = `SELECT *, (SELECT bytes FROM large WHERE large.id = calls.id AND part = 'request') AS large_request,
  (SELECT bytes FROM large WHERE large.id = calls.id AND part = 'response') AS large_response FROM calls`;

interface Row extends CallRow {
  /** JSON. */
  channels: string | null;
  large_request: Uint8Array | null;
  large_response: Uint8Array | null;
}

export class SqliteCalls implements Calls {
  private readonly file: SqliteFile;
  private readonly sql;

  constructor(path: string, durability: Durability = 'synced') {
    const file = new SqliteFile(path, schema, durability);
    this.file = file;
    file.addColumn('calls', 'epoch', 'INTEGER');
    this.sql = {
      insert: file.prepare(
        `INSERT INTO calls (id, agent, method, user, state, started, deadline, timeout, credit, context, request, request_hash, queue_until, key, epoch)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
      byKey: file.prepare(`${select} WHERE key = ?`),
      get: file.prepare(`${select} WHERE id = ?`),
      send: file.prepare('UPDATE calls SET state = 1, epoch = ?, deadline = ? WHERE id = ? AND state = 0'),
      redirect: file.prepare('UPDATE calls SET epoch = ? WHERE id = ? AND state = 1'),
      requeue: file.prepare(
        'UPDATE calls SET state = 0, deadline = queue_until WHERE id = ? AND state = 1 AND queue_until IS NOT NULL',
      ),
      end: file.prepare(
        'UPDATE calls SET state = 2, status = ?, message = ?, response = ?, ended = ?, channels = coalesce(?, channels) WHERE id = ? AND state < ?',
      ),
      item: file.prepare('UPDATE calls SET items = items + 1 WHERE id = ? AND items = ? AND state = 1'),
      addChannels: file.prepare('UPDATE calls SET channels = ? WHERE id = ?'),
      channels: file.prepare('SELECT channels FROM calls WHERE id = ?'),
      post: file.prepare(
        `INSERT INTO events SELECT ?1, coalesce((SELECT max(seq) FROM events WHERE channel = ?1), 0) + 1, ?2, ?3, ?4 RETURNING seq`,
      ),
      events: file.prepare('SELECT * FROM events WHERE channel = ? AND seq > ? ORDER BY seq LIMIT ?'),
      queued: file.prepare(`${select} WHERE agent = ? AND state = 0 AND state < 2 ORDER BY number`),
      unfinished: file.prepare('SELECT id, deadline FROM calls WHERE state < 2'),
      putLarge: file.prepare('INSERT INTO large VALUES (?, ?, ?)'),
      forgetLarge: file.prepare('DELETE FROM large WHERE id IN (SELECT id FROM calls WHERE state = 2 AND ended < ?)'),
      document: file.prepare('SELECT version, data FROM documents WHERE name = ?'),
      newDocument: file.prepare('INSERT INTO documents VALUES (?, 1, ?) ON CONFLICT DO NOTHING'),
      putDocument: file.prepare('UPDATE documents SET version = version + 1, data = ? WHERE name = ? AND version = ?'),
      forgetCalls: file.prepare('DELETE FROM calls WHERE state = 2 AND ended < ?'),
      forgetEvents: file.prepare(
        'DELETE FROM events WHERE channel IN (SELECT channel FROM events GROUP BY channel HAVING max(posted) < ?)',
      ),
    };
  }

  open(call: NewCall) {
    const { insert, byKey } = this.sql;
    return this.file.write(
      () => {
        if (call.key !== undefined) {
          const earlier = byKey.get(call.key) as Row | undefined;
          if (earlier) return callOf(earlier);
        }
        const {
          id,
          agent,
          method,
          user,
          state,
          started,
          deadline,
          timeout,
          credit,
          context,
          request,
          requestHash,
          queueUntil,
          key,
          epoch,
        } = call;
        const number = states.indexOf(state);
        insert.run(
          ...[id, agent, method, user ?? null, number, started, deadline, timeout, credit, context ?? null],
          ...[this.near(id, 'request', request), requestHash, queueUntil ?? null, key ?? null, epoch ?? null],
        );
        return undefined;
        // Only a queued call rests on this alone. The log is in order, so an outcome that survives brings its call with it.
      },
      call.state === 'queued' ? 'synced' : 'written',
    );
  }

  send(id: string, epoch: number, deadline: number) {
    return this.file.write(() => this.sql.send.run(epoch, deadline, id).changes === 1, 'written');
  }

  redirect(id: string, epoch: number) {
    return this.file.write(() => this.sql.redirect.run(epoch, id).changes === 1, 'written');
  }

  requeue(id: string) {
    return this.file.write(() => this.sql.requeue.run(id).changes === 1, 'written');
  }

  end(id: string, { status, message, response, ended, onlyQueued }: Ending, posts: readonly Post[]) {
    return this.file.write(() => {
      const channels = posts.length === 0 ? null : this.channelsWith(id, posts);
      const near = response && response.length > largeSize ? new Uint8Array() : response;
      const { changes } = this.sql.end.run(
        status,
        message ?? null,
        near ?? null,
        ended,
        channels,
        id,
        onlyQueued ? 1 : 2,
      );
      if (changes === 0) return undefined;
      if (response) this.near(id, 'response', response);
      return this.keep(posts);
    }, 'synced');
  }

  /** What stands in the row itself. */
  private near(id: string, part: 'request' | 'response', bytes: Uint8Array): Uint8Array {
    if (bytes.length <= largeSize) return bytes;
    this.sql.putLarge.run(id, part, bytes);
    return new Uint8Array();
  }

  item(id: string, seq: number, posts: readonly Post[]) {
    return this.file.write(() => {
      if (this.sql.item.run(id, seq).changes === 0) return undefined;
      if (posts.length > 0) this.sql.addChannels.run(this.channelsWith(id, posts), id);
      return this.keep(posts);
    }, 'synced');
  }

  private channelsWith(id: string, posts: readonly Post[]): string | null {
    const row = this.sql.channels.get(id) as { channels: string | null } | undefined;
    const known = row?.channels ? (JSON.parse(row.channels) as string[]) : [];
    const all = [...new Set([...known, ...posts.map(({ channel }) => channel)])];
    return all.length === 0 ? null : JSON.stringify(all);
  }

  private keep(posts: readonly Post[]): KeptEvent[] {
    return posts.map((post) => {
      const row = this.sql.post.get(post.channel, post.event, post.data, Date.now()) as { seq: number };
      return { ...post, seq: row.seq };
    });
  }

  async get(id: string) {
    const row = this.sql.get.get(id) as Row | undefined;
    return row && callOf(row);
  }

  async queued(agent: string) {
    return (this.sql.queued.all(agent) as Row[]).map(callOf);
  }

  async unfinished() {
    return (this.sql.unfinished.all() as { id: string; deadline: number }[]).map(({ id, deadline }) => ({
      id,
      deadline,
    }));
  }

  async history(filter: HistoryFilter) {
    const used = conditionsOf(filter);
    const where = used.length === 0 ? '' : `WHERE ${used.map(([sql]) => `${sql} ?`).join(' AND ')}`;
    const statement = this.file.prepare(`${select} ${where} ORDER BY number DESC LIMIT ?`);
    return (statement.all(...used.map(([, value]) => value), filter.limit) as unknown as Row[]).map(callOf);
  }

  post(posts: readonly Post[], haste: Haste = 'kept') {
    const wait = haste === 'kept' ? 'synced' : haste === 'early' ? 'syncing' : 'idle';
    return this.file.write(() => this.keep(posts), wait);
  }

  async events(channel: string, after: number, limit: number) {
    const rows = this.sql.events.all(channel, after, limit) as KeptEvent[];
    return rows.map(({ seq, event, data }) => ({ channel, seq, event, data }));
  }

  async document(name: string) {
    const row = this.sql.document.get(name) as KeptDocument | undefined;
    return row && { version: row.version, data: row.data };
  }

  putDocument(name: string, version: number, data: string) {
    const { newDocument, putDocument } = this.sql;
    return this.file.write(
      () => (version === 0 ? newDocument.run(name, data) : putDocument.run(data, name, version)).changes === 1,
      'synced',
    );
  }

  async forget(before: number) {
    await this.file.write(() => {
      this.sql.forgetLarge.run(before);
      this.sql.forgetCalls.run(before);
      this.sql.forgetEvents.run(before);
    }, 'written');
  }

  close() {
    return this.file.close();
  }
}

function callOf(row: Row): StoredCall {
  const { large_request: request, large_response: response } = row;
  const whole = { ...row, request: request ?? row.request, response: response ?? row.response };
  return callOfRow(whole, row.channels ? (JSON.parse(row.channels) as string[]) : []);
}
