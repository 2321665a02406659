/**
 * A SQLite file with group commit. What several callers write in one turn of the event loop is one transaction; and one that must
 * survive a power failure is followed by one `fdatasync` of the log, off this thread, for all that wait for it. (SQLite's own
 * `synchronous = FULL` does the same inside COMMIT, and the event loop stands still meanwhile.)
 */
import { closeSync, fdatasync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { IgorError } from '../error.js';

/** `synced` survives a power failure; `written` survives the end of any process, and no more. */
export type Durability = 'synced' | 'written';

export type Statement = StatementSyncInstance;

/**
 * What a writer waits for: that its transaction is over; the same, a sync being on its way behind it; or that this sync is over, too. What
 * nobody waits for is `idle`: it goes with the next that is written, and is synced with the next that is, so that it is in nobody's way; or by
 * itself, a little later.
 */
export type WaitFor = 'idle' | 'written' | 'syncing' | 'synced';

interface Work {
  run: () => unknown;
  wait: WaitFor;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
  result?: unknown;
}

/** How long a process waits for another one's transaction, in milliseconds. */
const busyTimeout = 10_000;
/** How long what is idle waits for company until it is written, and then until it is synced, in milliseconds. */
const idleWait = 25;
const idleSyncWait = 100;

export class SqliteFile {
  readonly db: DatabaseSyncInstance;
  private readonly begin: Statement;
  private readonly commit: Statement;
  private readonly rollback: Statement;
  private queue: Work[] = [];
  private scheduled = false;
  private logFile: number | undefined;
  private syncing = false;
  private unsynced: Work[] = [];
  /** Behind the last sync there is something that is idle. */
  private idleBehind = false;
  private idleWrite: NodeJS.Timeout | undefined;
  private idleSync: NodeJS.Timeout | undefined;
  private closed = false;
  private hasEnded: () => void = () => {};
  private readonly end = new Promise<void>((resolve) => {
    this.hasEnded = resolve;
  });
  /** The disk did not take what was to be synced. What the kernel keeps since is not known, so nothing is promised any more. */
  private broken: IgorError | undefined;

  /** @throws IgorError `store` */
  constructor(
    private readonly path: string,
    schema: string,
    private readonly durability: Durability,
  ) {
    try {
      if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      this.db = new DatabaseSync(path, { timeout: busyTimeout });
      this.db.exec(`PRAGMA busy_timeout = ${busyTimeout}`);
      patiently(() => this.db.exec('PRAGMA journal_mode = WAL'));
      this.db.exec('PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
      patiently(() => this.db.exec(schema));
    } catch (cause) {
      throw new IgorError('store', `${path}: ${(cause as Error).message}`, { cause });
    }
    this.begin = this.db.prepare('BEGIN IMMEDIATE');
    this.commit = this.db.prepare('COMMIT');
    this.rollback = this.db.prepare('ROLLBACK');
  }

  /** For a file that was made before there was this column. */
  addColumn(table: string, name: string, type: string): void {
    this.begin.run();
    const known = this.db.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?').get(table, name);
    if (!known) this.db.exec(`ALTER TABLE ${table} ADD COLUMN ${name} ${type}`);
    this.commit.run();
  }

  prepare(sql: string): Statement {
    return this.db.prepare(sql);
  }

  /**
   * Runs `work` in the next transaction, with what else is to be written. When it throws, only its own promise fails, and it must not have
   * written anything.
   * @param wait if this file is opened so; else all wait for what is written
   */
  write<T>(work: () => T, wait: WaitFor): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.closed) {
        reject(new IgorError('store', `${this.path} is closed`));
        return;
      }
      if (this.broken) {
        reject(this.broken);
        return;
      }
      this.queue.push({ run: work, wait: this.durability === 'synced' ? wait : 'written', resolve, reject });
      if (this.scheduled) return;
      if (wait === 'idle') {
        this.idleWrite ??= setTimeout(() => this.flush(), idleWait);
        return;
      }
      this.scheduled = true;
      setImmediate(() => this.flush());
    });
  }

  /** No company came for what is written and idle. */
  private syncIdleSoon(): void {
    if (!this.idleBehind || this.closed) return;
    this.idleSync ??= setTimeout(() => {
      this.idleSync = undefined;
      this.sync(this.idleBehind);
    }, idleSyncWait);
  }

  private flush(): void {
    this.scheduled = false;
    clearTimeout(this.idleWrite);
    this.idleWrite = undefined;
    const works = this.queue;
    this.queue = [];
    if (works.length === 0) return;
    try {
      this.begin.run();
      for (const work of works) {
        try {
          work.result = work.run();
        } catch (error) {
          work.reject(error);
          if (this.db.isTransaction) continue;
          // Some errors, such as a full disk, end the transaction: what was in it is done again, without this one.
          this.queue = [...works.filter((other) => other !== work), ...this.queue];
          this.flush();
          return;
        }
      }
      this.commit.run();
    } catch (cause) {
      try {
        this.rollback.run();
      } catch {
        // The transaction was over already.
      }
      const error = new IgorError('store', `${this.path}: ${(cause as Error).message}`, { cause });
      for (const { reject } of works) reject(error);
      return;
    }
    for (const work of works) {
      if (work.wait === 'idle') this.idleBehind = true;
      else if (work.wait !== 'written') this.unsynced.push(work);
      if (work.wait !== 'synced') work.resolve(work.result as never);
    }
    this.sync();
    this.syncIdleSoon();
  }

  /** @param always what is idle waits no longer */
  private sync(always = false): void {
    if (this.syncing || (this.unsynced.length === 0 && !always)) return;
    const works = this.unsynced;
    this.unsynced = [];
    this.idleBehind = false;
    clearTimeout(this.idleSync);
    this.idleSync = undefined;
    this.syncing = true;
    // The log is there from the first commit on, and the same file for as long as this connection is open.
    this.logFile ??= openSync(`${this.path}-wal`, 'r+');
    fdatasync(this.logFile, (cause) => {
      this.syncing = false;
      if (cause) {
        const what = `the disk did not take what was written (${cause.message}); start again when it does`;
        this.broken = new IgorError('store', `${this.path}: ${what}`, { cause });
        for (const { reject } of works) reject(this.broken);
      } else {
        for (const { resolve, result } of works) resolve(result as never);
      }
      if (this.closed) this.finish();
      else this.sync();
      this.syncIdleSoon();
    });
  }

  /** Resolves when the file is let go of. */
  async close(): Promise<void> {
    if (!this.closed) {
      this.flush();
      this.closed = true;
      if (!this.syncing) this.finish();
    }
    await this.end;
  }

  private finish(): void {
    clearTimeout(this.idleSync);
    for (const { resolve, result } of this.unsynced.splice(0)) resolve(result as never);
    if (this.logFile !== undefined) closeSync(this.logFile);
    this.db.close();
    this.hasEnded();
  }
}

/** Two that open a new file in the same moment both want it alone: SQLite tells one of them at once, whatever time it may wait for others. */
function patiently(work: () => void): void {
  const end = Date.now() + busyTimeout;
  for (;;) {
    try {
      work();
      return;
    } catch (error) {
      if ((error as { sqliteCode?: number }).sqliteCode !== 5 || Date.now() > end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 + Math.random() * 20);
    }
  }
}
