/**
 * `npm run bench [-- --quick] [-- --rounds=N]`: measures cmonster beside its peers. The full run writes docs/bench.md,
 * docs/bench.svg and README's comparison; a quick one measures less often, and writes nothing. On a busy machine more rounds give better numbers.
 */
import { writeFileSync } from 'node:fs';
import { root } from '../setup/paths.mjs';
import { machine, versions } from './machine.js';
import { measureCalls } from './parts/calls.js';
import { measureConsole } from './parts/console.js';
import { measureEdit } from './parts/edit.js';
import { type EndToEnd, endToEndPlot, measureEndToEnd } from './parts/end-to-end.js';
import { measureHooks } from './parts/hooks.js';
import { measureInside } from './parts/inside.js';
import { measurePreprocessing } from './parts/preprocess.js';
import { measureProject } from './parts/project.js';
import { measureReady, parseOnce } from './parts/ready.js';
import { measureRewrite } from './parts/rewrite.js';
import { measureSmall } from './parts/small.js';
import { type Group, plot } from './plot.js';
import { writeReadme } from './readme.js';
import { holds, Report } from './report.js';
import { subjects } from './subjects.js';

const quick = process.argv.includes('--quick');
const rounds = Number(
  process.argv.find((arg) => arg.startsWith('--rounds='))?.slice('--rounds='.length) ?? (quick ? 2 : 5),
);
const peerRounds = quick ? 1 : 2;

const { sqlite, stl, json, eigen } = await subjects();
const all = [sqlite, stl, json, eigen];
const report = new Report();
console.log(`${machine()}\n${versions()}`);

const ready = measureReady(report, all, rounds);
const inside = measureInside(report, [sqlite, stl], quick ? 1 : 4);
const groups: Group[] = [
  {
    title: 'The whole AST, ready to be read (clang -fsyntax-only = 1)',
    bars: all.map(({ name }) => ({
      label: name,
      ratio: (ready[name] as { all: number }).all / (ready[name] as { clang: number }).clang,
      ours: true,
    })),
  },
];
const endToEnd: Record<string, EndToEnd> = {};
for (const subject of [sqlite, stl]) {
  const { rows } = parseOnce(subject, 'all').result;
  const measured = measureEndToEnd(report, subject, peerRounds, inside[subject.name]?.scan ?? 0, rows);
  endToEnd[subject.name] = measured;
  groups.push(endToEndPlot(subject, measured));
}
measureEdit(report, quick ? [stl] : [stl, json], quick ? 2 : 5);
measureRewrite(report, sqlite, quick ? 3 : 6);
measurePreprocessing(report, [sqlite, stl], quick ? 2 : 5);
measureSmall(report, quick ? 2 : 5);
await measureProject(report, quick ? 1 : 3);
await measureHooks(report, quick ? 2 : 5);

await measureCalls(report, quick);
await measureConsole(report, quick ? 10 : 40);

const missed = report.lines.filter((line) => holds(line) === false);
const asked = report.lines.filter((line) => line.asked);
console.log(`\n${asked.length - missed.length} of ${asked.length} numbers are what was asked for`);

if (!quick) {
  const date = new Date().toISOString().slice(0, 10);
  const page = `# Speed and memory

${date} · ${machine()} · ${versions()}

![Bars: the whole AST against the compiler; reading all of it against other ways](bench.svg)

Written by \`npm run bench\`. Times are CPU time of all processes involved, Node's own start left out, the least of several runs in turn with
the peers; what is measured by the clock says so. Trust the ratios: this machine is shared. ✓ and ✗ compare with what was asked for.

| file | what it is |
| --- | --- |
${all.map(({ name, what }) => `| ${name} | ${what} |`).join('\n')}
${report.markdown()}
`;
  writeFileSync(`${root}/docs/bench.md`, page);
  const subheading = `CPU time on a logarithmic scale, less is better. ${date}, ${machine()}`;
  writeFileSync(`${root}/docs/bench.svg`, plot('How long it takes', subheading, groups));
  writeReadme(report, ready, endToEnd);
  console.log('written: docs/bench.md, docs/bench.svg, README.md');
}
