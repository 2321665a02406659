import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { splitCommandLine } from './command-line.js';
import { findDatabase, locateDatabase, readDatabase } from './compile-commands.js';
import { Project } from './project.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'database-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function database(content: unknown): string {
  const path = join(directory, 'compile_commands.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('splitCommandLine', () => {
  it.each([
    ['a  b\tc', ['a', 'b', 'c']],
    [`-DA="x y" -DB='"q"' c\\ d`, ['-DA=x y', '-DB="q"', 'c d']],
    ['"a\\"b\\\\c\\d"', ['a"b\\c\\d']],
    ["''", ['']],
    ['a\\\nb', ['ab']],
    ['', []],
  ])('%j', (text, words) => expect(splitCommandLine(text)).toEqual(words));
});

describe('readDatabase', () => {
  it('reads both forms, response files, and relative directories', () => {
    mkdirSync(join(directory, 'sub'));
    writeFileSync(join(directory, 'sub', 'more.rsp'), '-DFROM_FILE "-I a b" @again.rsp');
    writeFileSync(join(directory, 'sub', 'again.rsp'), '-DAGAIN');
    const path = database([
      { directory: 'sub', file: '../a.c', command: 'gcc @more.rsp -c ../a.c' },
      { directory: '/', file: 'b.c', arguments: ['cc', '@gone.rsp', 'b.c'], output: 'b.o' },
    ]);
    expect(readDatabase(path)).toEqual([
      {
        file: '../a.c',
        directory: join(directory, 'sub'),
        arguments: ['gcc', '-DFROM_FILE', '-I a b', '-DAGAIN', '-c', '../a.c'],
      },
      { file: 'b.c', directory: '/', arguments: ['cc', '@gone.rsp', 'b.c'] },
    ]);
  });

  it.each([
    ['', /is empty/],
    ['[]', /lists no commands/],
    ['{}', /a list of commands is expected, not a object/],
    ['[\n  {"file": }\n]', /compile_commands\.json:2:12: not JSON: /],
    ['[{"file": "a.c"', /compile_commands\.json:1:16: not JSON: /],
    ['[3]', /entry 1: an object is expected, not a number/],
    ['[{"command": "cc"}]', /entry 1: 'file' is missing/],
    ['[{"file": "a.c"}]', /entry 1: neither 'arguments' .* nor 'command'/],
    ['[{"file": "a.c", "arguments": [1]}]', /entry 1: 'arguments' holds something that is no text/],
    ['[{"file": "a.c", "command": " "}]', /entry 1: its command is empty/],
  ])('says what is wrong with %j', (text, message) => {
    const path = database(text);
    expect(() => readDatabase(path)).toThrow(
      expect.objectContaining({ code: 'PROJECT', message: expect.stringMatching(message) }),
    );
  });

  it('says where it looked', () => {
    expect(() => locateDatabase(directory)).toThrow(/has no compile_commands\.json\. CMake writes one/);
    expect(() => locateDatabase(join(directory, 'no'))).toThrow(/there is no '.*no'/);
    mkdirSync(join(directory, 'build'));
    writeFileSync(join(directory, 'build', 'compile_commands.json'), '[]');
    mkdirSync(join(directory, 'src', 'deep'), { recursive: true });
    expect(findDatabase(join(directory, 'src', 'deep'))).toBe(join(directory, 'build', 'compile_commands.json'));
  });
});

describe('Project', () => {
  const unitsOf = (...commands: string[]): Project =>
    Project.load(database(commands.map((command) => ({ directory, file: 'a.c', command }))));

  it("leaves out what is not Clang's, and says so once", () => {
    const project = unitsOf(
      'gcc -fconserve-stack -O2 -Wlogical-op -flto -c a.c -o a.o',
      'gcc -fconserve-stack -O3 -MD -MF a.d -MTa.o -c a.c',
    );
    expect(project.units.map(({ arguments: args }) => args)).toEqual([['-O2'], ['-O3']]);
    expect(project.notices).toEqual([
      expect.objectContaining({ flag: '-fconserve-stack', replacement: undefined, count: 2 }),
      expect.objectContaining({ flag: '-Wlogical-op', count: 1 }),
    ]);
  });

  it('translates what Clang spells otherwise', () => {
    expect(unitsOf('gcc -faligned-new=32 -Wunused-const-variable=2 a.c').units[0]?.arguments).toEqual([
      '-fnew-alignment=32',
      '-Wunused-const-variable',
    ]);
  });

  it.each([
    ['ccache /usr/bin/g++-12 -c a.c', 'clang++', []],
    ['env LANG=C clang -DX a.c', 'clang', ['-DX']],
    ['arm-linux-gnueabihf-gcc -c a.c', 'clang', ['--target=arm-linux-gnueabihf']],
    ['c++ -x c -include a.c -c -- a.c', 'clang++', ['-x', 'c', '-include', 'a.c']],
  ])('reads %j', (command, driver, args) => {
    expect(unitsOf(command).units[0]).toMatchObject({
      driver,
      arguments: args,
      name: 'a.c',
      file: join(directory, 'a.c'),
    });
  });

  it('selects by path, folder and glob', () => {
    mkdirSync(join(directory, 'src'));
    const files = ['src/a.c', 'src/b.cpp', 'test/c.c'];
    for (const file of files.slice(0, 2)) writeFileSync(join(directory, file), '');
    const project = Project.load(database(files.map((file) => ({ directory, file, arguments: ['cc', '-c', file] }))));
    const names = (...patterns: string[]): string[] =>
      project.select(patterns, directory).units.map(({ name }) => name);
    expect(names('src')).toEqual(['src/a.c', 'src/b.cpp']);
    expect(names('src/a.c', 'test/*.c')).toEqual(['src/a.c', 'test/c.c']);
    expect(names('**/*.c')).toEqual(['src/a.c', 'test/c.c']);
    expect(() => names('*.h')).toThrow(/names none of the 3 files/);
    writeFileSync(join(directory, 'src', 'h.h'), '');
    expect(() => names('src/h.h')).toThrow(/a header is reached from the files that include it/);
  });

  it('keeps configurations apart, and takes what is listed twice once', () => {
    const project = unitsOf('cc -DA a.c', 'cc -DB a.c', 'cc -DA a.c');
    expect(project.units).toHaveLength(2);
    expect(project.files).toHaveLength(1);
  });
});
