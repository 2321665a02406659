/** What is read of each argument of a traced function, and when: known from its type in the header. */
import type { CFunction, CRecord, CType, Declarations } from '../headers/model.js';
import type { Records } from '../headers/signature.js';
import { forwarded } from '../stub/forwarded.js';

/** What the runtime reads: trace.c has the same numbers. */
export const READ = { value: 0, text: 1, bytes: 2, strings: 3, further: 4 } as const;
/** In the place of an argument: the result. In the place of an argument that says how many: one. */
export const RESULT = 255;
const ONE = 255;

/** How bytes that were read become what is shown. */
export type Shape =
  | { as: 'value'; type: CType }
  | { as: 'text' }
  | { as: 'bytes' }
  | { as: 'strings' }
  /** What a pointer points to. */
  | { as: 'target'; type: CType }
  /** A record, or several in a row. */
  | { as: 'fields' | 'records'; record: CRecord; members: readonly string[] };

/** One thing that is read of a call. */
export interface Capture {
  /** Number of the parameter, or RESULT. */
  argument: number;
  read: (typeof READ)[keyof typeof READ];
  /** Number of the parameter that says how many there are. */
  count?: number;
  /** When the call has come back; before it otherwise. */
  after?: true;
  /** No more than the result says. */
  byResult?: true;
  /** Bytes of one. */
  element: number;
  /** Bytes at most. */
  limit: number;
  shape: Shape;
}

export interface TracedParameter {
  name: string;
  capture: Capture;
  /** Members that are shown of what it points to. */
  members?: readonly string[];
  /** Its bytes are a socket's address. */
  isAddress?: true;
}

export interface TracedFunction {
  name: string;
  /** Undefined: no header describes it. */
  header?: string;
  parameters: TracedParameter[];
  variadic: boolean;
  returnsNothing: boolean;
  result: Capture;
  /** Does not come back as others do: only its begin is seen. */
  beginOnly: boolean;
  /** Characters of texts and buffers. */
  limit: number;
  records: Records;
}

const SIZE = /^_*(n|len|size|count|nbytes|buflen|maxlen|length|n_bytes|nfds|iovcnt|vlen|maxevents|nitems)$/i;
/** What is asked for such a parameter is about the memory, not about what it holds: `mprotect`, `munmap`. */
const PLACE = /^_*(addr|address|ptr|start|base)$/i;
const MOST_FIELDS = 12;
/** Elements of a list that are shown. */
export const ITEMS = 16;
/** Bytes of UTF-8 that a character may take. */
const CHARACTER = 4;
const isChar = (type: CType): boolean => type.kind === 'integer' && type.char === true;

export function planFunction(fn: CFunction, { records }: Declarations, limit: number): TracedParameter[] {
  return fn.type.parameters.map((_, index) => {
    const name = (fn.parameterNames[index] ?? `a${index}`).replace(/^_+/, '');
    return { name, ...parameterPlan(fn, index, records, limit) };
  });
}

export function resultCapture({ type: { result } }: CFunction, limit: number): Capture {
  return result.kind === 'pointer' && isChar(result.to)
    ? { ...text(RESULT, limit), after: true }
    : valueCapture(RESULT, result);
}

export function valueCapture(argument: number, type: CType): Capture {
  const after = argument === RESULT;
  return {
    argument,
    read: READ.value,
    element: 0,
    limit: 0,
    shape: { as: 'value', type },
    ...(after && { after }),
  };
}

const text = (argument: number, limit: number): Capture => ({
  argument,
  read: READ.text,
  element: 1,
  limit: limit * CHARACTER + 1,
  shape: { as: 'text' },
});

type Plan = Omit<TracedParameter, 'name'>;

function parameterPlan(fn: CFunction, index: number, records: Records, limit: number): Plan {
  const { parameters, result } = fn.type;
  const parameter = parameters[index] as CType;
  const asIs: Plan = { capture: valueCapture(index, parameter) };
  if (parameter.kind !== 'pointer') return asIs;
  const { to, const: isConst = false } = parameter;
  // A size stands behind what it is the size of.
  const sizeAt = parameters.findIndex(
    (other, at) => at > index && at <= index + 2 && other.kind === 'integer' && SIZE.test(fn.parameterNames[at] ?? ''),
  );
  const isMemory = PLACE.test(fn.parameterNames[index] ?? '');
  if ((to.kind === 'void' || isChar(to)) && sizeAt >= 0 && !isMemory) {
    const bytes: Capture = { ...bytesCapture(index, limit), count: sizeAt };
    if (isConst) return { capture: bytes };
    if (result.kind === 'integer') return { capture: { ...bytes, after: true, byResult: true } };
    return { capture: { ...text(index, limit), after: true, byResult: true } };
  }
  if (isChar(to)) return isConst ? { capture: text(index, limit) } : asIs;
  if (to.kind === 'pointer') {
    // One that is not const is a place for a pointer: of strtol, asprintf.
    if (!isChar(to.to) || !isConst) return asIs;
    return { capture: { ...text(index, limit), read: READ.strings, shape: { as: 'strings' } } };
  }
  if (to.kind === 'record') return recordPlan(records[to.key], index, isConst, sizeAt, parameter);
  if (to.kind === 'integer' || to.kind === 'enum' || to.kind === 'float' || to.kind === 'bool') {
    const size = to.kind === 'bool' ? 1 : to.size;
    const target: Capture = { ...bytesCapture(index, size), element: size, shape: { as: 'target', type: to } };
    return { capture: isConst ? target : { ...target, after: true } };
  }
  return asIs;
}

