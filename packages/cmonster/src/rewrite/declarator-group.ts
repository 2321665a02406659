/**
 * What is declared together: `static int a, *b = 0, c[3];`. One of them can be taken out; what only one of them is to have, another
 * type or a neighbour, parts the declaration in several, each with its specifiers, its initialisers and its comments.
 */
import { CompoundStmt, DeclStmt, LabelStmt, SwitchCase, type TagDecl } from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import { CmonsterError } from '../error.js';
import type { FileRange } from '../source/location.js';
import type { SourceFile } from '../source/source-file.js';
import { withoutAttributes } from './attribute-extent.js';
import { declaratorsOf, declaredTogether } from './declarator.js';
import { withLines } from './extent.js';
import { indentationAt, isBlank, isFirstOnLine, lineEnding, restIsTrivia, skipTrivia } from './lex.js';
import { frozenError } from './problem.js';
import type { Request, Rewriter } from './rewriter.js';
import { frontPlace, type SpecifierWord, specifierWords } from './specifier-words.js';
import type { Piece, Splice } from './splice.js';

const COMMA = 44;
const HASH = 35;

/** What becomes of one declarator. */
interface Fate {
  /** Taken out; what is moved stands elsewhere then. */
  gone?: 'removed' | 'moved';
  /** A declaration of its own: these pieces, and what is written from `rest` on. */
  own?: Own;
  /** Words of the specifiers that it has and the others don't, or the other way round. */
  words?: ReadonlyMap<string, boolean>;
  /** Attributes that the others don't have. */
  attributes?: readonly string[];
  /** Those that it loses, by the word of the specifiers that they stand in. */
  lost?: ReadonlyMap<string, readonly string[]>;
}

interface Own {
  head: readonly Piece[];
  rest: number;
}

/** Code between two declarators: what was put behind the first one, then what was put before the second one. */
interface Gap {
  after: Piece[][];
  before: Piece[][];
}

interface State {
  fates: readonly Fate[];
  /** At the number of the declarator behind it. */
  gaps: ReadonlyMap<number, Gap>;
}

export class DeclaratorGroup {
  private readonly rewriter: Rewriter;
  private readonly nodes: readonly Node[];
  private readonly file: SourceFile;
  /** Where the specifiers begin. */
  private readonly begin: number;
  /** Behind the semicolon. */
  private readonly end: number;
  private readonly elements: readonly FileRange[];
  /** A type that is defined in the specifiers: `struct point { … } a, *b;`. */
  private readonly tag: { node: TagDecl; begin: number; end: number } | undefined;
  private state: State;
  private staged: readonly Splice[] = [];

  constructor(rewriter: Rewriter, node: Node) {
    this.rewriter = rewriter;
    this.nodes = declaredTogether(node);
    const { file, begin, end, elements, tag } = declaratorsOf(rewriter, this.nodes);
    this.file = file;
    this.begin = begin;
    this.end = end;
    this.elements = elements;
    this.tag = tag;
    this.state = { fates: elements.map(() => ({})), gaps: new Map() };
  }

  remove(node: Node): void {
    this.change('remove', node, this.with(node, { gone: 'removed' }));
  }

  /** Makes it a declaration of its own that begins with other pieces. @param rest where what stays of it begins */
  replaceHead(operation: string, node: Node, head: readonly Piece[], rest: number): void {
    this.change(operation, node, this.with(node, { own: { head, rest } }));
  }

  /** Code in the place of one of them, and of its share of the specifiers. */
  replace(operation: string, node: Node, pieces: readonly Piece[]): void {
    const last = pieces[pieces.length - 1];
    const head = typeof last === 'string' ? [...pieces.slice(0, -1), last.replace(/;\s*$/, '')] : pieces;
    this.replaceHead(operation, node, head, this.element(node).end);
  }

  /** Pieces of a declaration beside one of them. */
  insert(operation: string, node: Node, pieces: readonly Piece[], side: 'before' | 'after'): void {
    const at = this.numberOf(node) + (side === 'after' ? 1 : 0);
    const gap = this.state.gaps.get(at) ?? { after: [], before: [] };
    const gaps = new Map(this.state.gaps);
    gaps.set(at, { ...gap, [side]: [...gap[side], [...pieces]] });
    this.change(operation, node, { ...this.state, gaps });
  }

