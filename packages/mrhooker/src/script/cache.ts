/** Built scripts, kept: a record for each script says what it was made from, and a folder of its own holds what was made. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a file was when it was read. */
interface Input {
  path: string;
  size: number;
  /** Milliseconds since 1970. */
  modified: number;
  sha256: string;
}

interface Entry {
  inputs: Input[];
  folder: string;
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
      entry = JSON.parse(readFileSync(this.entryPath(key), 'utf8')) as Entry;
    } catch {
      return undefined;
    }
    const folder = join(this.dir, entry.folder);
    const fresh = existsSync(folder) && entry.inputs.every(isUnchanged);
    return fresh ? folder : undefined;
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
      if (!existsSync(folder)) renameIfAbsent(temporary, folder);
      const entry: Entry = { inputs: read, folder: name };
      const part = join(this.dir, `.${key}.${process.pid}.json`);
      writeFileSync(part, JSON.stringify(entry), { mode: 0o600 });
      renameSync(part, this.entryPath(key));
      return folder;
    } finally {
      rmSync(temporary, { recursive: true, force: true });
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
