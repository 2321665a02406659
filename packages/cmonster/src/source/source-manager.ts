/**
 * What clang::SourceManager computes, over the columns that crossed: functions here carry its names and follow its rules.
 * Locations are raw numbers inside; `location` and `range` make the objects that users see.
 */
import type { Snapshot } from '../frontend/snapshot.js';
import { lastStart } from './last-start.js';
import { type FileRange, Location, Position, type PresumedPosition, Range } from './location.js';
import { SourceFile, type SourceFileInfo } from './source-file.js';
import { obviousTokenLength } from './tokens.js';

/** What the source manager asks the frontend for. */
export interface SourceQuestions {
  fileBytes(file: number): Uint8Array;
  fileLines(files: readonly number[]): (Uint32Array | undefined)[];
  fileTokens(file: number): Uint32Array;
  tokenKinds(): readonly string[];
  tokenLengths(locations: readonly number[]): Uint32Array;
}

const OFFSET_MASK = 0x7fffffff;
const EXPANSION = 1;
const SYSTEM_HEADER = 4;
const HAS_LINE_ENTRIES = 16;
/** Numbers per element of the column `lineEntries`. */
const LINE_ENTRY = 6;

interface LineEntry {
  offset: number;
  line: number;
  name: string | undefined;
  includeOffset: number;
}

export class SourceManager {
  private readonly fileList: SourceFile[];
  readonly mainFile: SourceFile;
  private readonly snapshot: Snapshot;
  private readonly questions: SourceQuestions;
  /** One past the last location, or unknown. */
  private limit: number;
  // Where the last location was found: most that follow are there too, or close behind. Those of macros lie apart from those of files.
  private lastFileEntry = 0;
  private lastMacroEntry = 0;
  // The last place of an expansion: who asks for a line asks for the column next. Line 0: not looked for yet.
  private placeRaw = 0;
  private placeFile: SourceFile | undefined;
  private placeOffset = 0;
  private placeLine = 0;
  private placeLineStart = 0;
  /** Lines of the files before this one were asked for, but for the main file's. */
  private linesAsked = 0;
  private firstEntryOfFile: Map<number, number> | undefined;
  private lineEntries: Map<number, LineEntry[]> | undefined;
  private readonly lengths = new Map<number, number>();
  private kinds: readonly string[] | undefined;

  constructor(
    snapshot: Snapshot,
    files: readonly SourceFileInfo[],
    mainFile: number,
    limit: number,
    questions: SourceQuestions,
  ) {
    this.snapshot = snapshot;
    this.questions = questions;
    this.limit = limit;
    this.fileList = files.map((info, index) => new SourceFile(this, index, info));
    this.mainFile = this.files[mainFile] as SourceFile;
  }

  get files(): readonly SourceFile[] {
    return this.fileList;
  }

  /** Takes in files that were entered since; the snapshot has their entries already. */
  grow(files: readonly SourceFileInfo[], limit: number): void {
    for (const info of files) this.fileList.push(new SourceFile(this, this.fileList.length, info));
    this.limit = limit;
    this.firstEntryOfFile = undefined;
    this.lineEntries = undefined;
    this.placeRaw = 0;
    this.placeFile = undefined;
  }

  location(raw: number): Location {
    return new Location(this, raw);
  }
  range(begin: number, end: number): Range {
    return new Range(this, begin, end);
  }

  // --- For SourceFile -----------------------------------------------------------------------------------------------

