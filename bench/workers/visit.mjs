// End to end: parses, then visits every node that Clang's own dump shows, for its class, name, type as text, line and column.

import { NamedDecl, TranslationUnit } from 'cmonster';
import { children, gone } from './processes.mjs';
import { cpu, finish, job } from './result.mjs';

const begin = cpu();
const started = performance.now();
const tu = await TranslationUnit.parse(job.file, job.options);
let nodes = 0;
let characters = 0;
let lines = 0;

function visit() {
  for (const node of tu.walk({ implicit: true, instantiations: true, lend: true })) {
    nodes++;
    characters += node.kind.length;
    if (node instanceof NamedDecl) characters += node.name?.length ?? 0;
    const type = /** @type {{ type?: object }} */ (node).type;
    if (type) characters += String(type).length;
    const { beginLoc } = node;
    if (beginLoc.isValid) lines += (beginLoc.line ?? 0) + (beginLoc.column ?? 0);
  }
}
visit();
const wall = performance.now() - started;
const workCpu = cpu() - begin;
const pids = children();
tu[Symbol.dispose]();
await gone(pids);
finish({ wall, nodes, characters, lines }, workCpu);
