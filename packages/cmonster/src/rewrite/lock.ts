/** A lock between processes: a file that names its holder. One whose holder is gone counts for nothing. */
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { CmonsterError } from '../error.js';
import { sleepSync } from '../sleep.js';

/** Who waits longer than this waits for something that hangs. */
const PATIENCE = 60_000;

/** This process, so that another one with the same number later is not taken for it. */
export function ownIdentity(): string {
  return `${process.pid}:${startOf(process.pid) ?? ''}`;
}

export function isRunning(identity: string): boolean {
  const [pid, start] = identity.split(':');
  if (!pid || !/^\d+$/.test(pid)) return false;
  const now = startOf(Number(pid));
  return now !== undefined && (start === '' || start === now);
}

/** When a process started, in the kernel's clock; undefined when there is none. */
function startOf(pid: number): string | undefined {
  try {
    // The second field, the name, is in brackets and may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Runs a function while no other process is in one with the same path. Waits, synchronously. */
export function withFileLock<T>(path: string, work: () => T): T {
  const identity = ownIdentity();
  // Written first and linked into place: a lock never exists without its holder's name in it.
  const own = `${path}.${process.pid}`;
  writeFileSync(own, identity, { mode: 0o600 });
  try {
    const end = Date.now() + PATIENCE;
    while (!tryLink(own, path)) {
      removeIfStale(path);
      if (Date.now() > end) {
        throw new CmonsterError(
          'FILE_UNWRITABLE',
          `another cmonster has held '${path}' for a minute: remove it if none is running`,
        );
      }
      sleepSync(5);
    }
    try {
      return work();
    } finally {
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

function tryLink(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a lock, or one that was about to be taken, whose holder is gone. */
export function removeIfStale(path: string): void {
  try {
    const { ino } = statSync(path);
    if (isRunning(readFileSync(path, 'utf8'))) return;
    // Only that very lock: another process may have replaced it just now.
    if (statSync(path).ino === ino) rmSync(path);
  } catch {
    // It was released meanwhile.
  }
}
