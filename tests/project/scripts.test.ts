/** Scripts that are wrong in every way: an error with its place, and the other files are looked at all the same. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workspace } from './workspace.js';

let space: Workspace;
beforeAll(() => {
  space = new Workspace({
    'a.c': 'int a;\n',
    'b.c': 'int b;\n',
    'type.ts': `import type { TranslationUnit } from 'cmonster';
export default function (tu: TranslationUnit): void {
  if (tu.file === 'a.c') tu.nothingLikeThis();
  console.log(tu.file);
}
`,
    'syntax.ts': 'export default function (tu) {\n  const = 3;\n}\n',
    'load.ts': "console.log('before');\nthrow new Error('while loading');\n",
    'import.ts': "import { Nothing } from 'cmonster';\nexport default () => Nothing;\n",
    'loop.ts': `export default function (tu: { file: string }): void {
  if (tu.file === 'b.c') return;
  let count = 0;
  for (;;) {
    count++;
  }
}
`,
    'never.ts': `export default async function (tu: { file: string }): Promise<void> {
  if (tu.file === 'a.c') await new Promise(() => {});
  console.log(tu.file);
}
`,
    'waits.ts': `export default async function (): Promise<void> {
  await new Promise(() => setInterval(() => {}, 1000));
}
`,
    'waits-first.ts': 'await new Promise(() => setInterval(() => {}, 1000));\nexport default () => {};\n',
    'empty-loop.ts': 'export default () => {\n  for (;;);\n};\n',
    'exits.ts': `export default function (tu: { file: string }): void {
  if (tu.file === 'a.c') process.exit(7);
  console.log(tu.file);
}
`,
    'later.ts': `export default async function (tu: { file: string }): Promise<void> {
  if (tu.file === 'a.c') setTimeout(() => { throw new Error('later'); }, 1);
  await new Promise((done) => setTimeout(done, 100));
  console.log(tu.file);
}
`,
    'none.ts': 'export const nothing = 1;\n',
  });
});
afterAll(() => space.dispose());

describe('cmonster run', { timeout: 300_000 }, () => {
  it('shows where a script goes against its types, and goes on', () => {
    const { status, stdout, stderr } = space.run('run', 'type.ts', 'a.c', 'b.c');
    expect(stdout).toBe('b.c\n');
    expect(stderr).toContain('type.ts:3:29: error: a.c: TypeError: tu.nothingLikeThis is not a function\n');
    expect(stderr).toContain(
      "    3 |   if (tu.file === 'a.c') tu.nothingLikeThis();\n      |                             ^\n",
    );
    expect(stderr).toContain('cmonster: 1 file failed:\n  a.c\n');
    expect(status).toBe(1);
  });

  it('shows where a script is no TypeScript', () => {
    const { status, stderr } = space.run('run', 'syntax.ts', 'a.c', 'b.c');
    expect(stderr).toContain('syntax.ts:2:9: error: SyntaxError: Expected identifier but found "="\n');
    expect(stderr).toContain('    2 |   const = 3;\n      |         ^\n');
    expect(status).toBe(1);
  });

  it('shows what a script throws, or misses, while it is loaded', () => {
    const thrown = space.run('run', 'load.ts', 'a.c');
    expect(thrown).toMatchObject({ status: 1, stdout: 'before\n' });
    expect(thrown.stderr).toContain('load.ts:2:7: error: while loading\n');
    expect(space.run('run', 'import.ts', 'a.c').stderr).toContain("does not provide an export named 'Nothing'");
    expect(space.run('run', 'none.ts', 'a.c')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no function as its default export'),
    });
  });

  it('ends an endless loop, and says where it is', () => {
    const { status, stderr } = space.run('run', 'loop.ts', 'a.c', 'b.c', '--script-timeout', '5');
    expect(stderr).toMatch(
      /loop\.ts:[45]:\d+: error: a\.c: the script is still busy here after 5 s: an endless loop\?/,
    );
    expect(stderr).toContain('cmonster: 1 file failed:\n  a.c\n');
    expect(status).toBe(1);
    const empty = space.run('run', 'empty-loop.ts', 'a.c', '--script-timeout', '5');
    expect(empty.stderr).toMatch(/empty-loop\.ts:2:\d+: error: a\.c: the script is still busy here after 5 s/);
  });

  it('notices a promise that nothing can settle any more', () => {
    const { status, stdout, stderr } = space.run('run', 'never.ts', 'a.c', 'b.c');
    expect(stderr).toContain("a.c: the script's promise never settles");
    expect({ status, stdout }).toEqual({ status: 1, stdout: 'b.c\n' });
  });

  it('ends one that waits without end', () => {
    const { status, stderr } = space.run('run', 'waits.ts', 'a.c', '--script-timeout', '5');
    expect(stderr).toContain('a.c: the script has not come to its end after 5 s: a promise that never settles?');
    expect(status).toBe(1);
    const first = space.run('run', 'waits-first.ts', 'a.c', '--script-timeout', '5');
    expect(first.stderr).toContain('the script is not loaded after 5 s: does it wait for something outside');
    expect(first.status).toBe(1);
  });

  it('survives a script that ends its process, or throws when nobody looks', () => {
    const exits = space.run('run', 'exits.ts', 'a.c', 'b.c');
    expect(exits).toMatchObject({ status: 1, stdout: 'b.c\n' });
    expect(exits.stderr).toContain(
      'a.c: the worker ended with status 7 in the middle of it: does the script call process.exit?',
    );
    const later = space.run('run', 'later.ts', 'a.c', 'b.c');
    expect(later).toMatchObject({ status: 1, stdout: 'b.c\n' });
    expect(later.stderr).toContain('later.ts:2:');
  });

  it('says what is wrong with files and projects', () => {
    const bad = (...args: string[]): string => {
      const { status, stderr } = space.run('run', 'exits.ts', ...args);
      expect(status).toBe(2);
      return stderr;
    };
    expect(bad()).toContain('no files: name some, or a project with -p BUILD');
    expect(bad('-p', 'nowhere')).toContain("there is no 'nowhere'. CMake writes one");
    expect(bad('a.c', '--diff', '--write')).toContain('--diff and --write do not go together');
    expect(bad('a.c', '-j', '0')).toContain('-j takes a number from 1 on');
  });

  it('needs no files for a script that parses for itself', () => {
    const ran = space.run('run', 'none.ts');
    expect(ran).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  it('lists files that are not there, and goes on', () => {
    space.database(['gone.c', 'b.c']);
    const { status, stdout, stderr } = space.run('run', 'exits.ts', '-p', '.');
    space.write('compile_commands.json', '');
    expect(stderr).toContain('gone.c: No such file or directory');
    expect(stderr).toContain('cmonster: 1 file failed:\n  gone.c\n');
    expect({ status, stdout }).toEqual({ status: 1, stdout: 'b.c\n' });
    expect(space.run('run', 'exits.ts', '-p', '.').stderr).toMatch(/compile_commands\.json is empty/);
  });
});

describe('a script for a project', () => {
  it('sees all translation units, and changes them together', () => {
    const own = new Workspace({
      'a.c': 'int old_name(void) { return 1; }\n',
      'b.c': 'int old_name(void);\nint b(void) { return old_name(); }\n',
      'all.ts': `import { FunctionDecl, forProject } from 'cmonster';
export default forProject(async (project) => {
  console.log(project.files.length);
  for await (const tu of project.translationUnits()) {
    for (const f of tu.find(FunctionDecl)) tu.report(f, \`declares \${f.name}\`, { fix: () => f.insertBefore('// seen\\n') });
  }
});
`,
      'throws.ts': `import { forProject } from 'cmonster';
export default forProject(async () => { throw new Error('as a whole'); });
`,
    });
    try {
      own.database(['a.c', 'b.c']);
      const { status, stdout, stderr } = own.run('run', 'all.ts', '--write');
      expect(stderr).toBe('cmonster: 3 changes in 2 files written\n');
      expect(stdout).toMatch(/^2\na\.c:1:5: warning: declares old_name \[all\]\n/);
      expect(status).toBe(0);
      expect(own.read('b.c')).toBe('// seen\nint old_name(void);\n// seen\nint b(void) { return old_name(); }\n');
      const throws = own.run('run', 'throws.ts');
      expect(throws).toMatchObject({ status: 1, stderr: expect.stringContaining('throws.ts:2:47: error: as a whole') });
    } finally {
      own.dispose();
    }
  });
});
