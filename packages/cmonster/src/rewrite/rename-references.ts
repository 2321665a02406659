/**
 * Everywhere a declaration is named. What belongs together is known by where its name stands: an instantiation of a template, a
 * template and what it declares, all have the place of the one name that is written for them.
 */
import {
  type ClassTemplateSpecializationDecl,
  type CleanupAttr,
  ConceptDecl,
  type ConceptReference,
  type CountAttributedType,
  CXXConstructorDecl,
  type CXXCtorInitializer,
  CXXDeductionGuideDecl,
  CXXDestructorDecl,
  CXXMethodDecl,
  CXXRecordDecl,
  DeclRefExpr,
  DesignatedInitExpr,
  type Designator,
  type FieldDecl,
  FunctionDecl,
  FunctionTypeLoc,
  type GotoStmt,
  type InitListExpr,
  type LambdaCapture,
  type MSPropertyRefExpr,
  NamedDecl,
  type NamespaceAliasDecl,
  NamespaceDecl,
  type NestedNameSpecifierLoc,
  type OffsetOfExpr,
  type OverloadExpr,
  type ParmVarDecl,
  RecordDecl,
  type TemplateArgumentLoc,
  TemplateDecl,
  type TemplateSpecializationType,
  TypeAliasDecl,
  TypeAliasTemplateDecl,
  type UsingDecl,
  type UsingDirectiveDecl,
  UsingShadowDecl,
  type VarDecl,
  type VarTemplateSpecializationDecl,
} from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import { kindNumber, kindsOf } from '../ast/registry.js';
import type { TranslationUnit } from '../ast/translation-unit.js';
import { skipTrivia, tokenEnd } from './lex.js';

/** Where the name stands (raw location), and which node names it there. */
export interface Reference {
  location: number;
  row: number;
  /** The declaration itself, or another one of the same. */
  isDeclaration: boolean;
  /** The object is written: `x.name`. Scopes of the place don't matter. */
  isQualified: boolean;
}

export interface References {
  proven: Reference[];
  /** Names that may be meant, in templates: what they are depends on arguments. */
  dependent: Reference[];
  /** Uses that are not written, such as of `begin` by a loop: they keep the name. */
  implicit: Reference[];
}

/** Raw locations of the names of what must be called the same. */
export type Entity = ReadonlySet<number>;

const LABELS = ['GotoStmt', 'AddrLabelExpr'];
const NAMED_TYPES = [
  'TypedefTypeLoc',
  'RecordTypeLoc',
  'EnumTypeLoc',
  'InjectedClassNameTypeLoc',
  'UsingTypeLoc',
  'UnresolvedUsingTypeLoc',
  'TemplateTypeParmTypeLoc',
  'SubstTemplateTypeParmTypeLoc',
];
const TEMPLATE_TYPES = ['TemplateSpecializationTypeLoc', 'DeducedTemplateSpecializationTypeLoc'];
const DEPENDENT = ['CXXDependentScopeMemberExpr', 'DependentScopeDeclRefExpr', 'DependentNameTypeLoc'];
const INSTANTIATED = [
  'FunctionDecl',
  'CXXMethodDecl',
  'CXXConstructorDecl',
  'CXXDestructorDecl',
  'CXXConversionDecl',
  'VarDecl',
  'VarTemplateSpecializationDecl',
];
const OVERLOADED = ['UnresolvedLookupExpr', 'UnresolvedMemberExpr'];

// --- What belongs together ------------------------------------------------------------------------------------------

/** The declaration with all others that must have the same name: redeclarations, overriding methods, specialisations, constructors. */
export function entityOf(decl: NamedDecl): Entity {
  const { tu } = decl;
  const entity = new Set<number>();
  for (const each of redeclarationsOf(primaryOf(decl))) entity.add(each.location.raw);
  const candidates = namedLike(tu, decl.name);
  for (let size = 0; size !== entity.size; ) {
    size = entity.size;
    for (const candidate of candidates) {
      if (entity.has(candidate.location.raw) || !belongsTo(candidate, entity, candidates)) continue;
      for (const each of redeclarationsOf(candidate)) entity.add(each.location.raw);
    }
  }
  return entity;
}

/** Of a specialisation the template: it has one name with all of them. */
function primaryOf(decl: NamedDecl): NamedDecl {
  const { specializedTemplate, primaryTemplate } = decl as Partial<ClassTemplateSpecializationDecl & FunctionDecl>;
  const primary: unknown = specializedTemplate ?? primaryTemplate;
  return primary instanceof NamedDecl ? primary : decl;
}

