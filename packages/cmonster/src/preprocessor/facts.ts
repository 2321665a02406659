/** What happened while preprocessing, as data: docs/formats/snapshot.md, "Preprocessing". */
import type { Location, Range } from '../source/location.js';
import type { SourceFile } from '../source/source-file.js';
import { Conditional } from './conditional.js';
import { Fact, type FactsHost } from './fact.js';
import { Inclusion } from './inclusion.js';
import { LineReason } from './why.js';

const MACRO = 6;
const EXPANSION = 3;
const INCLUDE = 5;
const SKIPPED = 2;
const UNKNOWN = 0xffffffff;

/** A token of a macro's replacement list. */
export interface MacroToken {
  kind: string;
  text: string;
  location: Location;
}

/** One definition of a macro. */
export class Macro extends Fact {
  private readonly facts: PreprocessorFacts;

  constructor(host: FactsHost, facts: PreprocessorFacts, index: number) {
    super(host, index);
    this.facts = facts;
  }

  protected at(field: number): number {
    return this.host.snapshot.macros[this.index * MACRO + field] as number;
  }
  get name(): string {
    return this.host.snapshot.string(this.at(0));
  }
  get location(): Location {
    return this.host.sourceManager.location(this.at(1));
  }
  /** From its name to the last token of its replacement. */
  get range(): Range {
    return this.host.sourceManager.range(this.at(1), this.at(2));
  }
  get isFunctionLike(): boolean {
    return (this.at(3) & 1) !== 0;
  }
  get isVariadic(): boolean {
    return (this.at(3) & 6) !== 0;
  }
  /** Known to the preprocessor without a definition: `__LINE__`. */
  get isBuiltin(): boolean {
    return (this.at(3) & 8) !== 0;
  }
  /** Defined by the compiler or on its command line. */
  get isPredefined(): boolean {
    return (this.at(3) & 16) !== 0;
  }
  /** Answered by a script, in place of a replacement list. */
  get isScripted(): boolean {
    return (this.at(3) & 32) !== 0;
  }
  /** Where it is undefined; invalid when it isn't. */
  get undefinedAt(): Location {
    return this.host.sourceManager.location(this.at(4));
  }
  /** What is written after the name, parameters included. */
  get text(): string {
    const text = this.range.text;
    return text.startsWith(this.name) ? text.slice(this.name.length).trimStart() : text;
  }
  /** The replacement list. */
  get tokens(): MacroToken[] {
    const { sourceManager } = this.host;
    const raw = this.host.macroTokens(this.index);
    const tokens: MacroToken[] = [];
    for (let at = 0; at < raw.length; at += 3) {
      const location = sourceManager.location(raw[at] as number);
      const spelling = location.spelling;
      const text = spelling ? spelling.file.slice(spelling.offset, spelling.offset + (raw[at + 1] as number)) : '';
      tokens.push({ kind: sourceManager.tokenKinds[raw[at + 2] as number] ?? 'unknown', text, location });
    }
    return tokens;
  }
  get expansions(): MacroExpansion[] {
    return this.facts.expansions.filter((expansion) => expansion.macro === this);
  }
  toString(): string {
    return this.name;
  }
}

export class MacroExpansion extends Fact {
  private readonly facts: PreprocessorFacts;

  constructor(host: FactsHost, facts: PreprocessorFacts, index: number) {
    super(host, index);
    this.facts = facts;
  }

  protected at(field: number): number {
    return this.host.snapshot.expansions[this.index * EXPANSION + field] as number;
  }
  get macro(): Macro | undefined {
    const index = this.at(0);
    return index === UNKNOWN ? undefined : this.facts.macros[index];
  }
  get location(): Location {
    return this.range.begin;
  }
  /** From the macro's name to the last token of its use. */
  get range(): Range {
    return this.host.sourceManager.range(this.at(1), this.at(2));
  }
  toString(): string {
    return this.range.text;
  }
}

export class Include extends Fact {
  protected at(field: number): number {
    return this.host.snapshot.includes[this.index * INCLUDE + field] as number;
  }
  /** Where the directive's `#` is. */
  get location(): Location {
    return this.host.sourceManager.location(this.at(0));
  }
  /** Where the name starts, at its quote. */
  get nameLocation(): Location {
    return this.host.sourceManager.location(this.at(4));
  }
  /** As written, without quotes. */
  get name(): string {
    return this.host.snapshot.string(this.at(1));
  }
  /** The file found; undefined when there is none. */
  get path(): string | undefined {
    return this.at(2) === 0 ? undefined : this.host.snapshot.string(this.at(2));
  }
  get isAngled(): boolean {
    return (this.at(3) & 1) !== 0;
  }
  get isImport(): boolean {
    return (this.at(3) & 2) !== 0;
  }
  get isIncludeNext(): boolean {
    return (this.at(3) & 4) !== 0;
  }
  get isModuleImport(): boolean {
    return (this.at(3) & 8) !== 0;
  }
  /** Not entered again, for its include guard or `#pragma once`. */
  get isSkipped(): boolean {
    return (this.at(3) & 16) !== 0;
  }
  toString(): string {
    return this.isAngled ? `<${this.name}>` : `"${this.name}"`;
  }
}

export class PreprocessorFacts {
  private readonly host: FactsHost;
  private macroList: Macro[] | undefined;
  private expansionList: MacroExpansion[] | undefined;
  private includeList: Include[] | undefined;
  private skippedList: Range[] | undefined;
  private conditionalList: Conditional[] | undefined;
  private conditionalsByEntry: Map<number, Conditional[]> | undefined;
  private inclusionList: Inclusion[] | undefined;
  private uses: Map<number, number> | undefined;
  private byName: Map<string, Macro[]> | undefined;

