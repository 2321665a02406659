/** `#include` lines: put where their like are, once, and taken out. */

import { basename, extname } from 'node:path';
import type { TranslationUnit } from '../ast/translation-unit.js';
import { CmonsterError } from '../error.js';
import type { Include } from '../preprocessor/facts.js';
import type { SourceFile } from '../source/source-file.js';
import { afterMark, isBlank, isNewline, lineEnd, lineEnding, lineStart, nextLine, skipTrivia } from './lex.js';
import type { Rewriter } from './rewriter.js';

/** A header as it is written: `<stdio.h>`, `"list.h"`. */
export type HeaderName = `<${string}>` | `"${string}"`;

/** A line with an include that always counts. */
interface IncludeLine {
  begin: number;
  /** Behind the line's end. */
  end: number;
  name: string;
  isAngled: boolean;
}

/** Adds an include, unless the file has it. */
export function addInclude(rewriter: Rewriter, header: HeaderName, file: SourceFile): void {
  const { name, isAngled } = parts(header);
  const { lines, top } = scan(file);
  if (lines.some((line) => line.name === name && line.isAngled === isAngled)) return;
  if (
    included(rewriter.tu, file).some(
      (include) => include.name === name && include.isAngled === isAngled && !isConditional(include, lines),
    )
  )
    return;
  rewriter.rangeOf({ file, begin: top, end: top }, 'addInclude');
  const eol = lineEnding(file.bytes);
  const text = `#include ${header}${eol}`;
  const group = bestGroup(groupsOf(file, lines), name, isAngled);
  const insert = (at: number, code: string): void => {
    const { bytes } = file;
    const ended = at === 0 || at === afterMark(bytes) || /[\r\n]/.test(file.slice(at - 1, at));
    rewriter.stage('addInclude', header, [{ file, begin: at, end: at, pieces: [ended ? code : `${eol}${code}`] }]);
  };
  if (group) insert(placeIn(group, name), text);
  else if (lines.length > 0) insertGroup(file, lines, isAngled, insert, text, eol);
  else insert(top, isEmptyLine(file.bytes, top) ? text : `${text}${eol}`);
}

/** Takes an include out. @returns whether there was one */
export function removeInclude(rewriter: Rewriter, header: HeaderName, file: SourceFile): boolean {
  const { name, isAngled } = parts(header);
  const found = included(rewriter.tu, file).filter((include) => include.name === name && include.isAngled === isAngled);
  const requests = found.map((include) => {
    const offset = include.location.spelling?.offset ?? 0;
    const { bytes } = file;
    return { file, begin: lineStart(bytes, offset), end: nextLine(bytes, offset), pieces: [] };
  });
  for (const { begin, end } of requests) rewriter.rangeOf({ file, begin, end }, 'removeInclude');
  if (requests.length > 0) rewriter.stage('removeInclude', header, requests);
  return requests.length > 0;
}

function parts(header: string): { name: string; isAngled: boolean } {
  const match = /^(?:<([^>\n]+)>|"([^"\n]+)")$/.exec(header);
  if (!match) throw new CmonsterError('USAGE', `'${header}' is no header: write <name> or "name"`);
  return { name: (match[1] ?? match[2]) as string, isAngled: match[1] !== undefined };
}

function included(tu: TranslationUnit, file: SourceFile): Include[] {
  return tu.preprocessor.includes.filter(
    (include) => include.location.spelling?.file === file && !include.isModuleImport,
  );
}

/** An include that is not among the lines that always count. */
function isConditional(include: Include, lines: readonly IncludeLine[]): boolean {
  const offset = include.location.spelling?.offset ?? -1;
  return !lines.some(({ begin, end }) => begin <= offset && offset < end);
}

/**
 * The includes outside of conditionals, but for the guard around all of a header; and where the first would go: behind the
 * comment that the file begins with, `#pragma once` and the guard.
 */
