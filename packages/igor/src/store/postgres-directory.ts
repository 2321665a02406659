/** The directory in Postgres. */
import type pg from 'pg';
import type { AgentRecord, Directory, GatewayClaim, Renewal } from './directory.js';
import { openPostgres } from './postgres.js';

const schema = `
CREATE TABLE IF NOT EXISTS igor_agents (jid text PRIMARY KEY, version bigint NOT NULL, epoch bigint NOT NULL, lease bigint NOT NULL,
  available boolean NOT NULL, record text NOT NULL);
CREATE TABLE IF NOT EXISTS igor_descriptors (hash text PRIMARY KEY, bytes bytea NOT NULL);
CREATE TABLE IF NOT EXISTS igor_gateway (place integer PRIMARY KEY CHECK (place = 1), id text NOT NULL, location text NOT NULL, lease bigint NOT NULL);
`;

interface Row {
  version: number;
  lease: number;
  record: string;
}

export class PostgresDirectory implements Directory {
  private constructor(private readonly pool: pg.Pool) {}

  static async open(url: string): Promise<PostgresDirectory> {
    return new PostgresDirectory(await openPostgres(url, schema));
  }

  async get(jid: string) {
    const { rows } = await this.pool.query<Row>('SELECT version, lease, record FROM igor_agents WHERE jid = $1', [jid]);
    return rows[0] && { record: recordOf(rows[0]), version: String(rows[0].version) };
  }

  async list() {
    const { rows } = await this.pool.query<Row>('SELECT version, lease, record FROM igor_agents ORDER BY jid');
    return rows.map(recordOf);
  }

  async put(record: AgentRecord, version: string | undefined) {
    const values = [record.jid, record.epoch, record.lease, record.available, JSON.stringify(record)];
    const { rowCount } =
      version === undefined
        ? await this.pool.query('INSERT INTO igor_agents VALUES ($1, 1, $2, $3, $4, $5) ON CONFLICT DO NOTHING', values)
        : await this.pool.query(
            `UPDATE igor_agents SET version = version + 1, epoch = $2, lease = $3, available = $4, record = $5
             WHERE jid = $1 AND version = $6`,
            [...values, Number(version)],
          );
    return rowCount === 1;
  }

  async renew(renewals: readonly Renewal[]) {
    if (renewals.length === 0) return [];
    const { rows } = await this.pool.query<{ jid: string }>(
      `UPDATE igor_agents a SET lease = greatest(a.lease, r.lease)
       FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS r (jid, epoch, lease)
       WHERE a.jid = r.jid AND a.epoch = r.epoch AND a.available RETURNING a.jid`,
      [renewals.map(({ jid }) => jid), renewals.map(({ epoch }) => epoch), renewals.map(({ lease }) => lease)],
    );
    const renewed = new Set(rows.map(({ jid }) => jid));
    return renewals.filter(({ jid }) => !renewed.has(jid)).map(({ jid }) => jid);
  }

  async descriptor(hash: string) {
    const { rows } = await this.pool.query<{ bytes: Buffer }>('SELECT bytes FROM igor_descriptors WHERE hash = $1', [
      hash,
    ]);
    return rows[0]?.bytes;
  }

  async putDescriptor(hash: string, bytes: Uint8Array) {
    await this.pool.query('INSERT INTO igor_descriptors VALUES ($1, $2) ON CONFLICT DO NOTHING', [hash, bytes]);
  }

  async claimGateway(claim: GatewayClaim) {
    const { id, where, lease, instead = '' } = claim;
    const { rowCount } = await this.pool.query(
      `INSERT INTO igor_gateway AS g VALUES (1, $1, $2, $3) ON CONFLICT (place) DO UPDATE SET id = $1, location = $2, lease = $3
       WHERE g.id = $1 OR g.id = $4 OR g.lease <= $5`,
      [id, where, lease, instead, Date.now()],
    );
    if (rowCount === 1) return claim;
    const { rows } = await this.pool.query<GatewayClaim>('SELECT id, location AS "where", lease FROM igor_gateway');
    return rows[0] ?? claim;
  }

  async releaseGateway(id: string) {
    await this.pool.query('DELETE FROM igor_gateway WHERE id = $1', [id]);
  }

  async close() {
    await this.pool.end();
  }
}

function recordOf({ record, lease }: Row): AgentRecord {
  return { ...(JSON.parse(record) as AgentRecord), lease };
}
