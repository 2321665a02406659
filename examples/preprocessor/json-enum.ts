/**
 * A table in JSON as a C header: `#include "errors.json"` gives an enum of its names, and the function that gives their texts.
 *
 * cmonster preprocess main.c --script json-enum.ts -o main.i
 */
import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { PreprocessorHooks } from 'cmonster';

export default function (hooks: PreprocessorHooks): void {
  hooks.onInclude(({ name, includer }) => {
    if (!name.endsWith('.json')) return undefined;
    const path = resolve(dirname(includer), name);
    const table = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
    return { text: header(basename(name, '.json'), Object.entries(table)), name };
  });
}

function header(type: string, entries: readonly (readonly [name: string, text: string])[]): string {
  const names = entries.map(([name]) => `  ${name},`).join('\n');
  const cases = entries.map(([name, text]) => `    case ${name}: return ${JSON.stringify(text)};`).join('\n');
  return `enum ${type} {
${names}
};
static inline const char *${type}_text(enum ${type} value) {
  switch (value) {
${cases}
  }
  return "?";
}
`;
}