  /** Whether it has a word among its specifiers, with what has been asked for. */
  hasWord(node: Node, word: string): boolean {
    return this.fate(this.numberOf(node)).words?.get(word) ?? this.writtenWords(word).length > 0;
  }

  /** Gives it a word of the specifiers, or takes it from it: the others stay as they are. */
  setWord(operation: string, node: Node, word: string, isThere: boolean): void {
    const words = new Map(this.fate(this.numberOf(node)).words);
    if (this.writtenWords(word).length > 0 === isThere) words.delete(word);
    else words.set(word, isThere);
    this.change(operation, node, this.with(node, { words }));
  }

  addAttribute(operation: string, node: Node, attribute: string): void {
    const attributes = new Set(this.fate(this.numberOf(node)).attributes).add(attribute);
    this.change(operation, node, this.with(node, { attributes: [...attributes] }));
  }

  /** Takes an attribute that stands in the specifiers from one of them; false when it stands elsewhere. */
  removeAttribute(operation: string, node: Node, { begin, end }: FileRange): boolean {
    const found = this.words.find((word) => word.begin <= begin && end <= word.end);
    if (!found) return false;
    const word = this.file.slice(found.begin, found.end);
    const fate = this.fate(this.numberOf(node));
    const before = fate.lost?.get(word) ?? [];
    const gone = [...new Set([...before, this.file.slice(begin, end)])];
    const rests = [withoutAttributes(word, before), withoutAttributes(word, gone)] as const;
    const attributes = (fate.attributes ?? []).filter((attribute) => before.length === 0 || attribute !== rests[0]);
    this.change(
      operation,
      node,
      this.with(node, {
        words: new Map(fate.words).set(word, false),
        attributes: rests[1] === '' ? attributes : [...attributes, rests[1]],
        lost: new Map(fate.lost).set(word, gone),
      }),
    );
    return true;
  }

  /** Whether something can be put on that side without parting the declaration. */
  isOutermost(node: Node, side: 'before' | 'after'): boolean {
    return this.numberOf(node) === (side === 'before' ? 0 : this.nodes.length - 1);
  }

  /** Takes one out that is to stand elsewhere. */
  take(operation: string, node: Node): void {
    this.change(operation, node, this.with(node, { gone: 'moved' }));
  }

  /** One of them as a declaration of its own. */
  declarationOf(node: Node): Piece[] {
    const own = this.own(this.numberOf(node));
    const { file } = this;
    const { begin, end } = this.element(node);
    return own
      ? [...own.head, ...copies(file, own.rest, end), ';']
      : [...this.specifiers(node), { file, begin, end }, ';'];
  }

  /** The whole declaration. */
  get range(): FileRange {
    return { file: this.file, begin: this.begin, end: this.end };
  }

  /** The specifiers and attributes that stay when a declaration gets another type. */
  keptSpecifiers(): Piece[] {
    const { file } = this;
    const words = this.words.filter(({ isType }) => !isType);
    return words.flatMap((word) => [{ file, begin: word.begin, end: word.end }, ' ']);
  }

  /** Whether it declares one thing, and defines no type on the way. */
  get isSingle(): boolean {
    return this.nodes.length === 1 && !(this.tag && keepsDefinition(this.tag.node));
  }

  /** How many words that are no part of the type stand behind a place. */
  keptBehind(offset: number): number {
    return this.words.filter(({ begin, isType }) => !isType && begin >= offset).length;
  }

  /** The words in front of the first declarator. */
  private get words(): SpecifierWord[] {
    const { file, begin, tag } = this;
    return specifierWords(this.nodes[0] as Node, file, begin, this.firstBegin, tag);
  }

  private writtenWords(text: string): SpecifierWord[] {
    return this.words.filter(({ begin, end }) => this.file.slice(begin, end) === text);
  }

  private numberOf(node: Node): number {
    return this.nodes.indexOf(node);
  }

  private element(node: Node): FileRange {
    return this.elements[this.numberOf(node)] as FileRange;
  }

  private fate(number: number): Fate {
    return this.state.fates[number] as Fate;
  }