function bytesCapture(argument: number, limit: number): Capture {
  return { argument, read: READ.bytes, element: 1, limit, shape: { as: 'bytes' } };
}

function recordPlan(
  record: CRecord | undefined,
  index: number,
  isConst: boolean,
  sizeAt: number,
  parameter: CType,
): Plan {
  if (record?.name === 'sockaddr') {
    const bytes = bytesCapture(index, 110);
    return sizeAt >= 0
      ? { capture: { ...bytes, count: sizeAt }, isAddress: true }
      : { capture: { ...bytes, element: 28, after: true }, isAddress: true };
  }
  const names = record?.fields
    ?.filter(({ name, type }) => name !== '' && type.kind !== 'record' && !/^_|unused|reserved|pad/i.test(name))
    .map(({ name }) => name);
  if (!record || !names?.length || /^_|FILE$|DIR$/.test(record.name))
    return { capture: valueCapture(index, parameter) };
  const members = names.slice(0, MOST_FIELDS);
  const { size } = record;
  const capture: Capture =
    sizeAt >= 0
      ? {
          ...bytesCapture(index, size * ITEMS),
          element: size,
          count: sizeAt,
          shape: { as: 'records', record, members },
        }
      : { ...bytesCapture(index, size), element: size, shape: { as: 'fields', record, members } };
  return { capture: isConst ? capture : { ...capture, after: true }, members };
}

/** Stands for the number of a function that only a program calls which the command has started: its record says which it is. */
export const FOUND = 0xffffffff;

/** No header describes it: what the registers for arguments hold. */
export function foundFunction(name: string, limit: number): TracedFunction {
  const parameters = [0, 1, 2, 3, 4, 5].map((at) => ({ name: `a${at}`, capture: valueCapture(at, POINTER) }));
  const result = valueCapture(RESULT, WORD);
  const beginOnly = forwarded.has(name);
  return { name, parameters, variadic: false, returnsNothing: false, result, beginOnly, limit, records: {} };
}

/** What stands behind `...`: no header describes it, of these functions it is known. Undefined: nothing, in this call. */
type Further = (args: readonly unknown[]) => CType | undefined;
const INT: CType = { kind: 'integer', size: 4, signed: true };
/** A register. */
export const WORD: CType = { kind: 'integer', size: 8, signed: false };
export const POINTER: CType = { kind: 'pointer', to: { kind: 'void' } };
/** O_CREAT, or all of O_TMPFILE: a mode follows. */
const withMode =
  (at: number): Further =>
  (args) => {
    const flags = Number(args[at]);
    return (flags & 0o100) !== 0 || (flags & 0o20200000) === 0o20200000 ? INT : undefined;
  };
const FURTHER: Readonly<Record<string, Further>> = {
  open: withMode(1),
  openat: withMode(2),
  // F_GETFD, F_GETFL, F_GETOWN, F_GETSIG take none.
  fcntl: (args) => ([1, 3, 9, 11].includes(Number(args[1])) ? undefined : WORD),
  ioctl: () => POINTER,
};

export function furtherOf({ name, variadic }: TracedFunction): Further | undefined {
  return variadic ? FURTHER[name] : undefined;
}

/** All that is read of a call, in the order in which it arrives: what is read before it, then the rest. */
export function capturesOf(fn: TracedFunction, counting: boolean): Capture[] {
  const further: Capture[] = furtherOf(fn) ? [{ ...valueCapture(0, WORD), read: READ.further }] : [];
  const whole = !counting || fn.result.read === READ.value;
  const result = fn.beginOnly ? [] : [whole ? fn.result : valueCapture(RESULT, POINTER)];
  const all = counting ? result : [...fn.parameters.map(({ capture }) => capture), ...further, ...result];
  // What a call that does not come back writes is never seen.
  const readable = fn.beginOnly
    ? all.map((capture) => (capture.after ? valueCapture(capture.argument, POINTER) : capture))
    : all;
  return [...readable.filter(({ after }) => !after), ...readable.filter(({ after }) => after)];
}

/** The same for the runtime: `hook(fn, { trace: [...] })`. */
export function traceNumbers(fn: TracedFunction, id: number, frames: number, counting: boolean): number[] {
  const captures = capturesOf(fn, counting).flatMap(
    ({ argument, read, count = ONE, after = false, byResult = false, element, limit }) => [
      argument,
      read,
      count,
      Number(after),
      Number(byResult),
      element,
      limit,
    ],
  );
  return [id, frames, Number(fn.beginOnly), ...captures];
}
