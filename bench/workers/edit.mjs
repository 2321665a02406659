// An edit behind the includes, then the tree anew: resumed, and from the beginning, in turn.

import { readFileSync } from 'node:fs';
import { TranslationUnit } from 'cmonster';
import { finish, job } from './result.mjs';

const source = readFileSync(job.file, 'utf8');
/** @type {number[]} */
const cold = [];
/** @type {number[]} */
const resumed = [];
let tu = await TranslationUnit.parse(job.file, { ...job.options, keep: true });
const before = tu.snapshot.rows;
const supported = typeof tu.reparse === 'function';
for (let round = 0; supported && round < job.rounds; round++) {
  const text = `${source}\nint edited${round}(int x) { return x + ${round}; }\n`;
  let started = performance.now();
  const fresh = await tu.reparse({ text });
  resumed.push(performance.now() - started);
  if (fresh.snapshot.rows <= before) throw new Error('the edit is not in the new tree');
  tu[Symbol.dispose]();
  tu = fresh;

  started = performance.now();
  const again = await TranslationUnit.parse(job.file, { ...job.options, unsaved: { [job.file]: text } });
  cold.push(performance.now() - started);
  again[Symbol.dispose]();
}
tu[Symbol.dispose]();
finish({ supported, cold: supported ? Math.min(...cold) : 0, resumed: supported ? Math.min(...resumed) : 0 });
