/** Clang's types and declarations, as the model's. */
import {
  ArrayType,
  BuiltinType,
  FunctionType as ClangFunctionType,
  PointerType as ClangPointerType,
  ConstantArrayType,
  CXXConstructorDecl,
  CXXDestructorDecl,
  CXXMethodDecl,
  CXXRecordDecl,
  type EnumDecl,
  EnumType,
  type FieldDecl,
  type FunctionDecl,
  FunctionProtoType,
  RecordDecl,
  RecordType,
  ReferenceType,
  TransparentUnionAttr,
  type TypeBase,
  TypedefType,
} from 'cmonster';
import type { CField, CFunction, CRecord, CType, FunctionType } from './model.js';

/** Gathers the records and enumerations that types mention. */
export class TypeReader {
  readonly records: Record<string, CRecord> = {};
  readonly enums: Record<string, Record<string, string>> = {};
  /** What an unnamed record or enumeration is called by the typedef that names it; Clang prints a place instead. */
  private readonly known = new Map<TypeBase, CType>();

  read(type: TypeBase): CType {
    const known = this.known.get(type);
    if (known) return known;
    const made = this.make(type);
    this.known.set(type, made);
    return made;
  }

  private make(written: TypeBase): CType {
    const type = seenThrough(written);
    const { canonical } = type;
    if (canonical.is(BuiltinType)) return builtin(canonical, type);
    if (canonical.is(ClangPointerType)) return this.pointer(canonical.inner);
    if (canonical.is(ReferenceType)) {
      const pointer = this.pointer(canonical.inner);
      return pointer.kind === 'pointer' ? { ...pointer, reference: true } : pointer;
    }
    if (canonical.is(RecordType)) return { kind: 'record', key: this.record(canonical.declaration, canonical) };
    if (canonical.is(EnumType)) return this.enumeration(canonical);
    if (canonical.is(ConstantArrayType)) {
      // The element's typedef is of use (`char` or `uint8_t`), and sugar of the array may hide it.
      const element = type.as(ArrayType)?.inner ?? canonical.inner;
      return { kind: 'array', of: element ? this.read(element) : VOID, length: Number(canonical.size) };
    }
    if (canonical.is(ArrayType)) {
      return {
        kind: 'array',
        of: canonical.inner ? this.read(type.as(ArrayType)?.inner ?? canonical.inner) : VOID,
        length: 0,
      };
    }
    if (canonical.is(ClangFunctionType)) return { kind: 'function', type: this.functionType(type) };
    return { kind: 'opaque', text: canonical.toString(), size: canonical.layout?.size ?? 0 };
  }

  private pointer(to: TypeBase | null): CType {
    if (!to) return { kind: 'pointer', to: VOID };
    return { kind: 'pointer', to: this.read(to), ...((to.qualifiers & 1) === 1 && { const: true }) };
  }

  functionType(type: TypeBase): FunctionType {
    const proto = type.as(FunctionProtoType);
    const result = (proto ?? type.as(ClangFunctionType))?.inner;
    const parameters = proto?.paramTypes ?? [];
    return {
      result: result ? this.read(result) : VOID,
      parameters: parameters.map((parameter) => this.read(parameter)),
      resultText: result ? spell(result) : 'void',
      parameterTexts: parameters.map(spell),
      ...(proto?.isVariadic() && { variadic: true }),
    };
  }

  function(decl: FunctionDecl, name = decl.name): CFunction {
    const [symbol = decl.name, ...otherSymbols] = symbolsOf(decl);
    const inline = inlineKind(decl);
    const type = this.functionType(decl.type);
    const special = decl.is(CXXConstructorDecl) ? 'constructor' : decl.is(CXXDestructorDecl) ? 'destructor' : undefined;
    const location = decl.beginLoc.presumed;
    const made: CFunction = {
      name,
      symbol,
      type,
      parameterNames: parameterNames(decl.parameters.map((parameter) => parameter.name)),
      ...(otherSymbols.length > 0 && { otherSymbols }),
      ...(inline && { inline }),
      ...(special && { special }),
      ...(location && { declaredAt: `${location.file}:${location.line}` }),
    };
    if (decl.is(CXXMethodDecl) && decl.isInstance()) {
      const owner = decl.parentDecl.typeForDecl;
      if (owner) made.method = { record: this.record(decl.parentDecl, owner), const: decl.isConst() };
    }
    return made;
  }

  private enumeration(type: EnumType): CType {
    const { decl } = type;
    const name = decl.name || decl.typedefNameForAnonDecl?.name || '';
    const underlying = (decl.definition ?? decl).integerType;
    if (name !== '' && !this.enums[name]) this.enums[name] = enumerators(decl);
    const integer = underlying ? this.read(underlying) : undefined;
    const signed = integer?.kind === 'integer' ? integer.signed : false;
    return { kind: 'enum', name, size: type.layout?.size ?? 4, signed };
  }

