import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyChanges, digest, type FileChange, recover } from './apply.js';

let directory = '';
let state = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'apply-test-'));
  state = join(directory, 'state');
  for (const name of ['a', 'b', 'c']) writeFileSync(join(directory, name), `old ${name}`);
});
afterEach(() => rmSync(directory, { recursive: true }));

function change(name: string, content = `new ${name}`, before = `old ${name}`): FileChange {
  return { path: join(directory, name), before: digest(Buffer.from(before)), content: Buffer.from(content) };
}
const contents = (): string[] => ['a', 'b', 'c'].map((name) => readFileSync(join(directory, name), 'utf8'));
const leftOvers = (): string[] => [
  ...readdirSync(directory).filter((name) => name.startsWith('.')),
  ...readdirSync(state),
];

describe('applyChanges', () => {
  it('writes all, with their modes, and leaves nothing behind', () => {
    chmodSync(join(directory, 'b'), 0o751);
    applyChanges([change('a'), change('b'), change('c')], state);
    expect(contents()).toEqual(['new a', 'new b', 'new c']);
    expect(statSync(join(directory, 'b')).mode & 0o777).toBe(0o751);
    expect(leftOvers()).toEqual([]);
  });

  it('writes none when one was changed meanwhile', () => {
    expect(() => applyChanges([change('a'), change('b', 'new b', 'other')], state)).toThrow(
      expect.objectContaining({
        code: 'FILE_CHANGED',
        message: expect.stringMatching(/b was changed by somebody else/),
      }),
    );
    expect(contents()).toEqual(['old a', 'old b', 'old c']);
    expect(leftOvers()).toEqual([]);
  });

  it('writes none when one is read-only', () => {
    chmodSync(join(directory, 'c'), 0o444);
    expect(() => applyChanges([change('a'), change('c')], state)).toThrow(
      expect.objectContaining({
        code: 'FILE_UNWRITABLE',
        message: expect.stringMatching(/c cannot be written: it is read-only/),
      }),
    );
    expect(contents()).toEqual(['old a', 'old b', 'old c']);
  });

  it('writes none when one is gone', () => {
    rmSync(join(directory, 'b'));
    writeFileSync(join(directory, 'b2'), '');
    expect(() => applyChanges([change('a'), change('b')], state)).toThrow(/b cannot be written: it is gone/);
    expect(readFileSync(join(directory, 'a'), 'utf8')).toBe('old a');
  });
});

describe('recover', () => {
  /** What a process that was killed leaves. */
  function journal(journalState: 'prepared' | 'committed'): void {
    applyChanges([], state);
    const files = ['a', 'b', 'c'].map((name) => ({
      path: join(directory, name),
      temporary: join(directory, `.${name}.cmonster-1-x`),
      before: digest(Buffer.from(`old ${name}`)),
      after: digest(Buffer.from(`new ${name}`)),
    }));
    for (const name of ['a', 'b', 'c']) writeFileSync(join(directory, `.${name}.cmonster-1-x`), `new ${name}`);
    rmSync(state, { recursive: true, force: true });
    applyChanges([change('a', 'old a')], state);
    writeFileSync(
      join(state, 'journal-1-x.json'),
      JSON.stringify({ version: 1, owner: '999999999:1', state: journalState, files }),
    );
  }

  it('finishes what was committed', () => {
    journal('committed');
    writeFileSync(join(directory, 'c'), 'somebody else');
    expect(recover(state)).toEqual({
      completed: [join(directory, 'a'), join(directory, 'b')],
      skipped: [join(directory, 'c')],
      undone: false,
    });
    expect(contents()).toEqual(['new a', 'new b', 'somebody else']);
    expect(leftOvers()).toEqual([]);
  });

  it('takes back what was not', () => {
    journal('prepared');
    expect(recover(state)).toEqual({ completed: [], skipped: [], undone: true });
    expect(contents()).toEqual(['old a', 'old b', 'old c']);
    expect(leftOvers()).toEqual([]);
  });

  it('has nothing to do where nothing is', () => {
    expect(recover(join(directory, 'gone'))).toEqual({ completed: [], skipped: [], undone: false });
    symlinkSync('a', join(directory, 'link'));
  });
});

describe('what a file is besides its bytes', () => {
  it('writes what a symbolic link leads to', () => {
    symlinkSync('a', join(directory, 'link'));
    applyChanges([{ ...change('a'), path: join(directory, 'link') }], state);
    expect(readFileSync(join(directory, 'a'), 'utf8')).toBe('new a');
    expect(lstatSync(join(directory, 'link')).isSymbolicLink()).toBe(true);
  });

  it('keeps owner and special bits', () => {
    if (process.getuid?.() === 0) chownSync(join(directory, 'a'), 4321, 4322);
    chmodSync(join(directory, 'a'), 0o6755);
    applyChanges([change('a')], state);
    const { mode, uid, gid } = statSync(join(directory, 'a'));
    expect(mode & 0o7777).toBe(0o6755);
    if (process.getuid?.() === 0) expect([uid, gid]).toEqual([4321, 4322]);
  });

  it('has room for long names', () => {
    const name = 'n'.repeat(255);
    writeFileSync(join(directory, name), `old ${name}`);
    applyChanges([change(name)], state);
    expect(readFileSync(join(directory, name), 'utf8')).toBe(`new ${name}`);
  });

  it('ends what a killed run had committed, before it compares', () => {
    mkdirSync(state);
    const temporary = join(directory, '.a.cmonster-1');
    writeFileSync(temporary, 'killed a');
    const files = [{ path: join(directory, 'a'), temporary, before: digest(Buffer.from('old a')), after: '' }];
    const journal = { version: 1, owner: '999999999:1', state: 'committed', files };
    writeFileSync(join(state, 'journal-1.json'), JSON.stringify(journal));
    expect(() => applyChanges([change('a')], state)).toThrow(expect.objectContaining({ code: 'FILE_CHANGED' }));
    expect(readFileSync(join(directory, 'a'), 'utf8')).toBe('killed a');
    applyChanges([change('a', 'new a', 'killed a')], state);
    expect(contents()).toEqual(['new a', 'old b', 'old c']);
    expect(leftOvers()).toEqual([]);
  });
});
