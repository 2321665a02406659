// Between Protobuf messages and the values that a person's code handles: fields by their TypeScript names, enums by
// name, times as Dates, bytes as Uint8Arrays, 64-bit integers as bigints (as numbers, where the field says
// `[jstype = JS_NUMBER]`), members of a oneof as optional fields. declarations.ts says the same as types.
import {
  create,
  type DescEnum,
  type DescField,
  type DescMessage,
  fromJson,
  type JsonValue,
  type Message,
  ScalarType,
  toJson,
} from '@bufbuild/protobuf';
import { type ReflectList, type ReflectMap, type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { FeatureSet_FieldPresence, FieldOptions_JSType } from '@bufbuild/protobuf/wkt';

/** A value that doesn't fit its field; the message names the field. */
export class MisfitError extends TypeError {}

export type Plain = { [field: string]: unknown };

const longs = new Set([
  ScalarType.INT64,
  ScalarType.UINT64,
  ScalarType.SINT64,
  ScalarType.FIXED64,
  ScalarType.SFIXED64,
]);

/** Whether a field of 64 bits is a number to the code: its author promises that it fits. */
export function isNumber(field: DescField): boolean {
  return field.proto.options?.jstype === FieldOptions_JSType.JS_NUMBER;
}

export function isLong(scalar: ScalarType): boolean {
  return longs.has(scalar);
}

export type WellKnown = 'date' | 'seconds' | 'json' | 'wrapper';

/** Messages that stand for something simpler. */
export function wellKnown({ typeName }: DescMessage): WellKnown | undefined {
  switch (typeName) {
    case 'google.protobuf.Timestamp':
      return 'date';
    case 'google.protobuf.Duration':
      return 'seconds';
    case 'google.protobuf.Struct':
    case 'google.protobuf.Value':
    case 'google.protobuf.ListValue':
      return 'json';
    default:
      return /^google\.protobuf\.(?:U?Int(?:32|64)|Float|Double|Bool|String|Bytes)Value$/.test(typeName)
        ? 'wrapper'
        : undefined;
  }
}

// ---- to the code --------------------------------------------------------------------------------------------------

export function toPlain(desc: DescMessage, message: Message): unknown {
  return plainMessage(reflect(desc, message, false));
}

function plainMessage(message: ReflectMessage): unknown {
  const { desc } = message;
  switch (wellKnown(desc)) {
    case 'date':
      return new Date(Number(longOf(message, 'seconds')) * 1000 + Math.floor(numberOf(message, 'nanos') / 1e6));
    case 'seconds':
      return Number(longOf(message, 'seconds')) + numberOf(message, 'nanos') / 1e9;
    case 'json':
      return toJson(desc, message.message);
    case 'wrapper':
      return plainField(message, desc.fields[0]!);
    default:
  }
  const plain: Plain = {};
  for (const field of desc.fields) {
    // What has no presence is always there, as in any other client.
    if (!message.isSet(field) && isOptional(field)) continue;
    plain[field.localName] = plainField(message, field);
  }
  return plain;
}

/** Whether a field may be absent from a value: declarations.ts says so with a `?`. */
export function isOptional(field: DescField): boolean {
  if (field.fieldKind === 'list' || field.fieldKind === 'map') return false;
  return field.presence === FeatureSet_FieldPresence.EXPLICIT;
}

const longOf = (message: ReflectMessage, name: string): unknown => message.get(message.desc.field[name]!);
const numberOf = (message: ReflectMessage, name: string): number => Number(longOf(message, name));

function plainField(message: ReflectMessage, field: DescField): unknown {
  const value: unknown = message.get(field);
  switch (field.fieldKind) {
    case 'list':
      return [...(value as ReflectList)].map((item) => plainValue(field, item));
    case 'map':
      return Object.fromEntries(
        [...(value as ReflectMap)].map(([key, item]) => [String(key), plainValue(field, item)]),
      );
    default:
      return plainValue(field, value);
  }
}

function plainValue(field: DescField, value: unknown): unknown {
  if (field.message) return plainMessage(value as ReflectMessage);
  if (field.enum) return field.enum.value[value as number]?.name ?? value;
  return typeof value === 'bigint' && isNumber(field) ? Number(value) : value;
}

// ---- from the code ------------------------------------------------------------------------------------------------

/** @throws MisfitError */
export function fromPlain(desc: DescMessage, value: unknown): Message {
  return fill(desc, value, 'the request');
}

function fill(desc: DescMessage, value: unknown, where: string): Message {
  const known = wellKnown(desc);
  if (known === 'json') return parsed(desc, value, where);
  if (known === 'date') return timestamp(desc, value, where);
  if (known === 'seconds') return duration(desc, value, where);
  const message = reflect(desc, create(desc));
  if (known === 'wrapper') {
    setField(message, desc.fields[0]!, value, where);
    return message.message;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MisfitError(`${where} must be an object, with the fields of ${desc.typeName}`);
  }
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const field = desc.field[name];
    if (!field) {
      const names = desc.fields.map(({ localName }) => localName).join(', ');
      throw new MisfitError(`${where} has no field ${name}; ${desc.typeName} has ${names || 'none'}`);
    }
    setField(message, field, item, where === 'the request' ? name : `${where}.${name}`);
  }
  return message.message;
}

