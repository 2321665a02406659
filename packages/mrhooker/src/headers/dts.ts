/** TypeScript declarations of a header: what makes an editor complete `c:sys/socket.h`, and `tsc` check it. */
import type { CFunction, CRecord, CType, Declaration, Declarations, FunctionType } from './model.js';

const LIBRARY_TYPES = [
  'CArray',
  'Fields',
  'FunctionPointer',
  'FunctionPointerType',
  'Integer',
  'NativeFunction',
  'Pointer',
  'RecordType',
  'Type',
  'VariadicFunction',
];

/** What every pointer has; a field of such a name takes its place. */
const POINTER_MEMBERS = new Set(['address', 'value', 'text', 'bytes', 'write', 'add', 'as', 'equals', 'toString']);
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const RESERVED = new Set(
  'break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield let static implements interface package private protected public await'.split(
    ' ',
  ),
);
/** Types of TypeScript's own, and those of its library that are used here. */
const TYPES = [
  ...['any', 'unknown', 'never', 'string', 'number', 'boolean', 'symbol', 'object', 'bigint', 'undefined'],
  ...['ArrayBufferView', 'Iterable', 'Omit', 'Partial'],
];
/** Nothing is declared under these; what C calls so is exported as such. */
const TAKEN = new Set([...RESERVED, ...LIBRARY_TYPES, ...TYPES]);
const canDeclare = (name: string): boolean => IDENTIFIER.test(name) && !TAKEN.has(name);

/** The text of `declare module 'c:…' { … }`. */
export function moduleDeclaration(specifier: string, declarations: Declarations): string {
  return new DeclarationWriter(declarations).write(specifier);
}

class DeclarationWriter {
  private readonly declarations: Declarations;
  /** Record keys by the name that their interface has. */
  private readonly interfaces = new Map<string, string>();
  private readonly taken = new Set<string>(TAKEN);
  private readonly pending: string[] = [];
  private readonly lines: string[] = [];
  /** What is declared under another name, by the one it is exported as. */
  private readonly renamed = new Map<string, string>();

  constructor(declarations: Declarations) {
    this.declarations = declarations;
    // Names that scripts ask for come first: others must not take them.
    for (const [name, declaration] of Object.entries(declarations.names)) {
      if (declaration.kind === 'type' && declaration.type.kind === 'record') {
        const plain = name.replace(/^(?:struct|union|class)[ _]/, '');
        if (IDENTIFIER.test(plain) && !this.taken.has(plain)) this.claim(declaration.type.key, plain);
      }
    }
  }

  write(specifier: string): string {
    for (const [name, declaration] of Object.entries(this.declarations.names)) this.add(name, declaration);
    while (this.pending.length > 0) this.addRecord(this.pending.pop() as string);
    const renamed = [...this.renamed].map(([name, own]) => `${own} as ${IDENTIFIER.test(name) ? name : quote(name)}`);
    if (renamed.length > 0) this.lines.push(`export { ${renamed.join(', ')} };`);
    const used = LIBRARY_TYPES.filter((type) => this.lines.some((line) => new RegExp(`\\b${type}\\b`).test(line)));
    const imports = used.length > 0 ? [`import type { ${used.join(', ')} } from 'mrhooker';`] : [];
    const body = [...imports, ...this.lines, 'export {};'].map((line) => line.replace(/^/gm, '  '));
    return `declare module ${quote(specifier)} {\n${body.join('\n')}\n}\n`;
  }

  private add(name: string, declaration: Declaration): void {
    switch (declaration.kind) {
      case 'function':
        this.value(name, this.functionType(declaration.function), declaration.function.declaredAt);
        break;
      case 'overloads':
        for (const fn of declaration.functions) {
          this.value(`${name.replace(/\(.*$/, '')}(${fn.type.parameterTexts.join(', ')})`, this.functionType(fn));
        }
        break;
      case 'macro':
        this.value(name, this.callable(declaration.function, declaration.parameterNames, 'NativeFunction'));
        break;
      case 'constant':
        this.value(name, constantType(declaration));
        break;
      case 'expression':
        this.value(name, this.type(declaration.type));
        break;
      case 'variable':
        this.value(
          name,
          declaration.type.kind === 'array' ? this.type(declaration.type) : this.pointerTo(declaration.type),
        );
        break;
      case 'type':
        this.addType(name, declaration.type);
        break;
    }
  }

  private addType(name: string, type: CType): void {
    if (type.kind === 'record') {
      const known = this.record(type.key);
      this.value(name, `RecordType<${known}>`);
      if (known !== name) this.alias(name, known);
      return;
    }
    const text = this.type(type);
    const target = type.kind === 'pointer' ? type.to : type;
    this.alias(name, text);
    if (target.kind === 'function') {
      const { parameters, result } = target.type;
      this.value(
        name,
        `FunctionPointerType<[${parameters.map((part) => this.type(part)).join(', ')}], ${this.type(result)}>`,
      );
    } else if (type.kind === 'enum') {
      const members = Object.entries(this.declarations.enums[type.name] ?? {}).map(
        ([key, value]) => `readonly ${key}: ${literal(value)}`,
      );
      this.value(name, `Type<number> & { ${members.join('; ')} }`);
    } else {
      this.value(name, `Type<${text}>`);
    }
  }

  private value(name: string, type: string, declaredAt?: string): void {
    if (declaredAt) this.lines.push(`/** ${declaredAt} */`);
    this.lines.push(canDeclare(name) ? `export const ${name}: ${type};` : `const ${this.hidden(name)}: ${type};`);
  }

