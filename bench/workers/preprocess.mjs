// Preprocesses a file in a fresh Node: every token looked at, or a macro in TypeScript used over and over.

import { Preprocessor } from 'cmonster';
import { children, gone } from './processes.mjs';
import { cpu, finish, job } from './result.mjs';

function once() {
  const begin = cpu();
  const started = performance.now();
  const preprocessor = new Preprocessor(job.file, { arguments: job.arguments });
  let calls = 0;
  if (job.calls) {
    const call = (/** @type {import('cmonster').TokenList} */ argument) => {
      calls++;
      return argument;
    };
    preprocessor.define('CALL', call, { isPure: job.pure === true });
  }
  let tokens = 0;
  let names = 0;
  for (const token of preprocessor.tokens()) {
    tokens++;
    if (token.kind === 'identifier') names++;
  }
  const wall = performance.now() - started;
  return { preprocessor, wall, tokens, names, calls, workCpu: cpu() - begin };
}

// Where uses of a macro are counted, the second file of a process is measured: in the first V8 compiles.
let first;
if (job.twice) {
  const { preprocessor, wall } = once();
  first = wall;
  preprocessor.dispose();
}
const { preprocessor, workCpu, ...result } = once();
const pids = children();
preprocessor.dispose();
await gone(pids);
finish({ ...result, first: first ?? result.wall }, workCpu);
