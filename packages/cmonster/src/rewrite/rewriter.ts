/** Stages changes of source text, and gives the result. Everything that edits goes through here. */
import { isAscii, isUtf8 } from 'node:buffer';
import { isAbsolute, relative, resolve } from 'node:path';
import { type Decl, RecordDecl } from '../ast/generated/index.js';
import { Node } from '../ast/node.js';
import type { TranslationUnit } from '../ast/translation-unit.js';
import { CmonsterError } from '../error.js';
import { type FileRange, type Location, Range } from '../source/location.js';
import type { SourceFile } from '../source/source-file.js';
import { applyChanges, digest } from './apply.js';
import * as block from './block.js';
import type { AnyCode, CodeLike } from './code.js';
import { declaredTogether } from './declarator.js';
import { DeclaratorGroup } from './declarator-group.js';
import { type Ballot, ensureUnanimous, replaceInDefinition } from './definition.js';
import { unifiedDiff } from './diff.js';
import { applyEdits, type Edit, type EditOrigin } from './edit.js';
import { type Editability, editabilityOf, type FrozenPlace } from './editability.js';
import { FieldList } from './field-list.js';
import { formatEdits } from './format.js';
import { addInclude, type HeaderName, removeInclude } from './includes.js';
import { layout, sourceOf } from './layout.js';
import { indentationAt } from './lex.js';
import { CommaList, type EditableList } from './list.js';
import { listName, listPlace } from './lists.js';
import { conflict, ensureBalanced, frozenError, placeName } from './problem.js';
import { commit, renderRange } from './render.js';
import { replacementsYaml } from './replacements.js';
import { assign } from './setters.js';
import { addAttribute, addSpecifier, removeSpecifier, type Specifier } from './specifiers.js';
import { Level, type Operand, type Piece, type Splice } from './splice.js';
import type { RemoveOptions } from './statement.js';
import * as statement from './statement.js';
import { writtenNode } from './written-node.js';

/** A place for an insertion: as Clang knows it, or a byte of a file. */
export type PlaceLike = Location | { file: SourceFile; offset: number };
/** A stretch of source: as Clang knows it, bytes of a file, or what is written for a node. */
export type RangeLike = Range | FileRange | Node;

export interface OutputOptions {
  /** Runs clang-format over what changed: with the closest .clang-format, or in the style given as for its `--style`. */
  format?: boolean | string;
}

export interface ReplaceOptions {
  /**
   * `definition`: of what a macro's body wrote, change the body. Each use of the macro must ask for the same change: what only
   * some ask for is refused when the result is made.
   */
  macro?: 'definition';
}

/** What an operation asks for, before it is known to be possible. */
export interface Request {
  file: SourceFile;
  begin: number;
  end: number;
  pieces: readonly Piece[];
  side?: Splice['side'];
  anchor?: number;
  operand?: Operand | undefined;
  isMoved?: boolean;
}

export class Rewriter {
  readonly tu: TranslationUnit;
  private levels = new Map<SourceFile, Level>();
  private lists = new Map<Node, Map<string, EditableList>>();
  private declarations = new Map<Node, DeclaratorGroup>();
  private ballots = new Map<string, Ballot>();

  constructor(tu: TranslationUnit) {
    this.tu = tu;
  }

  // --- Text ---------------------------------------------------------------------------------------------------------

  /** Puts code at a place. What is inserted at one place comes in the order in which it was asked for. */
  insert(place: PlaceLike, code: CodeLike): void {
    const { file, offset } = this.offsetOf(place, 'insert');
    const pieces = layout(code, file, indentationAt(file.bytes, offset));
    this.stage('insert', placeName(file, offset), [{ file, begin: offset, end: offset, pieces }]);
  }

  /** Puts code in the place of what is written there. */
  replace(range: RangeLike, code: CodeLike): void {
    if (range instanceof Node) {
      statement.replace(this, range, code);
      return;
    }
    const { file, begin, end } = this.rangeOf(range, 'replace');
    this.stage('replace', describe(range), [
      { file, begin, end, pieces: layout(code, file, indentationAt(file.bytes, begin)) },
    ]);
  }

  /** Takes out what is written there, and nothing else. What belongs to a node, its line or its comma, goes with `node.remove()`. */
  remove(range: RangeLike): void {
    const { file, begin, end } = this.rangeOf(range, 'remove');
    this.stage('remove', describe(range), [{ file, begin, end, pieces: [] }]);
  }

  // --- Nodes --------------------------------------------------------------------------------------------------------

