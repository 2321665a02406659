import { expect, test } from 'vitest';
import { projectFiles } from '../oracle/projects.js';
import { realFiles } from './corpus.js';
import { expectSame } from './identity.js';

test('hundreds of files have the same tree, and the same dump', { timeout: 3_600_000 }, async () => {
  const asked = { includes: 0, pragmas: 0 };
  for (const input of [...(await realFiles()), ...(await projectFiles('lua5.4')), ...(await projectFiles('lz4'))]) {
    const { includes, pragmas } = expectSame(input, 'main');
    asked.includes += includes;
    asked.pragmas += pragmas;
  }
  expect(asked.includes).toBeGreaterThan(10_000);
  expect(asked.pragmas).toBeGreaterThan(1_000);
});
