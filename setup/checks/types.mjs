import { captureNode } from '../shell.mjs';

/** Types of what setup doesn't compile: the tests, the generator, benchmarks, examples, and setup itself. */
export const types = {
  title: 'types (tsc)',
  repair: 'fix what is listed; `npx tsc -b tsconfig.check.json` runs this check alone',
  problems() {
    const { ok, output } = captureNode('typescript/bin/tsc', ['-b', 'tsconfig.check.json']);
    return ok ? undefined : output;
  },
};
