// From the reader's model and the tables to what is generated: the classes, their getters in order, and what became
// of every method.
import type { ClassModel, MethodModel, Model, ReturnKind } from './model.js';
import { className, type GetterName, getterName } from './names.js';
import { adapted } from './tables/adapted.js';
import { asserting } from './tables/asserting.js';
import { dispatching, distinct, excluded, flagEnums, iteratorName } from './tables/excluded.js';
import { type ExtraClass, extraClasses } from './tables/extra-classes.js';
import { nonNull } from './tables/non-null.js';
import { preconditions } from './tables/preconditions.js';
import { TypeNames } from './type-names.js';

/** The generated modules, and the families that the C++ shards follow. */
export type Family = 'decl' | 'stmt' | 'type' | 'typeloc' | 'attr' | 'comment' | 'clause' | 'misc';

const families: Record<string, Family> = {
  'clang::Decl': 'decl',
  'clang::Stmt': 'stmt',
  'clang::Type': 'type',
  'clang::QualType': 'type',
  'clang::TypeLoc': 'typeloc',
  'clang::Attr': 'attr',
  'clang::comments::Comment': 'comment',
  'clang::OMPClause': 'clause',
  'clang::OpenACCClause': 'clause',
};

/** One question that the frontend answers. */
export interface Getter {
  id: number;
  /** The class that is asked: the declaring one, or DeclContext. */
  owner: SchemaClass | 'DeclContext';
  method: string;
  returns: ReturnKind;
  precondition?: string;
  /** The C++ that gives the value. */
  cpp: string;
}

/** A getter as it appears on a TypeScript class. */
export interface Member extends GetterName {
  getter: Getter;
  method: MethodModel;
  /** The method's class in Clang's documentation. */
  documentedIn: string;
  returns: ReturnKind;
  /** It replaces a member of a base class. */
  overrides: boolean;
}

export interface SchemaClass {
  name: string;
  qualified: string;
  family: Family;
  parent: SchemaClass | undefined;
  children: SchemaClass[];
  header: string;
  /** Its number in kinds.h; abstract classes have none. */
  kind: number | undefined;
  members: Member[];
  /** Members that don't come from Clang's headers (tables/extra-classes.ts). */
  extra?: ExtraClass;
}

/** What became of a method that counts as a getter. */
export interface Outcome {
  class: string;
  method: string;
  /** `exposed`, or why not. */
  cause: string;
}

export interface Schema {
  kinds: string[];
  /** Base classes before derived ones. */
  classes: SchemaClass[];
  byName: Map<string, SchemaClass>;
  getters: Getter[];
  enums: Model['enums'];
  types: TypeNames;
  outcomes: Outcome[];
}

export function isA(derived: SchemaClass | undefined, base: SchemaClass): boolean {
  for (let at = derived; at; at = at.parent) if (at === base) return true;
  return false;
}

function orderClasses(model: Model): SchemaClass[] {
  const models = new Map(model.classes.map((c) => [c.name, c]));
  const kinds = new Map(model.kinds.map((name, number) => [name, number]));
  const made = new Map<string, SchemaClass>();
  const classes: SchemaClass[] = [];
  const make = (from: ClassModel): SchemaClass => {
    const existing = made.get(from.name);
    if (existing) return existing;
    const parentModel = from.parent ? models.get(from.parent) : undefined;
    if (from.parent && !parentModel) throw new Error(`${from.name}: its base ${from.parent} was not read`);
    const parent = parentModel && make(parentModel);
    const name = className(from.name);
    const made_: SchemaClass = {
      name,
      qualified: from.name,
      family: families[from.root] ?? 'misc',
      parent,
      children: [],
      header: from.header,
      kind: from.name === 'clang::QualType' ? undefined : kinds.get(name),
      members: [],
    };
    parent?.children.push(made_);
    made.set(from.name, made_);
    classes.push(made_);
    return made_;
  };
  model.classes.forEach(make);
  for (const [name, extra] of Object.entries(extraClasses))
    classes.push({
      name,
      qualified: extra.see,
      family: 'misc',
      parent: undefined,
      children: [],
      header: '',
      kind: kinds.get(name),
      members: [],
      extra,
    });
  return classes;
}

/** The member that a class inherits under this method's name. */
function inherited(from: SchemaClass, method: string): Member | undefined {
  for (let at = from.parent; at; at = at.parent) {
    const member = at.members.find((m) => m.method.name === method);
    if (member) return member;
  }
  return undefined;
}

