/** What is told apart by kind: families of nodes, and the sets that a dump asks for. */
import { kindNumber, registry } from '../ast/registry.js';
import { membersByKind } from './node-writer.js';

export const Family = {
  Unknown: 0,
  Null: 1,
  Link: 2,
  Decl: 3,
  Stmt: 4,
  Type: 5,
  QualType: 6,
  TypeLoc: 7,
  Attr: 8,
  Comment: 9,
  /** OpenMP and OpenACC: Clang's dump shows only what is below. */
  Clause: 10,
  TemplateArgument: 11,
  CtorInitializer: 12,
  Capture: 13,
  Association: 14,
  Requirement: 15,
  /** Parts as written that Clang's dump leaves out. */
  Part: 16,
} as const;

/** The family of each kind. */
export function families(): Uint8Array {
  const byClass = membersByKind<number>({
    Decl: Family.Decl,
    Stmt: Family.Stmt,
    Type: Family.Type,
    TypeLoc: Family.TypeLoc,
    Attr: Family.Attr,
    Comment: Family.Comment,
    OMPClause: Family.Clause,
    OpenACCClause: Family.Clause,
  });
  const table = Uint8Array.from(byClass, (family) => family ?? Family.Unknown);
  const named = {
    Null: Family.Null,
    Link: Family.Link,
    QualType: Family.QualType,
    TemplateArgument: Family.TemplateArgument,
    CXXCtorInitializer: Family.CtorInitializer,
    BlockCapture: Family.Capture,
    GenericAssociation: Family.Association,
    TypeRequirement: Family.Requirement,
    ExprRequirement: Family.Requirement,
    NestedRequirement: Family.Requirement,
    TemplateArgumentLoc: Family.Part,
    NestedNameSpecifierLoc: Family.Part,
    CXXBaseSpecifier: Family.Part,
    Designator: Family.Part,
    ConceptReference: Family.Part,
    LambdaCapture: Family.Part,
  };
  for (const [name, family] of Object.entries(named)) table[kindNumber(name)] = family;
  table[0] = Family.Null;
  return table;
}

/** For each kind 1 when its class, or a base class, is one of these. */
export function kindSet(...classes: string[]): Uint8Array {
  const members = membersByKind(Object.fromEntries(classes.map((name) => [name, 1])));
  return Uint8Array.from(registry().kindNames, (_, kind) => members[kind] ?? 0);
}
