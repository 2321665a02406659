// The programs and objects that setup has built.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MrhookerError } from '../error.js';

const folder = new URL('../../runtime/', import.meta.url);

/** Where the headers are that generated stubs include. */
export const stubInclude = fileURLToPath(new URL('include', folder));

/** The path of something built from runtime/. */
export function builtFile(name: 'runtime.so' | 'mrhooker-compile' | 'mrhooker-start'): string {
  const path = fileURLToPath(new URL(`build/${name}`, folder));
  if (existsSync(path)) return path;
  throw new MrhookerError('runtime', `${name} is not built yet. In the repository, run: npm run setup`);
}