  fileBytes(file: number): Uint8Array {
    return this.questions.fileBytes(file);
  }
  /**
   * The main file's by themselves, those of all others with the first of them. Always the same ones, whatever was read before: answers are kept by
   * what was asked (cache/answers.ts). And once they are there, nothing that V8 has compiled meets a file without.
   */
  fileLines(file: number): Uint32Array | undefined {
    const main = this.mainFile.index;
    if (file !== main && file >= this.linesAsked) {
      const later = this.fileList.slice(this.linesAsked).map(({ index }) => index);
      const others = later.filter((index) => index !== main);
      this.linesAsked = this.fileList.length;
      const found = this.questions.fileLines(others);
      others.forEach((index, i) => {
        const starts = found[i];
        if (starts) this.fileList[index]?.takeLines(starts);
      });
      const starts = found[others.indexOf(file)];
      if (starts) return starts;
    }
    return this.questions.fileLines([file])[0];
  }
  fileTokens(file: number): Uint32Array {
    return this.questions.fileTokens(file);
  }
  get tokenKinds(): readonly string[] {
    this.kinds ??= this.questions.tokenKinds();
    return this.kinds;
  }
  locationAt(raw: number): Location {
    return new Location(this, raw);
  }
  fileStart(file: number): number {
    if (!this.firstEntryOfFile) {
      const { slocA, slocFlags, slocOffset } = this.snapshot;
      this.firstEntryOfFile = new Map();
      for (let entry = slocOffset.length - 1; entry >= 0; entry--) {
        if (!((slocFlags[entry] as number) & EXPANSION)) this.firstEntryOfFile.set(slocA[entry] as number, entry);
      }
    }
    const entry = this.firstEntryOfFile.get(file);
    return entry === undefined ? 0 : (this.snapshot.slocOffset[entry] as number);
  }

  // --- Entries ------------------------------------------------------------------------------------------------------

  /** The entry (Clang's FileID) that holds the location. -1 for the invalid location. */
  entryOf(raw: number): number {
    const offset = raw & OFFSET_MASK;
    const { slocOffset } = this.snapshot;
    if (offset === 0 || slocOffset.length === 0) return -1;
    const isMacro = raw >>> 31 === 1;
    const low = lastStart(slocOffset, offset, isMacro ? this.lastMacroEntry : this.lastFileEntry);
    if (isMacro) this.lastMacroEntry = low;
    else this.lastFileEntry = low;
    return low;
  }

  /** The location's distance from its entry's start. */
  offsetIn(entry: number, raw: number): number {
    return (raw & OFFSET_MASK) - (this.snapshot.slocOffset[entry] as number);
  }
  isMacroId(raw: number): boolean {
    return raw >>> 31 === 1;
  }
  isMacroArg(raw: number): boolean {
    return this.isMacroId(raw) && this.snapshot.slocC[this.entryOf(raw)] === 0;
  }

  // --- One step -----------------------------------------------------------------------------------------------------

  immediateSpelling(raw: number): number {
    if (!this.isMacroId(raw)) return raw;
    const entry = this.entryOf(raw);
    return (this.snapshot.slocA[entry] as number) + this.offsetIn(entry, raw);
  }
  immediateBegin(raw: number): number {
    return this.isMacroId(raw) ? (this.snapshot.slocB[this.entryOf(raw)] as number) : raw;
  }
  /** The end of a macro argument's expansion is its begin. */
  immediateEnd(raw: number): number {
    if (!this.isMacroId(raw)) return raw;
    const entry = this.entryOf(raw);
    return (this.snapshot.slocC[entry] as number) || (this.snapshot.slocB[entry] as number);
  }
  immediateIsTokenRange(raw: number): boolean {
    return !this.isMacroId(raw) || ((this.snapshot.slocFlags[this.entryOf(raw)] as number) & 2) !== 0;
  }
  immediateMacroCaller(raw: number): number {
    if (!this.isMacroId(raw)) return raw;
    return this.isMacroArg(raw) ? this.immediateSpelling(raw) : this.immediateBegin(raw);
  }

  // --- All the way --------------------------------------------------------------------------------------------------

  spellingLoc(raw: number): number {
    let at = raw;
    while (this.isMacroId(at)) at = this.immediateSpelling(at);
    return at;
  }
  expansionLoc(raw: number): number {
    let at = raw;
    while (this.isMacroId(at)) at = this.immediateBegin(at);
    return at;
  }
  expansionEnd(raw: number): number {
    let at = raw;
    while (this.isMacroId(at)) at = this.immediateEnd(at);
    return at;
  }
  fileLoc(raw: number): number {
    let at = raw;
    while (this.isMacroId(at)) at = this.immediateMacroCaller(at);
    return at;
  }

  // --- Files --------------------------------------------------------------------------------------------------------

  /** The place of a location that is in a file; undefined for the invalid one. */
  position(raw: number): Position | undefined {
    const entry = this.entryOf(raw);
    if (entry < 0) return undefined;
    return new Position(this.files[this.snapshot.slocA[entry] as number] as SourceFile, this.offsetIn(entry, raw));
  }

