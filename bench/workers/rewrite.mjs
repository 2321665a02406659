// Ten thousand edits of one file: staged, and committed to its new bytes.

import { CallExpr, c, parseSync } from 'cmonster';
import { finish, job } from './result.mjs';

const MANY = 10_000;

const tu = parseSync(job.file, job.options);
const calls = tu.find(CallExpr, (call) => call.macro.length === 0).slice(0, MANY);
if (calls.length < MANY) throw new Error(`${job.file} has only ${calls.length} calls outside of macros`);

/** @type {Record<string, number>} the least of all rounds, in milliseconds */
const least = {};
/** @param {string} name @param {() => void} run */
function timed(name, run) {
  const started = performance.now();
  run();
  least[name] = Math.min(least[name] ?? Number.POSITIVE_INFINITY, performance.now() - started);
}

let edits = 0;
for (let round = 0; round < job.rounds; round++) {
  /** @type {Record<string, (call: CallExpr) => void>} */
  const jobs = {
    replace: (call) => call.callee.replaceWith('f'),
    push: (call) => call.arguments.push('0'),
    wrap: (call) => call.replaceWith(c`checked(${call}, ${call.arguments[0] ?? '0'})`),
  };
  for (const [name, edit] of Object.entries(jobs)) {
    tu.rewriter.clear();
    timed(`${name}Stage`, () => calls.forEach(edit));
    timed(`${name}Commit`, () => void tu.rewriter.bytes(tu.mainFile));
    if (name === 'replace') timed('diff', () => void tu.diff());
    edits = tu.edits.length;
  }
}
finish({ ...least, edits });
