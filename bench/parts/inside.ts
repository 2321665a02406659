/** What working with a tree costs: by node, and by question. */
import { type Worked, work } from '../measure.js';
import type { Line, Report } from '../report.js';
import type { Subject } from '../subjects.js';

export interface Inside {
  firstLent: number;
  lent: number;
  firstWalk: number;
  walk: number;
  walkAgain: number;
  bareObjects: number;
  scan: number;
  columnScan: number;
  oneByOne: number;
  batch: number;
  scanAllocated: number;
}

const tree = 'In the tree, for each node';
const questions = 'A question to the living frontend';

export function measureInside(report: Report, subjects: readonly Subject[], rounds: number): Record<string, Inside> {
  const results: Record<string, Inside> = {};
  for (const subject of subjects) {
    const options = { scope: 'all', arguments: subject.arguments };
    const runs: Worked<Inside>[] = [];
    for (let i = 0; i < 2; i++)
      runs.push(work<Inside>('inside', { file: subject.file, options, rounds: rounds * 2 + 2 }));
    const best = (name: keyof Inside): number => Math.min(...runs.map(({ result }) => result[name]));
    results[subject.name] = {
      firstLent: best('firstLent'),
      lent: best('lent'),
      firstWalk: best('firstWalk'),
      walk: best('walk'),
      walkAgain: best('walkAgain'),
      bareObjects: best('bareObjects'),
      scan: best('scan'),
      columnScan: best('columnScan'),
      oneByOne: best('oneByOne') / 1000,
      batch: best('batch') / 1000,
      scanAllocated: best('scanAllocated'),
    };
  }
  for (const subject of subjects) {
    const { firstLent, lent, firstWalk, walk, walkAgain, bareObjects, scan, columnScan, scanAllocated } = results[
      subject.name
    ] as Inside;
    const line = (what: string, measured: number, note: string, atMost?: number): Line => ({
      group: tree,
      what,
      subject: subject.name,
      measured,
      unit: 'ns',
      ...(atMost !== undefined && { asked: { atMost } }),
      note,
    });
    const allocated = `${scanAllocated < 1024 ? 'nothing' : `${(scanAllocated / 1024).toFixed(0)} kB`} allocated`;
    report.add(line('scan by class: tu.count(CallExpr)', scan, allocated, 5));
    report.add(line('… the bare column', columnScan, ''));
    report.add(
      line('full typed walk of a fresh tree, nodes lent', lent, 'an object a class, moved; its class read', 150),
    );
    report.add(line('… the first walk of the process', firstLent, 'before V8 has compiled anything'));
    report.add(
      line('full typed walk of a fresh tree, nodes kept', walk, 'every node object made, its class read', 150),
    );
    report.add(line('… the first such walk', firstWalk, ''));
    report.add(line('… V8 alone, an object for each', bareObjects, 'of two fields, made and kept: nothing is read'));
    report.add(line('… again', walkAgain, 'every object is there already'));
  }
  for (const subject of subjects) {
    const { oneByOne, batch } = results[subject.name] as Inside;
    const line = (what: string, measured: number, atMost: number): Line => ({
      group: questions,
      what,
      subject: subject.name,
      measured,
      unit: 'µs',
      asked: { atMost },
      note: 'isInAnonymousNamespace() of 1,000 declarations',
    });
    report.add(line('one after another', oneByOne, 15));
    report.add(line('prefetched, a thousand at a time', batch, 1));
  }
  return results;
}
