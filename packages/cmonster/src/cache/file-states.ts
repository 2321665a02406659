/** What files hold, by hash: each looked at as rarely as is safe. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface State {
  size: number;
  mtime: number;
  ctime: number;
  inode: number;
  hash: string;
}

export class FileStates {
  private readonly once: boolean;
  private readonly known = new Map<string, State | null>();
  private readonly listings = new Map<string, ReadonlySet<string>>();
  private readonly existing = new Map<string, boolean>();

  /** With `once` a file that was looked at is not looked at again. */
  constructor(once: boolean) {
    this.once = once;
  }

  is(path: string, size: number, hash: string): boolean {
    const state = this.state(path);
    return state !== null && state.size === size && state.hash === hash;
  }

  /** Undefined when it is not of that size, or was touched at or after a time. */
  hashOf(path: string, size: number, before: number): string | undefined {
    const state = this.state(path);
    if (!state || state.size !== size || state.mtime >= before || state.ctime >= before) return undefined;
    return state.hash;
  }

  private state(path: string): State | null {
    const known = this.known.get(path);
    if (known !== undefined && this.once) return known;
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat?.isFile()) {
      this.known.set(path, null);
      return null;
    }
    const { size, mtimeMs: mtime, ctimeMs: ctime, ino: inode } = stat;
    if (known && known.size === size && known.mtime === mtime && known.ctime === ctime && known.inode === inode) {
      return known;
    }
    let state: State | null = null;
    try {
      state = { size, mtime, ctime, inode, hash: createHash('sha256').update(readFileSync(path)).digest('hex') };
    } catch {
      // Not readable: then it is not what it was.
    }
    this.known.set(path, state);
    return state;
  }

  /** Whether there is something of this name in a directory: `sys/types.h`. The directory's list is read first, and once. */
  exists(directory: string, name: string): boolean {
    const path = join(directory, name);
    const known = this.existing.get(path);
    if (known !== undefined && this.once) return known;
    const exists = this.mayExist(path) && statSync(path, { throwIfNoEntry: false }) !== undefined;
    this.existing.set(path, exists);
    return exists;
  }

  private mayExist(path: string): boolean {
    if (!this.once) return true;
    const directory = dirname(path);
    let listing = this.listings.get(directory);
    if (!listing) {
      try {
        listing = new Set(readdirSync(directory));
      } catch {
        listing = new Set();
      }
      this.listings.set(directory, listing);
    }
    return listing.has(path.slice(directory.endsWith('/') ? directory.length : directory.length + 1));
  }
}
