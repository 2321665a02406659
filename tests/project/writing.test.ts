/** Files are what they were or what they become, whatever happens: read-only ones, a full disk, kills, other runs, Ctrl-C. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Workspace } from './workspace.js';

/** A comment before every function. */
const SCRIPT = `import { FunctionDecl, type TranslationUnit } from 'cmonster';
export default function (tu: TranslationUnit): void {
  for (const f of tu.find(FunctionDecl, (f) => tu.isEditable(f.location.file!))) f.insertBefore('/* seen */\\n');
}
`;
const FILES = 12;
const old = (at: number): string => `#include "h.h"\nint f${at}(void) { return ${at}; }\n`;
const changed = (at: number): string => `#include "h.h"\n/* seen */\nint f${at}(void) { return ${at}; }\n`;

let space: Workspace;
const names = Array.from({ length: FILES }, (_, at) => `f${at}.c`);
beforeEach(() => {
  space = new Workspace({ 'h.h': 'int h(void);\n', 'mark.ts': SCRIPT });
  names.forEach((name, at) => {
    space.write(name, old(at));
  });
  space.database(names);
});
afterEach(() => space.dispose());

const states = (): ('old' | 'new' | 'damaged')[] =>
  names.map((name, at) =>
    space.read(name) === old(at) ? 'old' : space.read(name) === changed(at) ? 'new' : 'damaged',
  );

// Each runs the command several times.
describe('cmonster run --write', { timeout: 300_000 }, () => {
  it('changes a header once, however many files include it', () => {
    const { status, stderr } = space.run('run', 'mark.ts', '--write', '--editable', '*.h');
    expect(stderr).toBe(`cmonster: ${FILES + 1} changes in ${FILES + 1} files written\n`);
    expect(space.read('h.h')).toBe('/* seen */\nint h(void);\n');
    expect(new Set(states())).toEqual(new Set(['new']));
    expect({ status, left: space.leftOvers() }).toEqual({ status: 0, left: [] });
  });

  it('writes nothing when one file is read-only', () => {
    chmodSync(space.path('f7.c'), 0o444);
    const { status, stderr } = space.run('run', 'mark.ts', '--write');
    expect(stderr).toMatch(/f7\.c cannot be written: it is read-only.*chmod u\+w/);
    expect(stderr).toContain('cmonster: nothing was written\n');
    expect(new Set(states())).toEqual(new Set(['old']));
    expect({ status, left: space.leftOvers() }).toEqual({ status: 5, left: [] });
  });

  it('writes nothing when a file was changed meanwhile', () => {
    space.write(
      'late.ts',
      `import { appendFileSync } from 'node:fs';
import { FunctionDecl, type TranslationUnit } from 'cmonster';
export default function (tu: TranslationUnit): void {
  for (const f of tu.find(FunctionDecl)) f.insertBefore('/* seen */\\n');
  if (tu.file === 'f3.c') appendFileSync('f3.c', '// by hand\\n');
}
`,
    );
    const { status, stderr } = space.run('run', 'late.ts', '--write');
    expect(stderr).toContain(
      'f3.c was changed by somebody else since it was parsed: run the same again. Nothing was changed.',
    );
    expect(states().filter((state) => state !== 'old')).toEqual(['damaged']);
    expect(space.read('f3.c')).toBe(`${old(3)}// by hand\n`);
    expect(status).toBe(5);
  });

  it('follows links, and writes a file once that is reached in two ways', () => {
    mkdirSync(space.path('real'));
    space.write('real/a.c', old(1));
    symlinkSync('real', space.path('link'));
    space.database(['real/a.c', 'link/a.c'], ['-I.']);
    expect(space.run('run', 'mark.ts', '--write').stderr).toBe('cmonster: 1 change in 1 file written\n');
    expect(space.read('real/a.c')).toBe(old(1).replace('int', '/* seen */\nint'));
    expect(statSync(space.path('link')).isDirectory()).toBe(true);
  });

  it('writes nothing when the disk is full', (context) => {
    // A file system of 64 kB, in a namespace of its own.
    const script = `mount -t tmpfs -o size=64k none "$1" && cp *.c h.h mark.ts compile_commands.json "$1" && cd "$1" &&
      sed -i "s#$2#$1#g" compile_commands.json && dd if=/dev/zero of=filler bs=1k count=100 2>/dev/null; shift 2; "$@"; status=$?; cat *.c; exit $status`;
    mkdirSync(space.path('full'));
    const probe = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', space.path('full')]);
    if (probe.status !== 0) context.skip();
    const { status, stdout, stderr } = space.inside(
      ['unshare', '-rm', 'sh', '-c', script, 'sh', space.path('full'), space.folder],
      'run',
      'mark.ts',
      '--write',
    );
    expect(stderr).toMatch(/cannot be written: there is no room for it.*Nothing was changed/);
    expect(stdout).not.toContain('seen');
    expect(status).toBe(5);
  });

  it('is all or nothing for two runs at once', async () => {
    const ends = await Promise.all(
      [1, 2].map(
        () =>
          new Promise<number | null>((resolve) => {
            space.start('run', 'mark.ts', '--write', '-j', '1').once('exit', resolve);
          }),
      ),
    );
    // The second finds other files than it parsed, or, when it came late enough, marks them again.
    expect(ends.includes(0)).toBe(true);
    const all = new Set(names.map((name, at) => space.read(name).replace(old(at).slice(15), '')));
    expect(all.size).toBe(1);
    expect(space.leftOvers()).toEqual([]);
  });

  it('leaves nothing half written at Ctrl-C', async () => {
    const child = space.start('run', 'mark.ts', '--write', '-j', '1');
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    await new Promise((resolve) => setTimeout(resolve, 900));
    child.kill('SIGINT');
    const status = await new Promise((resolve) => child.once('exit', resolve));
    expect(space.leftOvers()).toEqual([]);
    if (status === 130) {
      expect(said).toContain('interrupted: nothing was written');
      expect(new Set(states())).toEqual(new Set(['old']));
    } else expect(status === 0 || status === null).toBe(true);
  });

  it('never damages a file, killed at whatever moment, and the next run makes it whole', async () => {
    // What a run does after it has parsed is short: so most kills are aimed at the writing itself.
    const [first] = await measure();
    for (let round = 0; round < 6; round++) {
      names.forEach((name, at) => {
        space.write(name, old(at));
      });
      const child = space.start('run', 'mark.ts', '--write', '-j', '1');
      const watch = round % 2 === 0 ? untilWriting() : delay(first * (0.3 + 0.1 * round));
      await Promise.race([watch, new Promise((resolve) => child.once('exit', resolve))]);
      child.kill('SIGKILL');
      await new Promise((resolve) =>
        child.exitCode === null && child.signalCode === null ? child.once('exit', resolve) : resolve(0),
      );
      expect(states()).not.toContain('damaged');
      const before = states();
      const after = space.run('find', 'nothing_of_this_name()', 'f0.c');
      expect(after.status).toBe(0);
      expect(space.leftOvers()).toEqual([]);
      // All of them, or none.
      expect(new Set(states()).size, `${before} then ${states()}`).toBe(1);
    }
  });
});

const delay = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function measure(): Promise<number[]> {
  const start = Date.now();
  const child = space.start('run', 'mark.ts', '--write', '-j', '1');
  await new Promise((resolve) => child.once('exit', resolve));
  return [Date.now() - start];
}

/** Until the first of the new files stands beside an old one. */
async function untilWriting(): Promise<void> {
  for (let waited = 0; waited < 60_000; waited++) {
    if (readdirSync(space.folder).some((name) => name.includes('.cmonster-'))) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
