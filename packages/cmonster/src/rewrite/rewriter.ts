/** Stages changes of source text, and gives the result. Everything that edits goes through here. */
import { isUtf8 } from 'node:buffer';
import { isAbsolute, relative, resolve } from 'node:path';
import { Node } from '../ast/node.js';
import type { TranslationUnit } from '../ast/translation-unit.js';
import { CmonsterError } from '../error.js';
import type { FileRange, Location, Range } from '../source/location.js';
import type { SourceFile } from '../source/source-file.js';
import * as block from './block.js';
import type { CodeLike } from './code.js';
import { unifiedDiff } from './diff.js';
import { applyEdits, type Edit, type EditOrigin } from './edit.js';
import { editableRange } from './editability.js';
import { layout, sourceOf } from './layout.js';
import { indentationAt } from './lex.js';
import { commit, renderRange } from './render.js';
import { saveAll } from './save.js';
import { Level, type Piece, type Splice } from './splice.js';

/** A place for an insertion: as Clang knows it, or a byte of a file. */
export type PlaceLike = Location | { file: SourceFile; offset: number };
/** A stretch of source: as Clang knows it, bytes of a file, or what is written for a node. */
export type RangeLike = Range | FileRange | Node;

/** What an operation asks for, before it is known to be possible. */
export interface Request {
  file: SourceFile;
  begin: number;
  end: number;
  pieces: readonly Piece[];
  side?: Splice['side'];
  anchor?: number;
  closeness?: Splice['closeness'];
}

export class Rewriter {
  readonly tu: TranslationUnit;
  private levels = new Map<SourceFile, Level>();

  constructor(tu: TranslationUnit) {
    this.tu = tu;
  }

  // --- Text ---------------------------------------------------------------------------------------------------------

  /** Puts code at a place. What is inserted at one place comes in the order in which it was asked for. */
  insert(place: PlaceLike, code: CodeLike): void {
    const { file, offset } = this.offsetOf(place, 'insert');
    this.stage('insert', `${file.name}:${file.lineOf(offset)}:${file.columnOf(offset)}`, [
      { file, begin: offset, end: offset, pieces: layout(code, file, indentationAt(file.bytes, offset)) },
    ]);
  }

  /** Puts code in the place of what is written there. */
  replace(range: RangeLike, code: CodeLike): void {
    const { file, begin, end } = this.rangeOf(range, 'replace');
    this.stage('replace', describe(range), [
      { file, begin, end, pieces: layout(code, file, indentationAt(file.bytes, begin)) },
    ]);
  }

  /** Takes out what is written there, and nothing else. */
  remove(range: RangeLike): void {
    const { file, begin, end } = this.rangeOf(range, 'remove');
    this.stage('remove', describe(range), [{ file, begin, end, pieces: [] }]);
  }

  // --- Nodes --------------------------------------------------------------------------------------------------------

  prepend(node: Node, code: CodeLike): void {
    block.prepend(this, node, code);
  }
  append(node: Node, code: CodeLike): void {
    block.append(this, node, code);
  }

  // --- Staging ------------------------------------------------------------------------------------------------------

  /** Stages all that an operation needs, or nothing. */
  stage(operation: string, place: string, requests: readonly Request[]): void {
    const origin: EditOrigin = { unit: this.tu.file, operation, place };
    const undo: (() => void)[] = [];
    for (const request of requests) {
      const { file, begin, end, pieces, side = 'before', anchor = begin, closeness = 'beside' } = request;
      if (begin === end && pieces.length === 0) continue;
      const splice: Splice = { file, begin, end, pieces, side, anchor, closeness, origins: [origin] };
      const added = this.level(file).add(splice);
      if ('undo' in added) {
        undo.push(added.undo);
        continue;
      }
      for (const back of undo.reverse()) back();
      throw conflict(splice, added.conflicts[0] as Splice);
    }
  }

  private level(file: SourceFile): Level {
    let level = this.levels.get(file);
    if (!level) {
      level = new Level();
      this.levels.set(file, level);
    }
    return level;
  }

