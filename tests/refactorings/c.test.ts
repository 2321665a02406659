import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RealProject } from './harness.js';

/** zlib: its library, and the programs that its own suite runs. */
describe('refactorings of zlib', { timeout: 300_000 }, () => {
  let zlib: RealProject;
  beforeAll(async () => {
    zlib = await RealProject.open('zlib', 'make -j2', 'make test');
    expect(zlib.shell('CFLAGS=-O0 ./configure --static').status).toBe(0);
    const own = readdirSync(zlib.folder).filter((name) => name.endsWith('.c'));
    zlib.database([...own, 'test/example.c', 'test/minigzip.c'], ['-I.', '-D_LARGEFILE64_SOURCE=1', '-DHAVE_HIDDEN']);
  });
  afterAll(() => zlib?.dispose());

  it('wraps every malloc in a check', () => {
    const calls = (): number => Number(zlib.shell("cat *.c | grep -c '[^a-z_]malloc('").stdout);
    const before = calls();
    expect(zlib.change('check-malloc')).toBe('22 changes in 4 files written');
    expect(Number(zlib.shell("cat *.c | grep -c 'checked(malloc('").stdout)).toBeGreaterThan(before / 2);
    zlib.verify();
  });
});

/** cJSON: its tests include its source, which so is a header to most translation units. GCC warns of nothing, by -Werror. */
describe('refactorings of cJSON', { timeout: 300_000 }, () => {
  let cjson: RealProject;
  beforeAll(async () => {
    cjson = await RealProject.open('cjson', 'cmake --build build -j2', 'cd build && ctest --output-on-failure');
    const { status, stderr } = cjson.shell(
      'cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_EXPORT_COMPILE_COMMANDS=ON',
    );
    expect(status, stderr).toBe(0);
  });
  afterAll(() => cjson?.dispose());
  const source = (): string => readFileSync(join(cjson.folder, 'cJSON.c'), 'utf8');
  const project = ['-p', 'build', '--editable', '.'];

  it('adds a parameter to a function and to every call, and takes it away again', () => {
    const before = source();
    const parameter = '__attribute__((unused)) int reserved';
    const added = cjson.change(
      'add-parameter',
      ...project,
      '--arg',
      'cJSON_New_Item',
      '--arg',
      parameter,
      '--arg',
      '0',
    );
    expect(added).toBe('18 changes in 1 file written');
    cjson.verify();
    cjson.change('remove-parameter', ...project, '--arg', 'cJSON_New_Item');
    expect(source()).toBe(before);
  });

  it('renames a function that is used everywhere', () => {
    const args = ['cJSON_Delete', 'cJSON_Free'].flatMap((arg) => ['--arg', arg]);
    expect(cjson.change('rename', ...project, ...args)).toBe('110 changes in 11 files written');
    cjson.verify();
  });
});
