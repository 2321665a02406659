/** Findings as compilers print what they find: `file:line:column: warning: message [check]`, the code, the notes. */
import { readFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import type { Edit } from '../rewrite/edit.js';
import { codeFrame, type Hint } from '../source/code-frame.js';
import { Position } from '../source/location.js';
import { SourceFile } from '../source/source-file.js';
import type { Finding, FindingPlace, Severity } from './finding.js';

const RESET = '\u001b[0m';
const BOLD = '\u001b[1m';
const COLOUR: Readonly<Record<Severity, string>> = {
  error: '\u001b[0;1;31m',
  warning: '\u001b[0;1;35m',
  note: '\u001b[0;1;36m',
};

export class FindingRenderer {
  private readonly colour: boolean;
  private readonly root: string;
  private readonly files = new Map<string, SourceFile | undefined>();

  /** Paths below `root` are shown relative to it. */
  constructor(root: string, colour: boolean) {
    this.root = root;
    this.colour = colour;
  }

  render({ check, severity, message, place, notes }: Finding, fix: readonly Edit[] = []): string {
    const named = check === undefined ? message : `${message} [${check}]`;
    let text = this.line(place, severity, named) + this.frame(place, fix);
    for (const note of notes) text += this.line(note.place, 'note', note.message) + this.frame(note.place, []);
    return text;
  }

  private line(place: FindingPlace, severity: Severity, message: string): string {
    const where = `${shownPath(this.root, place.file)}:${place.line}:${place.column}: `;
    if (!this.colour) return `${where}${severity}: ${message}\n`;
    const bold = severity === 'note' ? '' : BOLD;
    return `${BOLD}${where}${RESET}${COLOUR[severity]}${severity}: ${RESET}${bold}${message}${RESET}\n`;
  }

  /** The first line of the place; a whole function would be no help. */
  private frame(place: FindingPlace, fix: readonly Edit[]): string {
    const file = this.file(place.file);
    if (!file || place.begin > file.bytes.length) return '';
    const [, lineEnd] = file.lineSpan(place.line);
    const end = Math.min(place.end, lineEnd);
    const spans = end > place.begin ? [{ begin: place.begin, last: end - 1, end, line: place.line }] : [];
    const hints = fix
      .filter((edit) => edit.file === place.file)
      .map((edit): Hint => ({ file, begin: edit.offset, end: edit.offset + edit.length, code: edit.text }));
    return codeFrame(new Position(file, place.begin), place.line, spans, hints, this.colour);
  }

  private file(path: string): SourceFile | undefined {
    if (!this.files.has(path)) this.files.set(path, openFile(path));
    return this.files.get(path);
  }
}

/** A file as it is on disk, outside of any translation unit. */
function openFile(path: string): SourceFile | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch {
    return undefined;
  }
  const host = {
    fileBytes: () => bytes,
    fileStart: () => 0,
    fileTokens: () => new Uint32Array(0),
    tokenKinds: [],
    locationAt: (): never => {
      throw new Error('a file outside of a translation unit has no locations');
    },
  };
  return new SourceFile(host, 0, { name: path, path, size: bytes.length, kind: 'file' });
}

export function shownPath(root: string, path: string): string {
  if (!isAbsolute(path)) return path;
  const local = relative(root, path);
  return local === '' || local.startsWith('..') ? path : local;
}
