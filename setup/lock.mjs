// One setup at a time in one checkout: `npm start` and `npm test` may well be started together.
//
// The lock is an abstract Unix socket: the kernel frees it when its holder ends, however it ends, so none is ever stale.

import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { root } from './paths.mjs';

const address = `\0monsterlab-setup-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`;

/**
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(work) {
  const release = await acquire();
  try {
    return await work();
  } finally {
    release();
  }
}

async function acquire() {
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
    await holderEnds();
  }
}

/** The holder never answers a connection: it closes it when it is done. */
function holderEnds() {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.on('error', () => {});
    socket.on('close', resolve);
    socket.resume();
  });
}
