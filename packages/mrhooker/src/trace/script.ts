/** The script that tells calls: generated for the functions that are traced. */
import type { TracedFunction } from './plan.js';

export interface TraceScriptOptions {
  /** Path of capture.js. */
  capture: string;
  /** Of the stack, with each call. */
  frames: number;
  /** Only that they happened, and how long they took. */
  counting: boolean;
}

export function traceScript(functions: readonly TracedFunction[], options: TraceScriptOptions): string {
  const imports = new Map<string, string[]>();
  for (const { name, header } of functions) {
    if (header !== undefined) imports.set(header, [...(imports.get(header) ?? []), `${name} as f_${name}`]);
  }
  return `import { clock, hook, varargs } from 'mrhooker';
import { bytes, fields, records, strings, target, tell, tellBegin, text, value } from ${JSON.stringify(options.capture)};
${[...imports].map(([header, names]) => `import { ${names.join(', ')} } from 'c:${header}';\n`).join('')}
${functions.map((fn, index) => hookText(fn, index, options)).join('\n')}
`;
}

/** Whether there is a mode behind the flags: O_CREAT, O_TMPFILE. */
const withMode = (flags: string): string =>
  `(${flags} & 0o100) !== 0 || (${flags} & 0o20200000) === 0o20200000 ? [value(varargs.int(0))] : []`;
/** No header describes what stands behind `...`; of these functions it is known. */
const VARIADIC: Readonly<Record<string, string>> = {
  open: withMode('a1'),
  openat: withMode('a2'),
  // F_GETFD, F_GETFL, F_GETOWN, F_GETSIG take none.
  fcntl: '[1, 3, 9, 11].includes(a1) ? [] : [value(varargs.long(0))]',
  ioctl: '[value(varargs.pointer(0))]',
};
/** Registers that may hold arguments of a function that no header describes. */
const WORDS = '[0, 1, 2, 3, 4, 5].map((at) => value(call.pointer(at)))';

function hookText(fn: TracedFunction, index: number, { frames, counting }: TraceScriptOptions): string {
  const { name, header, parameters, variadic, beginOnly, returnsNothing } = fn;
  if (header === undefined) {
    const state = `[clock(), ${counting ? '[]' : WORDS}]`;
    return `hook(${JSON.stringify(name)}, { enter: (call) => ${state}, leave: (r, s) => tell(${index}, s[0], value(r), s[1], ${frames}) });`;
  }
  const result = counting && !returnsNothing ? 'value(r)' : fn.result;
  const names = parameters.map((_, at) => `a${at}`).join(', ');
  const before = parameters.map((parameter) => parameter.before ?? 'null').join(', ');
  if (beginOnly) {
    return `hook(f_${name}, { enter: (${names}) => tellBegin(${index}, [${counting ? '' : before}], ${frames}) });`;
  }
  if (counting) {
    return `hook(f_${name}, { enter: () => clock(), leave: (r, s) => tell(${index}, s, ${result}, [], ${frames}) });`;
  }
  const more = variadic ? (VARIADIC[name] ?? '[]') : '[]';
  const keeps = parameters.some(({ after }) => after !== undefined);
  const after = parameters.map((parameter, at) => parameter.after ?? `b[${at}]`);
  return `hook(f_${name}, {
  enter: (${names}) => [clock(), [${before}], ${more}${keeps ? `, [${names}]` : ''}],
  leave: (r, s) => {
    const [begin, b, more${keeps ? `, [${names}]` : ''}] = s;
    tell(${index}, begin, ${result}, [${[...after, '...more'].join(', ')}], ${frames});
  },
});`;
}
