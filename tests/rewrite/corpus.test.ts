// Real code: edits that change nothing give the same bytes, and parentheses are where they must be.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { fetchDebianSource } from '../../setup/corpus.mjs';
import { changeNothing, type Input, insertEverywhere, removeParentheses } from './corpus.js';

const inputs: Input[] = [];
const tally = { replaced: 0, removed: 0, kept: 0, inserted: 0 };

beforeAll(async () => {
  const zlib = await fetchDebianSource('zlib');
  for (const name of readdirSync(zlib)) {
    if (name.endsWith('.c')) inputs.push({ file: join(zlib, name), arguments: [`-I${zlib}`, '-DHAVE_UNISTD_H'] });
  }
  const tinyxml = await fetchDebianSource('tinyxml2');
  inputs.push({ file: join(tinyxml, 'tinyxml2.cpp'), arguments: [`-I${tinyxml}`] });
  const pugixml = await fetchDebianSource('pugixml');
  inputs.push({ file: join(pugixml, 'src/pugixml.cpp'), arguments: [`-I${pugixml}/src`, '-std=c++17'] });
});

describe('real code', () => {
  test('every expression and statement replaced with itself: the same bytes, and no edit', () => {
    for (const input of inputs) changeNothing(input, tally);
    expect(tally.replaced).toBeGreaterThan(20_000);
  });

  test('parentheses taken away come back exactly where the meaning asks for them', () => {
    for (const input of inputs) removeParentheses(input, tally);
    expect(tally.removed).toBeGreaterThan(200);
    expect(tally.kept).toBeGreaterThan(200);
  });

  test('a statement before and behind every statement, and every call wrapped: it still parses', () => {
    for (const input of inputs) insertEverywhere(input, tally);
    expect(tally.inserted).toBeGreaterThan(2_000);
  });
});
