// TypeScript's types for what getters return.
import type { EnumModel, ReturnKind } from './model.js';
import type { SchemaClass } from './schema.js';

/** A base class or mixin that stands for declarations of several classes. */
const standIns: Record<string, string> = { 'clang::DeclContext': 'clang::Decl' };

export class TypeNames {
  readonly #classes: Map<string, SchemaClass>;
  readonly #enums = new Map<string, string>();

  constructor(classes: Map<string, SchemaClass>, enums: Record<string, EnumModel>) {
    this.#classes = classes;
    const short = (qualified: string) => qualified.slice(qualified.lastIndexOf('::') + 2);
    const uses = new Map<string, number>();
    for (const name of Object.keys(enums)) uses.set(short(name), (uses.get(short(name)) ?? 0) + 1);
    const taken = new Set([...classes.values()].map((c) => c.name));
    for (const qualified of Object.keys(enums)) {
      const name = short(qualified);
      const parts = qualified.split('::');
      const generic = uses.get(name)! > 1 || taken.has(name) || /^(Kind|Spelling|Type)$/.test(name);
      this.#enums.set(qualified, generic ? parts.slice(-2).join('') : name);
    }
  }

  classOf(qualified: string): SchemaClass {
    const found = this.#classes.get(standIns[qualified] ?? qualified);
    if (!found) throw new Error(`no class ${qualified}`);
    return found;
  }

  enumOf(qualified: string): string {
    const found = this.#enums.get(qualified);
    if (!found) throw new Error(`no enum ${qualified}`);
    return found;
  }

  /** The union of a class's concrete classes: its own name for a class that nothing derives from. */
  union(cls: SchemaClass): string {
    return cls.children.length > 0 ? `Any${cls.name}` : cls.name;
  }

  /** As written in TypeScript, with `| undefined` where there may be none. */
  name(returns: ReturnKind): string {
    return this.#bare(returns) + (returns.nullable ? ' | undefined' : '');
  }

  #bare(returns: ReturnKind): string {
    switch (returns.k) {
      case 'bool':
        return 'boolean';
      case 'int':
      case 'double':
        return 'number';
      case 'bigint':
        return 'bigint';
      case 'string':
        return 'string';
      case 'location':
        return 'Location';
      case 'range':
        return 'Range';
      case 'templateName':
        return 'AnyTemplateDecl | string';
      case 'enum':
        return `enums.${this.enumOf(returns.of)}`;
      case 'list': {
        const element = this.#bare(returns.of);
        return element.includes(' ') ? `readonly (${element})[]` : `readonly ${element}[]`;
      }
      case 'tuple':
        return `readonly [${returns.of.map((r) => this.name(r)).join(', ')}]`;
      case 'union':
        return [...new Set(returns.of.map((r) => this.#bare(r)))].join(' | ');
      case 'unsupported':
        throw new Error(`no TypeScript type for ${returns.of}`);
      default:
        return this.union(this.classOf(returns.of));
    }
  }

  /** May a property of this type replace one of that type? */
  assignable(from: ReturnKind, to: ReturnKind): boolean {
    if (from.nullable && !to.nullable) return false;
    if (this.#bare(from) === this.#bare(to)) return true;
    if (from.k === 'list' && to.k === 'list') return this.assignable({ ...from.of, nullable: false }, to.of);
    const isClass = (r: ReturnKind): r is ReturnKind & { of: string; k: 'decl' } =>
      ['decl', 'stmt', 'type', 'attr', 'typeloc', 'node'].includes(r.k);
    if (!isClass(from) || !isClass(to)) return false;
    const base = this.classOf(to.of);
    for (let at: SchemaClass | undefined = this.classOf(from.of); at; at = at.parent) if (at === base) return true;
    return false;
  }

  /** The classes that a type mentions, for imports. */
  mentioned(returns: ReturnKind): SchemaClass[] {
    switch (returns.k) {
      case 'templateName':
        return [this.classOf('clang::TemplateDecl')];
      case 'list':
        return this.mentioned(returns.of);
      case 'tuple':
      case 'union':
        return returns.of.flatMap((r) => this.mentioned(r));
      case 'type':
      case 'decl':
      case 'stmt':
      case 'attr':
      case 'typeloc':
      case 'node':
        return [this.classOf(returns.of)];
      default:
        return [];
    }
  }
}
