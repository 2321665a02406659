// What a script does with a tree it has: looks for a class, walks, asks. Each on trees nobody has looked at yet.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CallExpr, Decl, TranslationUnit } from 'cmonster';
import { finish, job } from './result.mjs';

const everything = { implicit: true, instantiations: true, typeLocs: true };
setFlagsFromString('--expose-gc');
const collectGarbage = /** @type {() => void} */ (runInNewContext('gc'));

/** @param {() => number} action gives how many; @returns nanoseconds for each */
function nanoseconds(action) {
  const started = process.hrtime.bigint();
  const count = action();
  return Number(process.hrtime.bigint() - started) / count;
}

/** The least that a node costs: an object of two fields, and a place where it is kept. */
class Bare {
  /** @param {object} tu @param {number} index */
  constructor(tu, index) {
    this.tu = tu;
    this.index = index;
  }
}

/** @type {Record<string, number[]>} */
const taken = {
  firstLent: [],
  lent: [],
  firstWalk: [],
  walk: [],
  bareObjects: [],
  walkAgain: [],
  scan: [],
  columnScan: [],
  oneByOne: [],
  batch: [],
};
let scanAllocated = Number.POSITIVE_INFINITY;

for (let round = 0; round < job.rounds; round++) {
  const tu = await TranslationUnit.parse(job.file, job.options);
  const { rows, kind } = tu.snapshot;
  const walk = () => {
    let nodes = 0;
    for (const node of tu.walk(everything)) if (node.kind !== '') nodes++;
    return nodes;
  };
  const lentWalk = () => {
    let nodes = 0;
    for (const node of tu.walk({ ...everything, lend: true })) if (node.kind !== '') nodes++;
    return nodes;
  };
  // Whichever comes first makes the view.
  if (round % 2 === 0) {
    taken[round === 0 ? 'firstLent' : 'lent']?.push(nanoseconds(lentWalk));
  } else {
    taken[round === 1 ? 'firstWalk' : 'walk']?.push(nanoseconds(walk));
  }
  walk();
  taken.walkAgain?.push(nanoseconds(walk));

  taken.bareObjects?.push(
    nanoseconds(() => {
      const kept = new Array(rows);
      for (let row = 0; row < rows; row++) kept[row] = new Bare(tu, row);
      return kept.length;
    }),
  );

  let found = 0;
  for (let i = 0; i < 20; i++) {
    taken.scan?.push(
      nanoseconds(() => {
        found += tu.count(CallExpr, everything);
        return rows;
      }),
    );
  }
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 10; i++) found += tu.count(CallExpr, everything);
  scanAllocated = Math.min(scanAllocated, (process.memoryUsage().heapUsed - before) / 10);

  const wanted = tu.find(CallExpr)[0]?.index ?? 0;
  const number = kind[wanted];
  for (let i = 0; i < 20; i++) {
    taken.columnScan?.push(
      nanoseconds(() => {
        for (let row = 1; row < rows; row++) if (kind[row] === number) found++;
        return rows;
      }),
    );
  }
  if (found < 0) throw new Error('never: it is here so that counting is not optimised away');

  // A getter that Clang answers with next to no work of its own. None has been asked before.
  const declarations = tu.find(Decl);
  for (let at = 0; at + 2000 <= Math.min(declarations.length, 20_000); at += 2000) {
    const some = declarations.slice(at, at + 1000);
    taken.oneByOne?.push(
      nanoseconds(() => {
        for (const declaration of some) declaration.isInAnonymousNamespace();
        return 1000;
      }),
    );
    const others = declarations.slice(at + 1000, at + 2000);
    taken.batch?.push(
      nanoseconds(() => {
        tu.prefetch(others, 'isInAnonymousNamespace');
        return 1000;
      }),
    );
  }
  tu[Symbol.dispose]();
}
/** @param {number[]} numbers */
const least = (numbers) => Math.min(...numbers);
const result = Object.fromEntries(Object.entries(taken).map(([name, numbers]) => [name, least(numbers)]));
finish({ ...result, scanAllocated });
