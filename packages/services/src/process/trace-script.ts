// A script for mrhooker that tells each call of some functions. Every name in it was checked to be a name.
import { IgorError } from 'igor';
import { knownFunctions } from './known-functions.js';

/** One call, as the script records it. */
export interface TracedCall {
  f: string;
  /** Arguments. */
  a: string[];
  /** Result. */
  r: string;
  /** errno, if it says that the call failed. */
  e: number;
  /** Nanoseconds: when, and how long. */
  t: number;
  d: number;
}

/** @throws IgorError `invalid_argument` */
export function traceScript(functions: readonly string[], headers: readonly string[], limit: number): string {
  if (functions.length === 0) throw new IgorError('invalid_argument', 'say which functions, such as open*');
  const names = new Map<string, { header: string | undefined; show: string | undefined }>();
  const patterns: string[] = [];
  for (const wanted of functions) {
    if (!/^[A-Za-z_*?][\w*?]{0,127}$/.test(wanted))
      throw new IgorError('invalid_argument', `${JSON.stringify(wanted)} is no name of a function`);
    if (!/[*?]/.test(wanted)) names.set(wanted, describe(wanted, headers));
    else if (headers.length > 0) throw new IgorError('invalid_argument', `${wanted}: with headers, give names in full`);
    else {
      const pattern = new RegExp(`^${wanted.replaceAll('*', '\\w*').replaceAll('?', '\\w')}$`);
      for (const [name, { header, show }] of knownFunctions) if (pattern.test(name)) names.set(name, { header, show });
      patterns.push(wanted);
    }
  }
  for (const header of headers) {
    if (!/^[A-Za-z0-9_][\w./+-]{0,200}$/.test(header) || header.includes('..')) {
      throw new IgorError('invalid_argument', `${JSON.stringify(header)} is no name of a header`);
    }
  }
  return write(names, patterns, limit);
}

function describe(name: string, headers: readonly string[]): { header: string | undefined; show: string | undefined } {
  const known = knownFunctions.get(name);
  return known ?? { header: headers[0], show: undefined };
}

function write(
  names: ReadonlyMap<string, { header: string | undefined; show: string | undefined }>,
  patterns: readonly string[],
  limit: number,
): string {
  const typed = [...names].filter(([, { header }]) => header !== undefined);
  // What no header tells of is hooked by its name, without arguments.
  const bare = [...names].filter(([, { header }]) => header === undefined).map(([name]) => name);
  const imports = typed.map(([name, { header }]) => `import { ${name} } from 'c:${header}';`);
  const hooks = typed.map(
    ([name, { show }]) => `typed(${name}, ${JSON.stringify(name)}, ${JSON.stringify(show ?? '')});`,
  );
  const others = [...patterns, ...bare].map((pattern) => `untyped(${JSON.stringify(pattern)});`);
  return `import { call, clock, hook, record, shared } from 'mrhooker';
${imports.join('\n')}

const known = new Set(${JSON.stringify(typed.map(([name]) => name))});
const told = shared.counter('told', { print: false });

function more() {
  if (told.value >= ${limit}) return false;
  told.add();
  return true;
}

function text(value) {
  if (value === null) return 'NULL';
  try {
    const found = value.text();
    return found.length > 200 ? JSON.stringify(found.slice(0, 200)) + '…' : JSON.stringify(found);
  } catch {
    return String(value);
  }
}

function shown(value, as) {
  if (value === null || value === undefined) return value === null ? 'NULL' : 'void';
  if (as === 's') return typeof value === 'object' ? text(value) : String(value);
  if (as === 'x') return '0x' + value.toString(16);
  if (as === 'o') return '0' + value.toString(8);
  return String(value);
}

const failed = (result) => result === -1 || result === null;

function typed(fn, name, as) {
  hook(fn, {
    enter: (...args) => (more() ? [clock(), args.map((value, index) => shown(value, as[index]))] : undefined),
    leave: (result, state) => {
      if (!state) return undefined;
      const e = failed(result) ? call.errno : 0;
      record({ f: name, a: state[1], r: shown(result), e, t: state[0], d: clock() - state[0] });
      return undefined;
    },
  });
}

function untyped(pattern) {
  hook(pattern, {
    enter: (it) => (known.has(it.name) || !more() ? undefined : [clock(), it.name]),
    leave: (result, state) => {
      if (state) record({ f: state[1], a: [], r: String(result), e: 0, t: state[0], d: clock() - state[0] });
    },
  });
}

${[...hooks, ...others].join('\n')}
`;
}
