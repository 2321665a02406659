/** The script that has calls told: generated for the functions that are traced. No code of it runs at a call. */
import { FOUND, foundFunction, type TracedFunction, traceNumbers } from './plan.js';

export interface TraceScriptOptions {
  /** Of the stack, with each call. */
  frames: number;
  /** Only that they happened, and how long they took. */
  counting: boolean;
  /** Globs of functions in programs that the command starts. */
  globs?: readonly string[];
}

export function traceScript(
  functions: readonly TracedFunction[],
  { frames, counting, globs = [] }: TraceScriptOptions,
): string {
  const imports = new Map<string, string[]>();
  for (const { name, header } of functions) {
    if (header !== undefined) imports.set(header, [...(imports.get(header) ?? []), `${name} as f_${name}`]);
  }
  const hooks = functions.map((fn, index) => {
    const target = fn.header === undefined ? JSON.stringify(fn.name) : `f_${fn.name}`;
    return `hook(${target}, { trace: ${JSON.stringify(traceNumbers(fn, index, frames, counting))} });\n`;
  });
  // No literal: what the command itself calls is above.
  const numbersOf = (fn: TracedFunction): string => JSON.stringify(traceNumbers(fn, FOUND, frames, counting));
  const any = foundFunction('', 0);
  const traces = `trace: ${numbersOf(any)}, traceBegin: ${numbersOf({ ...any, beginOnly: true })}`;
  const later = globs.map((glob) => `hook(String(${JSON.stringify(glob)}), { found: true, ${traces} });\n`);
  return `import { hook } from 'mrhooker';
${[...imports].map(([header, names]) => `import { ${names.join(', ')} } from 'c:${header}';\n`).join('')}
${hooks.join('')}${later.join('')}`;
}
