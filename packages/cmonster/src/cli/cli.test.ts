import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const tsx = import.meta.resolve('tsx');

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cli-test-'));
  const write = (name: string, text: string): void => writeFileSync(join(directory, name), text);
  write('a.c', 'int add(int a, int b) { return a + b; }\nint n = N;\n');
  write('broken.c', 'int x = y;\n');
  mkdirSync(join(directory, 'tmp'));
  // No package.json says that these are modules, and none is needed.
  mkdirSync(join(directory, 'scripts'));
  write(
    'scripts/names.ts',
    `import { FunctionDecl, TranslationUnit } from 'cmonster';
import { shout } from './shout.js';
await Promise.resolve();
export default function (tu: TranslationUnit): void {
  for (const f of tu.find(FunctionDecl)) console.log(shout(f.name), tu instanceof TranslationUnit);
}
`,
  );
  write('scripts/shout.ts', 'export const shout = (text: string): string => text.toUpperCase();\n');
  write(
    'scripts/fails.ts',
    `interface Unused { a: number }
export default function (): void {
  throw new RangeError('as written');
}
`,
  );
});
afterAll(() => rmSync(directory, { recursive: true }));

function cmonster(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const result = spawnSync(process.execPath, ['--import', tsx, main, ...args], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: join(directory, 'tmp') },
  });
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}

describe('cmonster', () => {
  it('explains itself', () => {
    const help = cmonster('--help');
    expect(help.status).toBe(0);
    for (const word of ['dump', 'run', 'completion', 'Exit status']) expect(help.stdout).toContain(word);
    expect(cmonster('dump', '--help').stdout).toContain('--instantiations');
    expect(cmonster('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('dumps the tree of a file', () => {
    const { status, stdout } = cmonster('dump', 'a.c', '--', '-DN=3');
    expect(status).toBe(0);
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      'TranslationUnitDecl <<invalid sloc>>',
      "|-FunctionDecl <a.c:1:1, col:39> add 'int (int, int)'",
      "| |-ParmVarDecl <col:9, col:13> a 'int'",
    ]);
    expect(stdout).toMatch(/`-IntegerLiteral <.*> 'int' 3\n$/);
    expect(cmonster('dump', 'a.c', '--filter', 'add', '--', '-DN=3').stdout).not.toContain('VarDecl <line:2');
    const none = cmonster('dump', 'a.c', '--filter', 'sub', '--', '-DN=3');
    expect(none).toMatchObject({ status: 0, stdout: '' });
    expect(none.stderr).toBe("no declaration of a.c has 'sub' in its name: '--scope user' looks in headers too\n");
  });

  it('reads what can be read only once: standard input, a pipe', () => {
    const shell = (line: string, input = ''): string =>
      spawnSync('bash', ['-c', line, process.execPath, '--import', tsx, main], {
        cwd: directory,
        encoding: 'utf8',
        input,
      }).stdout;
    const dumped = /^`-FunctionDecl <(.*):1:1, col:\d+> f 'int/m;
    expect(dumped.exec(shell('"$0" "$@" dump -', 'int f(void);'))?.[1]).toBe('<stdin>');
    expect(dumped.exec(shell(`"$0" "$@" dump <(echo 'int f(void);')`))?.[1]).toMatch(/^\/dev\/fd\//);
    expect(shell(`mkfifo p.cc; echo 'int f() noexcept;' > p.cc & "$0" "$@" preprocess -P p.cc`)).toBe(
      'int f() noexcept;\n',
    );
  });

  it('says by its status how it went', () => {
    const broken = cmonster('dump', 'broken.c');
    expect(broken.status).toBe(1);
    expect(broken.stderr).toContain("broken.c:1:9: error: use of undeclared identifier 'y'");
    expect(cmonster().status).toBe(2);
    expect(cmonster('dmup', 'a.c')).toMatchObject({ status: 2, stderr: expect.stringContaining('Did you mean dump?') });
    expect(cmonster('dump', 'a.c', '--', '--bogus')).toMatchObject({ status: 2 });
    const missing = cmonster('dump', 'gone.c');
    expect(missing.status).toBe(3);
    expect(missing.stderr).toBe('cmonster: gone.c: No such file or directory\n');
  });

  it('runs a script, which imports this package', () => {
    const { status, stdout, stderr } = cmonster('run', 'scripts/names.ts', 'a.c', '--', '-DN=3');
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'ADD true\n', stderr: '' });
  });

  it('shows where a script fails', () => {
    const { status, stderr } = cmonster('run', 'scripts/fails.ts', 'a.c', '--', '-DN=3');
    expect(status).toBe(1);
    expect(stderr).toBe(`scripts/fails.ts:3:9: error: a.c: RangeError: as written
    1 | interface Unused { a: number }
    2 | export default function (): void {
    3 |   throw new RangeError('as written');
      |         ^
cmonster: 1 file failed:
  a.c
`);
    expect(cmonster('run', 'scripts/gone.ts', 'a.c')).toMatchObject({ status: 2 });
  });

  it('leaves nothing behind', () => {
    // tsx keeps what it compiled there.
    expect(readdirSync(join(directory, 'tmp')).filter((name) => !name.startsWith('tsx-'))).toEqual([]);
  });
});
