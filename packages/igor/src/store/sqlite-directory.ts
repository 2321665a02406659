/** The directory in SQLite. */
import type { AgentRecord, Directory, GatewayClaim, Renewal } from './directory.js';
import { SqliteFile } from './sqlite-file.js';

const schema = `
CREATE TABLE IF NOT EXISTS agents (jid TEXT PRIMARY KEY, version INTEGER NOT NULL, epoch INTEGER NOT NULL, lease INTEGER NOT NULL,
  available INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS descriptors (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS gateway (place INTEGER PRIMARY KEY CHECK (place = 1), id TEXT NOT NULL, location TEXT NOT NULL, lease INTEGER NOT NULL);
`;

interface Row {
  version: number;
  lease: number;
  record: string;
}

export class SqliteDirectory implements Directory {
  private readonly file: SqliteFile;

  constructor(path: string) {
    // Can be derived again: nothing here is worth waiting for the disk.
    this.file = new SqliteFile(path, schema, 'written');
  }

  async get(jid: string) {
    const row = this.file.prepare('SELECT version, lease, record FROM agents WHERE jid = ?').get(jid) as
      | Row
      | undefined;
    return row && { record: recordOf(row), version: String(row.version) };
  }

  async list() {
    return (this.file.prepare('SELECT version, lease, record FROM agents ORDER BY jid').all() as Row[]).map(recordOf);
  }

  put(record: AgentRecord, version: string | undefined) {
    const { jid, epoch, lease, available } = record;
    const there = available ? 1 : 0;
    const json = JSON.stringify(record);
    return this.file.write(() => {
      const { changes } =
        version === undefined
          ? this.file
              .prepare('INSERT INTO agents VALUES (?, 1, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
              .run(jid, epoch, lease, there, json)
          : this.file
              .prepare(
                'UPDATE agents SET version = version + 1, epoch = ?, lease = ?, available = ?, record = ? WHERE jid = ? AND version = ?',
              )
              .run(epoch, lease, there, json, jid, Number(version));
      return changes === 1;
    }, 'written');
  }

  renew(renewals: readonly Renewal[]) {
    const update = this.file.prepare(
      'UPDATE agents SET lease = max(lease, ?) WHERE jid = ? AND epoch = ? AND available = 1',
    );
    return this.file.write(
      () =>
        renewals.filter(({ jid, epoch, lease }) => update.run(lease, jid, epoch).changes === 0).map(({ jid }) => jid),
      'written',
    );
  }

  async descriptor(hash: string) {
    const row = this.file.prepare('SELECT bytes FROM descriptors WHERE hash = ?').get(hash);
    return (row as { bytes: Uint8Array } | undefined)?.bytes;
  }

  async putDescriptor(hash: string, bytes: Uint8Array) {
    const insert = this.file.prepare('INSERT INTO descriptors VALUES (?, ?) ON CONFLICT DO NOTHING');
    await this.file.write(() => insert.run(hash, bytes), 'written');
  }

  claimGateway(claim: GatewayClaim) {
    return this.file.write(() => {
      const found = this.file.prepare('SELECT id, location AS "where", lease FROM gateway').get() as
        | GatewayClaim
        | undefined;
      if (found && found.id !== claim.id && found.id !== claim.instead && found.lease > Date.now()) {
        return { id: found.id, where: found.where, lease: found.lease };
      }
      this.file.prepare('INSERT OR REPLACE INTO gateway VALUES (1, ?, ?, ?)').run(claim.id, claim.where, claim.lease);
      return claim;
    }, 'written');
  }

  async releaseGateway(id: string) {
    await this.file.write(() => this.file.prepare('DELETE FROM gateway WHERE id = ?').run(id), 'written');
  }

  close() {
    return this.file.close();
  }
}

function recordOf({ record, lease }: Row): AgentRecord {
  return { ...(JSON.parse(record) as AgentRecord), lease };
}
