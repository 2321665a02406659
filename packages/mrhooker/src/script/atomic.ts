import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** All of it or nothing, also when the disk is full or somebody reads meanwhile. */
export function writeFileAtomically(path: string, text: string): void {
  const part = `${path}.${process.pid}.part`;
  try {
    writeFileSync(part, text);
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
