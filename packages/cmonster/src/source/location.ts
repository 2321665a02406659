/** Places in the source: Clang's SourceLocation and SourceRange, with what they mean worked out on demand. */
import type { SourceFile } from './source-file.js';
import type { SourceManager } from './source-manager.js';
import type { Token } from './tokens.js';

/** A byte of a file. */
export class Position {
  readonly file: SourceFile;
  /** In bytes, from 0. */
  readonly offset: number;

  constructor(file: SourceFile, offset: number) {
    this.file = file;
    this.offset = offset;
  }
  /** From 1. */
  get line(): number {
    return this.file.lineOf(this.offset);
  }
  /** From 1, in bytes. */
  get column(): number {
    return this.file.columnOf(this.offset);
  }
  toString(): string {
    return `${this.file.name}:${this.line}:${this.column}`;
  }
}

/** Where the user should look, `#line` directives considered. */
export interface PresumedPosition {
  /** A name, not a file: `#line` may give any. */
  file: string;
  line: number;
  column: number;
  /** Where the file was included, invalid for the main file. */
  includedFrom: Location;
}

/**
 * A location as Clang knows it. In a macro expansion it is three places at once: where its characters are spelled, where the
 * outermost macro is used (`expansion`), and that as `#line` presents it (`presumed`). `file`, `offset`, `line` and `column`
 * are those of the expansion.
 */
export class Location {
  private readonly manager: SourceManager;
  /** `raw` as a signed number, which V8 keeps in the object itself; a larger one would be an object of its own. */
  private readonly signed: number;

  constructor(manager: SourceManager, raw: number) {
    this.manager = manager;
    this.signed = raw | 0;
  }

  /** Clang's encoding. 0 is the invalid location. */
  get raw(): number {
    return this.signed >>> 0;
  }
  get isValid(): boolean {
    return this.signed !== 0;
  }
  /** Whether it lies in a macro expansion. */
  get isMacro(): boolean {
    return this.signed < 0;
  }
  /** Whether it lies in an argument of a macro: its characters stand at the macro's use. */
  get isMacroArgExpansion(): boolean {
    return this.manager.isMacroArg(this.signed);
  }
  /** Where the characters are; undefined for the invalid location. */
  get spelling(): Position | undefined {
    return this.manager.position(this.manager.spellingLoc(this.signed));
  }
  /** Where the outermost macro is used; for a location outside of macros, itself. */
  get expansion(): Position | undefined {
    return this.manager.position(this.manager.expansionLoc(this.signed));
  }
  /** As `spelling` through macro arguments, otherwise as `expansion`: what Clang's diagnostics point to. */
  get fileLoc(): Location {
    return new Location(this.manager, this.manager.fileLoc(this.signed));
  }
  get presumed(): PresumedPosition | undefined {
    return this.manager.presumed(this.signed);
  }
  get file(): SourceFile | undefined {
    return this.manager.fileAt(this.signed);
  }
  get offset(): number | undefined {
    return this.manager.offsetAt(this.signed);
  }
  get line(): number | undefined {
    return this.manager.lineAt(this.signed);
  }
  get column(): number | undefined {
    return this.manager.columnAt(this.signed);
  }
  get isInMainFile(): boolean {
    return this.signed !== 0 && this.file === this.manager.mainFile;
  }
  get isInSystemHeader(): boolean {
    return this.manager.isInSystemHeader(this.signed);
  }
  /** The length in bytes of the token here. */
  get tokenLength(): number {
    return this.manager.tokenLength(this.signed);
  }
  /** The token spelled here. */
  get tokenText(): string {
    const spelling = this.spelling;
    return spelling ? spelling.file.slice(spelling.offset, spelling.offset + this.tokenLength) : '';
  }
  /** In a macro expansion: one step towards where the characters are. */
  get immediateSpelling(): Location {
    return new Location(this.manager, this.manager.immediateSpelling(this.signed));
  }
  /** In a macro expansion: one step towards its use. */
  get immediateExpansion(): Range {
    return this.manager.range(this.manager.immediateBegin(this.signed), this.manager.immediateEnd(this.signed));
  }

  equals(other: Location): boolean {
    return this.signed === other.signed && this.manager === other.manager;
  }
  /** `file:line:column` as presumed. */
  toString(): string {
    const presumed = this.presumed;
    return presumed ? `${presumed.file}:${presumed.line}:${presumed.column}` : '<invalid location>';
  }
}

/** A stretch of one file, in bytes. */
export interface FileRange {
  file: SourceFile;
  begin: number;
  end: number;
}

/** From a location to the start of its last token, as Clang's token ranges are. */
export class Range {
  readonly begin: Location;
  /** Where the last token starts. */
  readonly end: Location;
  private readonly manager: SourceManager;

  constructor(manager: SourceManager, begin: number, end: number) {
    this.manager = manager;
    this.begin = new Location(manager, begin);
    this.end = new Location(manager, end);
  }

  get isValid(): boolean {
    return this.begin.isValid && this.end.isValid;
  }
  /**
   * The bytes written for it, as Lexer::makeFileCharRange finds them: undefined when begin and end have no common text, as when
   * one lies in the middle of a macro.
   */
  get fileRange(): FileRange | undefined {
    return this.manager.fileRange(this.begin.raw, this.end.raw);
  }
  /** The same, where that is undefined widened to the uses of the macros it touches. */
  get expansionRange(): FileRange | undefined {
    return this.manager.expansionFileRange(this.begin.raw, this.end.raw);
  }
  get text(): string {
    const range = this.fileRange ?? this.expansionRange;
    return range ? range.file.slice(range.begin, range.end) : '';
  }
  get tokens(): Token[] {
    const range = this.fileRange ?? this.expansionRange;
    return range ? range.file.tokensBetween(range.begin, range.end) : [];
  }
  equals(other: Range): boolean {
    return this.begin.equals(other.begin) && this.end.equals(other.end);
  }
  toString(): string {
    return `${this.begin} - ${this.end}`;
  }
}