  /** How it begins when it is declared by itself; undefined for one that stays in the list. */
  private own(number: number): Own | undefined {
    const fate = this.fate(number);
    if (!this.isApart(fate)) return undefined;
    const { head, rest } = fate.own ?? {
      head: this.specifiers(this.nodes[number] as Node),
      rest: (this.elements[number] as FileRange).begin,
    };
    return { head: withWords(head, fate), rest };
  }

  /** Whether it is to be a declaration of its own. */
  private isApart({ own, words, attributes }: Fate): boolean {
    if (own) return true;
    return ((words?.size ?? 0) > 0 || (attributes?.length ?? 0) > 0) && !this.isUniform;
  }

  /** Whether all that are left are to have the same: then it is done where they are declared together. */
  private get isUniform(): boolean {
    const { fates, gaps } = this.state;
    const [first, ...others] = fates.filter(({ gone }) => !gone).map(wishes);
    return gaps.size === 0 && first !== undefined && others.every((each) => each === first);
  }

  private with(node: Node, fate: Fate): State {
    const number = this.numberOf(node);
    const known = this.fate(number);
    if (known.gone === 'moved') throw new CmonsterError('EDIT_TARGET', `${node} was moved: change it before`);
    return { ...this.state, fates: this.state.fates.with(number, { ...known, ...fate }) };
  }

  private change(operation: string, node: Node, state: State): void {
    const before = { state: this.state, staged: this.staged };
    this.rewriter.unstage(before.staged);
    try {
      this.state = state;
      this.staged = this.rewriter.stage(operation, String(node), this.requests(operation, node));
    } catch (error) {
      this.state = before.state;
      this.rewriter.restage(before.staged);
      throw error;
    }
  }

  // --- What is written ----------------------------------------------------------------------------------------------

  private requests(operation: string, node: Node): Request[] {
    const { fates, gaps } = this.state;
    const present = fates.flatMap(({ gone }, at) => (gone ? [] : [at]));
    this.ensureNoDirective(operation, node);
    if (gaps.size > 0 || fates.some((fate) => this.isApart(fate))) this.ensureStatement(node);
    const [first] = present;
    if (first === undefined) return this.allGone();
    return [
      ...this.atBegin(first),
      ...present.slice(1).flatMap((next, at) => this.between(present[at] as number, next)),
      ...this.atEnd(present[present.length - 1] as number),
    ];
  }

  private allGone(): Request[] {
    const { file, tag, fates, end } = { ...this, ...this.state };
    const codes = this.codes(1, this.elements.length - 1);
    const isMoved = fates.some(({ gone }) => gone === 'moved');
    if (tag && keepsDefinition(tag.node)) {
      const pieces = codes.length > 0 ? [';', ...codes.flatMap((code) => [this.separator, ...code])] : [];
      return [{ file, begin: tag.end, end: codes.length > 0 ? end : this.last.end, pieces, isMoved }];
    }
    if (codes.length > 0) {
      const pieces = codes.flatMap((code, at) => (at > 0 ? [this.separator, ...code] : code));
      return [{ file, begin: this.begin, end, pieces, isMoved }];
    }
    return [{ ...withLines(this.range), pieces: [], isMoved }];
  }

  /** Up to the first one that is left. */
  private atBegin(first: number): Request[] {
    const { file, begin, tag } = this;
    // One that only gets words has the specifiers that stand there.
    const own = this.fate(first).own && this.own(first);
    const requests: Request[] = [];
    const codes = this.codes(1, first);
    const start = (this.elements[first] as FileRange).begin;
    if (codes.length > 0) {
      const pieces = codes.flatMap((code) => [...code, this.separator]);
      requests.push({ file, begin, end: begin, pieces, side: 'before', anchor: this.end });
    }
    if (!own) return [...requests, ...this.wordsInPlace(first), ...this.cuts(this.firstBegin, start, [])];
    const definition: Piece[] =
      tag && keepsDefinition(tag.node) ? [{ file, begin: tag.begin, end: tag.end }, ';', this.separator] : [];
    return [...requests, ...this.cuts(begin, own.rest, [...definition, ...own.head])];
  }