  /** The key of a record, known from then on. */
  private record(declaration: unknown, type: TypeBase): string {
    const decl = declaration as RecordDecl;
    const definition = decl.definition ?? decl;
    const typedef = decl.typedefNameForAnonDecl?.name;
    const unnamed = decl.name === '';
    const text = unnamed ? (typedef ?? `unnamed ${definition.beginLoc}`) : unqualified(type);
    const key = text;
    if (this.records[key]) return key;
    const record: CRecord = {
      spelling: unnamed ? typedef : text,
      name: unnamed ? (typedef ?? '') : decl.is(CXXRecordDecl) ? decl.qualifiedNameAsString : decl.name,
      union: decl.isUnion(),
      size: 0,
      alignment: 1,
      fields: undefined,
    };
    this.records[key] = record;
    const layout = (definition as RecordDecl).layout;
    if (!layout) return key;
    record.size = layout.size;
    record.alignment = layout.alignment;
    if (definition.is(CXXRecordDecl) && !definition.canPassInRegisters()) record.nontrivial = true;
    record.fields = [];
    this.addFields(definition as RecordDecl, 0, record.fields);
    return key;
  }

  private addFields(decl: RecordDecl, base: number, fields: CField[]): void {
    const { layout } = decl;
    if (!layout) return;
    for (const { base: from, offset } of layout.bases ?? [])
      this.addFields(from.definition ?? from, base + offset, fields);
    for (const { field, offset, size, bitField } of layout.fields) {
      const inner = field.type.canonical.is(RecordType) ? field.type.canonical.declaration : null;
      if (field.isAnonymousStructOrUnion() && inner?.is(RecordDecl)) {
        this.addFields(inner.definition ?? inner, base + offset / 8, fields);
      } else if (field.name !== '') {
        fields.push(this.field(field, base * 8 + offset, size, bitField));
      }
    }
  }

  private field(field: FieldDecl, offset: number, size: number, bitField: boolean): CField {
    const type = this.read(field.type);
    if (!bitField) return { name: field.name, type, offset: offset / 8 };
    // The smallest run of bytes that holds the bits: reading it never leaves the record.
    const unit = Math.floor(offset / 8);
    return { name: field.name, type, offset: unit, bits: { shift: offset - unit * 8, width: size } };
  }
}

/** A constructor has one for whole objects and one for bases; a destructor one that frees, too. That of whole objects is first. */
function symbolsOf(decl: FunctionDecl): string[] {
  const { mangledName } = decl;
  if (!Array.isArray(mangledName)) return [mangledName ?? decl.name];
  const whole = mangledName.find((name) => /[CD]1E/.test(name));
  return whole === undefined ? mangledName : [whole, ...mangledName.filter((name) => name !== whole)];
}

function inlineKind(decl: FunctionDecl): 'static' | 'visible' | undefined {
  if (!decl.isExternallyVisible()) return 'static';
  const definition = decl.definition ?? decl;
  return definition.isInlined() && definition.doesThisDeclarationHaveABody() ? 'visible' : undefined;
}

export const VOID: CType = { kind: 'void' };

export function enumerators(decl: EnumDecl): Record<string, string> {
  const values: Record<string, string> = {};
  for (const constant of (decl.definition ?? decl).enumerators) values[constant.name] = String(constant.initVal);
  return values;
}

const CHARS = new Set(['Char_S', 'Char_U', 'SChar', 'UChar']);
const FLOATS: Record<string, 4 | 8 | 16> = { Float: 4, Double: 8, LongDouble: 16 };

function builtin(canonical: BuiltinType, written: TypeBase): CType {
  const kind = canonical.builtinKind;
  if (kind === 'Void') return VOID;
  if (kind === 'Bool') return { kind: 'bool' };
  if (kind === 'NullPtr') return { kind: 'pointer', to: VOID };
  const float = FLOATS[kind];
  const size = canonical.layout?.size ?? 0;
  if (float) return { kind: 'float', size: float };
  if (!canonical.isInteger()) return { kind: 'opaque', text: canonical.toString(), size };
  const typedef = written.as(TypedefType)?.declaration as { name?: string } | null | undefined;
  return {
    kind: 'integer',
    size: size as 1 | 2 | 4 | 8 | 16,
    signed: canonical.isSignedInteger(),
    ...((kind === 'Char_S' || kind === 'Char_U') && { char: true }),
    ...(CHARS.has(kind) && kind === 'SChar' && { char: true }),
    ...(typedef?.name !== undefined && !typedef.name.startsWith('__') && { name: typedef.name }),
  };
}

/** glibc declares `connect` with a union of pointers that is passed as its first member is. */
function seenThrough(type: TypeBase): TypeBase {
  const { canonical } = type;
  if (!canonical.is(RecordType)) return type;
  const decl = canonical.declaration as RecordDecl | null;
  if (!decl?.isUnion() || !decl.attrs.some((attr) => attr.is(TransparentUnionAttr))) return type;
  return (decl.definition ?? decl).fields[0]?.type ?? type;
}

/** In C: what `__typeof__(…)` takes. Canonical, so that no scope is needed; typedefs of unnamed records stay. */
export function spell(written: TypeBase): string {
  const type = seenThrough(written);
  const text = type.canonical.toString();
  return text.includes('(unnamed') || text.includes('(anonymous') ? type.toString() : text;
}

function unqualified(type: TypeBase): string {
  return type.canonical.toString().replace(/^(?:(?:const|volatile|restrict) )+/, '');
}

/** Headers call parameters `__fd`, or nothing at all. */
function parameterNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name, index) => {
    let plain = name.replace(/^_+/, '');
    if (plain === '' || taken.has(plain)) plain = `a${index}`;
    taken.add(plain);
    return plain;
  });
}
