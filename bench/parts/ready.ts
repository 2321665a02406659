/** From source to the whole AST in TypeScript, beside the compiler that builds it and throws it away. */
import { interleave, least, leastBy, type Worked, work } from '../measure.js';
import { syntaxOnly } from '../peers.js';
import { type Report, seconds } from '../report.js';
import type { Subject } from '../subjects.js';

export interface Ready {
  wall: number;
  rows: number;
  types: number;
  bytes: number;
  times: { parse: number; snapshot: number };
  childPeak: number;
  nodeResident: number;
}

const group = 'The whole AST in TypeScript, against `clang -fsyntax-only`';

export function parseOnce(subject: Pick<Subject, 'file' | 'arguments'>, scope: 'main' | 'all'): Worked<Ready> {
  const options = { scope, arguments: subject.arguments };
  return work<Ready>('ready', { file: subject.file, options });
}

/** Gives the CPU milliseconds of the compiler, and of the whole AST, by subject. */
export function measureReady(
  report: Report,
  subjects: readonly Subject[],
  rounds: number,
): Record<string, { clang: number; all: number; main: number }> {
  const cpu: Record<string, { clang: number; all: number; main: number }> = {};
  const memory: (() => void)[] = [];
  for (const subject of subjects) {
    const alone: number[] = [];
    const { all, main } = interleave(rounds, {
      all: () => {
        alone.push(syntaxOnly(subject));
        return parseOnce(subject, 'all');
      },
      main: () => parseOnce(subject, 'main'),
    });
    const clang = least(alone);
    const whole = leastBy(all, (run) => run.cpu);
    const narrow = leastBy(main, (run) => run.cpu);
    cpu[subject.name] = { clang, all: whole.cpu, main: narrow.cpu };
    const behind = (run: Worked<Ready>): string =>
      `${seconds(run.cpu)} (frontend ${seconds(run.childCpu)}, Node ${seconds(run.result.workCpu)}) against ${seconds(clang)}`;
    report.add({
      group,
      what: 'everything: implicit, instantiations, types',
      subject: subject.name,
      measured: whole.cpu / clang,
      unit: '×',
      asked: { atMost: 1.3, ambition: 1.2 },
      note: behind(whole),
    });
    report.add({
      group,
      what: "scope 'main'",
      subject: subject.name,
      measured: narrow.cpu / clang,
      unit: '×',
      ...(subject.language === 'C++' && { asked: { atMost: 1.05, ambition: 0.95 } }),
      note: behind(narrow),
    });
    memory.push(() => memoryOf(report, subject, whole.result));
  }
  for (const add of memory) add();
  return cpu;
}

function memoryOf(report: Report, subject: Subject, result: Ready): void {
  const { rows, bytes, types, childPeak, nodeResident } = result;
  report.add({
    group: 'Memory',
    what: 'snapshot, for each node',
    subject: subject.name,
    measured: bytes / rows,
    unit: 'B',
    asked: { atMost: 48 },
    note: `${(bytes / 1e6).toFixed(1)} MB, ${rows} nodes, ${types} types; frontend ${childPeak.toFixed(0)} MB at most, Node ${nodeResident.toFixed(0)} MB`,
  });
}