  /** What changes in the specifiers where they stand. */
  private wordsInPlace(number: number): Request[] {
    const { file, begin } = this;
    const { words, attributes = [] } = this.fate(number);
    // They stand beside all of the specifiers: no copy of one, for another declaration, takes them along.
    const added = (at: number, text: string): Request => {
      return { file, begin: at, end: at, pieces: [`${text} `], anchor: this.firstBegin };
    };
    const requests = attributes.map((attribute) => added(begin, attribute));
    const place = frontPlace(file.bytes, begin);
    for (const [word, isThere] of words ?? []) {
      if (isThere) requests.push(added(place, word));
      for (const written of isThere ? [] : this.writtenWords(word)) {
        requests.push({ file, begin: written.begin, end: skipBlanks(file.bytes, written.end), pieces: [] });
      }
    }
    return requests;
  }

  /** From one that is left to the next one. */
  private between(from: number, to: number): Request[] {
    const { file } = this;
    const codes = this.codes(from + 1, to);
    const { comma, end } = this.tail(from);
    const next = this.elements[to] as FileRange;
    const own = this.own(to);
    if (codes.length === 0 && !own && !this.isApart(this.fate(from))) {
      return to === from + 1 ? [] : this.cuts(end, this.tail(to - 1).end, []);
    }
    const pieces: Piece[] = codes.flatMap((code) => [this.separator, ...code]);
    pieces.push(this.separator);
    // A comment above it.
    const lead = skipBlanksAndLines(file.bytes, this.tail(to - 1).end);
    if (lead < next.begin) {
      let last = next.begin;
      while (isBlank(file.bytes[last - 1]) || isLineEnd(file.bytes[last - 1])) last--;
      pieces.push({ file, begin: lead, end: last }, file.slice(lead, last).startsWith('/*') ? ' ' : this.separator);
    }
    pieces.push(...(own ? own.head : this.specifiers(this.nodes[to] as Node)));
    const stop = own ? own.rest : next.begin;
    if (end === comma + 1) return this.cuts(comma, stop, [';', ...pieces]);
    return [{ file, begin: comma, end: comma + 1, pieces: [';'] }, ...this.cuts(end, stop, pieces)];
  }

  /** Behind the last one that is left. */
  private atEnd(last: number): Request[] {
    const { file, elements } = this;
    if (last === elements.length - 1) return [];
    const codes = this.codes(last + 1, elements.length - 1);
    const { comma, end } = this.tail(last);
    if (codes.length === 0 && end === comma + 1) return this.cuts((elements[last] as FileRange).end, this.last.end, []);
    const pieces = codes.flatMap((code) => [this.separator, ...code]);
    if (end === comma + 1) return this.cuts(comma, this.end, [';', ...pieces]);
    // Its comment stays, the last one's goes with it.
    const stop = Math.max(this.end, restIsTrivia(file.bytes, this.end) ?? this.end);
    return [{ file, begin: comma, end: comma + 1, pieces: [';'] }, ...this.cuts(end, stop, pieces)];
  }

  /** One request for each declarator that goes, so that what is moved takes along what is changed in it. */
  private cuts(begin: number, end: number, pieces: readonly Piece[]): Request[] {
    const { file } = this;
    const moved = this.elements.filter(
      (element, at) => this.fate(at).gone === 'moved' && begin <= element.begin && element.end <= end,
    );
    const bounds = [begin, ...moved.flatMap((element) => [element.begin, element.end]), end];
    return bounds.slice(1).map((bound, at) => ({
      file,
      begin: bounds[at] as number,
      end: bound,
      pieces: at === 0 ? pieces : [],
      isMoved: at % 2 === 1,
    }));
  }

  private codes(from: number, to: number): Piece[][] {
    const found: Piece[][] = [];
    for (let at = from; at <= to; at++) {
      const gap = this.state.gaps.get(at);
      if (gap) found.push(...gap.after, ...gap.before);
    }
    return found;
  }

  private get firstBegin(): number {
    return (this.elements[0] as FileRange).begin;
  }
  private get last(): FileRange {
    return this.elements[this.elements.length - 1] as FileRange;
  }

  /** The comma behind a declarator, and where what belongs to the declarator ends: with the comment that ends its line. */
  private tail(number: number): { comma: number; end: number } {
    const { bytes } = this.file;
    const comma = skipTrivia(bytes, (this.elements[number] as FileRange).end);
    const rest = restIsTrivia(bytes, comma + 1);
    if (rest === undefined) return { comma, end: comma + 1 };
    let end = rest;
    while (isBlank(bytes[end - 1])) end--;
    return { comma, end };
  }

