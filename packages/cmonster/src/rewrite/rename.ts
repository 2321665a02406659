/** `decl.name = 'x'`: a declaration gets another name, and so does everything that names it. */
import {
  CXXConstructorDecl,
  CXXConversionDecl,
  CXXDestructorDecl,
  FunctionDecl,
  LabelDecl,
  NamedDecl,
  ParmVarDecl,
  VarDecl,
} from '../ast/generated/index.js';
import type { TranslationUnit } from '../ast/translation-unit.js';
import { CmonsterError } from '../error.js';
import { isKeyword } from '../source/keywords.js';
import type { FileRange } from '../source/location.js';
import { editabilityOf, type FrozenPlace } from './editability.js';
import { leftMessage, RENAME } from './left-by-rename.js';
import { frozenError, placeName } from './problem.js';
import { collisions } from './rename-collisions.js';
import { entityOf, type Reference, referencesTo } from './rename-references.js';
import type { Rewriter } from './rewriter.js';

/** A place that may name the declaration; whether it does cannot be known here. */
export interface UnprovenPlace {
  range: FileRange;
  /** A sentence: why it cannot be known. */
  reason: string;
}

/** A rename that is possible, not yet staged. */
export interface Rename {
  readonly decl: NamedDecl;
  readonly oldName: string;
  readonly newName: string;
  /** Every name that changes, in the order of files and offsets. */
  readonly places: readonly FileRange[];
  /** What keeps the old name, and may have to change: names in templates, in code that is not compiled, in macros that are not used. */
  readonly unproven: readonly UnprovenPlace[];
  /** Stages it. */
  apply(): void;
}

/**
 * Finds everything that a rename changes. Throws, with nothing staged: EDIT_FROZEN with all places that would have to change and
 * cannot, EDIT_TARGET for a name that cannot be, or that means something else already.
 */
export function planRename(decl: NamedDecl, newName: string): Rename {
  const { tu, name: oldName } = decl;
  ensureRenamable(decl);
  ensureName(tu, newName, decl);
  const unchanged: Rename = { decl, oldName, newName, places: [], unproven: [], apply: () => undefined };
  if (newName === oldName) return unchanged;
  const entity = entityOf(decl);
  const { proven, dependent, implicit } = referencesTo(tu, entity, oldName);
  const places = editable(tu, decl, proven, implicit);
  const taken = collisions(tu, decl, entity, proven, newName);
  if (taken.length > 0) {
    const lines = taken.map(({ location, message }) => `  ${tu.location(location)}: ${message}`);
    throw new CmonsterError(
      'EDIT_TARGET',
      `${oldName} cannot become ${newName}; nothing was changed\n${lines.join('\n')}`,
      {
        file: tu.file,
      },
    );
  }
  return {
    ...unchanged,
    places,
    unproven: isLocal(decl) ? [] : unproven(tu, oldName, dependent, places),
    apply: () => stage(tu.rewriter, decl, places, newName),
  };
}

/** The same for the declarations of a translation unit with this USR: what a rename over a project is made of. */
export function planRenameOf(tu: TranslationUnit, usr: string, oldName: string, newName: string): Rename | undefined {
  const { snapshot } = tu;
  for (let row = 1; row < snapshot.rows; row++) {
    const node = tu.node(row);
    if (node instanceof NamedDecl && node.name === oldName && node.usr === usr) return planRename(node, newName);
  }
  return undefined;
}

/** What the setter does: names that are not proven to be the same are reported as warnings. */
export function assignName(rewriter: Rewriter, decl: NamedDecl, newName: string): void {
  const rename = planRename(decl, newName);
  rename.apply();
  for (const { range, reason } of rename.unproven) {
    rewriter.tu.report(range, leftMessage(rename.oldName, reason), { check: RENAME });
  }
}

function ensureRenamable(decl: NamedDecl): void {
  const refuse = (why: string): never => {
    throw new CmonsterError('EDIT_TARGET', `${decl} cannot be renamed: ${why}`, { file: decl.tu.file });
  };
  if (decl instanceof CXXConstructorDecl || decl instanceof CXXDestructorDecl)
    refuse('it has the name of its class; rename that');
  if (decl instanceof CXXConversionDecl || /^operator\b/.test(decl.name)) refuse('an operator has no name of its own');
  if (decl.kind.startsWith('ObjC')) refuse('who names what Objective-C declares is not known here');
  if (decl instanceof LabelDecl && decl.isGnuLocal()) refuse('it is declared by __label__');
  if (/^(Unresolved)?Using/.test(decl.kind)) refuse('it has the name of what it names; rename that');
  if (decl.name === '') refuse('it has no name');
  if (decl instanceof FunctionDecl && decl.isMain()) refuse('a program starts at main');
}

