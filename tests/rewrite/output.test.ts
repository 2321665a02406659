// What becomes of staged edits: text, diff, replacements, files on disk.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  applyEdits,
  CallExpr,
  type CmonsterError,
  c,
  FunctionDecl,
  parseSync,
  StringLiteral,
  type TranslationUnit,
} from 'cmonster';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rewrite-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const source = `int f(int);
int g(int x) {
  // keep
  return f(x) + f(1);
}
int unended(void) { return f(2); }`;

function change(tu: TranslationUnit): void {
  for (const call of tu.find(CallExpr)) call.replaceWith(c`h(${call.arguments[0]!}, "\\t\\\\'")`);
  for (const fn of tu.find(FunctionDecl))
    fn.body?.prepend(c`
    /* first */
    if (0)
      f(0);
  `);
  tu.find(FunctionDecl)[0]!.insertBefore('int h(int, char *);');
}

function code(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    return (error as CmonsterError).code;
  }
  return undefined;
}

describe('the same change, however it is brought out', () => {
  test.each([
    ['lf.c', source],
    ['crlf.c', source.replaceAll('\n', '\r\n')],
    ['mark.c', `\ufeff${source}`],
    ['utf8.c', source.replace('keep', 'behält 漢字 🐉')],
    ['latin.c', Buffer.from(source.replace('keep', 'behält'), 'latin1')],
  ])('%s', (name, content) => {
    const path = write(name, content);
    using tu = parseSync(path);
    change(tu);
    const latin = name === 'latin.c';
    const expected = Buffer.from(tu.rewriter.bytes(tu.mainFile));
    expect(expected.toString(latin ? 'latin1' : 'utf8')).toBe(tu.rewrite());
    if (name === 'crlf.c') expect(expected.toString().replaceAll('\r\n', '').includes('\n')).toBe(false);
    if (name === 'mark.c') expect(expected.subarray(0, 6).toString()).toBe('\ufeffint');

    const edits = JSON.parse(JSON.stringify(tu.edits));
    expect(Buffer.from(applyEdits(tu.mainFile.bytes, edits))).toEqual(expected);

    const diff = write(`${name}.diff`, latin ? Buffer.from(tu.diff(), 'latin1') : tu.diff());
    execFileSync('patch', ['-s', '--binary', '-o', `${path}.patched`, path, diff]);
    expect(readFileSync(`${path}.patched`)).toEqual(expected);
    writeFileSync(`${path}.git`, readFileSync(path));
    const gitDiff = readFileSync(diff, 'latin1').replace(/^(---|\+\+\+) .*$/gm, `$1 x/${name}.git`);
    execFileSync('git', ['apply', '-p1', '--whitespace=nowarn', '-'], {
      cwd: folder,
      input: Buffer.from(gitDiff, 'latin1'),
    });
    expect(readFileSync(`${path}.git`)).toEqual(expected);

    const fixes = mkdtempSync(join(folder, 'fixes-'));
    writeFileSync(join(fixes, 'fixes.yaml'), tu.rewriter.replacements);
    expect(readFileSync(path)).toEqual(Buffer.from(tu.mainFile.bytes));
    execFileSync('clang-apply-replacements-19', [fixes]);
    expect(readFileSync(path)).toEqual(expected);

    writeFileSync(path, tu.mainFile.bytes);
    tu.save();
    expect(readFileSync(path)).toEqual(expected);
  });

  test('nothing staged, nothing changed', () => {
    const path = write('same.c', source);
    using tu = parseSync(path);
    expect(tu.rewrite()).toBe(source);
    expect([tu.diff(), tu.edits, tu.save()]).toEqual(['', [], []]);
  });
});

describe('on disk', () => {
  test('mode is kept, links are followed, nothing else is left', () => {
    const path = write('mode.c', source);
    chmodSync(path, 0o640);
    const link = join(folder, 'link.c');
    symlinkSync('mode.c', link);
    using tu = parseSync(link);
    change(tu);
    const before = readdirSync(folder).length;
    tu.save();
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readlinkSync(link)).toBe('mode.c');
    expect(readFileSync(path, 'utf8')).toBe(tu.rewrite());
    expect(readdirSync(folder).length).toBe(before);
  });

  test('a file that was changed meanwhile stays as it is', () => {
    const path = write('changed.c', source);
    using tu = parseSync(path);
    change(tu);
    writeFileSync(path, `${source}\n`);
    expect(code(() => tu.save())).toBe('FILE_CHANGED');
    expect(readFileSync(path, 'utf8')).toBe(`${source}\n`);
    rmSync(path);
    expect(code(() => tu.save())).toBe('FILE_UNWRITABLE');
  });

  test('what the encoding has no bytes for', () => {
    const path = write('narrow.c', Buffer.from('char *s = "\xe9";\n', 'latin1'));
    using tu = parseSync(path, { arguments: ['-Wno-everything'] });
    tu.find(StringLiteral)[0]!.replaceWith('"é"');
    expect(Buffer.from(tu.rewriter.bytes(tu.mainFile))).toEqual(Buffer.from('char *s = "\xe9";\n', 'latin1'));
    tu.rewriter.clear();
    tu.find(StringLiteral)[0]!.replaceWith('"漢"');
    expect(code(() => tu.save())).toBe('EDIT_ENCODING');
  });
});

test('clang-format touches what was changed', () => {
  const untidy = 'int   f( int );\nint g(int x) {\n  int  y=x;\n  return f( x );\n}\n';
  const path = write('untidy.c', untidy);
  using tu = parseSync(path);
  tu.find(CallExpr)[0]!.replaceWith('f(  1+2,3  )');
  tu.find(FunctionDecl)[1]!.body!.append('if(y)return 1;');
  const expected = 'int   f( int );\nint g(int x) {\n  int  y=x;\n  return f(1 + 2, 3);\n  if (y)\n    return 1;\n}\n';
  expect(tu.rewrite(tu.mainFile, { format: 'LLVM' })).toBe(expected);
  write('untidy.diff', tu.diff({ format: 'LLVM' }));
  execFileSync('patch', ['-s', path, join(folder, 'untidy.diff')]);
  expect(readFileSync(path, 'utf8')).toBe(expected);
});
