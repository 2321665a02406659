/** JavaScript for what a script imports from headers: what the bundle holds in place of `c:…`. */
import type { ConstantValue, CType, Declaration, FunctionType } from '../headers/model.js';
import { kindOf, signatureOf } from '../headers/signature.js';
import type { PlannedName, Unit } from './plan.js';

/** Fields of these names hide what pointers have: such records get theirs at once. */
const POINTER_MEMBERS = new Set([
  'address',
  'value',
  'text',
  'bytes',
  'write',
  'add',
  'as',
  'equals',
  'toString',
  'constructor',
]);

const HELPERS = [
  'arrayOf',
  'functionOf',
  'functionPointer',
  'opaque',
  'pointerTo',
  'protosOf',
  'record',
  'scalar',
  'types',
];

const SCALARS: Record<string, [size: number, text: string]> = {
  b: [1, 'bool'],
  c: [1, 'char'],
  C: [1, 'unsigned char'],
  s: [2, 'short'],
  S: [2, 'unsigned short'],
  i: [4, 'int'],
  I: [4, 'unsigned int'],
  l: [8, 'long'],
  L: [8, 'unsigned long'],
  f: [4, 'float'],
  d: [8, 'double'],
};

/** One module for all of a unit's headers; those that scripts name export from it. */
export class ModuleWriter {
  private readonly unit: Unit;
  private readonly typeNames = new Map<string, string>();
  private readonly lines: string[] = [];
  private readonly exports = new Map<string, string>();

  constructor(unit: Unit) {
    this.unit = unit;
  }

  /** The shared module's text. Call it after `reexports` for every specifier. */
  get text(): string {
    return [`import { ${HELPERS.join(', ')} } from 'mrhooker:types';`, ...this.lines, ''].join('\n');
  }

  /** The text of a module that a script names. */
  reexports(names: readonly PlannedName[], from: string): string {
    return names
      .map(
        (planned) =>
          `export { ${this.exported(planned)} as ${JSON.stringify(planned.name)} } from ${JSON.stringify(from)};\n`,
      )
      .join('');
  }

  /** An expression for a function or type that the script declares itself. */
  declared(planned: PlannedName): string {
    return this.exported(planned);
  }

  private exported(planned: PlannedName): string {
    const key = `${planned.name}`;
    let identifier = this.exports.get(key);
    if (identifier === undefined) {
      identifier = `x${this.exports.size}`;
      this.exports.set(key, identifier);
      this.lines.push(`export const ${identifier} = ${this.value(planned)};`);
    }
    return identifier;
  }

  private value({ declaration, index }: PlannedName): string {
    switch (declaration.kind) {
      case 'function':
        return this.function(index as number, declaration.function.type, declaration.function.method?.record);
      case 'macro':
        return this.function(index as number, declaration.function);
      case 'constant':
        return constant(declaration.value);
      case 'expression':
        return `/* @__PURE__ */ ${this.function(index as number, resultOnly(declaration))}()`;
      case 'variable':
        // An array is its elements; of anything else the place, which can be written.
        return `/* @__PURE__ */ ${this.function(index as number, pointerTo(declaration.type))}()${declaration.type.kind === 'array' ? '.value' : ''}`;
      case 'type':
        return this.typeValue(declaration.type);
      case 'overloads':
        return 'undefined';
    }
  }

  private function(index: number, type: FunctionType, method?: string): string {
    const protos = [
      this.proto(type.result),
      ...(method === undefined ? [] : [this.type({ kind: 'record', key: method })]),
    ];
    const all = [...protos, ...type.parameters.map((parameter) => this.proto(parameter))];
    const list = all.every((proto) => proto === 'null') ? '' : `, protosOf([${all.join(', ')}])`;
    return `/* @__PURE__ */ __mr.function(${index}${list})`;
  }

  /** The type that a value's pointer points to: of a pointer its target, of a record itself. */
  private proto(type: CType): string {
    if (type.kind === 'pointer') return type.to.kind === 'void' ? 'null' : this.type(type.to);
    if (type.kind === 'function') return this.type(type);
    if (type.kind === 'array') return this.type(type.of);
    return type.kind === 'record' || type.kind === 'opaque' ? this.type(type) : 'null';
  }

