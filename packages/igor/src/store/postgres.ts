/** Connections to Postgres. */
import pg from 'pg';
import { IgorError } from '../error.js';
import { withoutPassword } from './redis.js';

/** Of the advisory lock under which tables are made: any number, the same for all instances. */
const schemaLock = 7_315_911;

// Milliseconds since 1970 are safe as numbers.
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === 20 ? Number : pg.types.getTypeParser(oid, format as 'text'),
};

export async function openPostgres(url: string, schema: string): Promise<pg.Pool> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    types: types as pg.CustomTypesConfig,
    application_name: 'igor',
  });
  pool.on('error', () => {
    // An idle connection was lost; the next query opens another.
  });
  try {
    const client = await pool.connect();
    try {
      // Two instances that start together must not make the same table at the same time.
      await client.query(`SELECT pg_advisory_lock(${schemaLock})`);
      await client.query(schema);
      await client.query(`SELECT pg_advisory_unlock(${schemaLock})`);
    } finally {
      client.release();
    }
  } catch (cause) {
    await pool.end();
    throw new IgorError('store', `Postgres at ${withoutPassword(url)}: ${(cause as Error).message}`, { cause });
  }
  return pool;
}

export async function transaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    client.release(true);
    throw error;
  }
}
