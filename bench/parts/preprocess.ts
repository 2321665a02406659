/** Preprocessing alone: every token in TypeScript, and macros answered by it, beside two compilers' -E. */
import { interleave, least, leastBy, timed, work } from '../measure.js';
import { clang } from '../peers.js';
import { type Report, seconds } from '../report.js';
import { type Subject, writeSubject } from '../subjects.js';

const group = 'Preprocessing';

interface Preprocessed {
  wall: number;
  /** What the first file of the process took, before V8 had compiled anything. */
  first: number;
  tokens: number;
  calls: number;
}

const CALLS = 20_000;

export function measurePreprocessing(report: Report, subjects: readonly Subject[], rounds: number): void {
  for (const { name, file, language, arguments: args } of subjects) {
    const gcc = language === 'C' ? 'gcc' : 'g++';
    const runs = interleave(rounds, {
      clang: () => timed(clang, ['-E', '-o', '/dev/null', ...args, file]).cpu,
      gcc: () => timed(gcc, ['-E', '-o', '/dev/null', ...args, file]).cpu,
    });
    const ours = interleave(rounds, { tokens: () => work<Preprocessed>('preprocess', { file, arguments: args }) });
    const compiler = least(runs.clang);
    const best = leastBy(ours.tokens, (run) => run.cpu);
    const iteration = (best.result.tokens * 40) / 1e6;
    report.add({
      group,
      what: 'every token, 40 ns a token left out (clang -E = 1)',
      subject: name,
      measured: Math.max(0, best.cpu - iteration) / compiler,
      unit: '×',
      asked: { atMost: 1.5 },
      note: `${seconds(best.cpu)} CPU for ${best.result.tokens} tokens; clang -E ${seconds(compiler)}, ${gcc} -E ${seconds(least(runs.gcc))}`,
    });
  }
  const lines = Array.from({ length: CALLS }, (_, i) => `int a${i} = CALL(${i});`);
  const twice = { arguments: [], twice: true };
  const calls = { ...twice, file: writeSubject('calls.c', `${lines.join('\n')}\n`), calls: true };
  const plain = { ...twice, file: writeSubject('no-calls.c', `#define CALL(x) x\n${lines.join('\n')}\n`) };
  const repeated = lines.map((line, i) => line.replace(`CALL(${i})`, `CALL(${i % 100})`));
  const pure = {
    ...twice,
    file: writeSubject('pure-calls.c', `${repeated.join('\n')}\n`),
    calls: true,
    pure: true,
  };
  const together = { ...calls, pure: true };
  const runs = interleave(rounds, {
    together: () => work<Preprocessed>('preprocess', together),
    pure: () => work<Preprocessed>('preprocess', pure),
    calls: () => work<Preprocessed>('preprocess', calls),
    plain: () => work<Preprocessed>('preprocess', plain),
  });
  const one = leastBy(runs.calls, (run) => run.result.wall).result;
  const without = leastBy(runs.plain, (run) => run.result.wall).result;
  report.add({
    group,
    what: 'a use of a macro in TypeScript',
    subject: `${CALLS} uses`,
    measured: ((one.wall - without.wall) * 1000) / one.calls,
    unit: 'µs',
    asked: { atMost: 30 },
    note: 'by the clock, what an ordinary macro takes left out',
  });
  report.add({
    group,
    what: '… in the first file of the process',
    subject: `${CALLS} uses`,
    measured: ((one.first - without.first) * 1000) / one.calls,
    unit: 'µs',
    note: 'before V8 has compiled anything',
  });
  const batches = leastBy(runs.together, (run) => run.result.wall).result;
  report.add({
    group,
    what: 'a use of a pure one, no two the same: asked for in batches',
    subject: `${CALLS} uses`,
    measured: ((batches.wall - without.wall) * 1000) / batches.calls,
    unit: 'µs',
    asked: { atMost: ((one.wall - without.wall) * 1000) / one.calls },
    note: 'asked: less than one at a time',
  });
  report.add({
    group,
    what: 'a use of a pure one, 100 arguments in turn',
    subject: `${CALLS} uses`,
    measured: Math.max(0, (leastBy(runs.pure, (run) => run.result.wall).result.wall - without.wall) * 1000) / CALLS,
    unit: 'µs',
  });
}
