import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RealProject } from './harness.js';

/** zlib: its library, and the programs that its own suite runs. */
describe('refactorings of zlib', () => {
  let zlib: RealProject;
  beforeAll(async () => {
    zlib = await RealProject.open('zlib', 'make -j2', 'make test');
    expect(zlib.shell('CFLAGS=-O0 ./configure --static').status).toBe(0);
    const own = readdirSync(zlib.folder).filter((name) => name.endsWith('.c'));
    zlib.database([...own, 'test/example.c', 'test/minigzip.c'], ['-I.', '-D_LARGEFILE64_SOURCE=1', '-DHAVE_HIDDEN']);
  });
  afterAll(() => zlib?.dispose());

  it('wraps every malloc in a check', () => {
    const before = zlib.shell("grep -hc '[^a-z_]malloc(' *.c").stdout;
    expect(zlib.change('check-malloc')).toMatch(/changes in 4 files written/);
    expect(before).not.toBe('');
    zlib.verify();
  });
});
