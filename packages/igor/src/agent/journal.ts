/**
 * The agent's journal: calls that it has accepted, and their outcomes until the application has them. What was accepted and has no outcome when
 * an agent starts was interrupted: nobody knows how far it came.
 */
import { IgorError } from '../error.js';
import type { OutcomeFrame, Status } from '../protocol/frames.js';
import { lock } from '../store/lock.js';
import { type Durability, SqliteFile } from '../store/sqlite-file.js';

const schema = `
CREATE TABLE IF NOT EXISTS calls (call TEXT PRIMARY KEY, method TEXT NOT NULL, context TEXT NOT NULL, request TEXT NOT NULL,
  status TEXT, message TEXT, payload BLOB, items INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS agent (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

export interface AcceptedCall {
  call: string;
  method: string;
  context: string;
  /** SHA-256 of the request, hexadecimal. */
  request: string;
}

interface Row extends AcceptedCall {
  status: string | null;
  message: string | null;
  payload: Uint8Array | null;
  items: number | null;
}

export class Journal {
  private readonly file: SqliteFile;
  private readonly unlock: () => void;
  private readonly insert;
  private readonly update;
  private readonly remove;
  /** Of this start: more than any before. */
  readonly epoch: number;
  /** Outcomes that earlier starts owe, interrupted calls among them. */
  readonly owed: OutcomeFrame[];

  /** @throws IgorError `usage` when another agent has this journal, `store` when it can't be read */
  constructor(path: string, durability: Durability = 'synced') {
    this.file = new SqliteFile(path, schema, durability);
    const { file } = this;
    this.unlock = lock(path);
    try {
      this.owed = (file.prepare('SELECT * FROM calls').all() as Row[]).map(owedOf);
    } catch (cause) {
      void this.close();
      throw new IgorError('store', `${path}: ${(cause as Error).message}`, { cause });
    }
    this.insert = file.prepare('INSERT OR IGNORE INTO calls (call, method, context, request) VALUES (?, ?, ?, ?)');
    this.update = file.prepare('UPDATE calls SET status = ?, message = ?, payload = ?, items = ? WHERE call = ?');
    this.remove = file.prepare('DELETE FROM calls WHERE call = ?');
    const last = Number(this.setting('epoch') ?? 0);
    this.epoch = Math.max(Date.now(), last + 1);
    this.set('epoch', String(this.epoch));
  }

  private setting(name: string): string | undefined {
    const row = this.file.prepare('SELECT value FROM agent WHERE name = ?').get(name);
    return (row as { value: string } | undefined)?.value;
  }

  private set(name: string, value: string): void {
    this.file.prepare('INSERT OR REPLACE INTO agent VALUES (?, ?)').run(name, value);
  }

  /** Before anything of it is done. Need not survive a power failure: a call that nobody knows of ends as unknown anyway. */
  accept({ call, method, context, request }: AcceptedCall): Promise<void> {
    return this.file.write(() => void this.insert.run(call, method, context, request), 'written');
  }

  /**
   * Before anybody is told, a sync being on its way: it is durable after the same time whether telling waits for that or not, and the application
   * relies on a sync of its own.
   */
  outcome({ call, status, message, payload, items }: OutcomeFrame): Promise<void> {
    return this.file.write(
      () => void this.update.run(status, message ?? null, payload ?? null, items ?? null, call),
      'syncing',
    );
  }

  /** The application has it, or does not want it. */
  forget(call: string): Promise<void> {
    return this.file.write(() => void this.remove.run(call), 'written');
  }

  async close(): Promise<void> {
    await this.file.close();
    this.unlock();
  }
}

function owedOf({ call, method, context, request, status, message, payload, items }: Row): OutcomeFrame {
  const about = { type: 'outcome' as const, call, method, context, request };
  if (status === null) {
    const what = 'the agent was interrupted in the middle of this call; how far it came is not known';
    return { ...about, status: 'unknown_outcome', message: what, payload: undefined };
  }
  return {
    ...about,
    status: status as Status,
    message: message ?? undefined,
    payload: payload ?? undefined,
    items: items ?? undefined,
  };
}
