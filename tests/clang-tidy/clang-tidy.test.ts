/** The examples that repeat checks of clang-tidy find what it finds, and write what it writes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import braces from '../../examples/clang-tidy/braces-around-statements.js';
import memset from '../../examples/clang-tidy/suspicious-memset-usage.js';
import nullptr from '../../examples/clang-tidy/use-nullptr.js';
import override from '../../examples/clang-tidy/use-override.js';
import { fetchDebianSource } from '../../setup/corpus.mjs';
import { type Check, clangTidy, ours } from './compare.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Example {
  name: string;
  /** Clang-tidy's name. */
  check: string;
  run: Check;
  /** At least so many findings in the input of that name. */
  least: number;
}
const examples: Example[] = [
  { name: 'suspicious-memset-usage', check: 'bugprone-suspicious-memset-usage', run: memset, least: 20 },
  { name: 'use-nullptr', check: 'modernize-use-nullptr', run: nullptr, least: 60 },
  { name: 'use-override', check: 'modernize-use-override', run: override, least: 30 },
  { name: 'braces-around-statements', check: 'readability-braces-around-statements', run: braces, least: 60 },
];

async function compare({ check, run }: Example, file: string): Promise<number> {
  const args = file.endsWith('.c') ? [] : ['-std=c++20'];
  const theirs = clangTidy(check, file, args);
  const found = await ours(run, file, args);
  expect(found.findings).toEqual(theirs.findings);
  expect(found.text).toBe(theirs.text);
  return theirs.findings.length;
}

describe.each(examples)('$name', (example) => {
  it('is no longer than 60 lines', () => {
    const text = readFileSync(join(root, 'examples/clang-tidy', `${example.name}.ts`), 'utf8');
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
  });

  it('agrees with clang-tidy on many ways to write it', async () => {
    const input = join(root, 'tests/clang-tidy/inputs', `${example.name}.cpp`);
    expect(await compare(example, input)).toBeGreaterThanOrEqual(example.least);
  });
});

describe('on a real project', () => {
  it('agrees with clang-tidy about tinyxml2', async () => {
    const file = join(await fetchDebianSource('tinyxml2'), 'tinyxml2.cpp');
    const counts: number[] = [];
    for (const example of examples) counts.push(await compare(example, file));
    expect(counts[1]).toBeGreaterThan(90);
  });

  it('agrees with clang-tidy about the braces of cJSON', async () => {
    const file = join(await fetchDebianSource('cjson'), 'cJSON_Utils.c');
    await compare(examples[3] as Example, file);
    await compare(examples[3] as Example, join(file, '../cJSON.c'));
  });
});