/** All declarations of one function, variable or class, itself included. */
export function redeclarationsOf(decl: NamedDecl): NamedDecl[] {
  const found = [decl];
  const { mostRecentDecl } = decl as NamedDecl & { mostRecentDecl?: NamedDecl };
  let guard = 0;
  for (let at: NamedDecl | undefined = mostRecentDecl ?? decl; at && guard < 10_000; guard++) {
    found.push(at);
    at = (at as NamedDecl & { previousDecl?: NamedDecl }).previousDecl;
  }
  return found;
}

/** The declarations with that name, constructors and destructors of a class of that name among them. */
function namedLike(tu: TranslationUnit, name: string): NamedDecl[] {
  const { snapshot } = tu;
  const kinds = kindsOf(NamedDecl);
  const special = new Uint8Array(kinds.length);
  for (const each of [CXXConstructorDecl, CXXDestructorDecl, CXXDeductionGuideDecl]) {
    for (const [kind, isOne] of kindsOf(each).entries()) special[kind] ||= isOne;
  }
  special[kindNumber('FunctionTemplateDecl')] = 1;
  const found: NamedDecl[] = [];
  for (let row = 1; row < snapshot.rows; row++) {
    const kind = snapshot.kind[row] as number;
    if (kinds[kind] !== 1) continue;
    const own = snapshot.string(snapshot.a[row] as number);
    if (own === name || (special[kind] === 1 && plainName(own) === name)) found.push(tu.knownNode(row) as NamedDecl);
  }
  return found;
}

/** `~A<T>`, `<deduction guide for A>` → A. */
function plainName(name: string): string {
  return name
    .replace(/^<deduction guide for (.*)>$/, '$1')
    .replace(/^~/, '')
    .replace(/<.*$/, '');
}

function belongsTo(decl: NamedDecl, entity: Entity, candidates: readonly NamedDecl[]): boolean {
  const isIn = (other: Node | string | null | undefined): boolean =>
    other instanceof NamedDecl && entity.has(other.location.raw);
  const { canonicalDecl } = decl as NamedDecl & { canonicalDecl?: Node };
  if (isIn(canonicalDecl)) return true;
  if (decl instanceof CXXConstructorDecl || decl instanceof CXXDestructorDecl)
    return isIn(decl.declContext as Node | undefined);
  if (decl instanceof CXXDeductionGuideDecl) return isIn(decl.deducedTemplate);
  if (/^(Class|Var)Template.*SpecializationDecl$/.test(decl.kind)) {
    return isIn((decl as ClassTemplateSpecializationDecl | VarTemplateSpecializationDecl).specializedTemplate);
  }
  // The place of the template is its `using`.
  if (decl instanceof TypeAliasTemplateDecl) return isIn(decl.templatedDecl);
  if (decl instanceof TypeAliasDecl && isIn(decl.describedAliasTemplate)) return true;
  const { primaryTemplate, templateInstantiationPattern } = decl as Partial<FunctionDecl>;
  if (isIn(primaryTemplate) || isIn(templateInstantiationPattern)) return true;
  if (decl.kind === 'FunctionTemplateDecl') {
    const [templated] = decl.children.filter(
      (child) => child instanceof CXXConstructorDecl || child instanceof CXXDeductionGuideDecl,
    );
    return templated !== undefined && belongsTo(templated as NamedDecl, entity, candidates);
  }
  if (!(decl instanceof CXXMethodDecl)) return false;
  if (overridden(decl).some(isIn)) return true;
  return candidates.some((other) => other instanceof CXXMethodDecl && isIn(other) && overridden(other).includes(decl));
}

/** All that a method overrides, near and far. */
function overridden(method: CXXMethodDecl): CXXMethodDecl[] {
  const found: CXXMethodDecl[] = [];
  const pending = [...method.overriddenMethods];
  for (let at = pending.pop(); at; at = pending.pop()) {
    if (found.includes(at)) continue;
    found.push(at);
    pending.push(...at.overriddenMethods);
  }
  return found;
}

