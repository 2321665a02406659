/** What is read of each argument of a traced function, and when: known from its type in the header. */
import type { CFunction, CRecord, CType, Declarations } from '../headers/model.js';

export interface TracedParameter {
  name: string;
  /** JavaScript that captures it from `a` and its number, before the call; undefined when that is only possible after it. */
  before?: string;
  /** The same with the result `r` at hand. */
  after?: string;
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
  /** JavaScript that captures the result `r`. */
  result: string;
  /** Does not come back as others do: only its begin is seen. */
  beginOnly: boolean;
}

const SIZE = /^_*(n|len|size|count|nbytes|buflen|maxlen|length|n_bytes|nfds|iovcnt|vlen|maxevents|nitems)$/i;
/** What is asked for such a parameter is about the memory, not about what it holds: `mprotect`, `munmap`. */
const PLACE = /^_*(addr|address|ptr|start|base)$/i;
const MOST_FIELDS = 12;
const isChar = (type: CType): boolean => type.kind === 'integer' && type.char === true;

export function planFunction(fn: CFunction, { records }: Declarations, limit: number): TracedParameter[] {
  return fn.type.parameters.map((_, index) => {
    const name = (fn.parameterNames[index] ?? `a${index}`).replace(/^_+/, '');
    return { name, ...captureOf(fn, index, records, limit) };
  });
}

export function resultCapture({ type: { result } }: CFunction, limit: number): string {
  if (result.kind === 'void') return 'null';
  return result.kind === 'pointer' && isChar(result.to) ? `text(r, ${limit})` : 'value(r)';
}

type Capture = Omit<TracedParameter, 'name'>;

function captureOf(fn: CFunction, index: number, records: Readonly<Record<string, CRecord>>, limit: number): Capture {
  const { parameters, result } = fn.type;
  const parameter = parameters[index] as CType;
  const a = `a${index}`;
  const asIs = { before: `value(${a})` };
  if (parameter.kind !== 'pointer') return asIs;
  const { to, const: isConst = false } = parameter;
  // A size stands behind what it is the size of.
  const sizeAt = parameters.findIndex(
    (other, at) => at > index && at <= index + 2 && other.kind === 'integer' && SIZE.test(fn.parameterNames[at] ?? ''),
  );
  const isMemory = PLACE.test(fn.parameterNames[index] ?? '');
  if ((to.kind === 'void' || isChar(to)) && sizeAt >= 0 && !isMemory) {
    const size = `a${sizeAt}`;
    if (isConst) return { before: `bytes(${a}, ${size}, ${limit})` };
    if (result.kind === 'integer') return { after: `bytes(${a}, Math.min(Number(r), Number(${size})), ${limit})` };
    return { after: `r === null ? value(${a}) : text(${a}, ${limit})` };
  }
  if (isChar(to)) return isConst ? { before: `text(${a}, ${limit})` } : asIs;
  if (to.kind === 'pointer') return isChar(to.to) ? { before: `strings(${a}, ${limit})` } : asIs;
  if (to.kind === 'record') return recordCapture(records[to.key], a, isConst, sizeAt, limit);
  if (to.kind === 'integer' || to.kind === 'enum' || to.kind === 'float' || to.kind === 'bool') {
    return isConst ? { before: `target(${a})` } : { after: `target(${a})` };
  }
  return asIs;
}

function recordCapture(
  record: CRecord | undefined,
  a: string,
  isConst: boolean,
  sizeAt: number,
  limit: number,
): Capture {
  if (record?.name === 'sockaddr') {
    const capture = `bytes(${a}, ${sizeAt >= 0 ? `a${sizeAt}` : '28'}, 110)`;
    return sizeAt >= 0 ? { before: capture, isAddress: true } : { after: capture, isAddress: true };
  }
  const names = record?.fields
    ?.filter(({ name, type }) => name !== '' && type.kind !== 'record' && !/^_|unused|reserved|pad/i.test(name))
    .map(({ name }) => name);
  if (!names?.length || /^_|FILE$|DIR$/.test(record?.name ?? '')) return { before: `value(${a})` };
  const members = names.slice(0, MOST_FIELDS);
  const capture =
    sizeAt >= 0
      ? `records(${a}, a${sizeAt}, ${JSON.stringify(members)}, ${limit})`
      : `fields(${a}, ${JSON.stringify(members)}, ${limit})`;
  return isConst ? { before: capture, members } : { after: capture, members };
}
