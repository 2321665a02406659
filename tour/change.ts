// Third stop: a change of the large C file, and its diff. Nothing is written.
import { $, CallExpr, c, Expr, type TranslationUnit } from 'cmonster';
import { timed } from './measure.js';
import { colours, heading, number, print } from './screen.js';

const LINES = 24;

export function showChange(tu: TranslationUnit): void {
  heading('Where is cleared what a pointer points to?');
  const p = $('p', Expr);
  print(`  ${colours.cyan('tu.match(c`memset(${p}, 0, sizeof(*${p}))`)')}`);
  const { result: matches, milliseconds } = timed(() => tu.match(c`memset(${p}, 0, sizeof(*${p}))`));
  print(`  ${number(matches.length)} of ${number(tu.count(CallExpr))} calls, found in ${number(milliseconds)} ms`);

  heading('Let each of them name the type:');
  print(`  ${colours.cyan('match.replaceWith(c`memset($p, 0, sizeof(${type}))`)')}`, '');
  const staged = timed(() => {
    for (const match of matches) {
      const type = match.nodes.p.type.pointeeType;
      if (type) match.replaceWith(c`memset($p, 0, sizeof(${type}))`);
    }
  });
  const { result: diff, milliseconds: rendered } = timed(() => tu.diff());
  const lines = diff.trimEnd().split('\n');
  print(...lines.slice(0, LINES).map((line) => `  ${coloured(line)}`));
  if (lines.length > LINES) print(colours.dim(`  … and ${number(lines.length - LINES)} more lines`));
  print(
    '',
    `  staged in ${number(staged.milliseconds)} ms, the diff in ${number(rendered)} ms; tu.save() would write it`,
  );
}

function coloured(line: string): string {
  if (line.startsWith('+')) return colours.green(line);
  if (line.startsWith('-')) return colours.red(line);
  return line.startsWith('@@') ? colours.cyan(line) : line;
}