function scan(file: SourceFile): { lines: IncludeLine[]; top: number } {
  const { bytes } = file;
  const lines: IncludeLine[] = [];
  let top = afterComment(file);
  let depth = 0;
  let guard = '';
  for (let at = skipTrivia(bytes, afterMark(bytes)); at < bytes.length; at = skipTrivia(bytes, lineEnd(bytes, at))) {
    if (bytes[at] !== 35) {
      if (lines.length > 0 || depth > 0) continue;
      break;
    }
    const line = file.slice(at, lineEnd(bytes, at));
    const [, directive = '', rest = ''] = /^#\s*(\w+)\s*(.*)$/s.exec(line) ?? [];
    if (directive === 'include' || directive === 'include_next' || directive === 'import') {
      const match = /^(?:<([^>]+)>|"([^"]+)")/.exec(rest);
      const name = match?.[1] ?? match?.[2];
      if (name !== undefined && depth === 0) {
        lines.push({ begin: lineStart(bytes, at), end: nextLine(bytes, at), name, isAngled: match?.[1] !== undefined });
      }
    } else if (directive === 'ifndef' && lines.length === 0 && guard === '' && depth === 0) guard = rest.trim();
    else if (directive.startsWith('if')) depth++;
    else if (directive === 'endif') depth = Math.max(0, depth - 1);
    else if (directive === 'define' && guard !== '' && rest.trim().split(/\s/)[0] === guard && depth === 0)
      top = nextLine(bytes, at);
    else if (directive === 'pragma' && rest.startsWith('once')) top = nextLine(bytes, at);
  }
  return { lines, top };
}

/** Behind the comment at the top of a file, when it is apart from what follows: a licence rather than documentation. */
function afterComment(file: SourceFile): number {
  const { bytes } = file;
  const start = afterMark(bytes);
  const first = skipTrivia(bytes, start);
  const text = file.slice(start, first);
  const end = Math.max(text.lastIndexOf('*/\n\n'), text.lastIndexOf('*/\r\n\r\n'));
  if (end >= 0) return nextLine(bytes, nextLine(bytes, start + Buffer.byteLength(text.slice(0, end))));
  const lineComments = /^(?:[ \t]*\/\/[^\n]*\n)+[ \t]*\r?\n/.exec(text);
  if (lineComments) return start + Buffer.byteLength(lineComments[0]);
  return bytes[first] === 35 && text.trim() !== '' ? lineStart(bytes, first) : start;
}

function isEmptyLine(bytes: Uint8Array, offset: number): boolean {
  let at = offset;
  while (isBlank(bytes[at])) at++;
  return at >= bytes.length || isNewline(bytes[at]);
}

/** Includes on lines that follow each other. */
function groupsOf(file: SourceFile, lines: readonly IncludeLine[]): IncludeLine[][] {
  const groups: IncludeLine[][] = [];
  for (const line of lines) {
    const group = groups[groups.length - 1];
    const last = group?.[group.length - 1];
    // A blank line begins another group; a comment does not.
    if (group && last && !/^\s*$/m.test(file.slice(last.end, line.begin).replace(/\n$/, '') || 'x')) group.push(line);
    else groups.push([line]);
  }
  return groups;
}

/** The last group whose includes are of the same kind: angled or not, with `.h` or without. */
function bestGroup(groups: readonly IncludeLine[][], name: string, isAngled: boolean): IncludeLine[] | undefined {
  const same = groups.filter((group) => group.some((line) => line.isAngled === isAngled));
  const folder = name.includes('/') ? name.slice(0, name.indexOf('/') + 1) : undefined;
  const near = same.filter((group) =>
    group.some((line) => line.isAngled === isAngled && folder !== undefined && line.name.startsWith(folder)),
  );
  const alike = same.filter((group) =>
    group.some((line) => line.isAngled === isAngled && extname(line.name) === extname(name)),
  );
  const chosen = near.at(-1) ?? alike.at(-1) ?? same.at(-1);
  return chosen?.filter((line) => line.isAngled === isAngled);
}

/** Before the first that comes later in the alphabet, when the group is sorted; at its end otherwise. */
function placeIn(group: readonly IncludeLine[], name: string): number {
  const isSorted = group.every(
    (line, at) => at === 0 || compareNames((group[at - 1] as IncludeLine).name, line.name) <= 0,
  );
  const later = isSorted ? group.find((line) => compareNames(line.name, name) > 0) : undefined;
  return later?.begin ?? (group[group.length - 1] as IncludeLine).end;
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A group of its own: system headers before the project's, but behind a source file's own header. */
function insertGroup(
  file: SourceFile,
  lines: readonly IncludeLine[],
  isAngled: boolean,
  insert: (at: number, code: string) => void,
  text: string,
  eol: string,
): void {
  const first = lines[0] as IncludeLine;
  const last = lines[lines.length - 1] as IncludeLine;
  const stem = (name: string): string => basename(name, extname(name));
  const isOwn = stem(first.name) === stem(file.name);
  if (isAngled && !isOwn) insert(first.begin, `${text}${eol}`);
  else if (isAngled) insert(first.end, `${eol}${text}`);
  else insert(last.end, `${eol}${text}`);
}
