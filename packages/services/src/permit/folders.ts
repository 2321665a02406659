// Which folders may be looked at. Names are resolved before they are compared, so neither `..` nor a symbolic link leads
// out.
import { constants, existsSync, realpathSync, statSync } from 'node:fs';
import { type FileHandle, open, readlink } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { IgorError } from 'igor';
import type { Settings } from '../settings.js';

export interface AllowedFolder {
  /** Resolved. */
  path: string;
  writable: boolean;
}

export class Folders {
  constructor(private readonly settings: Settings) {}

  /** Those that are there now. */
  list(): AllowedFolder[] {
    return (this.settings.folders ?? []).flatMap((folder) => {
      const { path, writable = false } = typeof folder === 'string' ? { path: folder } : folder;
      return existsSync(path) ? [{ path: realpathSync(path), writable }] : [];
    });
  }

  /**
   * A folder that a caller names: an allowed one, or one inside.
   * @throws IgorError `permission_denied`, `not_found`
   */
  folder(path: string): AllowedFolder {
    const resolved = this.#resolve(path);
    if (!statSync(resolved.path).isDirectory()) throw new IgorError('not_found', `${path} is no folder`);
    return resolved;
  }

  /** A file below a folder that was allowed. @throws IgorError `permission_denied`, `not_found` */
  file({ path: base }: AllowedFolder, name: string): string {
    const { path } = this.#resolve(join(base, name));
    if (!isInside(base, path)) throw denied(name);
    if (!statSync(path).isFile()) throw new IgorError('not_found', `${name} is no file`);
    return path;
  }

  /**
   * Opens such a file to be read. What was opened is looked at once more, not its name: a link that somebody put in its way meanwhile
   * leads nowhere.
   * @throws IgorError `permission_denied`, `not_found`
   */
  async open(folder: AllowedFolder, name: string): Promise<FileHandle> {
    const path = this.file(folder, name);
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === 'ELOOP' ? denied(name) : new IgorError('not_found', `${name} can't be read: ${cause.code}`);
    });
    try {
      if (!isInside(folder.path, await readlink(`/proc/self/fd/${file.fd}`))) throw denied(name);
      if (!(await file.stat()).isFile()) throw new IgorError('not_found', `${name} is no file`);
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Whether a path, as it resolves now, is inside of this folder. */
  holds({ path: base }: AllowedFolder, path: string): boolean {
    try {
      return isInside(base, realpathSync(path));
    } catch {
      return false;
    }
  }

  #resolve(path: string): AllowedFolder {
    if (!isAbsolute(path) || path.includes('\0')) {
      throw new IgorError('invalid_argument', `${JSON.stringify(path)} is no absolute path`);
    }
    let real: string;
    try {
      real = realpathSync(path);
    } catch {
      // Whether it is there is nobody's business who may not look there.
      const parent = this.list().find((folder) => isInside(folder.path, path));
      throw parent ? new IgorError('not_found', `${path}: no such file or folder`) : denied(path);
    }
    const holders = this.list().filter((folder) => isInside(folder.path, real));
    if (holders.length === 0) throw denied(path);
    // Of several that hold it, the innermost says what may be done.
    const [inner] = holders.sort((a, b) => b.path.length - a.path.length);
    return { path: real, writable: inner!.writable };
  }
}

export function isInside(base: string, path: string): boolean {
  const way = relative(base, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

function denied(path: string): IgorError {
  return new IgorError('permission_denied', `${path} is in none of the folders that this agent allows`);
}
