/** Small sources that together hold every class of node that Clang can be made to produce here. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Inputs } from './compare-dumps.js';

export const SNIPPETS = join(import.meta.dirname, 'snippets');

/** Each with the arguments that its first line names: `// args: -std=c++20 -fopenmp`. */
export function snippets(): Inputs[] {
  return readdirSync(SNIPPETS)
    .sort()
    .map((name) => {
      const file = join(SNIPPETS, name);
      const args = /^\/\/ args: (.*)/.exec(readFileSync(file, 'utf8'))?.[1];
      return { file, arguments: args ? args.trim().split(/\s+/) : [], cwd: SNIPPETS };
    });
}
