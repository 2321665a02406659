/** The tree anew after an edit of the main file. */
import { work } from '../measure.js';
import { type Report, seconds } from '../report.js';
import type { Subject } from '../subjects.js';

const group = 'After an edit behind the includes';

export function measureEdit(report: Report, subjects: readonly Subject[], rounds: number): void {
  for (const subject of subjects) {
    for (const scope of ['main', 'all'] as const) {
      const options = { scope, arguments: subject.arguments };
      const { result } = work<{ supported: boolean; cold: number; resumed: number }>('edit', {
        file: subject.file,
        options,
        rounds,
      });
      if (!result.supported) {
        report.skip(group, `reparse of ${subject.name}`, 'this build of cmonster has none');
        continue;
      }
      report.add({
        group,
        what: `tu.reparse() against a parse, scope '${scope}'`,
        subject: subject.name,
        measured: result.resumed / result.cold,
        unit: '×',
        ...(scope === 'main' && { asked: { atMost: 0.5 } }),
        note: `${seconds(result.resumed)} against ${seconds(result.cold)} by the clock`,
      });
    }
  }
}
