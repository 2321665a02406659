/**
 * From source to a tree, and to having read every node's class, name, type, range (file, line and column of both ends) and what it refers
 * to, beside other ways to the same.
 */
import { leastBy, type Worked, work } from '../measure.js';
import { type CindexResult, cindex, clang, python } from '../peers.js';
import type { Group } from '../plot.js';
import { type Report, seconds } from '../report.js';
import type { Subject } from '../subjects.js';
import { parseOnce, type Ready } from './ready.js';

interface Visit {
  wall: number;
  nodes: number;
}
interface JsonDump extends Visit {
  streamed: boolean;
  megabytes: number;
}

const group = 'End to end';
const everything = 'class, name, type, range and reference of every node read, against';

export interface EndToEnd {
  ours: number;
  json: number;
  cindex: number | undefined;
}

export function measureEndToEnd(
  report: Report,
  subject: Subject,
  rounds: number,
  scan: number,
  rows: number,
): EndToEnd {
  const atLeast = subject.language === 'C' ? 10 : 4;
  const ours: Worked<Visit>[] = [];
  const ready: Worked<Ready>[] = [];
  const json: Record<'parsed' | 'visited', Worked<JsonDump>[]> = { parsed: [], visited: [] };
  const attributes: CindexResult[] = [];
  const kinds: CindexResult[] = [];
  const options = { scope: 'all', arguments: subject.arguments };
  for (let round = 0; round < rounds; round++) {
    ours.push(work<Visit>('visit', { file: subject.file, options }));
    for (const which of ['parsed', 'visited'] as const) {
      const job = { clang, file: subject.file, arguments: subject.arguments, visits: which === 'visited' };
      json[which].push(work<JsonDump>('json-dump', job, ['--max-old-space-size=12288']));
    }
    ready.push(parseOnce(subject, 'all'));
    if (python()) {
      attributes.push(cindex('attributes', subject) as CindexResult);
      kinds.push(cindex('kinds', subject) as CindexResult);
    }
    ours.push(work<Visit>('visit', { file: subject.file, options }));
  }
  const us = leastBy(ours, (run) => run.cpu);
  const dump = leastBy(json.visited, (run) => run.cpu);
  const { streamed, megabytes, nodes } = dump.result;
  const tree = leastBy(ready, (run) => run.cpu);
  const parsed = leastBy(json.parsed, (run) => run.cpu);
  report.add({
    group,
    what: "the tree in Node, against Clang's JSON dump and JSON.parse",
    subject: subject.name,
    measured: parsed.cpu / tree.cpu,
    unit: '×',
    asked: { atLeast },
    note: `${seconds(tree.cpu)} against ${seconds(parsed.cpu)} (${megabytes.toFixed(0)} MB${streamed ? ', in pieces' : ''})`,
  });
  report.add({
    group,
    what: `${everything} that dump`,
    subject: subject.name,
    measured: dump.cpu / us.cpu,
    unit: '×',
    asked: { atLeast },
    note: `${seconds(us.cpu)} for ${us.result.nodes} nodes against ${seconds(dump.cpu)} for ${nodes}`,
  });
  if (!python()) {
    report.skip(group, 'clang.cindex', "Python's bindings (python3-clang-19) are not installed");
    return { ours: us.cpu, json: dump.cpu, cindex: undefined };
  }
  const peer = leastBy(attributes, (run) => run.cpu);
  report.add({
    group,
    what: `${everything} Python's clang.cindex`,
    subject: subject.name,
    measured: peer.cpu / us.cpu,
    unit: '×',
    asked: { atLeast },
    note: `${seconds(us.cpu)} against ${seconds(peer.cpu)} for ${peer.nodes} cursors`,
  });
  const walk = leastBy(kinds, (run) => run.walkCpu);
  const scanned = (scan * rows) / 1e6;
  report.add({
    group,
    what: "counting calls, parsed already: against cindex's walk",
    subject: subject.name,
    measured: walk.walkCpu / scanned,
    unit: '×',
    asked: { atLeast: 20 },
    note: `${seconds(scanned)} for ${rows} nodes against ${seconds(walk.walkCpu)} for ${walk.nodes} cursors`,
  });
  return { ours: us.cpu, json: dump.cpu, cindex: peer.cpu };
}

export function endToEndPlot(subject: Subject, { ours, json, cindex }: EndToEnd): Group {
  const bars = [
    { label: 'cmonster', ratio: 1, ours: true },
    ...(cindex === undefined ? [] : [{ label: 'Python, clang.cindex', ratio: cindex / ours, ours: false }]),
    { label: 'JSON dump, read by Node', ratio: json / ours, ours: false },
  ];
  return { title: `${subject.name}: read all of it (cmonster = 1)`, bars };
}
