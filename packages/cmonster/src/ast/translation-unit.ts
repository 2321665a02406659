/** One file as Clang understands it. */
import type { Answers } from '../cache/answers.js';
import { CmonsterError } from '../error.js';
import type { Connection } from '../frontend/connection.js';
import type { Keeper } from '../frontend/keeper.js';
import { type Meta, readMeta } from '../frontend/meta.js';
import { type QuestionHost, Questions } from '../frontend/questions.js';
import { NULL_KIND, Snapshot } from '../frontend/snapshot.js';
import type { FactsHost } from '../preprocessor/fact.js';
import { PreprocessorFacts } from '../preprocessor/facts.js';
import { type Report, type ReportOptions, type ReportTarget, reportAt } from '../report/finding.js';
import type { Edit } from '../rewrite/edit.js';
import type { HeaderName } from '../rewrite/includes.js';
import type { OutputOptions, Rewriter } from '../rewrite/rewriter.js';
import { type Diagnostic, diagnosticsOf } from '../source/diagnostic.js';
import { Location, type Range } from '../source/location.js';
import type { SourceFile } from '../source/source-file.js';
import { SourceManager } from '../source/source-manager.js';
import type { Node } from './node.js';
import { TypeRow } from './node.js';
import { ObjectTable } from './object-table.js';
import { edited, type Opened, open, openAgain, openSync, resume } from './opening.js';
import { type ParseOptions, type ParseSettings, parseSettings, type ReparseOptions } from './options.js';
import { kindsOf, type NodeClass, nodeMakers, registry, type TypeClass, typeMakers, writtenParts } from './registry.js';
import { makeRewriter } from './rewriting.js';
import { collectRows, countRows } from './scan.js';
import type { TypeBase } from './type-base.js';
import { TypeTexts } from './type-texts.js';
import { type Expansion, View } from './view.js';
import { TYPE_LOCS, type ViewOptions, viewMask } from './view-rules.js';
import { Walk, type WalkOptions } from './walk.js';

const ROOT = 1;

/** Processes that a translation unit keeps. */
interface Held {
  connection: Connection | undefined;
  keeper: Keeper | undefined;
}

/** Those of translation units that were forgotten rather than disposed of. Must not hold the translation unit itself. */
const forgotten = new FinalizationRegistry<Held>((held) => {
  held.connection?.close();
  held.keeper?.release();
});

export class TranslationUnit implements QuestionHost, FactsHost {
  private readonly settings: ParseSettings;
  private readonly held: Held;
  private columns: Snapshot | undefined;
  private readonly original: { rows: number; types: number; strings: number };
  /** By row, and by index. */
  private readonly nodes: ObjectTable<Node>;
  private readonly typeObjects: ObjectTable<TypeBase>;
  private readonly views: (View | undefined)[] = [];
  private readonly expansions: Expansion[] = [];
  private readonly expandedRows = new Map<number, Expansion>();
  private readonly expandedRoots = new Map<number, number>();
  private rewriterObject: Rewriter | undefined;
  private diagnosticList: Diagnostic[] | undefined;
  private readonly meta: Meta;
  readonly questions: Questions;
  /** Types as Clang prints them. */
  readonly typeTexts: TypeTexts;
  private readonly answers: Answers | undefined;
  /** Whether nothing was parsed: the snapshot is an earlier run's. */
  readonly isCached: boolean;
  /** Files, locations, text. */
  readonly sourceManager: SourceManager;
  /** Macros, their uses, includes, skipped ranges. */
  readonly preprocessor: PreprocessorFacts;
  /** What was reported, in order. */
  readonly reports: Report[] = [];

  /** Parses a file. Errors in the source are no exceptions: see `hasErrors` and `diagnostics`. */
  static async parse(file: string, options: ParseOptions = {}): Promise<TranslationUnit> {
    const settings = parseSettings(file, options);
    return new TranslationUnit(settings, await open(settings));
  }

  /** The same, blocking: without the event loop. */
  static parseSync(file: string, options: ParseOptions = {}): TranslationUnit {
    const settings = parseSettings(file, options);
    return new TranslationUnit(settings, openSync(settings));
  }

  /**
   * The same file anew, after an edit: another translation unit; this one stays what it is. Of one that was parsed with `keep`,
   * and as long as nothing up to the end of its includes has changed, only what follows the includes is parsed; the result is the
   * same as of a parse from the beginning.
   */
  async reparse(options: ReparseOptions = {}): Promise<TranslationUnit> {
    const settings = edited(this.settings, options);
    const keeper = options.unsaved ? undefined : this.held.keeper;
    return new TranslationUnit(settings, (keeper && (await resume(settings, keeper))) ?? (await open(settings)));
  }

