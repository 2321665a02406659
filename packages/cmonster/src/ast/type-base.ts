/** What every type can do. The generated Type classes derive from this. */
import type { AnyType } from './generated/index.js';
import type { Node } from './node.js';
import { registry, type TypeClass } from './registry.js';
import type { TranslationUnit } from './translation-unit.js';

/**
 * A type with its qualifiers (clang::QualType); its class is that of the unqualified type. The same type is always the same
 * object.
 */
export abstract class TypeBase {
  readonly tu: TranslationUnit;
  /** Its number in the translation unit. */
  readonly index: number;
  /** The name of its class. */
  declare readonly kind: string;

  constructor(tu: TranslationUnit, index: number) {
    this.tu = tu;
    this.index = index;
  }

  /** The answer to a generated getter's question, asked once. */
  protected ask(getter: number): unknown {
    return this.tu.questions.ofType(getter, this.index);
  }
  protected askEnum<T extends string>(
    getter: number,
    names: readonly (T | undefined)[] | Readonly<Record<number, T>>,
  ): T {
    return (names as Readonly<Record<number, T>>)[this.ask(getter) as number] as T;
  }

  /** Bit 0 const, 1 restrict, 2 volatile, 3 others (address space, Objective-C). */
  get qualifiers(): number {
    return this.tu.snapshot.typeQualifiers[this.index] as number;
  }

  /** The pointee, element or result; of sugar what one step of it stands for; null otherwise. */
  get inner(): AnyType | null {
    return this.tu.type(this.tu.snapshot.typeInner[this.index] as number) as AnyType | null;
  }
  /** Without any sugar: two types are the same type when their canonical types are the same object. */
  get canonical(): AnyType {
    return (this.tu.type(this.tu.snapshot.typeCanonical[this.index] as number) ?? this) as AnyType;
  }
  /** The declaration it names: of a typedef, a record, an enumeration, a template parameter. */
  get declaration(): Node | null {
    return this.tu.node(this.tu.snapshot.typeDecl[this.index] as number);
  }

  /** Whether its class is the given one or derives from it. Sugar counts as what it is: see `as`. */
  is<T extends TypeBase>(typeClass: TypeClass<T>): this is T {
    return this instanceof typeClass;
  }

  /** The first of the class when sugar is taken off step by step: `Type::getAs`. */
  as<T extends TypeBase>(typeClass: TypeClass<T>): T | null {
    for (let at: TypeBase = this; ; ) {
      if (at instanceof typeClass) return at;
      const next = at.desugared;
      if (next === at) break;
      at = next;
    }
    return this.canonical instanceof typeClass ? (this.canonical as T) : null;
  }

  /** One step of sugar taken off; the type itself when it is none. */
  get desugared(): TypeBase {
    const { canonical, inner } = this;
    if ((canonical as TypeBase) === this || inner === null || inner.canonical !== canonical) return this;
    return inner;
  }

  /** Size and alignment in bytes; undefined for what has none (functions, incomplete and dependent types). */
  get layout(): { size: number; alignment: number } | undefined {
    return this.tu.questions.typeLayout(this.index);
  }

  /** As Clang prints it: `const char *`. */
  toString(): string {
    return this.tu.typeTexts.of(this.index);
  }

  /** As Clang prints it with all sugar taken off at the top: what Clang's dump gives as the desugared type. */
  get desugaredText(): string {
    return this.tu.questions.typeFacts(this.index)[1] ?? this.toString();
  }

  get [Symbol.toStringTag](): string {
    return registry().kindNames[this.tu.snapshot.typeKind[this.index] as number] ?? 'Type';
  }
}
