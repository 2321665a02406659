/** `cmonster init`: what it writes works, what is there stays, and what it cannot do it says. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Workspace } from './workspace.js';

const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));
let space: Workspace;
beforeEach(() => {
  space = new Workspace();
});
afterEach(() => space.dispose());

describe('cmonster init', { timeout: 300_000 }, () => {
  it('prepares a CMake project, once', () => {
    space.write('CMakeLists.txt', 'cmake_minimum_required(VERSION 3.15)\nproject(p C)\nadd_library(p STATIC a.c)\n');
    space.write('a.c', '#include <string.h>\nvoid a(char *s) { char b[8]; strcpy(b, s); }\n');
    const { status, stdout, stderr } = space.run('init');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(`cmake -S . -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON
build/compile_commands.json: 1 command for 1 file
wrote codemod.ts
wrote tsconfig.json
Next: cmonster run codemod.ts --diff
`);
    // What it says next works, and an editor knows the types.
    const diff = space.run('run', 'codemod.ts', '--diff').stdout;
    expect(diff).toContain('+void a(char *s) { char b[8]; strlcpy(b, s, sizeof b); }\n');
    const types = spawnSync(tsc, ['-p', join(space.folder, 'tsconfig.json')], { encoding: 'utf8' });
    expect({ status: types.status, stdout: types.stdout }).toEqual({ status: 0, stdout: '' });
    space.write('codemod.ts', '// mine\n');
    expect(space.run('init').stdout).toContain('codemod.ts is there already: left as it is\n');
    expect(space.read('codemod.ts')).toBe('// mine\n');
  });

  it('says what to do for another build system, and why CMake failed', () => {
    const said = (): string => {
      const { status, stderr } = space.run('init');
      expect(status).toBe(2);
      return stderr;
    };
    expect(said()).toContain('has neither a CMakeLists.txt nor a compile_commands.json');
    space.write('Makefile', 'all:\n');
    expect(said()).toContain('bear -- make');
    space.write('meson.build', '');
    expect(said()).toContain('meson setup build');
    space.write('CMakeLists.txt', 'project(p NOSUCHLANGUAGE)\n');
    expect(said()).toContain('CMake could not configure the project:\n');
    expect(space.run('init', 'nowhere').stderr).toContain("there is no folder 'nowhere'");
  });
});