  private constructor(settings: ParseSettings, { connection, parsed, keeper, answers }: Opened) {
    this.settings = settings;
    settings.script?.close();
    try {
      this.columns = new Snapshot(parsed.snapshot);
      this.meta = readMeta(parsed.meta);
    } catch (error) {
      connection?.close();
      keeper?.release();
      throw error;
    }
    const { rows, types, strings } = this.columns;
    this.original = { rows, types, strings };
    this.nodes = new ObjectTable(rows);
    this.typeObjects = new ObjectTable(types);
    this.held = { connection, keeper };
    this.answers = answers;
    this.isCached = connection === undefined;
    this.questions = new Questions(this, connection, answers);
    this.typeTexts = new TypeTexts(this, (types, single) => this.questions.typeTexts(types, single));
    const { files, mainFile, nextOffset } = this.meta;
    this.sourceManager = new SourceManager(this.columns, files, mainFile, nextOffset, this.questions);
    this.preprocessor = new PreprocessorFacts(this);
    forgotten.register(this, this.held, this);
  }

  // --- The parse ----------------------------------------------------------------------------------------------------

  /** As it was given to `parse`. */
  get file(): string {
    return this.settings.file;
  }
  get mainFile(): SourceFile {
    return this.sourceManager.mainFile;
  }
  /** Every file and buffer that Clang read. */
  get files(): readonly SourceFile[] {
    return this.sourceManager.files;
  }
  /** In the order in which Clang gave them, notes inside of what they belong to. */
  get diagnostics(): readonly Diagnostic[] {
    this.diagnosticList ??= diagnosticsOf(this.meta.diagnostics, this.sourceManager);
    return this.diagnosticList;
  }
  get hasErrors(): boolean {
    return this.meta.hasErrors;
  }
  /** Whether Clang gave up before the end. */
  get isFatal(): boolean {
    return this.meta.fatal;
  }
  /** `C`, `C++`, `Objective-C`, … */
  get language(): string {
    return this.meta.language;
  }
  /** `c17`, `gnu++20`, … */
  get languageStandard(): string {
    return this.meta.languageStandard;
  }
  /** The target's triple. */
  get target(): string {
    return this.meta.target;
  }
  /** In bits. */
  get pointerWidth(): number {
    return this.meta.pointerWidth;
  }
  /** The arguments that the driver made of those given, as Clang's own compiler process takes them. */
  get command(): readonly string[] {
    return this.meta.command;
  }
  get clangVersion(): string {
    return this.meta.clangVersion;
  }
  /** Milliseconds of the frontend's CPU time: `parse`, `snapshot`. */
  get times(): Readonly<Record<string, number>> {
    return this.meta.times;
  }

  // --- Objects by number --------------------------------------------------------------------------------------------

  /** The columns that everything is read from. */
  get snapshot(): Snapshot {
    return this.columns ?? this.disposed();
  }

  /** Apart, so that the getter above is small enough to be inlined everywhere. */
  private disposed(): never {
    throw new CmonsterError('DISPOSED', `the translation unit of ${this.file} was disposed of`);
  }

  /** The node of a row, or of what the row links to; null for none. */
  node(row: number): Node | null {
    const known = this.nodes.get(row);
    if (known !== undefined) return known;
    const { snapshot } = this;
    const target = snapshot.resolve(row);
    if (target === 0 || target >= snapshot.rows || snapshot.kind[target] === NULL_KIND) return null;
    return this.knownNode(target);
  }

  /** The node of a row that is known to be one: neither null nor a link. */
  knownNode(row: number): Node {
    const known = this.nodes.get(row);
    if (known !== undefined) return known;
    const { snapshot } = this;
    const node = new (nodeMakers[snapshot.kind[row] as number] ?? TypeRow)(this, row);
    this.nodes.set(row, node);
    return node;
  }

  /** The type of an index; null for 0. */
  type(index: number): TypeBase | null {
    const known = this.typeObjects.get(index);
    if (known !== undefined) return known;
    const { snapshot } = this;
    if (index === 0 || index >= snapshot.types) return null;
    const make = typeMakers[snapshot.typeKind[index] as number];
    if (!make) throw new CmonsterError('SNAPSHOT', `type ${index} is of no known class`);
    const type = new make(this, index);
    this.typeObjects.set(index, type);
    return type;
  }

  location(raw: number): Location {
    return new Location(this.sourceManager, raw);
  }
  range(begin: number, end: number): Range {
    return this.sourceManager.range(begin, end);
  }

  // --- The tree -----------------------------------------------------------------------------------------------------