  /** As a script imports it by name. */
  private typeValue(type: CType): string {
    if (type.kind === 'pointer' && type.to.kind === 'function') {
      return `/* @__PURE__ */ functionPointer(${this.type(type.to)})`;
    }
    if (type.kind === 'function') return `/* @__PURE__ */ functionPointer(${this.type(type)})`;
    if (type.kind === 'enum') {
      const values = this.unit.declarations.enums[type.name] ?? {};
      const members = Object.entries(values).map(([name, value]) => `${JSON.stringify(name)}: ${integer(value)}`);
      return `/* @__PURE__ */ Object.assign(${this.freshScalar(kindOf(type, {}))}, { ${members.join(', ')} })`;
    }
    return this.type(type);
  }

  private freshScalar(kind: string): string {
    const [size, text] = SCALARS[kind] ?? [4, 'int'];
    return `scalar(${JSON.stringify(kind)}, ${size}, ${JSON.stringify(text)})`;
  }

  /** The name of a type's value in the module, which is made on first use. */
  private type(type: CType): string {
    if (type.kind === 'void') return 'types.void';
    const key = JSON.stringify(type);
    const known = this.typeNames.get(key);
    if (known !== undefined) return known;
    const name = `t${this.typeNames.size}`;
    this.typeNames.set(key, name);
    // What it needs is written above it; a record's fields are looked at later, so that records may refer to each other.
    const text = this.typeText(type);
    this.lines.push(`const ${name} = /* @__PURE__ */ ${text};`);
    return name;
  }

  private typeText(type: CType): string {
    const records = this.unit.declarations.records;
    switch (type.kind) {
      case 'pointer':
        return `pointerTo(() => ${this.type(type.to)})`;
      case 'array':
        return `arrayOf(${this.type(type.of)}, ${type.length})`;
      case 'record':
        return this.record(type.key);
      case 'function': {
        const list = [type.type.result, ...type.type.parameters];
        const text = `${type.type.resultText} (${type.type.parameterTexts.join(', ')})`;
        // Types below may refer to this one: they are named when it is first called.
        const protos = list.map((part) => this.proto(part));
        return `functionOf(${JSON.stringify(text)}, ${JSON.stringify(signatureOf(type.type, records))}, () => [${protos.join(', ')}])`;
      }
      case 'opaque':
        return `opaque(${type.size}, ${JSON.stringify(type.text)})`;
      default: {
        const kind = kindOf(type, records);
        return SCALARS[kind] ? this.freshScalar(kind) : `opaque(${kind === 'D' ? 16 : 0}, ${JSON.stringify(kind)})`;
      }
    }
  }

  private record(key: string): string {
    const record = this.unit.declarations.records[key];
    const fields = record?.fields ?? [];
    const rows = fields.map((field) => {
      const bits = field.bits ? `, ${field.bits.shift}, ${field.bits.width}` : '';
      return `[${JSON.stringify(field.name)}, ${this.type(field.type)}, ${field.offset}${bits}]`;
    });
    const shadows = fields.some(({ name }) => POINTER_MEMBERS.has(name)) ? ', true' : '';
    const name = record?.spelling ?? record?.name ?? 'struct';
    return `record(${JSON.stringify(name)}, ${record?.size ?? 0}, ${record?.alignment ?? 1}, () => [${rows.join(', ')}]${shadows})`;
  }
}

function resultOnly(declaration: Declaration & { kind: 'expression' }): FunctionType {
  return { result: declaration.type, parameters: [], resultText: '', parameterTexts: [] };
}

function pointerTo(to: CType): FunctionType {
  return { result: { kind: 'pointer', to }, parameters: [], resultText: '', parameterTexts: [] };
}

/** Exact: a bigint where a number is not. */
function integer(text: string): string {
  return Number.isSafeInteger(Number(text)) ? text : `${text}n`;
}

function constant(value: ConstantValue): string {
  switch (value.kind) {
    case 'integer':
      return integer(value.value);
    case 'float':
      return typeof value.value === 'number' ? (Object.is(value.value, -0) ? '-0' : String(value.value)) : value.value;
    default:
      return JSON.stringify(value.value);
  }
}
