// One setup at a time in one checkout: `npm start` and `npm test` may well be started together.
//
// The lock is an abstract Unix socket: the kernel frees it when its holder ends, however it ends, so none is ever stale.

import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { root } from './paths.mjs';

const checkout = createHash('sha256').update(root).digest('hex').slice(0, 16);

/**
 * The names of the locks that the running `work` holds: its own calls must not wait for themselves.
 * @type {AsyncLocalStorage<readonly string[]>}
 */
const held = new AsyncLocalStorage();

/**
 * @template T
 * @param {() => Promise<T>} work
 * @param {string} [name] of the lock
 * @returns {Promise<T>}
 */
export async function withLock(work, name = 'setup') {
  const outer = held.getStore() ?? [];
  if (outer.includes(name)) return work();
  const release = await acquire(`\0monsterlab-${name}-${checkout}`);
  try {
    return await held.run([...outer, name], work);
  } finally {
    release();
  }
}

/** @param {string} address */
async function acquire(address) {
  for (let told = false; ; told = true) {
    /** @type {import('node:net').Socket[]} */
    const waiting = [];
    const server = createServer((socket) => waiting.push(socket.on('error', () => {})));
    /** @type {NodeJS.ErrnoException | undefined} */
    const error = await new Promise((resolve) => {
      server.once('error', resolve);
      server.listen(address, () => resolve(undefined));
    });
    if (!error) {
      return () => {
        server.close();
        for (const socket of waiting) socket.destroy();
      };
    }
    if (error.code !== 'EADDRINUSE') throw error;
    if (!told) console.error('waiting for another setup of this checkout to finish …');
    await holderEnds(address);
  }
}

/**
 * The holder never answers a connection: it closes it when it is done.
 * @param {string} address
 */
function holderEnds(address) {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.on('error', () => {});
    socket.on('close', resolve);
    socket.resume();
  });
}
