/** Files that are no source code, or not there, or not for long. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { TranslationUnit } from 'cmonster';
import { describe, expect, test } from 'vitest';
import { survive, surviveSync, typed, Workshop } from './harness.js';

const noise = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => (i * i * 31 + (i >> 3)) & 255);

describe('files', () => {
  const workshop = new Workshop();
  const both = async (file: string, ...expected: string[]): Promise<void> => {
    expect(expected).toContain(await survive(file));
    expect(expected).toContain(surviveSync(file));
  };

  test('includes that include themselves', async () => {
    workshop.write('self.h', '#include "self.h"\n');
    workshop.write('one.h', '#include "two.h"\n');
    workshop.write('two.h', '#include "one.h"\n');
    await both(workshop.write('self.c', '#include "self.h"\nint x;\n'), 'parsed');
    await both(workshop.write('circle.c', '#include "one.h"\nint x;\n'), 'parsed');
    await both(workshop.write('main.c', '#include "main.c"\nint x;\n'), 'parsed');
  });

  test('headers that are missing, folders, or binary', async () => {
    mkdirSync(join(workshop.folder, 'folder.h'));
    workshop.write('binary.h', noise(10_000));
    await both(workshop.write('missing.c', '#include "nowhere.h"\nint f(void) { return g(); }\n'), 'parsed');
    await both(workshop.write('folder.c', '#include "folder.h"\nint x;\n'), 'parsed');
    await both(workshop.write('binary.c', '#include "binary.h"\nint x;\n'), 'parsed');
  });

  test('flags that let Clang print', async () => {
    const structs = Array.from({ length: 100 }, (_, i) => `struct S${i} { int n; char c[${i + 1}]; } s${i};\n`);
    const file = workshop.write('printing.cpp', structs.join(''));
    const options = { arguments: ['-Xclang', '-fdump-record-layouts'] };
    expect(await survive(file, options)).toBe('parsed');
    expect(surviveSync(file, options)).toBe('parsed');
  });

  test('inputs that are no files', async () => {
    await both(join(workshop.folder, 'nowhere.c'), 'INPUT_UNREADABLE');
    mkdirSync(join(workshop.folder, 'directory.c'));
    await both(join(workshop.folder, 'directory.c'), 'INPUT_UNREADABLE');
    symlinkSync('loop.c', join(workshop.folder, 'loop.c'));
    await both(join(workshop.folder, 'loop.c'), 'INPUT_UNREADABLE');
    symlinkSync('gone.c', join(workshop.folder, 'dangling.c'));
    await both(join(workshop.folder, 'dangling.c'), 'INPUT_UNREADABLE');
    await both(join(workshop.folder, `${'n'.repeat(300)}.c`), 'INPUT_UNREADABLE');
  });

  test.skipIf(process.getuid?.() === 0)('a file without permission', async () => {
    const file = workshop.write('secret.c', 'int x;\n');
    chmodSync(file, 0);
    await both(file, 'INPUT_UNREADABLE');
  });

  test('a pipe that nobody writes to', async () => {
    const pipe = join(workshop.folder, 'pipe.c');
    spawnSync('mkfifo', [pipe]);
    const limit = { timeLimit: 1_000 };
    expect(['TIMEOUT', 'INPUT_UNREADABLE']).toContain(await survive(pipe, limit));
    expect(['TIMEOUT', 'INPUT_UNREADABLE']).toContain(surviveSync(pipe, limit));
    rmSync(pipe);
  });

  test('a device without end', async () => {
    const limits = { timeLimit: 2_000, memoryLimit: 512, arguments: ['-x', 'c'] };
    expect(['TIMEOUT', 'OUT_OF_MEMORY', 'INPUT_UNREADABLE', 'parsed']).toContain(await survive('/dev/zero', limits));
    expect(['parsed', 'INPUT_UNREADABLE']).toContain(surviveSync('/dev/null', limits));
  });

  test('names that look like something else', async () => {
    for (const name of ['-o.c', '@file.c', 'a b.c', "quote'.c", 'café ☕.c', 'new\nline.c', '%s%n.c']) {
      await both(workshop.write(name, 'int x;\n'), 'parsed');
    }
  });

  test('empty, binary, NUL bytes', async () => {
    await both(workshop.write('empty.c', ''), 'parsed');
    await both(workshop.write('spaces.c', ' '.repeat(100_000)), 'parsed');
    await both(workshop.write('binary.c', noise(100_000)), 'parsed');
    await both(workshop.write('program.c', 'ELF\x7f\0\0\x01'.repeat(1_000)), 'parsed');
    await both(workshop.write('nul.c', 'int a;\0\0int b;\0// c\0\n"\0"\n'), 'parsed');
    await both(workshop.write('nuls.c', new Uint8Array(5_000)), 'parsed');
  });

  test('encodings', async () => {
    const text = '// café\nconst char *s = "é";\nint x;\n';
    await both(workshop.write('latin1.c', Buffer.from(text, 'latin1')), 'parsed');
    await both(workshop.write('utf16.c', Buffer.from(`\ufeff${text}`, 'utf16le')), 'parsed');
    await both(workshop.write('utf16be.c', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()), 'parsed');
    await both(workshop.write('bom.c', `\ufeff${text}`), 'parsed');
    await both(
      workshop.write('invalid.c', Buffer.from([0x22, 0xc3, 0x28, 0xff, 0xfe, 0xed, 0xa0, 0x80, 0x22, 0x3b])),
      'parsed',
    );
    await both(workshop.write('names.c', 'int 变量 = 1, é = 2; int \u202e = 3; int 🙂 = 4;\n'), 'parsed');
    await both(workshop.write('ends.c', 'int a;\r\nint b;\rint c;\n\r/* no end'), 'parsed');
  });

  test('a file that vanishes, and one that changes, behind its tree', async () => {
    const file = workshop.write('short-lived.c', 'int a = 1 + 2;\n');
    using tu = await TranslationUnit.parse(file);
    unlinkSync(file);
    expect(tu.root.children[0]?.text).toBe('int a = 1 + 2');
    expect([...tu.walk()].map((node) => node.print()).length).toBeGreaterThan(3);

    const changing = workshop.write('changing.c', 'int before;\n');
    using changed = await TranslationUnit.parse(changing);
    workshop.write('changing.c', 'double after; int more;\n');
    expect(changed.root.children[0]?.text).toBe('int before');
    expect(changed.root.print()).toContain('before');
  });

  test('a header that vanishes before a question that needs another frontend', async () => {
    workshop.write('passing.h', 'int passing;\n');
    const file = workshop.write('passing.c', '#include "passing.h"\nint x;\n');
    using tu = await TranslationUnit.parse(file);
    for (const pid of workshop.frontends()) process.kill(pid, 'SIGKILL');
    unlinkSync(join(workshop.folder, 'passing.h'));
    let outcome = 'answered';
    try {
      tu.root.print();
    } catch (error) {
      outcome = typed(error, file);
    }
    expect(['SOURCE_CHANGED', 'FRONTEND_CRASHED']).toContain(outcome);
  });

  test('a folder to work in that is gone', async () => {
    const cwd = join(workshop.folder, 'gone');
    const file = workshop.write('there.c', 'int x;\n');
    expect(await survive(file, { cwd })).toBe('FRONTEND_START');
    expect(surviveSync(file, { cwd })).toBe('FRONTEND_START');
  });

  test('a frontend that is none', async () => {
    const file = workshop.write('there.c', 'int x;\n');
    for (const frontend of [join(workshop.folder, 'nowhere'), workshop.folder, '/etc/passwd']) {
      expect(await survive(file, { frontend })).toBe('FRONTEND_START');
      expect(surviveSync(file, { frontend })).toBe('FRONTEND_START');
    }
    expect(await survive(file, { frontend: '/bin/true' })).toBe('FRONTEND_CRASHED');
    expect(surviveSync(file, { frontend: '/bin/true' })).toBe('FRONTEND_CRASHED');
  });
});
