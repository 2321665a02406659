/**
 * Whose a file or folder is: one process at a time. The lock is a socket in Linux's abstract namespace (unix(7)), which nothing but the end of its
 * process lets go of, however that comes. A process's number in a file would belong to somebody else after a restart.
 */
import { statSync } from 'node:fs';
import { createServer } from 'node:net';
import { IgorError } from '../error.js';

/** @returns what gives it up. @throws IgorError `usage` when somebody else has it */
export function lock(path: string): () => void {
  const { dev, ino } = statSync(path);
  const server = createServer().unref();
  // Said below; the event comes later.
  server.on('error', () => {});
  server.listen(`\0igor ${dev} ${ino}`);
  if (!server.listening)
    throw new IgorError('usage', `${path} is in use by another process of igor: end that one first`);
  return () => void server.close();
}
