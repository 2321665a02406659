// End to end: parses, then visits every node that Clang's own dump shows, for what that dump says of each: class, name, type as text,
// range (file, line and column of its begin and its end) and the name of what it refers to.

import { DeclRefExpr, MemberExpr, NamedDecl, TranslationUnit } from 'cmonster';
import { children, gone } from './processes.mjs';
import { cpu, finish, job } from './result.mjs';

const begin = cpu();
const started = performance.now();
const tu = await TranslationUnit.parse(job.file, job.options);
let nodes = 0;
let characters = 0;
let lines = 0;

/** @param {import('cmonster').Location} location */
function place(location) {
  if (!location.isValid) return;
  characters += location.file?.name.length ?? 0;
  lines = (lines + (location.line ?? 0) + (location.column ?? 0)) | 0;
}

function visit() {
  for (const node of tu.walk({ implicit: true, instantiations: true, lend: true })) {
    nodes++;
    characters += node.kind.length;
    if (node instanceof NamedDecl) characters += node.name?.length ?? 0;
    const type = /** @type {{ type?: object }} */ (node).type;
    if (type) characters += type.toString().length;
    if (node instanceof DeclRefExpr) characters += node.decl.name?.length ?? 0;
    else if (node instanceof MemberExpr) characters += node.memberDecl.name?.length ?? 0;
    place(node.beginLoc);
    place(node.endLoc);
  }
}
visit();
const wall = performance.now() - started;
const workCpu = cpu() - begin;
const pids = children();
tu[Symbol.dispose]();
await gone(pids);
finish({ wall, nodes, characters, lines }, workCpu);