  constructor(host: FactsHost) {
    this.host = host;
  }

  /** Every definition, those of the compiler and of headers included. */
  get macros(): readonly Macro[] {
    this.macroList ??= list(this.host.snapshot.macros, MACRO, (index) => new Macro(this.host, this, index));
    return this.macroList;
  }
  /** Every use of a macro, in the order in which the preprocessor met them. */
  get expansions(): readonly MacroExpansion[] {
    this.expansionList ??= list(
      this.host.snapshot.expansions,
      EXPANSION,
      (index) => new MacroExpansion(this.host, this, index),
    );
    return this.expansionList;
  }
  get includes(): readonly Include[] {
    this.includeList ??= list(this.host.snapshot.includes, INCLUDE, (index) => new Include(this.host, index));
    return this.includeList;
  }
  /** What conditionals left out: from the directive that did to where Clang read on, behind the condition of an #elif. */
  get skipped(): readonly Range[] {
    const { snapshot, sourceManager } = this.host;
    this.skippedList ??= list(snapshot.skipped, SKIPPED, (index) =>
      sourceManager.range(snapshot.skipped[index * SKIPPED] as number, snapshot.skipped[index * SKIPPED + 1] as number),
    );
    return this.skippedList;
  }

  /** Every conditional directive that was met, in order. */
  get conditionals(): readonly Conditional[] {
    this.conditionalList ??= list(
      this.host.snapshot.conditionals,
      Conditional.fields,
      (index) => new Conditional(this.host, index),
    );
    return this.conditionalList;
  }
  /** Those in one inclusion of a file, which a location in it names. @internal */
  conditionalsIn(raw: number): Conditional[] {
    const { sourceManager } = this.host;
    if (!this.conditionalsByEntry) {
      this.conditionalsByEntry = new Map();
      for (const conditional of this.conditionals) {
        const entry = sourceManager.entryOf(sourceManager.expansionLoc(conditional.location.raw));
        const known = this.conditionalsByEntry.get(entry);
        if (known) known.push(conditional);
        else this.conditionalsByEntry.set(entry, [conditional]);
      }
    }
    return this.conditionalsByEntry.get(sourceManager.entryOf(raw)) ?? [];
  }

  /** Every time that a file was read, in order; the main file is the first. */
  get inclusions(): readonly Inclusion[] {
    if (this.inclusionList) return this.inclusionList;
    const { snapshot, sourceManager } = this.host;
    const byEntry = new Map<number, Inclusion>();
    this.inclusionList = [];
    for (let index = 0; index * 2 < snapshot.visits.length; index++) {
      const raw = snapshot.visits[index * 2] as number;
      const file = sourceManager.position(raw)?.file;
      // The compiler's own definitions are no file; what they include hangs on the main file.
      if (file?.kind !== 'file') continue;
      const [main] = this.inclusionList;
      const parent = main && (byEntry.get(sourceManager.entryOf(sourceManager.includeLoc(raw))) ?? main);
      const inclusion = new Inclusion(this.host, this, index, parent);
      byEntry.set(sourceManager.entryOf(raw), inclusion);
      this.inclusionList.push(inclusion);
    }
    return this.inclusionList;
  }
  /** The tree of includes. */
  get mainInclusion(): Inclusion {
    return this.inclusions[0] as Inclusion;
  }
  inclusionsOf(file: SourceFile): Inclusion[] {
    return this.inclusions.filter((inclusion) => inclusion.file === file);
  }

  /**
   * Why a line is there, or is not: one reason for each time that its file was read, none for a file that was not. `file` is the
   * main one by default; a name may be the end of a path.
   */
  why(line: number, file: SourceFile | string = this.host.sourceManager.mainFile): LineReason[] {
    const files = typeof file === 'string' ? this.host.sourceManager.files.filter((one) => names(one, file)) : [file];
    return files.flatMap((one) => this.inclusionsOf(one)).map((inclusion) => new LineReason(inclusion, line));
  }

  /** The definitions of a name, in order; the last one may have been undefined again. */
  definitions(name: string): readonly Macro[] {
    if (!this.byName) {
      this.byName = new Map();
      for (const macro of this.macros) {
        const known = this.byName.get(macro.name);
        if (known) known.push(macro);
        else this.byName.set(macro.name, [macro]);
      }
    }
    return this.byName.get(name) ?? [];
  }

  /** The macro that is used at a raw location. */
  macroUsedAt(raw: number, name: string): Macro | undefined {
    const { expansions } = this.host.snapshot;
    if (!this.uses) {
      this.uses = new Map();
      for (let at = 0; at < expansions.length; at += EXPANSION) {
        this.uses.set(expansions[at + 1] as number, expansions[at] as number);
      }
    }
    const index = this.uses.get(raw);
    if (index !== undefined && index !== UNKNOWN) return this.macros[index];
    // Uses in the bodies of other macros are not recorded one by one.
    const definitions = this.definitions(name);
    return definitions.length === 1 ? definitions[0] : undefined;
  }
}

function names(file: SourceFile, name: string): boolean {
  return file.name === name || file.path === name || file.path.endsWith(`/${name.replace(/^\.\//, '')}`);
}

function list<T>(column: Uint32Array, width: number, make: (index: number) => T): T[] {
  return Array.from({ length: Math.floor(column.length / width) }, (_, index) => make(index));
}