  /** Puts code in the place of a node, where it stands or in the definition of the macro that it came from. */
  replaceNode(node: Node, code: CodeLike, { macro }: ReplaceOptions): void {
    if (macro === 'definition') replaceInDefinition(this, node, code, this.ballots);
    else statement.replace(this, node, code);
  }
  removeNode(node: Node, options: RemoveOptions): void {
    statement.remove(this, node, options);
  }
  insertBeside(node: Node, code: CodeLike, side: 'before' | 'after'): void {
    statement.insertBeside(this, node, code, side);
  }
  /** What a setter does: `property` is `Class.member`. */
  assign(node: Node, property: string, value: AnyCode): void {
    assign(this, node, property, value);
  }
  /** A list of a node, to be changed: `of` is `Class.member`. */
  list(owner: Node, of: string): EditableList {
    let lists = this.lists.get(owner);
    if (!lists) {
      lists = new Map();
      this.lists.set(owner, lists);
    }
    let list = lists.get(of);
    if (!list) {
      list =
        owner.is(RecordDecl) && of === 'RecordDecl.fields'
          ? new FieldList(this, owner)
          : new CommaList(this, listPlace(this, owner, of), `${listName(of)} of ${owner}`);
      lists.set(of, list);
    }
    return list;
  }
  /** A declaration, which may declare several things, to be changed. */
  declarators(node: Node): DeclaratorGroup {
    const [first] = declaredTogether(node) as [Node];
    let group = this.declarations.get(first);
    if (!group) {
      group = new DeclaratorGroup(this, first);
      this.declarations.set(first, group);
    }
    return group;
  }
  /** Takes an element out of its list, by its number when the file was parsed. */
  removeElement(owner: Node, of: string, number: number): void {
    (this.list(owner, of) as CommaList).removeOriginal(number);
  }
  prepend(node: Node, code: CodeLike): void {
    block.prepend(this, node, code);
  }
  append(node: Node, code: CodeLike): void {
    block.append(this, node, code);
  }

  addSpecifier(decl: Decl, word: Specifier): void {
    addSpecifier(this, decl, word);
  }
  removeSpecifier(decl: Decl, word: Specifier): boolean {
    return removeSpecifier(this, decl, word);
  }
  addAttribute(decl: Decl, attribute: string): void {
    addAttribute(this, decl, attribute);
  }

  // --- Includes -----------------------------------------------------------------------------------------------------

  /** Adds an include where its like are, unless the file has it. */
  addInclude(header: HeaderName, file: SourceFile = this.tu.mainFile): void {
    addInclude(this, header, file);
  }
  /** Takes an include out. @returns whether there was one */
  removeInclude(header: HeaderName, file: SourceFile = this.tu.mainFile): boolean {
    return removeInclude(this, header, file);
  }

  // --- Staging ------------------------------------------------------------------------------------------------------

  /** Stages all that an operation needs, or nothing. */
  stage(operation: string, place: string, requests: readonly Request[]): Splice[] {
    const origin: EditOrigin = { unit: this.tu.file, operation, place };
    const splices = requests
      .filter(({ begin, end, pieces }) => begin < end || pieces.length > 0)
      .map((request) => ({ side: 'before' as const, anchor: request.begin, ...request, origins: [origin] }));
    for (const splice of splices) ensureBalanced(splice);
    const undo: (() => void)[] = [];
    for (const splice of splices) {
      const added = this.level(splice.file).add(splice);
      if ('undo' in added) {
        undo.push(added.undo);
        continue;
      }
      for (const back of undo.reverse()) back();
      throw conflict(splice, added.conflicts[0] as Splice);
    }
    return splices;
  }

  /** Stages again what was taken back. */
  restage(splices: readonly Splice[]): void {
    for (const splice of splices) this.level(splice.file).add(splice);
  }

  /** Takes back what was staged, so that something else can be staged in its place. */
  unstage(splices: readonly Splice[]): void {
    for (const splice of splices) this.level(splice.file).drop(splice);
  }

  private level(file: SourceFile): Level {
    let level = this.levels.get(file);
    if (!level) {
      level = new Level();
      this.levels.set(file, level);
    }
    return level;
  }

  /** How a node or a range can be edited. */
  editability(of: Node | Range): Editability {
    return editabilityOf(this.tu, of);
  }

  /** The bytes of a range that may be edited; throws for one that may not. */
  rangeOf(range: RangeLike, operation: string): FileRange {
    return this.rangesOf([range], operation)[0] as FileRange;
  }

  /** The bytes of ranges all of which must be editable: throws once for all that are not. */
  rangesOf(ranges: readonly RangeLike[], operation: string): FileRange[] {
    const found: FileRange[] = [];
    const frozen: FrozenPlace[] = [];
    for (const range of ranges) {
      const editability = isFileRange(range) ? this.inFile(range) : editabilityOf(this.tu, range);
      if (editability.kind === 'frozen') frozen.push(editability.place);
      else found.push(editability.range);
    }
    if (frozen.length > 0) throw frozenError(operation, describe(ranges[0] as RangeLike), frozen);
    return found;
  }

  private inFile(range: FileRange): Editability {
    const { file, begin } = range;
    if (this.tu.isEditable(file)) return { kind: 'editable', range };
    const message = `${file.name} is not among the editable files`;
    return { kind: 'frozen', place: { reason: 'outside', message, location: file.location(begin) } };
  }