function parsed(desc: DescMessage, value: unknown, where: string): Message {
  try {
    return fromJson(desc, value as JsonValue);
  } catch (error) {
    throw new MisfitError(`${where}: ${(error as Error).message}`);
  }
}

function timestamp(desc: DescMessage, value: unknown, where: string): Message {
  const milliseconds = value instanceof Date ? value.getTime() : Number.NaN;
  if (Number.isNaN(milliseconds)) throw new MisfitError(`${where} must be a Date`);
  const seconds = Math.floor(milliseconds / 1000);
  return create(desc, { seconds: BigInt(seconds), nanos: (milliseconds - seconds * 1000) * 1e6 } as never);
}

function duration(desc: DescMessage, value: unknown, where: string): Message {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new MisfitError(`${where} must be a number of seconds`);
  const seconds = Math.trunc(value);
  return create(desc, { seconds: BigInt(seconds), nanos: Math.round((value - seconds) * 1e9) } as never);
}

function setField(message: ReflectMessage, field: DescField, value: unknown, where: string): void {
  switch (field.fieldKind) {
    case 'list': {
      if (!Array.isArray(value)) throw new MisfitError(`${where} must be an array`);
      const list: ReflectList = message.get(field);
      for (const [index, item] of value.entries()) {
        const place = `${where}[${index}]`;
        attempt(place, () => list.add(one(field, item, place)));
      }
      return;
    }
    case 'map': {
      if (typeof value !== 'object' || value === null) throw new MisfitError(`${where} must be an object`);
      const map: ReflectMap = message.get(field);
      for (const [key, item] of Object.entries(value)) {
        const place = `${where}.${key}`;
        attempt(place, () => map.set(mapKey(field.mapKey, key), one(field, item, place)));
      }
      return;
    }
    default:
      if (value === null) return;
      attempt(where, () => message.set(field, one(field, value, where)));
  }
}

/** The library's own checks, in terms of what the person wrote. */
function attempt(where: string, set: () => unknown): void {
  let problem: unknown;
  try {
    problem = set();
  } catch (error) {
    if (error instanceof MisfitError) throw error;
    problem = error;
  }
  if (problem instanceof Error) throw new MisfitError(`${where}: ${problem.message.replace(/^.*?: /, '')}`);
}

function mapKey(scalar: ScalarType, key: string): string | number | bigint | boolean {
  if (scalar === ScalarType.STRING) return key;
  if (scalar === ScalarType.BOOL) return key === 'true';
  return isLong(scalar) ? BigInt(key) : Number(key);
}

function one(field: DescField, value: unknown, where: string): unknown {
  if (field.message) return reflect(field.message, fill(field.message, value, where));
  if (field.enum) return enumNumber(field.enum, value, where);
  const { scalar } = field;
  if (scalar !== undefined && isLong(scalar)) return long(value, where);
  if (scalar === ScalarType.BYTES && !(value instanceof Uint8Array)) {
    throw new MisfitError(`${where} must be a Uint8Array`);
  }
  return value;
}

function long(value: unknown, where: string): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  throw new MisfitError(`${where} must be a bigint, or a whole number`);
}

function enumNumber(desc: DescEnum, value: unknown, where: string): number {
  if (typeof value === 'number') return value;
  const found = desc.values.find(({ name, localName }) => name === value || localName === value);
  if (found) return found.number;
  throw new MisfitError(`${where} must be one of ${desc.values.map(({ name }) => `'${name}'`).join(', ')}`);
}