  private alias(name: string, type: string): void {
    if (!IDENTIFIER.test(name)) return;
    this.lines.push(canDeclare(name) ? `export type ${name} = ${type};` : `type ${this.hidden(name)} = ${type};`);
  }

  /** What stands for a name that nothing can be declared under: a value, a type, or both. */
  private hidden(name: string): string {
    const hidden = this.renamed.get(name) ?? `value_${this.renamed.size}`;
    this.renamed.set(name, hidden);
    return hidden;
  }

  private functionType(fn: CFunction): string {
    const self: [string, string][] = fn.method ? [['self', this.record(fn.method.record)]] : [];
    return this.callable(fn.type, fn.parameterNames, fn.type.variadic ? 'VariadicFunction' : 'NativeFunction', self);
  }

  private callable(type: FunctionType, names: readonly string[], kind: string, self: [string, string][] = []): string {
    const parameters = type.parameters.map((part, index): [string, string] => [
      parameterName(names[index], index),
      this.type(part),
    ]);
    const list = [...self, ...parameters].map(([name, text]) => `${name}: ${text}`).join(', ');
    return `${kind}<[${list}], ${this.type(type.result)}>`;
  }

  /** What a script gets for a value of the type. */
  private type(type: CType): string {
    switch (type.kind) {
      case 'void':
        return 'void';
      case 'bool':
        return 'boolean';
      case 'integer':
        return type.size === 16 ? 'Pointer' : 'number';
      case 'enum':
        return 'number';
      case 'float':
        return type.size === 16 ? 'Pointer' : 'number';
      case 'pointer':
        return this.pointerTo(type.to);
      case 'function':
        return this.pointerTo(type);
      case 'array':
        return `CArray<${this.type(type.of)}>`;
      case 'record':
        return this.record(type.key);
      case 'opaque':
        return 'Pointer';
    }
  }

  private pointerTo(to: CType): string {
    if (to.kind === 'void' || to.kind === 'opaque') return 'Pointer';
    if (to.kind === 'record') return this.type(to);
    if (to.kind === 'function') {
      const { parameters, result } = to.type;
      return `FunctionPointer<[${parameters.map((part) => this.type(part)).join(', ')}], ${this.type(result)}>`;
    }
    return `Pointer<${this.type(to)}>`;
  }

  /** The name of a record's interface, which is then written. */
  private record(key: string): string {
    const known = this.interfaces.get(key);
    if (known !== undefined) return known;
    const record = this.declarations.records[key];
    const plain = (record?.name ?? '').replace(/\W+/g, '_').replace(/^_+(?=[a-z])/, '') || 'unnamed';
    let name = plain;
    for (let count = 2; this.taken.has(name); count++) name = `${plain}_${count}`;
    return this.claim(key, name);
  }

  private claim(key: string, name: string): string {
    if (this.interfaces.has(key)) return this.interfaces.get(key) as string;
    this.taken.add(name);
    this.interfaces.set(key, name);
    this.pending.push(key);
    return name;
  }

  private addRecord(key: string): void {
    const record = this.declarations.records[key] as CRecord;
    const name = this.interfaces.get(key) as string;
    const fields = record.fields ?? [];
    const hidden = fields.map((field) => field.name).filter((field) => POINTER_MEMBERS.has(field));
    const base = `Pointer<${name}>`;
    const body = fields.flatMap((field) => this.field(propertyName(field.name), field.type));
    if (hidden.length > 0) {
      const omitted = hidden.map(quote).join(' | ');
      this.lines.push(`export type ${name} = Omit<Pointer, ${omitted}> & {`, ...body, '};');
    } else {
      this.lines.push(`export interface ${name} extends ${base} {`, ...body, '}');
    }
  }

  /** More can be written to most than is read from them. */
  private field(name: string, type: CType): string[] {
    const read = this.type(type);
    const written = this.writable(type, read);
    return written === read
      ? [`  ${name}: ${read};`]
      : [`  get ${name}(): ${read};`, `  set ${name}(value: ${written});`];
  }

  private writable(type: CType, read: string): string {
    switch (type.kind) {
      case 'integer':
        return type.size === 8 ? 'Integer' : read;
      case 'array': {
        const text = type.of.kind === 'integer' && type.of.char ? ' | string' : '';
        return `${read} | Iterable<${this.writable(type.of, this.type(type.of))}> | ArrayBufferView${text}`;
      }
      case 'record':
        return `${read} | Partial<Fields<${read}>>`;
      case 'pointer':
        if (type.to.kind !== 'function') return `${read} | Pointer | Integer | null`;
        return `${read} | Pointer | Integer | null | ((${this.list(type.to.type)}) => ${this.type(type.to.type.result)})`;
      default:
        return read;
    }
  }

  private list({ parameters }: FunctionType): string {
    return parameters.map((part, index) => `a${index}: ${this.type(part)}`).join(', ');
  }
}

function parameterName(name: string | undefined, index: number): string {
  return name !== undefined && IDENTIFIER.test(name) && !RESERVED.has(name) ? name : `a${index}`;
}

function propertyName(name: string): string {
  return IDENTIFIER.test(name) ? name : quote(name);
}

function constantType({ value }: Declaration & { kind: 'constant' }): string {
  switch (value.kind) {
    case 'integer':
      return literal(value.value);
    case 'string':
      return JSON.stringify(value.value);
    case 'boolean':
      return String(value.value);
    case 'float':
      return 'number';
  }
}

function literal(text: string): string {
  return Number.isSafeInteger(Number(text)) ? text : `${text}n`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
