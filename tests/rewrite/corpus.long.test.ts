// The same as corpus.test.ts over every file of some projects.
import { describe, expect, test } from 'vitest';
import { projectFiles } from '../oracle/projects.js';
import { changeNothing, insertEverywhere, removeParentheses } from './corpus.js';

const projects = ['zlib', 'lua5.4', 'lz4', 'tinyxml2', 'pugixml', 'fmtlib'];

describe.each(projects)('%s', (project) => {
  const tally = { replaced: 0, removed: 0, kept: 0, inserted: 0 };
  test('replaced with itself: the same bytes', async () => {
    for (const input of await projectFiles(project)) changeNothing(input, tally);
    expect(tally.replaced).toBeGreaterThan(1_000);
  });
  test('parentheses', async () => {
    for (const input of await projectFiles(project)) removeParentheses(input, tally);
    expect(tally.kept).toBeGreaterThan(10);
  });
  test('insertions', async () => {
    for (const input of await projectFiles(project)) insertEverywhere(input, tally);
    expect(tally.inserted).toBeGreaterThan(100);
  });
});
