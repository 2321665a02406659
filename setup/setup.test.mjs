// Runs the real command on a system that only claims to be another one.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { root } from './paths.mjs';

test('on a system without apt, setup lists what to install and exits with 1', () => {
  const folder = mkdtempSync(`${tmpdir()}/monsterlab-setup-`);
  try {
    writeFileSync(`${folder}/os-release`, 'PRETTY_NAME="Some Linux 1"\nID=some\n');
    const result = spawnSync(process.execPath, [`${root}/setup/setup.mjs`], {
      encoding: 'utf8',
      // With nothing on the PATH, nothing is found.
      env: { PATH: folder, MONSTERLAB_OS_RELEASE: `${folder}/os-release` },
    });
    expect(result.status).toBe(1);
    expect(result.stderr).toContain('error: Some Linux 1 is not a system on which setup can install packages');
    expect(result.stderr).toMatch(/^ {2}clang-19 +compiles the frontend/m);
    expect(result.stdout).toBe('');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
