/** `console`: what it prints goes to mrhooker, never to the target's own streams. */
import { type CArray, elementOf, fieldsOf, isPointer, type Pointer } from './pointer.js';

const DEBUG = 0;
const INFO = 1;
const WARN = 2;
const ERROR = 3;
/** How deep objects are printed, and how many elements. */
const DEPTH = 3;
const ELEMENTS = 100;

const print =
  (level: 0 | 1 | 2 | 3) =>
  (...args: unknown[]): void =>
    __mr.log(level, format(args));

export interface Console {
  log(...args: unknown[]): void;
  info(...args: unknown[]): void;
  debug(...args: unknown[]): void;
  warn(...args: unknown[]): void;
  error(...args: unknown[]): void;
}

export const console: Console = {
  log: print(INFO),
  info: print(INFO),
  debug: print(DEBUG),
  warn: print(WARN),
  error: print(ERROR),
};

/** With `%s %d %i %f %j %o %x` in the first argument, as in Node; `%x` is hexadecimal. */
export function format(args: readonly unknown[]): string {
  const [first, ...rest] = args;
  if (typeof first !== 'string') return args.map((value) => inspect(value)).join(' ');
  if (rest.length === 0) return first;
  let next = 0;
  const text = first.replace(/%([sdifjox%])/g, (whole, kind: string) => {
    if (kind === '%') return '%';
    if (next >= rest.length) return whole;
    const value = rest[next++];
    if (kind === 's') return typeof value === 'string' ? value : inspect(value, 1);
    if (kind === 'x') return (value as { toString(radix: number): string }).toString(16);
    if (kind === 'd' || kind === 'i')
      return typeof value === 'bigint' ? String(value) : String(Math.trunc(Number(value)));
    if (kind === 'f') return String(Number(value));
    return kind === 'j' ? JSON.stringify(value) : inspect(value);
  });
  return [text, ...rest.slice(next).map((value) => (typeof value === 'string' ? value : inspect(value)))].join(' ');
}

export function inspect(value: unknown, depth = DEPTH, quote = false): string {
  if (typeof value === 'string') return quote ? JSON.stringify(value) : value;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `[function ${value.name || 'anonymous'}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Error) return value.stack ? `${value}\n${value.stack.trimEnd()}` : String(value);
  if (isPointer(value)) return inspectPointer(value, depth);
  if (ArrayBuffer.isView(value)) return bytesText(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  if (value instanceof ArrayBuffer) return bytesText(new Uint8Array(value));
  if (depth <= 0) return Array.isArray(value) ? '[…]' : '{…}';
  const inner = (item: unknown) => inspect(item, depth - 1, true);
  if (Array.isArray(value)) return `[${list(value.map(inner))}]`;
  if (value instanceof Map) return `Map {${list([...value].map(([key, item]) => `${inner(key)} => ${inner(item)}`))}}`;
  if (value instanceof Set) return `Set {${list([...value].map(inner))}}`;
  return `{${list(Object.entries(value).map(([key, item]) => `${key}: ${inner(item)}`))}}`;
}

/** A record shows its fields, an array its elements, any other pointer where it points. */
function inspectPointer(pointer: Pointer, depth: number): string {
  const { length } = pointer as Partial<CArray>;
  if (length !== undefined && depth > 0) return inspectArray(pointer as CArray, depth);
  const fields = Object.keys(fieldsOf(pointer) ?? {});
  if (fields.length === 0 || depth <= 0) return String(pointer);
  const shown = fields.map((name) => {
    try {
      return `${name}: ${inspect((pointer as unknown as Record<string, unknown>)[name], depth - 1, true)}`;
    } catch {
      return `${name}: <unreadable>`;
    }
  });
  return `{${list(shown)}}`;
}

/** Of characters their text. */
function inspectArray(array: CArray, depth: number): string {
  if (elementOf(array).text === 'char') return JSON.stringify(array.text());
  const shown = Array.from({ length: Math.min(array.length, ELEMENTS) }, (_, index) =>
    inspect(array[index], depth - 1, true),
  );
  return `[${list(shown)}]`;
}

function list(items: readonly string[]): string {
  const shown = items.slice(0, ELEMENTS);
  const more = items.length > shown.length ? [`… ${items.length - shown.length} more`] : [];
  return shown.length === 0 ? '' : ` ${[...shown, ...more].join(', ')} `;
}

function bytesText(bytes: Uint8Array): string {
  const shown = [...bytes.subarray(0, 64)].map((byte) => byte.toString(16).padStart(2, '0'));
  return `<${shown.join(' ')}${bytes.length > 64 ? ` … ${bytes.length} bytes` : ''}>`;
}
