// `npm test [-- FILTER…]` and `npm run test:long`: sets the machine up, then runs the tests. FILTER and options are
// vitest's.

import { root } from './paths.mjs';
import { becomeNode } from './run.mjs';
import { setupOrExit } from './setup.mjs';

const args = process.argv.slice(2);
const long = args.includes('--long');

await setupOrExit(['build', 'test']);
becomeNode(
  [`${root}/node_modules/vitest/vitest.mjs`, 'run', ...args.filter((arg) => arg !== '--long')],
  long ? { LONG: '1' } : {},
);
