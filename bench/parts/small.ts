/** What does not depend on the file: starting, and that cost grows with the size only. */
import { interleave, leastBy } from '../measure.js';
import { type Report, seconds } from '../report.js';
import { writeSubject } from '../subjects.js';
import { parseOnce } from './ready.js';

const group = 'Small files';

const sums = (functions: number, terms: number): string => {
  const sum = `${'a+'.repeat(terms - 1)}a`;
  return Array.from({ length: functions }, (_, i) => `int f${i}(int a) { return ${sum}; }\n`).join('');
};

export function measureSmall(report: Report, rounds: number): void {
  const parse = (file: string) => () => parseOnce({ file, arguments: [] }, 'all');
  const runs = interleave(rounds, {
    empty: parse(writeSubject('empty.c', '')),
    many: parse(writeSubject('short-sums.c', sums(300, 1_000))),
    few: parse(writeSubject('long-sums.c', sums(10, 30_000))),
  });
  const empty = leastBy(runs.empty, (run) => run.cpu);
  const short = leastBy(runs.many, (run) => run.cpu).cpu - empty.cpu;
  const long = leastBy(runs.few, (run) => run.cpu).cpu - empty.cpu;
  report.add({
    group,
    what: 'a term of a 30,000-term sum, against 1,000',
    subject: '300,000 terms',
    measured: long / short,
    unit: '×',
    asked: { atMost: 3 },
    note: `${seconds(long)} against ${seconds(short)}`,
  });
  const soonest = leastBy(runs.empty, (run) => run.result.wall);
  report.add({
    group,
    what: 'an empty file, from the call to the tree',
    subject: 'empty.c',
    measured: soonest.result.wall,
    unit: 'ms',
    note: `by the clock; CPU: frontend ${seconds(empty.childCpu)}, Node ${seconds(empty.result.workCpu)}; ${empty.result.childPeak.toFixed(0)} MB`,
  });
}