  fileAt(raw: number): SourceFile | undefined {
    if (raw !== this.placeRaw) this.findPlace(raw);
    return this.placeFile;
  }
  offsetAt(raw: number): number | undefined {
    return this.fileAt(raw) && this.placeOffset;
  }
  lineAt(raw: number): number | undefined {
    if (raw !== this.placeRaw) this.findPlace(raw);
    if (this.placeLine === 0) this.findLine();
    return this.placeFile && this.placeLine;
  }
  columnAt(raw: number): number | undefined {
    if (raw !== this.placeRaw) this.findPlace(raw);
    if (this.placeLine === 0) this.findLine();
    return this.placeFile && this.placeOffset - this.placeLineStart + 1;
  }
  private findLine(): void {
    const { placeFile } = this;
    if (!placeFile) return;
    this.placeLine = placeFile.lineOf(this.placeOffset);
    this.placeLineStart = placeFile.lineStarts[this.placeLine - 1] as number;
  }
  private findPlace(raw: number): void {
    const at = this.expansionLoc(raw);
    const entry = this.entryOf(at);
    this.placeRaw = raw;
    this.placeLine = 0;
    this.placeFile = entry < 0 ? undefined : this.fileList[this.snapshot.slocA[entry] as number];
    this.placeOffset = entry < 0 ? 0 : this.offsetIn(entry, at);
  }

  /** Where the file of this (file) location was included; 0 for the main file. */
  includeLoc(raw: number): number {
    const entry = this.entryOf(raw);
    return entry < 0 ? 0 : (this.snapshot.slocB[entry] as number);
  }

  isInSystemHeader(raw: number): boolean {
    const entry = this.entryOf(this.expansionLoc(raw));
    return entry >= 0 && ((this.snapshot.slocFlags[entry] as number) & SYSTEM_HEADER) !== 0;
  }

  presumed(raw: number): PresumedPosition | undefined {
    const at = this.expansionLoc(raw);
    const entry = this.entryOf(at);
    const position = this.position(at);
    if (!position) return undefined;
    let { line } = position;
    let file = position.file.name;
    let include = this.snapshot.slocB[entry] as number;
    const marker = this.lineEntryBefore(entry, position.offset);
    if (marker) {
      file = marker.name ?? file;
      line = marker.line + (line - position.file.lineOf(marker.offset) - 1);
      if (marker.includeOffset !== 0) include = (this.snapshot.slocOffset[entry] as number) + marker.includeOffset;
    }
    return { file, line, column: position.column, includedFrom: new Location(this, include) };
  }

  private lineEntryBefore(entry: number, offset: number): LineEntry | undefined {
    if (!((this.snapshot.slocFlags[entry] as number) & HAS_LINE_ENTRIES)) return undefined;
    const entries = this.allLineEntries().get(entry);
    if (!entries) return undefined;
    let found: LineEntry | undefined;
    for (const candidate of entries) {
      if (candidate.offset > offset) break;
      found = candidate;
    }
    return found;
  }

  private allLineEntries(): Map<number, LineEntry[]> {
    if (this.lineEntries) return this.lineEntries;
    this.lineEntries = new Map();
    const column = this.snapshot.lineEntries;
    for (let at = 0; at + LINE_ENTRY <= column.length; at += LINE_ENTRY) {
      const entry = column[at] as number;
      const name = column[at + 3] as number;
      const list = this.lineEntries.get(entry) ?? [];
      list.push({
        offset: column[at + 1] as number,
        line: column[at + 2] as number,
        name: name === 0 ? undefined : this.snapshot.string(name),
        includeOffset: column[at + 5] as number,
      });
      this.lineEntries.set(entry, list);
    }
    return this.lineEntries;
  }

  // --- Tokens and text ----------------------------------------------------------------------------------------------

  /** The length in bytes of the token spelled at the location. */
  tokenLength(raw: number): number {
    const spelling = this.spellingLoc(raw);
    const known = this.lengths.get(spelling);
    if (known !== undefined) return known;
    const position = this.position(spelling);
    if (!position) return 0;
    const length = obviousTokenLength(position.file.bytes, position.offset) || this.measure(spelling);
    this.lengths.set(spelling, length);
    return length;
  }

