import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cmakeBuild } from './native.mjs';

test('a build has nothing to do until its sources change, are more, or CMake is told something else', async () => {
  const source = mkdtempSync(join(tmpdir(), 'native-test-'));
  try {
    const put = (/** @type {string} */ name, /** @type {string} */ text) => {
      writeFileSync(join(source, name), text);
      // Later than what was built a moment ago, whatever the file system's clock.
      const later = Date.now() / 1000 + 1;
      utimesSync(join(source, name), later, later);
    };
    mkdirSync(join(source, 'src'));
    put(
      'CMakeLists.txt',
      'cmake_minimum_required(VERSION 3.20)\nproject(p C)\nfile(GLOB all CONFIGURE_DEPENDS src/*.c)\nadd_library(p STATIC ${all})\n',
    );
    put('src/a.c', 'int a;\n');
    const build = cmakeBuild({ name: 'a test of builds', source, log: 'native-test' });
    expect(build.reason()).toBe('not configured yet');
    const settled = async () => {
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await build.run();
      return build.reason();
    };
    expect(await settled()).toBeUndefined();
    put('src/a.c', 'int b;\n');
    expect(build.reason()).toBe('sources changed');
    expect(await settled()).toBeUndefined();
    put('src/b.c', 'int c;\n');
    expect(build.reason()).toBe('sources changed');
    expect(await settled()).toBeUndefined();
    put('CMakeLists.txt', 'cmake_minimum_required(VERSION 3.20)\nproject(p C)\nadd_library(p STATIC src/a.c)\n');
    expect(build.reason()).toBe('sources changed');
    expect(await settled()).toBeUndefined();
  } finally {
    rmSync(source, { recursive: true, force: true });
  }
});
