/** Edits as a unified diff, which `patch` and `git apply` take. */
import { isUtf8 } from 'node:buffer';
import { applyEdits, type Edit } from './edit.js';

/** Lines around a change. */
const CONTEXT = 3;
const NEWLINE = 10;

/** Lines that change: [first, end) in the old file, numbered from 0, and what stands there then. */
interface Block {
  first: number;
  end: number;
  lines: Uint8Array[];
}

/**
 * The changes of one file as bytes, as its lines need not be UTF-8; empty when there are none.
 * @param path as it shall stand in the diff
 */
export function unifiedDiff(bytes: Uint8Array, edits: readonly Edit[], path: string): Uint8Array {
  const old = linesOf(bytes);
  const blocks = changedBlocks(bytes, old, edits);
  if (blocks.length === 0) return new Uint8Array(0);
  const parts: Uint8Array[] = [text(`--- ${label('a', path)}\n+++ ${label('b', path)}\n`)];
  let shift = 0;
  for (let at = 0; at < blocks.length; ) {
    const hunk = [blocks[at++] as Block];
    while (at < blocks.length && (blocks[at] as Block).first - (hunk[hunk.length - 1] as Block).end <= 2 * CONTEXT) {
      hunk.push(blocks[at++] as Block);
    }
    shift = writeHunk(parts, old, hunk, shift);
  }
  return Buffer.concat(parts);
}

function writeHunk(parts: Uint8Array[], old: readonly Uint8Array[], hunk: readonly Block[], shift: number): number {
  const first = Math.max(0, (hunk[0] as Block).first - CONTEXT);
  const end = Math.min(old.length, (hunk[hunk.length - 1] as Block).end + CONTEXT);
  const gained = hunk.reduce((sum, block) => sum + block.lines.length - (block.end - block.first), 0);
  parts.push(text(`@@ -${span(first, end - first)} +${span(first + shift, end - first + gained)} @@\n`));
  let at = first;
  for (const block of hunk) {
    for (; at < block.first; at++) pushLine(parts, ' ', old[at] as Uint8Array);
    for (; at < block.end; at++) pushLine(parts, '-', old[at] as Uint8Array);
    for (const line of block.lines) pushLine(parts, '+', line);
  }
  for (; at < end; at++) pushLine(parts, ' ', old[at] as Uint8Array);
  return shift + gained;
}

/** A hunk without lines is said to be behind the line before it. */
function span(first: number, count: number): string {
  const line = count === 0 ? first : first + 1;
  return count === 1 ? String(line) : `${line},${count}`;
}

function pushLine(parts: Uint8Array[], sign: string, line: Uint8Array): void {
  parts.push(text(sign), line);
  if (line[line.length - 1] !== NEWLINE) parts.push(text('\n\\ No newline at end of file\n'));
}

/** Names that `git apply` would misread are quoted as git does. */
function label(side: string, path: string): string {
  const name = path.startsWith('/') ? path : `${side}/${path}`;
  return /["\\\t\n]/.test(name) ? JSON.stringify(name) : name;
}

function text(value: string): Uint8Array {
  return Buffer.from(value, 'utf8');
}

/** Lines with their ends. To `patch` only \n ends a line. */
function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, at);
    const end = newline < 0 ? bytes.length : newline + 1;
    lines.push(bytes.subarray(at, end));
    at = end;
  }
  return lines;
}

function changedBlocks(bytes: Uint8Array, old: readonly Uint8Array[], edits: readonly Edit[]): Block[] {
  const blocks: Block[] = [];
  const utf8 = isUtf8(bytes);
  let line = 0;
  let start = 0;
  for (let at = 0; at < edits.length; ) {
    // The lines that an edit touches, and further edits that touch the same.
    const { offset } = edits[at] as Edit;
    while (line < old.length && start + (old[line] as Uint8Array).length <= offset)
      start += (old[line++] as Uint8Array).length;
    const first = line;
    const begin = start;
    const group: Edit[] = [];
    while (at < edits.length) {
      const edit = edits[at] as Edit;
      if (group.length > 0 && edit.offset >= start) break;
      group.push({ ...edit, offset: edit.offset - begin });
      const last = edit.offset + edit.length;
      while (line < old.length && start <= last) start += (old[line++] as Uint8Array).length;
      at++;
    }
    const lines = linesOf(applyEdits(bytes.subarray(begin, start), group, utf8));
    for (const block of trimmed({ first, end: line, lines }, old)) {
      const last = blocks[blocks.length - 1];
      if (last?.end === block.first)
        blocks[blocks.length - 1] = { ...block, first: last.first, lines: [...last.lines, ...block.lines] };
      else blocks.push(block);
    }
  }
  return blocks;
}

/** Without the lines at its ends that stay as they are; none when all do. */
function trimmed(block: Block, old: readonly Uint8Array[]): Block[] {
  let { first, end } = block;
  let from = 0;
  let to = block.lines.length;
  const same = (a: number, b: number): boolean =>
    Buffer.compare(old[a] as Uint8Array, block.lines[b] as Uint8Array) === 0;
  while (first < end && from < to && same(first, from)) {
    first++;
    from++;
  }
  while (end > first && to > from && same(end - 1, to - 1)) {
    end--;
    to--;
  }
  return first === end && from === to ? [] : [{ first, end, lines: block.lines.slice(from, to) }];
}