  /** The node that is written for this one; throws where nothing is. */
  writtenNode(node: Node, operation: string): Node {
    const written = writtenNode(node);
    if (written) return written;
    this.rangeOf(node, operation);
    throw new CmonsterError('EDIT_TARGET', `${operation} of ${node}: nothing is written for it`);
  }

  private offsetOf(place: PlaceLike, operation: string): { file: SourceFile; offset: number } {
    if (!('raw' in place)) {
      const { file, begin } = this.rangeOf({ file: place.file, begin: place.offset, end: place.offset }, operation);
      return { file, offset: begin };
    }
    const { file, begin: offset } = this.rangeOf(this.tu.range(place.raw, place.raw), operation);
    return { file, offset };
  }

  // --- Results ------------------------------------------------------------------------------------------------------

  /** What was staged, as plain data. */
  get edits(): Edit[] {
    return this.changed().flatMap(({ edits }) => edits);
  }

  /** A file's bytes with what was staged. */
  bytes(file: SourceFile, options: OutputOptions = {}): Uint8Array {
    const edits = this.levels.has(file) ? this.editsOf(file, options) : [];
    return edits.length > 0 ? applyEdits(file.bytes, edits) : file.bytes;
  }

  /** The text of a file with what was staged. */
  text(file: SourceFile | string, options: OutputOptions = {}): string {
    const source = this.fileOf(file);
    const bytes = Buffer.from(this.bytes(source, options));
    return bytes.toString(source.encoding === 'latin1' ? 'latin1' : 'utf8');
  }

  private fileOf(file: SourceFile | string): SourceFile {
    if (typeof file !== 'string') return file;
    const path = resolve(file);
    const found =
      this.tu.files.find((candidate) => candidate.path === path || candidate.name === file) ??
      this.tu.files.find((candidate) => candidate.path.endsWith(`/${file}`));
    if (found) return found;
    throw new CmonsterError('USAGE', `${file} is no file that ${this.tu.file} includes`, { file });
  }

  /** The files that change, with their edits. */
  private changed(options: OutputOptions = {}): { file: SourceFile; edits: Edit[] }[] {
    return [...this.levels.keys()].flatMap((file) => {
      const edits = this.editsOf(file, options);
      return edits.length > 0 ? [{ file, edits }] : [];
    });
  }

  private editsOf(file: SourceFile, { format = false }: OutputOptions): Edit[] {
    ensureUnanimous(this.tu, this.ballots.values());
    const edits = commit(file, this.level(file), (other) => this.level(other));
    if (format === false) return edits;
    return formatEdits(file.bytes, edits, file.path, typeof format === 'string' ? { style: format } : {});
  }

  /** A unified diff of the files that change, their paths relative to the current directory where they are below it. */
  diff(options: OutputOptions = {}): string {
    const parts = this.changed(options).map(({ file, edits }) => unifiedDiff(file.bytes, edits, shortPath(file.path)));
    const bytes = Buffer.concat(parts);
    return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
  }

  /** What was staged as the YAML that clang-apply-replacements reads. */
  get replacements(): string {
    for (const { file, edits } of this.changed()) {
      const foreign = file.encoding === 'latin1' && edits.find(({ text }) => !isAscii(Buffer.from(text)));
      if (foreign) {
        const message = `the text at byte ${foreign.offset} cannot be said in YAML, which is UTF-8 as the file is not`;
        throw new CmonsterError('EDIT_ENCODING', message, { file: file.name });
      }
    }
    return replacementsYaml(this.tu.mainFile.path, this.edits);
  }

  /** Writes the files that change, all of them or none. @returns their paths */
  save(options: OutputOptions = {}): string[] {
    const changes = this.changed(options).map(({ file, edits }) => ({
      path: file.path,
      before: digest(file.bytes),
      content: applyEdits(file.bytes, edits),
    }));
    applyChanges(changes);
    return changes.map(({ path }) => path);
  }

  /** What is written for a node, with what was staged in it; empty for one that goes. */
  newText(node: Node): string {
    const range = sourceOf(node);
    if (this.level(range.file).isGone(range.begin, range.end)) return '';
    return renderRange(range, (file) => this.level(file));
  }

  /** Forgets everything that was staged. */
  clear(): void {
    this.levels = new Map();
    this.lists = new Map();
    this.declarations = new Map();
    this.ballots = new Map();
  }

  /** Runs a function and gives the edits that it stages; they are not staged then. What was staged before doesn't count. */
  trial(run: () => void): Edit[] {
    const { levels, lists, declarations, ballots } = this;
    this.clear();
    try {
      run();
      return this.edits;
    } finally {
      this.levels = levels;
      this.lists = lists;
      this.declarations = declarations;
      this.ballots = ballots;
    }
  }
}

function isFileRange(range: RangeLike): range is FileRange {
  return !(range instanceof Node) && !(range instanceof Range);
}

/** A range as one says it. */
function describe(range: RangeLike): string {
  if (range instanceof Node) return String(range);
  return isFileRange(range) ? placeName(range.file, range.begin) : String(range.begin);
}

function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}