/** In `int f(a) int a; {}` a parameter is named in the list, too: where, as a raw location; 0 when it is not declared like that. */
function listedAt(parameter: ParmVarDecl): number {
  const { parent, tu, name } = parameter;
  if (!parent?.is(FunctionDecl)) return 0;
  const [typeLoc] = parent.find(FunctionTypeLoc, undefined, { typeLocs: true });
  if (!typeLoc || parameter.location.raw < typeLoc.rParenLoc.raw) return 0;
  const list = tu.range(typeLoc.lParenLoc.raw, typeLoc.rParenLoc.raw).fileRange;
  if (!list) return 0;
  const { file, begin, end } = list;
  for (let at = begin; at < end; at = skipTrivia(file.bytes, tokenEnd(file.bytes, at))) {
    if (file.slice(at, tokenEnd(file.bytes, at)) === name) return typeLoc.lParenLoc.raw + at - begin;
  }
  return 0;
}

/** Where the class is named in `template void S<int>::f();`, of which Clang keeps the member's place alone; 0 when it is not. */
function qualifierAt(tu: TranslationUnit, member: number, name: string): number {
  const place = tu.range(member, member).fileRange;
  if (!place) return 0;
  const before = place.file.slice(Math.max(0, place.begin - 300), place.begin);
  const found = new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}\\s*<[^;{}]*>\\s*::\\s*~?$`).exec(before);
  return found ? member - place.file.encode(before.slice(found.index)).length : 0;
}

// --- Who names it ---------------------------------------------------------------------------------------------------

export function referencesTo(tu: TranslationUnit, entity: Entity, name: string): References {
  const { snapshot } = tu;
  const { kind, a, b, type, begin } = snapshot;
  const proven = new Map<number, Reference>();
  const dependent = new Map<number, Reference>();
  const implicit: Reference[] = [];
  const namedDecl = kindsOf(NamedDecl);
  const handlers = new Map<number, (row: number) => void>();
  const on = (kinds: readonly string[], handler: (row: number) => void): void => {
    for (const each of kinds) handlers.set(kindNumber(each), handler);
  };
  /** A loop uses `begin` without writing it; that a lambda captures a variable needs no name. */
  const callable = kindsOf(FunctionDecl);
  const shadow = kindsOf(UsingShadowDecl);
  const isIt = (row: number): boolean => {
    if (row === 0 || namedDecl[kind[row] as number] !== 1) return false;
    if (shadow[kind[row] as number] === 1) return isIt((tu.knownNode(row) as UsingShadowDecl).targetDecl.index);
    return entity.has(b[row] as number);
  };
  const isNode = (node: Node | string | null | undefined): boolean =>
    typeof node === 'object' && node !== null && isIt(node.index);
  const add = (row: number, location: number, isQualified = false): void => {
    if (location === 0) return;
    const reference = { location, row, isDeclaration: false, isQualified };
    if (spelled(tu, location) === name) {
      if (!proven.has(location)) proven.set(location, reference);
    } else if (callable[kind[a[row] as number] as number] === 1) implicit.push(reference);
  };
  const maybe = (row: number, location: number): void => {
    if (location !== 0 && spelled(tu, location) === name) {
      dependent.set(location, { location, row, isDeclaration: false, isQualified: true });
    }
  };
  const typeNames = (row: number): void => {
    if (isIt(snapshot.typeDecl[type[row] as number] as number)) add(row, begin[row] as number, true);
  };

  on(['DeclRefExpr'], (row) => isIt(a[row] as number) && add(row, b[row] as number, hasQualifier(tu, row)));
  on(['MemberExpr'], (row) => isIt(a[row] as number) && add(row, afterTilde(tu, b[row] as number), hasObject(tu, row)));
  on(NAMED_TYPES, typeNames);
  on(TEMPLATE_TYPES, (row) => {
    const written = tu.type(type[row] as number) as TemplateSpecializationType | null;
    if (isNode(written?.templateName)) add(row, begin[row] as number, true);
    else typeNames(row);
  });
  on(
    ['Designator'],
    (row) => isIt(a[row] as number) && add(row, (tu.knownNode(row) as Designator).fieldLoc?.raw ?? 0, true),
  );
  // Only the syntactic form of an initialiser, which is not in the tree, has its designators.
  on(['InitListExpr'], (row) => {
    for (const { fieldDecl, fieldLoc } of designatorsOf(tu.knownNode(row) as InitListExpr)) {
      if (isNode(fieldDecl)) add(row, fieldLoc?.raw ?? 0, true);
    }
  });
  on(['OffsetOfExpr'], (row) => {
    for (const { field, location } of componentsOf(tu.knownNode(row) as OffsetOfExpr)) {
      if (isNode(field)) add(row, location, true);
    }
  });
  on(['CXXCtorInitializer'], (row) => {
    const init = tu.knownNode(row) as CXXCtorInitializer;
    if (isIt(a[row] as number) && init.isWritten()) add(row, init.memberLocation.raw, true);
  });
  on(['LambdaCapture'], (row) => {
    const capture = tu.knownNode(row) as LambdaCapture;
    if (isIt(a[row] as number) && !capture.isImplicit()) add(row, capture.location.raw);
  });
  on(['ParmVarDecl'], (row) => {
    if (isIt(row)) add(row, listedAt(tu.knownNode(row) as ParmVarDecl));
  });
  // Only a concept can be named there, and there a template: of anything else nobody is asked.
  if (tu.find(ConceptDecl).some(({ index }) => isIt(index))) {
    on(['ConceptReference'], (row) => {
      const used = tu.knownNode(row) as ConceptReference;
      if (isNode(used.namedConcept)) add(row, used.conceptNameLoc.raw, used.nestedNameSpecifierLoc !== undefined);
    });
  }
  if (tu.find(TemplateDecl).some(({ index }) => isIt(index))) {
    on(['TemplateArgumentLoc'], (row) => {
      const argument = tu.knownNode(row) as TemplateArgumentLoc;
      if (!argument.text.includes(name)) return;
      if (isNode(argument.argument.asTemplateOrTemplatePattern)) add(row, argument.templateNameLoc.raw, true);
    });
  }
  // `counted_by(n)` is known by the field's type alone.
  const counted = kindNumber('CountAttributedType');
  on(['FieldDecl'], (row) => {
    const index = type[row] as number;
    if (snapshot.typeKind[index] !== counted) return;
    const { countExpr } = tu.type(index) as CountAttributedType;
    for (const used of countExpr ? [countExpr, ...countExpr.find(DeclRefExpr)] : []) {
      if (used.is(DeclRefExpr) && isNode(used.decl)) add(row, used.location.raw, true);
    }
  });
  const specialization = kindNumber('ClassTemplateSpecializationDecl');
  // `template void f<int>(int);` is no declaration of its own.
  on(INSTANTIATED, (row) => {
    const above = snapshot.parentOf(row);
    const isMember = kind[above] === specialization && isIt(above);
    if (!isMember && !isIt(row)) return;
    const instance = tu.knownNode(row) as FunctionDecl | VarDecl;
    if (!instance.templateSpecializationKind?.startsWith('TSK_ExplicitInstantiation')) return;
    const { raw } = instance.pointOfInstantiation;
    if (isIt(row)) add(row, raw, true);
    if (isMember) add(row, qualifierAt(tu, raw, name), true);
  });
  on(['MSPropertyRefExpr'], (row) => {
    const used = tu.knownNode(row) as MSPropertyRefExpr;
    if (isNode(used.propertyDecl)) add(row, used.memberLoc.raw, true);
  });
  on(['CleanupAttr'], (row) => {
    const attribute = tu.knownNode(row) as CleanupAttr;
    if (!isNode(attribute.functionDecl)) return;
    add(row, attribute.tokens.find(({ text }) => text === name)?.location.raw ?? 0);
  });
  on(LABELS, (row) => isIt(a[row] as number) && add(row, (tu.knownNode(row) as GotoStmt).labelLoc.raw));
  on(['SizeOfPackExpr'], (row) => {
    if (isIt(a[row] as number)) add(row, (tu.knownNode(row) as unknown as { packLoc: { raw: number } }).packLoc.raw);
  });
  on(OVERLOADED, (row) => {
    const overload = tu.knownNode(row) as OverloadExpr;
    if (overload.name !== name) return;
    const decls = overload.decls.map((decl) => targetOf(decl));
    const location = overload.nameLoc.raw;
    if (decls.length > 0 && decls.every(isNode)) add(row, location, overload.qualifierLoc !== undefined);
    else if (decls.length === 0 || decls.some(isNode)) maybe(row, location);
  });
  on(DEPENDENT, (row) => {
    const node = tu.knownNode(row);
    const location = node.kind === 'CXXDependentScopeMemberExpr' ? memberLocation(node) : node.endLoc.raw;
    maybe(row, location);
  });
  on(['UsingDecl'], (row) => {
    const using = tu.knownNode(row) as UsingDecl;
    if (using.name !== name) return;
    const targets = using.allChildren.filter((child) => child.kind === 'UsingShadowDecl').map(targetOf);
    const shadows =
      targets.length > 0 ? targets : (using as UsingDecl & { shadows?: readonly Node[] }).shadows?.map(targetOf);
    if (shadows?.some(isNode)) (shadows.every(isNode) ? add : maybe)(row, b[row] as number, true);
  });
  on(['UsingDirectiveDecl'], (row) => {
    const using = tu.knownNode(row) as UsingDirectiveDecl;
    if (isNode(using.nominatedNamespaceAsWritten)) add(row, using.identLocation.raw, true);
  });
  on(['NamespaceAliasDecl'], (row) => {
    const alias = tu.knownNode(row) as NamespaceAliasDecl;
    if (isNode(alias.aliasedNamespace)) add(row, alias.targetNameLoc.raw, true);
  });
  on(['NestedNameSpecifierLoc'], (row) => {
    const part = tu.knownNode(row) as NestedNameSpecifierLoc;
    const location = part.localBeginLoc.raw;
    if (part.typeLoc !== undefined || spelled(tu, location) !== name) return;
    const scopes = tu.lookup(name).filter((each) => each instanceof NamespaceDecl);
    if (scopes.length > 0 ? scopes.some(isNode) : anyNamespace(tu, entity)) add(row, location, true);
  });

  for (let row = 1; row < snapshot.rows; row++) {
    const each = kind[row] as number;
    if (namedDecl[each] === 1 && entity.has(b[row] as number) && isWrittenDecl(tu, row)) {
      const location = afterTilde(tu, b[row] as number);
      if (!proven.has(location)) proven.set(location, { location, row, isDeclaration: true, isQualified: true });
    }
    handlers.get(each)?.(row);
  }
  for (const location of proven.keys()) dependent.delete(location);
  return { proven: [...proven.values()], dependent: [...dependent.values()], implicit };
}

function* designatorsOf(list: InitListExpr): Iterable<Designator> {
  const { syntacticForm } = list;
  if (!syntacticForm || syntacticForm === list) return;
  for (const init of syntacticForm.inits) if (init.is(DesignatedInitExpr)) yield* init.designators;
}

/** The members that `offsetof(struct s, a.b)` names, found by their names: Clang keeps no declarations for them. */
function* componentsOf(node: OffsetOfExpr): Iterable<{ field: Node; location: number }> {
  let record = node.typeSourceInfo?.type.canonical.declaration;
  const tokens = node.tokens.filter((token) => token.kind !== 'comment');
  const comma = tokens.findIndex((token) => token.kind === 'comma');
  for (const token of comma < 0 ? [] : tokens.slice(comma + 1)) {
    if (token.kind !== 'identifier' || !record?.is(RecordDecl)) continue;
    const found: FieldDecl | undefined = [...(record.fields ?? [])].find((each) => each.name === token.text);
    if (!found) return;
    yield { field: found, location: token.location.raw };
    record = found.type.canonical.declaration ?? found.type.canonical.inner?.canonical.declaration;
  }
}

function spelled(tu: TranslationUnit, location: number): string {
  return tu.location(location).tokenText;
}

/** The name of a destructor stands behind its `~`. */
function afterTilde(tu: TranslationUnit, location: number): number {
  if (spelled(tu, location) !== '~') return location;
  const at = tu.location(location).spelling;
  if (!at) return location;
  const { file, offset } = at;
  const [, blanks] = /^~(\s*)/.exec(file.slice(offset, offset + 64)) ?? ['', ''];
  return location + 1 + (blanks as string).length;
}

/** Not a lambda's or an implicit one: something is written where it stands. */
function isWrittenDecl(tu: TranslationUnit, row: number): boolean {
  const node = tu.knownNode(row) as NamedDecl;
  if (node instanceof TypeAliasTemplateDecl) return false; // its name is the alias's
  return !(node instanceof CXXRecordDecl && node.isInjectedClassName()) && !node.isImplicit();
}

function hasQualifier(tu: TranslationUnit, row: number): boolean {
  return (tu.knownNode(row) as Node & { hasQualifier(): boolean }).hasQualifier();
}

function hasObject(tu: TranslationUnit, row: number): boolean {
  return tu.knownNode(row).children.length > 0;
}

function memberLocation(node: Node): number {
  return (node as Node & { memberLoc: { raw: number } }).memberLoc.raw;
}

function targetOf(decl: Node): Node {
  return decl.kind.endsWith('UsingShadowDecl') ? (decl as Node & { targetDecl: Node }).targetDecl : decl;
}

function anyNamespace(tu: TranslationUnit, entity: Entity): boolean {
  return tu.find(NamespaceDecl).some((each) => entity.has(each.location.raw));
}
