/** Built scripts, kept: a record for each script says what it was made from, and a folder of its own holds what was made. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { holdFolder, pruneBuildDir } from './prune.js';

/** What a file was when it was read. */
interface Input {
  path: string;
  size: number;
  /** Milliseconds since 1970. */
  modified: number;
  sha256: string;
}

/** When it was last changed is when it was last used. */
interface Entry {
  inputs: Input[];
  folder: string;
  /** What is in the folder. */
  bytes: number;
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

export class BuildCache {
  private readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  /** The folder of what was built for a key, while everything it was made from is as it was. */
  find(key: string): string | undefined {
    let entry: Entry;
    try {
      this.use(key);
      entry = JSON.parse(readFileSync(this.entryPath(key), 'utf8')) as Entry;
    } catch {
      return undefined;
    }
    const folder = join(this.dir, entry.folder);
    // Before it is looked for: what is there then stays there.
    holdFolder(this.dir, entry.folder);
    return existsSync(folder) && entry.inputs.every(isUnchanged) ? folder : undefined;
  }

  /**
   * Keeps what `make` puts into the folder it is given. The folder's name is that of its content, and it is never changed:
   * running programs load from it when they start others.
   */
  async keep(key: string, inputs: readonly string[], make: (folder: string) => Promise<void>): Promise<string> {
    const read = inputs.map(inputOf).filter((input) => input !== undefined);
    const temporary = mkdtempSync(join(this.dir, '.new-'));
    try {
      await make(temporary);
      const name = sha256(JSON.stringify([key, read.map(({ path, sha256 }) => [path, sha256])])).slice(0, 24);
      const folder = join(this.dir, name);
      holdFolder(this.dir, name);
      if (!existsSync(folder)) renameIfAbsent(temporary, folder);
      const entry: Entry = { inputs: read, folder: name, bytes: bytesIn(folder) };
      const part = join(this.dir, `.${key}.${process.pid}.json`);
      writeFileSync(part, JSON.stringify(entry), { mode: 0o600 });
      renameSync(part, this.entryPath(key));
      // The one that was there may have been taken away because it was old.
      if (!existsSync(folder)) renameIfAbsent(temporary, folder);
      pruneBuildDir(this.dir);
      return folder;
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }

  private use(key: string): void {
    const now = new Date();
    try {
      utimesSync(this.entryPath(key), now, now);
    } catch (error) {
      // Where nothing can be written nothing is taken away.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
    }
  }

  private entryPath(key: string): string {
    return join(this.dir, `${key}.json`);
  }
}

/** Somebody else may have made the same at the same time. */
function renameIfAbsent(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function inputOf(path: string): Input | undefined {
  try {
    const { size, mtimeMs } = statSync(path);
    return { path, size, modified: mtimeMs, sha256: sha256(readFileSync(path)) };
  } catch {
    return undefined;
  }
}

function isUnchanged({ path, size, modified, sha256: known }: Input): boolean {
  try {
    const now = statSync(path);
    if (now.size !== size) return false;
    return now.mtimeMs === modified || sha256(readFileSync(path)) === known;
  } catch {
    return false;
  }
}
