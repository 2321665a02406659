/** With handlers of every include and pragma that decide nothing, everything is as without. */
import { test } from 'vitest';
import { realFiles } from './corpus.js';
import { expectIdentity } from './identity.js';

const inputs = await realFiles();
// Headers of C++ take long, and are much the same inside.
const some = [
  ...inputs.filter((_, i) => i % 8 === 0),
  ...inputs.filter(({ file }) => /\/(string|vector|iostream|thread|stdio\.h|stdlib\.h)$/.test(file)),
];

test.each(some)('$file is the same tree', { timeout: 120_000 }, (input) => expectIdentity(input));
