/**
 * Whether edits keep the meaning of what they do not touch: the result is parsed before it is written, and compared. New
 * diagnostics are found, and names that mean another declaration than before: through shadowing, overloads, argument-dependent lookup.
 */
import { DeclRefExpr, NamedDecl, UsingShadowDecl } from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import { kindNumber, kindsOf } from '../ast/registry.js';
import type { TranslationUnit } from '../ast/translation-unit.js';
import { CmonsterError } from '../error.js';
import type { Diagnostic } from '../source/diagnostic.js';
import type { Position } from '../source/location.js';
import type { SourceFile } from '../source/source-file.js';
import { applyEdits, byFile, type Edit } from './edit.js';
import { EditMap } from './edit-map.js';
import { redeclarationsOf } from './rename-references.js';

/** A name that means another declaration than it did. */
export interface ChangedReference {
  name: string;
  /** Where it stands in the result. */
  place: string;
  /** Where that was declared which it meant, in the source as it was. */
  before: string;
  /** Where that is declared which it means now, in the result. */
  after: string;
}

export interface Verification {
  /** Neither new diagnostics nor changed references. */
  readonly isClean: boolean;
  /** Errors and warnings that the result has and the source had not. Their locations are in the result. */
  readonly diagnostics: readonly Diagnostic[];
  readonly changed: readonly ChangedReference[];
  /** The result, to look into; must be disposed of. Undefined when nothing was edited. */
  readonly result: TranslationUnit | undefined;
}

/** Parses what the staged edits of a translation unit (or others of its files) make of it, and compares. Writes nothing. */
export async function verify(tu: TranslationUnit, edits: readonly Edit[] = tu.edits): Promise<Verification> {
  if (edits.length === 0) return { isClean: true, diagnostics: [], changed: [], result: undefined };
  const result = await tu.reparse(resultOf(tu, edits));
  const maps = EditMap.byFile(edits, (path) => tu.files.find((file) => file.path === path)?.bytes);
  const diagnostics = newDiagnostics(tu, result, maps);
  const changed = changedReferences(tu, result, maps);
  return { isClean: diagnostics.length === 0 && changed.length === 0, diagnostics, changed, result };
}

/** The same as an error, for those who write when there is none. */
export async function ensureVerified(tu: TranslationUnit, edits: readonly Edit[] = tu.edits): Promise<void> {
  const { isClean, diagnostics, changed, result } = await verify(tu, edits);
  try {
    if (!isClean) throw new CmonsterError('VERIFY', describe(diagnostics, changed), { file: tu.file });
  } finally {
    result?.dispose();
  }
}

const MOST_LISTED = 20;

function describe(diagnostics: readonly Diagnostic[], changed: readonly ChangedReference[]): string {
  const lines = [
    ...diagnostics.map((each) => each.render().trimEnd()),
    ...changed.map(
      ({ name, place, before, after }) =>
        `${place}: '${name}' meant what is declared at ${before}, and now means ${after}`,
    ),
  ];
  const more = lines.length > MOST_LISTED ? `\nand ${lines.length - MOST_LISTED} more` : '';
  return `the edits change more than they should; nothing was written\n${lines.slice(0, MOST_LISTED).join('\n')}${more}`;
}

function resultOf(
  tu: TranslationUnit,
  edits: readonly Edit[],
): { text: Uint8Array; unsaved?: Record<string, Uint8Array> } {
  const byPath = byFile(edits);
  const bytes = (file: SourceFile): Uint8Array => applyEdits(file.bytes, byPath.get(file.path) ?? []);
  const unsaved: Record<string, Uint8Array> = {};
  for (const file of tu.files) {
    if (file !== tu.mainFile && byPath.has(file.path)) unsaved[file.path] = bytes(file);
  }
  const text = bytes(tu.mainFile);
  return Object.keys(unsaved).length > 0 ? { text, unsaved } : { text };
}

type Maps = ReadonlyMap<string, EditMap>;

/** Where a byte of the source is in the result, as a key; undefined for what is there no more. */
function mapped(maps: Maps, file: SourceFile, offset: number): string | undefined {
  const map = maps.get(file.path);
  const at = map ? map.toResult(offset) : offset;
  return at === undefined ? undefined : key(file, at);
}

function key(file: SourceFile, offset: number): string {
  return `${file.path || file.name}\u0000${offset}`;
}

// --- Diagnostics ----------------------------------------------------------------------------------------------------

/** What is told apart: names may have changed, so of a message its words count that are not quoted. */
function kindOf(diagnostic: Diagnostic): string {
  return `${diagnostic.level} ${diagnostic.flag ?? ''} ${diagnostic.message.replace(/'[^']*'/g, "''")}`;
}

function newDiagnostics(tu: TranslationUnit, result: TranslationUnit, maps: Maps): Diagnostic[] {
  const known = new Map<string, number>();
  const counted = (diagnostic: Diagnostic): boolean => diagnostic.isError || diagnostic.level === 'warning';
  for (const diagnostic of tu.diagnostics.filter(counted)) {
    const kind = kindOf(diagnostic);
    known.set(kind, (known.get(kind) ?? 0) + 1);
    const at = diagnostic.location.fileLoc.spelling;
    const place = at && mapped(maps, at.file, at.offset);
    if (place) known.set(`${kind} ${place}`, (known.get(`${kind} ${place}`) ?? 0) + 1);
  }
  const take = (name: string): boolean => {
    const left = known.get(name) ?? 0;
    if (left > 0) known.set(name, left - 1);
    return left > 0;
  };
  const fresh: Diagnostic[] = [];
  const unplaced: Diagnostic[] = [];
  for (const diagnostic of result.diagnostics.filter(counted)) {
    const kind = kindOf(diagnostic);
    const at = diagnostic.location.fileLoc.spelling;
    if (at && take(`${kind} ${key(at.file, at.offset)}`)) take(kind);
    else unplaced.push(diagnostic);
  }
  // One that moved with code that was taken along is none that is new.
  for (const diagnostic of unplaced) if (!take(kindOf(diagnostic))) fresh.push(diagnostic);
  return fresh;
}

