// Where things are, for every script in this folder.

import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** What can be made or fetched again: stamps, logs, fetched sources. Ignored by git. */
export const cache = `${root}/.cache`;

export const setupCache = `${cache}/setup`;
