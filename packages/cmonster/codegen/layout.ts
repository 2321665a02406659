// Where each packed getter lies in the column `bits`.
import type { Member, Schema, SchemaClass } from './schema.js';
import { bits } from './tables/columns.js';

export interface PackedBits {
  method: string;
  shift: number;
  width: number;
  /** The class whose getter it is: this one or a base. */
  member: Member;
}

export class Layout {
  readonly #own = new Map<SchemaClass, PackedBits[]>();

  constructor(schema: Schema) {
    for (const name of Object.keys(bits))
      if (!schema.byName.has(name)) throw new Error(`tables/columns.ts: no class ${name}`);
    for (const cls of schema.classes) {
      let shift = cls.parent ? this.#end(cls.parent) : 0;
      const own: PackedBits[] = [];
      for (const entry of bits[cls.name] ?? []) {
        const [method, width = '1'] = entry.split(':') as [string, string?];
        const member = findMember(cls, method);
        if (!member) throw new Error(`tables/columns.ts: ${cls.name} has no getter ${method}`);
        own.push({ method, shift, width: Number(width), member });
        if (member.returns.k === 'enum') {
          const values = schema.enums[member.returns.of]!.enumerators.map(([, value]) => value);
          if (Math.min(...values) < 0 || Math.max(...values) >= 2 ** Number(width))
            throw new Error(`tables/columns.ts: ${cls.name}.${method} does not fit into ${width} bits`);
        } else if (member.returns.k === 'bool' ? width !== '1' : member.returns.k !== 'int')
          throw new Error(`${cls.name}.${method} is no flag, enum or small number`);
        shift += Number(width);
      }
      if (shift > 32) throw new Error(`tables/columns.ts: ${cls.name} needs ${shift} bits`);
      this.#own.set(cls, own);
    }
  }

  #end(cls: SchemaClass): number {
    const last = this.all(cls).at(-1);
    return last ? last.shift + last.width : 0;
  }

  own(cls: SchemaClass): PackedBits[] {
    return this.#own.get(cls)!;
  }

  /** The base classes' bits, then the class's own. */
  all(cls: SchemaClass): PackedBits[] {
    return [...(cls.parent ? this.all(cls.parent) : []), ...this.own(cls)];
  }

  /** Where a getter of this class is packed, if it is. */
  find(cls: SchemaClass, method: string): PackedBits | undefined {
    for (let at: SchemaClass | undefined = cls; at; at = at.parent) {
      const found = this.own(at).find((p) => p.method === method);
      if (found) return found;
    }
    return undefined;
  }

  /** For the schema's hash. */
  lines(schema: Schema): string[] {
    return schema.classes.flatMap((cls) => this.own(cls).map((p) => `${cls.name}.${p.method} ${p.shift}:${p.width}`));
  }
}

export function findMember(cls: SchemaClass, method: string): Member | undefined {
  for (let at: SchemaClass | undefined = cls; at; at = at.parent) {
    const member = at.members.find((m) => m.method.name === method);
    if (member) return member;
  }
  return undefined;
}