function inheritedByName(from: SchemaClass, name: string): Member | undefined {
  for (let at: SchemaClass | undefined = from; at; at = at.parent) {
    const member = at.members.find((m) => m.name === name);
    if (member) return member;
  }
  return undefined;
}

export function makeSchema(model: Model): Schema {
  const classes = orderClasses(model);
  const byName = new Map(classes.map((c) => [c.name, c]));
  const byQualified = new Map(classes.map((c) => [c.qualified, c]));
  const types = new TypeNames(byQualified, model.enums);
  const getters: Getter[] = [];
  const outcomes: Outcome[] = [];
  const problems: string[] = [];
  const ofDeclContext = new Map<string, Getter>();

  const addGetter = (owner: SchemaClass | 'DeclContext', method: MethodModel): Getter => {
    const ownerName = owner === 'DeclContext' ? owner : owner.name;
    const key = `${ownerName}.${method.name}`;
    const getter: Getter = {
      id: getters.length,
      owner,
      method: method.name,
      returns: method.returns,
      precondition: preconditions[key] ?? adapted[key]?.precondition,
      cpp: adapted[key]?.cpp ?? `N->${method.name}()`,
    };
    getters.push(getter);
    return getter;
  };

  const addMethod = (cls: SchemaClass, method: MethodModel): string => {
    const owner = method.mixin === 'DeclContext' ? 'DeclContext' : cls.name;
    if (iteratorName.test(method.name)) return 'iterator: covered by its range';
    const cause = excluded[`${owner}.${method.name}`] ?? excluded[`*.${method.name}`];
    if (cause) return cause;

    const base = inherited(cls, method.name);
    const answersForAll =
      base &&
      !distinct.has(`${owner}.${method.name}`) &&
      (base.method.virtual ||
        dispatching.has(`${base.documentedIn}.${method.name}`) ||
        (base.getter.owner === 'DeclContext' && owner === 'DeclContext'));
    const returns = { ...method.returns };
    if (nonNull.has(`${owner}.${method.name}`)) returns.nullable = false;
    const key = `${owner}.${method.name}`;
    if (preconditions[key] || adapted[key]?.precondition || (method.asserts && !nonNull.has(key)) || asserting.has(key))
      returns.nullable = true;
    if (base && answersForAll) {
      if (!base.returns.nullable) returns.nullable = false;
      if (types.name(returns) === types.name(base.returns)) return 'exposed';
    }
    const named = getterName(owner, method.name, method.returns);
    const clash = inheritedByName(cls, named.name);
    if (
      clash &&
      (clash.method.name !== method.name || clash.call !== named.call || !types.assignable(returns, clash.returns))
    ) {
      // What a base class gives without null is not null here either.
      if (clash.method.name === method.name && types.assignable({ ...returns, nullable: false }, clash.returns))
        returns.nullable = false;
      else
        problems.push(
          `${cls.name}.${method.name} → ${named.name}: ${types.name(returns)} collides with ${clash.documentedIn}.${clash.method.name}: ${types.name(clash.returns)}`,
        );
    }
    let getter: Getter;
    if (base && answersForAll) getter = base.getter;
    else if (owner === 'DeclContext') {
      getter = ofDeclContext.get(method.name) ?? addGetter('DeclContext', method);
      ofDeclContext.set(method.name, getter);
    } else getter = addGetter(cls, method);
    cls.members.push({
      ...named,
      getter,
      method,
      documentedIn: owner,
      returns,
      overrides: clash !== undefined,
    });
    return 'exposed';
  };

  const models = new Map(model.classes.map((c) => [c.name, c]));
  const counted = new Set<string>();
  for (const cls of classes)
    for (const method of models.get(cls.qualified)?.methods ?? []) {
      const owner = method.mixin === 'DeclContext' ? 'DeclContext' : cls.name;
      const returns = adapted[`${owner}.${method.name}`]?.returns;
      if (returns) method.returns = returns;
      if (method.returns.k === 'enum' && flagEnums.test(method.returns.of)) method.returns = { k: 'int', bits: 32 };
      const key = `${owner}.${method.name}`;
      // An iterator or a structure of Clang's own is not a getter by definition (coverage.md lists them too).
      const cause = method.returns.k === 'unsupported' ? `returns ${method.returns.of}` : addMethod(cls, method);
      if (!counted.has(key)) outcomes.push({ class: owner, method: method.name, cause });
      counted.add(key);
    }
  if (problems.length > 0) throw new Error(`names to settle in codegen/tables/renamed.ts:\n${problems.join('\n')}`);
  return { kinds: model.kinds, classes, byName, getters, enums: model.enums, types, outcomes };
}