const IDENTIFIER = /^[\p{XID_Start}_$][\p{XID_Continue}$]*$/u;

function ensureName(tu: TranslationUnit, name: string, decl: NamedDecl): void {
  const refuse = (why: string): never => {
    throw new CmonsterError('EDIT_TARGET', `${decl.name} cannot become '${name}': ${why}`, { file: tu.file });
  };
  if (!IDENTIFIER.test(name)) refuse('that is no identifier');
  if (isKeyword(name, tu.language.includes('C++') ? 'c++' : 'c')) refuse('that is a keyword');
  const macro = tu.preprocessor.definitions(name).findLast((each) => !each.undefinedAt.isValid);
  if (macro) refuse(`that is a macro${macro.location.isValid ? `, defined at ${macro.location}` : ''}`);
}

function isLocal(decl: NamedDecl): boolean {
  return (
    decl instanceof ParmVarDecl || decl instanceof LabelDecl || (decl instanceof VarDecl && decl.isLocalVarDeclOrParm())
  );
}

/** The bytes of all names, or an error that lists those that cannot be edited. */
function editable(
  tu: TranslationUnit,
  decl: NamedDecl,
  proven: readonly Reference[],
  implicit: readonly Reference[],
): FileRange[] {
  const frozen: FrozenPlace[] = [];
  const places = new Map<string, FileRange>();
  for (const { location } of proven) {
    const found = editabilityOf(tu, tu.range(location, location));
    if (found.kind === 'frozen') frozen.push(found.place);
    else places.set(`${found.range.file.index}:${found.range.begin}`, found.range);
  }
  for (const { location } of implicit) {
    frozen.push({
      reason: 'implicit',
      message: `it is used here under its name ${decl.name}, which is not written`,
      location: tu.location(location),
    });
  }
  if (frozen.length > 0) throw frozenError('rename', String(decl), distinct(frozen));
  return [...places.values()].sort((a, b) => a.file.index - b.file.index || a.begin - b.begin);
}

function distinct(frozen: readonly FrozenPlace[]): FrozenPlace[] {
  const byPlace = new Map(frozen.map((each) => [`${each.location} ${each.message}`, each]));
  return [...byPlace.values()];
}

function stage(rewriter: Rewriter, decl: NamedDecl, places: readonly FileRange[], newName: string): void {
  rewriter.stage(
    'rename',
    String(decl),
    places.map(({ file, begin, end }) => ({ file, begin, end, pieces: [newName] })),
  );
}

// --- What cannot be proven ------------------------------------------------------------------------------------------

function unproven(
  tu: TranslationUnit,
  name: string,
  dependent: readonly Reference[],
  places: readonly FileRange[],
): UnprovenPlace[] {
  const found = new Map<string, UnprovenPlace>();
  const known = new Set(places.map(({ file, begin }) => placeName(file, begin)));
  const add = (range: FileRange, reason: string): void => {
    const key = placeName(range.file, range.begin);
    if (!known.has(key) && tu.isEditable(range.file)) found.set(key, { range, reason });
  };
  for (const { location } of dependent) {
    const range = tu.range(location, location).expansionRange;
    if (range) add(range, "what it names depends on a template's arguments");
  }
  for (const macro of tu.preprocessor.macros) {
    if (macro.isPredefined || macro.isBuiltin) continue;
    const { spelling } = macro.location;
    if (!spelling || !tu.isEditable(spelling.file)) continue;
    for (const token of macro.tokens) {
      const at = token.text === name ? token.location.spelling : undefined;
      if (at)
        add(
          { file: at.file, begin: at.offset, end: at.offset + name.length },
          `it is in the body of the macro ${macro.name}`,
        );
    }
  }
  for (const skipped of tu.preprocessor.skipped) {
    const begin = skipped.begin.spelling;
    const end = skipped.end.spelling;
    if (!begin || !end || begin.file !== end.file || !tu.isEditable(begin.file)) continue;
    for (const token of begin.file.tokensBetween(begin.offset, end.offset)) {
      if (token.text !== name) continue;
      add(
        { file: begin.file, begin: token.offset, end: token.offset + token.length },
        'the preprocessor left this code out',
      );
    }
  }
  return [...found.values()];
}