// --- References -----------------------------------------------------------------------------------------------------

/** A declaration that a name means. */
interface Target {
  row: number;
  /** Undefined for what is declared nowhere. */
  at: Position | undefined;
}

interface Use {
  name: string;
  at: Position;
  targets: Map<string, Target>;
}

/** What each written name means: by its place. A name in a template may mean several things. */
function uses(tu: TranslationUnit): Map<string, Use> {
  const { snapshot, sourceManager } = tu;
  const { kind, a, b, begin, type } = snapshot;
  const named = kindsOf(NamedDecl);
  const shadow = kindsOf(UsingShadowDecl);
  const reference = kindsOf(DeclRefExpr);
  const memberExpr = kindNumber('MemberExpr');
  const construct = kindNumber('CXXConstructExpr');
  const labels = [kindNumber('GotoStmt'), kindNumber('AddrLabelExpr')];
  const typeLocs = ['TypedefTypeLoc', 'RecordTypeLoc', 'EnumTypeLoc', 'UsingTypeLoc', 'InjectedClassNameTypeLoc'].map(
    kindNumber,
  );
  const found = new Map<string, Use>();
  const note = (location: number, declRow: number): void => {
    let row = declRow;
    if (location === 0 || row === 0 || named[kind[row] as number] !== 1) return;
    if (shadow[kind[row] as number] === 1) row = (tu.knownNode(row) as UsingShadowDecl).targetDecl.index;
    const at = sourceManager.position(sourceManager.fileLoc(location));
    if (at?.file.kind !== 'file') return;
    const place = key(at.file, at.offset);
    let use = found.get(place);
    if (!use) {
      use = { name: sourceManager.location(location).tokenText, at, targets: new Map() };
      found.set(place, use);
    }
    const target = sourceManager.position(sourceManager.fileLoc(b[row] as number));
    // A lambda, a built-in function: by its name.
    const id = target ? key(target.file, target.offset) : `\u0000${snapshot.string(a[row] as number)}`;
    use.targets.set(id, { row, at: target });
  };
  for (let row = 1; row < snapshot.rows; row++) {
    const each = kind[row] as number;
    if (reference[each] === 1 || each === memberExpr || each === construct) note(b[row] as number, a[row] as number);
    else if (typeLocs.includes(each)) note(begin[row] as number, snapshot.typeDecl[type[row] as number] as number);
    else if (labels.includes(each))
      note((tu.knownNode(row) as Node & { labelLoc: { raw: number } }).labelLoc.raw, a[row] as number);
  }
  return found;
}

function changedReferences(tu: TranslationUnit, result: TranslationUnit, maps: Maps): ChangedReference[] {
  const after = uses(result);
  const redeclared = redeclarations(result);
  const changed: ChangedReference[] = [];
  for (const use of uses(tu).values()) {
    const place = mapped(maps, use.at.file, use.at.offset);
    const now = place === undefined ? undefined : after.get(place);
    if (!now) continue;
    for (const [id, target] of use.targets) {
      const expected = target.at ? mapped(maps, target.at.file, target.at.offset) : id;
      const wanted = expected === undefined ? survivors(tu, target, maps) : [expected];
      if (wanted.some((each) => now.targets.has(each))) continue;
      const same = new Set(wanted.map(redeclared));
      if ([...now.targets.keys()].some((other) => same.has(redeclared(other)))) continue;
      const [meant] = now.targets.values();
      const name = (at: Position | undefined): string => (at ? String(at) : now.name);
      changed.push({ name: now.name, place: String(now.at), before: name(target.at), after: name(meant?.at) });
      break;
    }
  }
  return changed;
}

/** Of a declaration that is gone: the others of the same function, variable or class, where they are in the result. */
function survivors(tu: TranslationUnit, { row }: Target, maps: Maps): string[] {
  return redeclarationsOf(tu.knownNode(row) as NamedDecl).flatMap(({ location }) => {
    const at = location.fileLoc.spelling;
    return (at && mapped(maps, at.file, at.offset)) ?? [];
  });
}

/** From a declaration's place to that of the first one of the same function, variable or class. */
function redeclarations(tu: TranslationUnit): (place: string) => string {
  const { snapshot, sourceManager } = tu;
  const named = kindsOf(NamedDecl);
  let rows: Map<string, number> | undefined;
  return (place) => {
    if (!rows) {
      rows = new Map();
      for (let row = 1; row < snapshot.rows; row++) {
        if (named[snapshot.kind[row] as number] !== 1) continue;
        const at = sourceManager.position(sourceManager.fileLoc(snapshot.b[row] as number));
        if (at) rows.set(key(at.file, at.offset), row);
      }
    }
    const row = rows.get(place);
    const decl = row === undefined ? undefined : (tu.knownNode(row) as Node & { canonicalDecl?: Node });
    const first = decl?.canonicalDecl as NamedDecl | undefined;
    const at = first?.location?.fileLoc.spelling;
    return at ? key(at.file, at.offset) : place;
  };
}
