// The peer: Clang's own JSON dump, parsed by Node, every node visited where `visits` says so. A dump too large for a string of JavaScript is cut between
// the top-level declarations.

import { constants } from 'node:buffer';
import { spawn } from 'node:child_process';
import { cpu, finish, job } from './result.mjs';

const begin = cpu();
const started = performance.now();
const clang = spawn(job.clang, ['-fsyntax-only', '-w', '-Xclang', '-ast-dump=json', ...job.arguments, job.file], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
/** @type {Buffer[]} */
const chunks = [];
clang.stdout.on('data', (chunk) => chunks.push(chunk));
await new Promise((resolve) => clang.on('close', resolve));
const text = Buffer.concat(chunks);
chunks.length = 0;

let nodes = 0;
let characters = 0;
let lines = 0;

/**
 * What equals the place written before is left out of the dump.
 * @param {any} location
 */
function place(location) {
  const at = location?.expansionLoc ?? location;
  if (at?.offset === undefined) return;
  characters += at.file?.length ?? 0;
  lines = (lines + (at.line ?? 0) + at.col) | 0;
}

/** @param {any} root */
function visit(root) {
  const pending = [root];
  while (pending.length > 0) {
    const node = pending.pop();
    nodes++;
    characters += (node.kind?.length ?? 0) + (node.name?.length ?? 0) + (node.type?.qualType.length ?? 0);
    if (node.referencedDecl) characters += node.referencedDecl.name?.length ?? 0;
    else if (node.kind === 'MemberExpr') characters += node.name.length;
    place(node.range?.begin);
    place(node.range?.end);
    if (node.inner) for (const child of node.inner) pending.push(child);
  }
}

/**
 * What was parsed is kept, as a tree that somebody works with.
 * @type {object[]}
 */
const kept = [];
/** @param {object} root */
function take(root) {
  if (job.visits) visit(root);
  else kept.push(root);
}

let streamed = false;
if (text.length < constants.MAX_STRING_LENGTH) {
  take(JSON.parse(text.toString('utf8')));
} else {
  streamed = true;
  // Clang indents: the root's children begin and end four spaces deep.
  const open = Buffer.from('\n    {');
  const close = Buffer.from('\n    }');
  let at = text.indexOf(open);
  while (at >= 0) {
    const end = text.indexOf(close, at);
    take(JSON.parse(text.toString('utf8', at, end + close.length)));
    at = text.indexOf(open, end);
  }
}
const wall = performance.now() - started;
finish({ wall, nodes, characters, lines, streamed, megabytes: text.length / 1e6 }, cpu() - begin);
