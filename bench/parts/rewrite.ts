/** Edits on nodes of a large file, from the first that is staged to the new text. */
import { work } from '../measure.js';
import { type Report, seconds } from '../report.js';
import type { Subject } from '../subjects.js';

interface Rewritten {
  edits: number;
  replaceStage: number;
  replaceCommit: number;
  pushStage: number;
  pushCommit: number;
  wrapStage: number;
  wrapCommit: number;
  diff: number;
}

const group = '10,000 edits of one file, parsed before';

export function measureRewrite(report: Report, subject: Subject, rounds: number): void {
  const { result } = work<Rewritten>('rewrite', {
    file: subject.file,
    options: { arguments: subject.arguments },
    rounds,
  });
  const line = (what: string, stage: number, commit: number): void => {
    report.add({
      group,
      what,
      subject: subject.name,
      measured: commit,
      unit: 'ms',
      asked: { atMost: 150 },
      note: `committed, by the clock; staged before in ${seconds(stage)}; ${result.edits} edits`,
    });
  };
  line('callee.replaceWith(…)', result.replaceStage, result.replaceCommit);
  line('arguments.push(…)', result.pushStage, result.pushCommit);
  line('call.replaceWith(c`…${call}…`)', result.wrapStage, result.wrapCommit);
  report.add({
    group,
    what: 'tu.diff()',
    subject: subject.name,
    measured: result.diff,
    unit: 'ms',
    note: 'of the callees, by the clock',
  });
}