  /** The bytes of a range that may be edited; throws for one that may not. */
  rangeOf(range: RangeLike, operation: string): FileRange {
    if (!(range instanceof Node) && 'file' in range) {
      this.ensureEditable(range.file, operation);
      return range;
    }
    const found = editableRange(this.tu, range instanceof Node ? range.range : range);
    if ('reason' in found) {
      throw new CmonsterError('EDIT_FROZEN', `${operation} of ${describe(range)} is not possible: ${found.message}`);
    }
    return found;
  }

  private offsetOf(place: PlaceLike, operation: string): { file: SourceFile; offset: number } {
    if ('file' in place && !('raw' in place)) {
      this.ensureEditable(place.file, operation);
      return place;
    }
    const { file, begin: offset } = this.rangeOf(this.tu.range(place.raw, place.raw), operation);
    return { file, offset };
  }

  private ensureEditable(file: SourceFile, operation: string): void {
    if (this.tu.isEditable(file)) return;
    throw new CmonsterError(
      'EDIT_FROZEN',
      `${operation} in ${file.name} is not possible: only the main file is editable`,
    );
  }

  // --- Results ------------------------------------------------------------------------------------------------------

  /** What was staged, as plain data. */
  get edits(): Edit[] {
    return this.changed.flatMap(({ edits }) => edits);
  }

  /** A file's bytes with what was staged. */
  bytes(file: SourceFile): Uint8Array {
    const level = this.levels.get(file);
    return level
      ? applyEdits(
          file.bytes,
          commit(file, level, (other) => this.level(other)),
        )
      : file.bytes;
  }

  /** The text of a file with what was staged. */
  text(file: SourceFile | string): string {
    const source = this.fileOf(file);
    const bytes = Buffer.from(this.bytes(source));
    return bytes.toString(source.encoding === 'latin1' ? 'latin1' : 'utf8');
  }

  private fileOf(file: SourceFile | string): SourceFile {
    if (typeof file !== 'string') return file;
    const path = resolve(file);
    const found = this.tu.files.find((candidate) => candidate.path === path || candidate.name === file);
    if (found) return found;
    throw new CmonsterError('USAGE', `${file} is no file that ${this.tu.file} includes`, { file });
  }

  private get changed(): { file: SourceFile; edits: Edit[] }[] {
    return [...this.levels].flatMap(([file, level]) => {
      const edits = commit(file, level, (other) => this.level(other));
      return edits.length > 0 ? [{ file, edits }] : [];
    });
  }

  /** A unified diff of the files that change, their paths relative to the current directory where they are below it. */
  diff(): string {
    const parts = this.changed.map(({ file, edits }) => unifiedDiff(file.bytes, edits, shortPath(file.path)));
    const bytes = Buffer.concat(parts);
    return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
  }

  /** Writes the files that change, all of them or none. @returns their paths */
  save(): string[] {
    const changes = this.changed.map(({ file, edits }) => ({
      path: file.path,
      before: file.bytes,
      after: applyEdits(file.bytes, edits),
    }));
    saveAll(changes);
    return changes.map(({ path }) => path);
  }

  /** What is written for a node, with what was staged in it. */
  newText(node: Node): string {
    return renderRange(sourceOf(node), (file) => this.level(file));
  }

  /** Forgets everything that was staged. */
  clear(): void {
    this.levels = new Map();
  }

  /** Runs a function and gives the edits that it stages; they are not staged then. What was staged before doesn't count. */
  trial(run: () => void): Edit[] {
    const { levels } = this;
    this.levels = new Map();
    try {
      run();
      return this.edits;
    } finally {
      this.levels = levels;
    }
  }
}

/** A range as one says it. */
function describe(range: RangeLike): string {
  if (range instanceof Node) return String(range);
  if (!('file' in range)) return String(range.begin);
  const { file, begin } = range;
  return `${file.name}:${file.lineOf(begin)}:${file.columnOf(begin)}`;
}

function conflict(splice: Splice, other: Splice): CmonsterError {
  const of = ({ origins }: Splice): string =>
    origins.map(({ operation, place }) => `${operation} of ${place}`).join(', ');
  return new CmonsterError('EDIT_CONFLICT', `${of(splice)} overlaps what was staged before: ${of(other)}`, {
    file: splice.file.name,
  });
}

function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}