  /** The TranslationUnitDecl. */
  get root(): Node {
    return this.knownNode(ROOT);
  }

  walk(options?: WalkOptions): Walk {
    return this.root.walk(options);
  }

  /**
   * The nodes of a class, as written or as the options say, in the tree's order. Of a class that only the given options show
   * (parts of types) those are assumed.
   */
  find<T extends Node>(nodeClass: NodeClass<T>, filter?: (node: T) => unknown, options?: ViewOptions): T[] {
    return this.findBelow(ROOT, nodeClass, filter, options);
  }

  findBelow<T extends Node>(
    root: number,
    nodeClass: NodeClass<T>,
    filter?: (node: T) => unknown,
    options?: ViewOptions,
  ): T[] {
    const found: T[] = [];
    for (const row of this.rowsOf(root, nodeClass, options)) {
      const node = this.knownNode(row) as T;
      if (!filter || filter(node)) found.push(node);
    }
    return found;
  }

  /** How many there are: no node is made. */
  count(nodeClass: NodeClass, options?: ViewOptions): number {
    const wanted = kindsOf(nodeClass);
    const view = this.viewOf(this.maskFor(wanted, options));
    const [begin, end] = view.span(ROOT) ?? [0, 0];
    return countRows(view.rows, begin, end, this.snapshot.kind, wanted);
  }

  private rowsOf(root: number, nodeClass: NodeClass, options: ViewOptions | undefined): number[] {
    const wanted = kindsOf(nodeClass);
    const view = this.viewOf(this.maskFor(wanted, options));
    const span = this.snapshot.isExpanded(root) ? view.span(root) : undefined;
    // The translation unit counts as below itself; any other node does not.
    if (span) {
      const begin = root === ROOT ? span[0] : span[0] + 1;
      return collectRows(view.rows, begin, span[1], this.snapshot.kind, wanted);
    }
    const rows: number[] = [];
    for (const { index } of new Walk(this, root, view, true)) {
      if (index !== root && wanted[this.snapshot.kind[index] as number] === 1) rows.push(index);
    }
    return rows;
  }

  /** A search for parts of types shows them, unless it is for something else too. */
  private maskFor(wanted: Uint8Array, options: ViewOptions | undefined): number {
    const { kindNames, typeClasses } = registry();
    let onlyParts = true;
    for (let kind = 0; kind < wanted.length && onlyParts; kind++) {
      if (wanted[kind] !== 1 || writtenParts()[kind] === 1) continue;
      // Where Clang's dump shows types in the tree.
      onlyParts = typeClasses[kind] !== undefined || kindNames[kind] === 'QualType';
    }
    return viewMask(options) | (onlyParts ? TYPE_LOCS : 0);
  }

  /** The types of a class that occur anywhere. */
  findTypes<T extends TypeBase>(typeClass: TypeClass<T>, filter?: (type: T) => unknown): T[] {
    const wanted = kindsOf(typeClass);
    const { snapshot } = this;
    const found: T[] = [];
    for (let index = 1; index < snapshot.types; index++) {
      if (wanted[snapshot.typeKind[index] as number] !== 1) continue;
      const type = this.type(index) as T;
      if (!filter || filter(type)) found.push(type);
    }
    return found;
  }

  /** Declarations by name, as seen from outside of every scope: `std::vector`. */
  lookup(name: string, from: Node = this.root): Node[] {
    return this.questions.lookup(from.index, name).filter((node) => node !== null) as Node[];
  }

  /** One way of looking at the tree. */
  view(options?: ViewOptions): View {
    return this.viewOf(viewMask(options));
  }

  private viewOf(mask: number): View {
    let view = this.views[mask];
    if (!view) {
      view = new View(this.snapshot, mask, this.expansions);
      this.views[mask] = view;
    }
    return view;
  }

  parentOf(row: number, options?: ViewOptions): Node | null {
    const view = this.view(options);
    const above = view.parentRow(row) || this.expandedParent(row);
    if (above !== 0) return this.node(above);
    if (row === ROOT) return null;
    // A declaration outside of the parsed scope: Clang knows where it belongs.
    return this.questions.parentDecl(row) as Node | null;
  }

  private expandedParent(row: number): number {
    let top = row;
    for (let above = this.snapshot.parentOf(top); above !== 0; above = this.snapshot.parentOf(above)) top = above;
    return this.expandedRoots.get(top) ?? 0;
  }

  /** The rows directly below in the snapshot's own order, links and nulls included. */
  rawChildRows(row: number): number[] {
    const { snapshot } = this;
    const expansion = this.expandedRows.get(row);
    const [first, end] = expansion ? [expansion[1], expansion[2]] : [row + 1, snapshot.endOf(row)];
    const rows: number[] = [];
    for (let child = first; child < end; child = snapshot.endOf(child)) rows.push(child);
    return rows;
  }