  private measure(spelling: number): number {
    return this.questions.tokenLengths([spelling])[0] ?? 0;
  }

  /** Lexer::makeFileCharRange for a token range. */
  fileRange(begin: number, end: number, tokenRange = true): FileRange | undefined {
    if (begin === 0 || end === 0) return undefined;
    const beginMacro = this.isMacroId(begin);
    const endMacro = this.isMacroId(end);
    if (!beginMacro && !endMacro) return this.fromFileLocs(begin, end, tokenRange);
    const top = beginMacro ? this.startOfMacroExpansion(begin) : begin;
    const bottom = !endMacro ? end : tokenRange ? this.endOfMacroExpansion(end) : this.startOfMacroExpansion(end);
    if (top !== 0 && bottom !== 0) return this.fromFileLocs(top, bottom, tokenRange);
    if (!beginMacro || !endMacro) return undefined;
    if (!this.isMacroArg(begin) || !this.isMacroArg(end)) return undefined;
    if (this.immediateBegin(begin) !== this.immediateBegin(end)) return undefined;
    return this.fileRange(this.immediateSpelling(begin), this.immediateSpelling(end), tokenRange);
  }

  private fromFileLocs(begin: number, end: number, tokenRange: boolean): FileRange | undefined {
    const from = this.position(begin);
    const to = this.position(end);
    if (!from || !to || this.entryOf(begin) !== this.entryOf(end)) return undefined;
    const last = to.offset + (tokenRange ? this.tokenLength(end) : 0);
    return last < from.offset ? undefined : { file: from.file, begin: from.offset, end: last };
  }

  /** The whole uses of the macros that the range touches. */
  expansionFileRange(begin: number, end: number): FileRange | undefined {
    const exact = this.fileRange(begin, end);
    if (exact) return exact;
    return begin === 0 || end === 0
      ? undefined
      : this.fromFileLocs(this.expansionLoc(begin), this.expansionEnd(end), true);
  }

  /** Lexer::isAtStartOfMacroExpansion: where the macro is used, 0 when the location is not its first token. */
  private startOfMacroExpansion(raw: number): number {
    let at = raw;
    const { slocB, slocC, slocFlags } = this.snapshot;
    while (this.isMacroId(at)) {
      const entry = this.entryOf(at);
      if (this.offsetIn(entry, at) > 0) return 0;
      const use = slocB[entry] as number;
      const previous = entry - 1;
      if (slocC[entry] === 0 && previous >= 0 && (slocFlags[previous] as number) & EXPANSION && slocB[previous] === use)
        return 0;
      at = use;
    }
    return at;
  }

  /** Lexer::isAtEndOfMacroExpansion: where the macro's use ends, 0 when the location is not its last token. */
  private endOfMacroExpansion(raw: number): number {
    let at = raw;
    const { slocB, slocC, slocFlags, slocOffset } = this.snapshot;
    while (this.isMacroId(at)) {
      const length = this.tokenLength(at);
      if (length === 0) return 0;
      const entry = this.entryOf(at);
      const next = entry + 1;
      const limit = next < slocOffset.length ? (slocOffset[next] as number) : this.limit;
      if ((at & OFFSET_MASK) + length + 1 < limit) return 0;
      const use = slocB[entry] as number;
      if (slocC[entry] === 0) {
        if (next < slocOffset.length && (slocFlags[next] as number) & EXPANSION && slocB[next] === use) return 0;
        at = use;
      } else {
        at = slocC[entry] as number;
      }
    }
    return at;
  }

  /** Lexer::getImmediateMacroName: the macro of which the location's innermost expansion is. */
  immediateMacroName(raw: number): string {
    let at = raw;
    while (this.isMacroArg(at)) at = this.immediateBegin(at);
    const use = this.spellingLoc(this.immediateBegin(at));
    const position = this.position(use);
    return position ? position.file.slice(position.offset, position.offset + this.tokenLength(use)) : '';
  }

  /** Whether the two locations are in one entry: Clang's equal FileIDs. */
  sameEntry(a: number, b: number): boolean {
    return this.entryOf(a) === this.entryOf(b);
  }
}
