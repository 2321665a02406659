import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// LONG=1 runs only the tests that don't fit the time of `npm test`.
const long = process.env.LONG === '1';
const suffix = long ? 'long.test' : 'test';

export default defineConfig({
  resolve: {
    alias: {
      '@monsterlab/console': fileURLToPath(new URL('packages/console/src/index.ts', import.meta.url)),
      '@monsterlab/services': fileURLToPath(new URL('packages/services/src/index.ts', import.meta.url)),
      'cmonster/make-folder': fileURLToPath(new URL('packages/cmonster/src/make-folder.ts', import.meta.url)),
      cmonster: fileURLToPath(new URL('packages/cmonster/src/index.ts', import.meta.url)),
      'igor/agent': fileURLToPath(new URL('packages/igor/src/agent/index.ts', import.meta.url)),
      igor: fileURLToPath(new URL('packages/igor/src/index.ts', import.meta.url)),
      'mrhooker/node': fileURLToPath(new URL('packages/mrhooker/src/node.ts', import.meta.url)),
      mrhooker: fileURLToPath(new URL('packages/mrhooker/src/index.ts', import.meta.url)),
    },
  },
  test: {
    include: [`packages/*/{src,codegen}/**/*.${suffix}.ts`, `tests/**/*.${suffix}.ts`, `setup/**/*.${suffix}.{ts,mjs}`],
    exclude: ['**/node_modules/**', '**/dist/**', ...(long ? [] : ['**/*.long.test.*'])],
    pool: 'forks',
    maxWorkers: 2,
    // Real processes and servers on shared machines: what fails must fail twice.
    retry: process.env.CI && !long ? 1 : 0,
    testTimeout: long ? 600_000 : 60_000,
    hookTimeout: long ? 600_000 : 60_000,
    reporters: ['default', './setup/test-reporter.mjs'],
    passWithNoTests: true,
  },
});
