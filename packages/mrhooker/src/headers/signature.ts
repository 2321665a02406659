/** Types as the runtime wants them: docs/formats/mrhooker-stub.md, "Signature". */
import type { CFunction, CRecord, CType, FunctionType } from './model.js';

export type Records = Readonly<Record<string, CRecord>>;

const SIGNED: Record<number, string> = { 1: 'c', 2: 's', 4: 'i', 8: 'l' };
const UNSIGNED: Record<number, string> = { 1: 'C', 2: 'S', 4: 'I', 8: 'L' };

/** One kind. Arrays, where C passes them, are pointers. */
export function kindOf(type: CType, records: Records): string {
  switch (type.kind) {
    case 'void':
      return 'v';
    case 'bool':
      return 'b';
    case 'integer':
    case 'enum': {
      const letter = (type.signed ? SIGNED : UNSIGNED)[type.size];
      return letter ?? `{${type.size}}`;
    }
    case 'float':
      return type.size === 4 ? 'f' : type.size === 8 ? 'd' : 'D';
    case 'pointer':
    case 'function':
    case 'array':
      return 'p';
    case 'record': {
      const record = records[type.key];
      return `${record?.nontrivial ? '!' : ''}{${record?.size ?? 0}}`;
    }
    case 'opaque':
      return `{${type.size}}`;
  }
}

export function signatureOf(type: FunctionType, records: Records): string {
  return [type.result, ...type.parameters].map((part) => kindOf(part, records)).join('');
}

/** Of a declared function: with `this` where it has one. */
export function functionSignature(fn: CFunction, records: Records): string {
  const [result = 'v', ...parameters] = [fn.type.result, ...fn.type.parameters].map((part) => kindOf(part, records));
  return [result, ...(fn.method ? ['p'] : []), ...parameters].join('');
}

/** Whether values of a kind are behind the slot's pointer. */
export function isIndirect(kind: string): boolean {
  return kind === 'D' || kind.startsWith('{') || kind.startsWith('!');
}