  /** Brings what is below a declaration that is outside of the parsed scope. */
  expand(row: number): readonly [first: number, end: number] {
    const known = this.expandedRows.get(row);
    if (known) return [known[1], known[2]];
    const answer = this.questions.expand(row);
    const [first, end] = answer ?? [0, 0];
    const expansion = [row, first, end] as const;
    this.expandedRows.set(row, expansion);
    if (end <= first) return [first, end];
    this.expansions.push(expansion);
    for (const child of this.rawChildRows(row)) this.expandedRoots.set(child, row);
    return [first, end];
  }

  // --- Questions ----------------------------------------------------------------------------------------------------

  /** Asks what these getters of these nodes will ask, in few messages; then reading them costs nothing. */
  prefetch<T extends Node, K extends keyof T & string>(nodes: Iterable<T>, ...getters: K[]): void {
    this.questions.prefetch(() => {
      for (const node of nodes) {
        for (const getter of getters) {
          try {
            const value: unknown = node[getter];
            if (typeof value === 'function') value.call(node);
          } catch {
            // A getter that works on the answer meets undefined here; what it asks has been noted.
          }
        }
      }
    });
  }

  macroTokens(macro: number): Uint32Array {
    return this.questions.macroTokens(macro);
  }

  grow(delta: Uint8Array): void {
    this.snapshot.append(delta);
  }

  revive(): Connection {
    if (!this.columns) this.disposed();
    const { connection, parsed } = openAgain(this.settings, this.meta.capacity);
    const again = new Snapshot(parsed.snapshot);
    if (!this.columns.startsLike(again, this.original)) {
      connection.close();
      throw new CmonsterError(
        'SOURCE_CHANGED',
        'its frontend had to be started again, and the source is no longer what it was: parse it anew',
        { file: this.file },
      );
    }
    this.held.connection = connection;
    return connection;
  }

  // --- Findings -----------------------------------------------------------------------------------------------------

  /** Notes something about a place, for `cmonster run` to print, and how to mend it: `{ fix: () => call.replaceWith(…) }`. */
  report(target: ReportTarget, message: string, options: ReportOptions = {}): void {
    this.reports.push(reportAt(this, target, message, options));
  }

  // --- Changing it --------------------------------------------------------------------------------------------------

  /** Stages changes of the source; edits on nodes come down to it. */
  get rewriter(): Rewriter {
    this.rewriterObject ??= makeRewriter(this);
    return this.rewriterObject;
  }

  /** Whether a file may be changed: the main file, and those that `editable` names. */
  isEditable(file: SourceFile): boolean {
    return file === this.mainFile || (file.kind === 'file' && this.settings.isEditable(file.path));
  }

  /** Adds an include to the main file where its like are, unless it is there: `tu.addInclude('<stdio.h>')`. */
  addInclude(header: HeaderName): void {
    this.rewriter.addInclude(header);
  }
  /** Takes an include out of the main file. @returns whether there was one */
  removeInclude(header: HeaderName): boolean {
    return this.rewriter.removeInclude(header);
  }

  /** What was staged, as plain data: sorted by offset in each file, nothing overlapping. */
  get edits(): Edit[] {
    return this.rewriterObject?.edits ?? [];
  }

  /** The text of the main file, or of another, with what was staged. */
  rewrite(file: SourceFile | string = this.mainFile, options: OutputOptions = {}): string {
    return this.rewriter.text(file, options);
  }

  /** What was staged, as a unified diff. Empty when nothing was. */
  diff(options: OutputOptions = {}): string {
    return this.rewriter.diff(options);
  }

  /** Writes the files that change: each at once or not at all. @returns their paths */
  save(options: OutputOptions = {}): string[] {
    return this.rewriter.save(options);
  }

  // --- The end ------------------------------------------------------------------------------------------------------

  /** Lets the frontend go and keeps what is known; a question that needs Clang starts another. */
  releaseFrontend(): void {
    this.questions.release();
    this.held.connection = undefined;
  }

  /** Ends the frontend and lets go of the memory. Nodes are of no use any more. */
  dispose(): void {
    if (!this.columns) return;
    this.releaseFrontend();
    this.held.keeper?.release();
    this.held.keeper = undefined;
    this.answers?.flush();
    forgotten.unregister(this);
    this.columns.clear();
    this.columns = undefined;
    this.nodes.clear();
    this.typeObjects.clear();
    this.views.length = 0;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