  /** Between two declarations: a line end, unless the whole stands within a line. */
  private get separator(): string {
    const { bytes } = this.file;
    if (!isFirstOnLine(bytes, this.begin)) return ' ';
    return lineEnding(bytes) + indentationAt(bytes, this.begin);
  }

  /** The specifiers for another declaration, a blank behind them: a type that they define is only named. */
  private specifiers(node: Node): Piece[] {
    const { file, tag } = this;
    const pieces: Piece[] = [];
    for (const word of this.words) {
      if (!word.isTag || !tag) pieces.push({ file, begin: word.begin, end: word.end });
      else if (tag.node.name !== '') pieces.push(`${tag.node.kindName} ${tag.node.name}`);
      else if (this.isFirstOfItsType(node)) pieces.push({ file, begin: word.begin, end: word.end });
      else {
        const message = `${node} cannot be declared apart from ${this.nodes[0]}: their type has no name`;
        throw new CmonsterError('EDIT_TARGET', message);
      }
      pieces.push(' ');
    }
    return pieces;
  }

  /** Whether all that are left before it have another type. */
  private isFirstOfItsType(node: Node): boolean {
    if (this.tag && keepsDefinition(this.tag.node)) return false;
    return this.state.fates.slice(0, this.numberOf(node)).every(({ own, gone }) => own || gone === 'removed');
  }

  private ensureStatement(node: Node): void {
    let parent = node.parent;
    if (!parent?.is(DeclStmt)) return;
    do parent = parent.parent;
    while (parent?.is(LabelStmt) || parent?.is(SwitchCase));
    if (!parent || parent.is(CompoundStmt)) return;
    const message = `${node} is declared together with others where there is room for one declaration only, in a ${parent.kind}: declare it before`;
    throw new CmonsterError('EDIT_TARGET', message);
  }

  /** What the preprocessor leaves out between declarators is no part of any of them. */
  private ensureNoDirective(operation: string, node: Node): void {
    const { file } = this;
    for (let at = 1; at < this.elements.length; at++) {
      const { end } = this.elements[at - 1] as FileRange;
      const place = skipTrivia(file.bytes, end);
      const next = (this.elements[at] as FileRange).begin;
      const hash = file.bytes[place] !== COMMA ? place : file.bytes[next] === HASH ? next : undefined;
      if (hash === undefined) continue;
      const message = 'a directive stands between what is declared together';
      const location = file.location(hash);
      throw frozenError(operation, String(node), [{ reason: 'directive', message, location }]);
    }
  }
}

/** Whether others may use what is defined: a type without a name is of no use alone, but its enumerators are. */
function keepsDefinition(tag: TagDecl): boolean {
  return tag.name !== '' || tag.kind === 'EnumDecl';
}

/** What one of them is to have, to be compared. */
function wishes({ own, words, attributes }: Fate): string | Own {
  return own ?? JSON.stringify([[...(words ?? [])].sort(), [...(attributes ?? [])].sort()]);
}

/** The head of a declaration with the words and attributes that are its own: attributes come first. */
function withWords(head: readonly Piece[], { words = new Map<string, boolean>(), attributes = [] }: Fate): Piece[] {
  const text = (piece: Piece | undefined): string =>
    piece === undefined || typeof piece === 'string' ? '' : piece.file.slice(piece.begin, piece.end);
  const kept = head.filter((piece, at) => words.get(text(piece)) !== false && words.get(text(head[at - 1])) !== false);
  let place = 0;
  while (text(kept[place]).startsWith('[[')) place += 2;
  const added = [...words].filter(([, isThere]) => isThere).map(([word]) => `${word} `);
  return [...attributes.map((attribute) => `${attribute} `), ...kept.slice(0, place), ...added, ...kept.slice(place)];
}

function copies(file: SourceFile, begin: number, end: number): Piece[] {
  return begin < end ? [{ file, begin, end }] : [];
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === 10 || byte === 13;
}

function skipBlanks(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (isBlank(bytes[at])) at++;
  return at;
}

function skipBlanksAndLines(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (isBlank(bytes[at]) || isLineEnd(bytes[at])) at++;
  return at;
}
