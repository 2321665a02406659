// src/ast/generated/*.ts: the classes, one module per header of Clang's or a few.
import { findMember, type Layout } from '../layout.js';
import type { Member, Schema, SchemaClass } from '../schema.js';
import { a, b } from '../tables/columns.js';
import { type Accepts, additions, lists, setters } from '../tables/editable.js';
import { modules } from '../tables/modules.js';
import { inherited, overrides } from '../tables/overrides.js';
import { banner } from './header.js';
import { docComment, doxygen, firstSentence, quote } from './text.js';

export function moduleOf(cls: SchemaClass): string {
  const header = cls.header.replace(/^clang\/AST\//, '').replace(/\.\w+$/, '');
  if (cls.family === 'misc') return 'misc';
  const found = modules.find(([, headers]) => headers.includes(header));
  if (!found) throw new Error(`tables/modules.ts: ${header} (${cls.name}) is in no module`);
  return found[0];
}

/** Classes with an object of their own; QualType's members are on Type. */
export function emittedClasses(schema: Schema): SchemaClass[] {
  return schema.classes.filter((c) => c.qualified !== 'clang::QualType');
}

/** The class that this one extends in the runtime when Clang gives it no base. */
function runtimeBase(cls: SchemaClass): 'Node' | 'TypeBase' {
  return cls.name === 'Type' ? 'TypeBase' : 'Node';
}

export class ClassEmitter {
  readonly #schema: Schema;
  readonly #layout: Layout;

  constructor(schema: Schema, layout: Layout) {
    this.#schema = schema;
    this.#layout = layout;
  }

  /** Module file → text. */
  emit(): Map<string, string> {
    const files = new Map<string, string>();
    for (const [module] of modules) {
      const classes = emittedClasses(this.#schema).filter((c) => moduleOf(c) === module);
      files.set(`${module}.ts`, this.#module(classes));
    }
    return files;
  }

  #module(classes: SchemaClass[]): string {
    const bodies = classes.map((cls) => this.#class(cls));
    const text = bodies.join('\n');
    const here = new Set(classes.map((c) => c.name));
    const typeImports = new Map<string, Set<string>>();
    const use = (from: string, name: string) => typeImports.set(from, (typeImports.get(from) ?? new Set()).add(name));
    for (const cls of classes) {
      if (cls.children.length > 0) use('./unions.js', `KindOf${cls.name}`);
      for (const union of cls.extra?.unions ?? []) use('./unions.js', union);
      for (const member of this.members(cls))
        for (const mentioned of this.#schema.types.mentioned(member.returns)) {
          const name = this.#schema.types.union(mentioned);
          if (name !== mentioned.name) use('./unions.js', name);
          else if (!here.has(name)) use(`./${moduleOf(mentioned)}.js`, name);
        }
    }
    const bases = new Map<string, Set<string>>();
    for (const cls of classes)
      if (cls.parent && !here.has(cls.parent.name)) {
        const from = `./${moduleOf(cls.parent)}.js`;
        bases.set(from, (bases.get(from) ?? new Set()).add(cls.parent.name));
      }
    for (const base of ['Node', 'TypeBase'] as const)
      if (classes.some((c) => !c.parent && runtimeBase(c) === base))
        bases.set(base === 'Node' ? '../node.js' : '../type-base.js', new Set([base]));
    for (const name of ['ExprCode', 'StmtCode', 'TypeCode', 'BinaryOperatorText', 'UnaryOperatorText'])
      if (text.includes(`(value: ${name})`)) use('../../rewrite/code.js', name);
    if (text.includes('(word: Specifier)')) use('../../rewrite/specifiers.js', 'Specifier');
    if (text.includes('NodeList<')) use('../node-list.js', 'NodeList');
    for (const name of ['Location', 'Range'])
      if (new RegExp(`: (readonly )?${name}\\b|\\[.*\\b${name}\\b.*\\]`).test(text))
        use('../../source/location.js', name);
    const lines = [
      ...[...bases].map(([from, names]) => `import { ${[...names].sort().join(', ')} } from ${quote(from)};`),
      ...(text.includes('enums.') ? ["import * as enums from './enums.js';"] : []),
      ...[...typeImports].map(
        ([from, names]) => `import type { ${[...names].sort().join(', ')} } from ${quote(from)};`,
      ),
    ];
    lines.sort((x, y) => (x.split(' from ')[1]! < y.split(' from ')[1]! ? -1 : 1));
    return `${banner}${lines.join('\n')}\n\n${text}`;
  }

  /** A class's own members, those of QualType for Type, and those it inherits but packs itself. */
  members(cls: SchemaClass): Member[] {
    const members = [...cls.members];
    if (cls.name === 'Type')
      members.push(
        ...this.#schema.byName.get('QualType')!.members.filter((q) => !members.some((m) => m.name === q.name)),
      );
    if (cls.family !== 'type')
      for (const packed of this.#layout.own(cls))
        if (!members.includes(packed.member)) members.push({ ...packed.member, overrides: true });
    return members.filter((m) => overrides[`${m.documentedIn}.${m.method.name}`] !== inherited);
  }

  #class(cls: SchemaClass): string {
    const extended = cls.parent?.name ?? runtimeBase(cls);
    const kind = cls.children.length > 0 ? `KindOf${cls.name}` : cls.kind === undefined ? 'never' : quote(cls.name);
    const abstract = cls.kind === undefined ? 'abstract ' : '';
    return `${docComment([`@see ${doxygen(cls.qualified)}`])}export ${abstract}class ${cls.name} extends ${extended} {
  declare readonly kind: ${kind};
${this.members(cls)
  .map((m) => `\n${this.#member(cls, m)}`)
  .join('')}${cls.extra?.body ?? ''}${additions[cls.name] ?? ''}}
`;
  }

  /** What is in the columns is always there. */
  #isPacked(cls: SchemaClass, member: Member): boolean {
    const packed = cls.family === 'type' ? undefined : this.#layout.find(cls, member.method.name);
    return packed !== undefined && findMember(cls, member.method.name)?.getter === packed.member.getter;
  }

  /** The column `a` or `b` that answers a getter; a value is always there, a row or a type may be null. */
  #cell(cls: SchemaClass, member: Member): { expression: string; isValue: boolean } | undefined {
    for (const [column, table] of [
      ['a', a],
      ['b', b],
    ] as const) {
      let at: SchemaClass | undefined = cls;
      while (at && !table[at.name]) at = at.parent;
      const cell = at && table[at.name];
      if (!cell?.getters.includes(member.method.name)) continue;
      if (findMember(at!, member.method.name)?.getter !== member.getter) continue;
      const reader = {
        Decl: 'Row',
        Type: 'Type',
        Name: 'String',
        String: 'String',
        Number: 'Number',
        Location: 'Location',
      };
      return { expression: `this.${column}${reader[cell.as]}()`, isValue: cell.as !== 'Decl' && cell.as !== 'Type' };
    }
    return undefined;
  }

  #member(cls: SchemaClass, given: Member): string {
    const isThere = this.#isPacked(cls, given) || this.#cell(cls, given)?.isValue;
    const member = isThere ? { ...given, returns: { ...given.returns, nullable: false } } : given;
    const type = this.#schema.types.name(member.returns);
    const documented = this.#schema.byName.get(member.documentedIn)?.qualified ?? `clang::${member.documentedIn}`;
    const doc = docComment([firstSentence(member.method.doc), `@see ${doxygen(documented)}`], '  ');
    const modifiers = member.overrides ? 'override ' : '';
    const head = member.call ? `${modifiers}${member.name}()` : `${modifiers}get ${member.name}()`;
    const getter = (shown: string, body: string) => `${doc}  ${head}: ${shown} {\n    return ${body};\n  }\n`;
    const body = this.#body(cls, member, type);
    const list = editableAs(cls, member, (key) => lists.has(key));
    if (list !== undefined && member.returns.k === 'list') {
      const [elements, orUndefined = ''] = type.split(/(?= \| undefined$)/) as [string, string?];
      const element = elements
        .replace(/^readonly /, '')
        .replace(/\[\]$/, '')
        .replace(/^\((.*)\)$/, '$1');
      return getter(`NodeList<${element}>${orUndefined}`, `this.list('${list}', ${body})`);
    }
    const setter = editableAs(cls, member, (key) => key in setters);
    if (setter === undefined) return getter(type, body);
    const accepts = setters[setter] as Accepts;
    return `${getter(type, body)}  ${modifiers}set ${member.name}(value: ${accepts}) {\n    this.assign('${setter}', value);\n  }\n`;
  }

  #body(cls: SchemaClass, member: Member, type: string): string {
    const method = member.method.name;
    const nullable = member.returns.nullable === true;
    // `as unknown`: comparing the runtime's Node with a union of hundreds of classes would take the compiler seconds.
    const cast = (expression: string, typed = false) =>
      `${nullable ? `(${expression} ?? undefined)` : expression}${typed ? ' as unknown' : ''} as ${type}`;
    const packed = this.#isPacked(cls, member) && this.#layout.find(cls, method);
    if (packed) {
      if (member.returns.k === 'bool') return `this.flag(${packed.shift})`;
      const field = `this.field(${packed.shift}, ${2 ** packed.width - 1})`;
      if (member.returns.k !== 'enum') return field;
      return `enums.${this.#schema.types.enumOf(member.returns.of)}[${field}] as ${type}`;
    }
    const cell = this.#cell(cls, member);
    if (cell) return cell.isValue ? cell.expression : cast(cell.expression, true);
    const override = overrides[`${member.documentedIn}.${method}`] ?? this.#inheritedOverride(cls, member);
    if (override !== undefined) {
      if (['bool', 'int', 'bigint', 'string', 'location', 'range'].includes(member.returns.k)) return override;
      // With or without `?? undefined` as the type wants it.
      const bare = nullable ? override : override.replaceAll(' ?? undefined', '');
      return `${/[?]/.test(bare) ? `(${bare})` : bare} as unknown as ${type}`;
    }
    if (member.returns.k === 'enum')
      return `this.askEnum(${member.getter.id}, enums.${this.#schema.types.enumOf(member.returns.of)})`;
    return cast(`this.ask(${member.getter.id})`);
  }

  /** A narrower view of a base class's getter is computed as the base class does. */
  #inheritedOverride(cls: SchemaClass, member: Member): string | undefined {
    for (let at = cls.parent; at; at = at.parent)
      if (at.members.some((m) => m.getter === member.getter)) {
        const found = overrides[`${at.name}.${member.method.name}`];
        if (found !== undefined) return found;
      }
    return undefined;
  }
}

/** The entry of a table that is about a member: its own class's, or that of the base class whose member it replaces. */
function editableAs(cls: SchemaClass, member: Member, isIn: (key: string) => boolean): string | undefined {
  if (cls.family === 'type' || member.call) return undefined;
  for (let at: SchemaClass | undefined = cls; at; at = at.parent) {
    const key = `${at.name}.${member.name}`;
    if (isIn(key)) return key;
  }
  return undefined;
}
