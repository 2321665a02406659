import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { source } from '@monsterlab/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { all, ask, codeOf } from './support.js';

let base = '';
let tree = '';
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'source-test-'));
  tree = join(base, 'tree');
  mkdirSync(join(tree, 'src'), { recursive: true });
  const write = (name: string, text: string): void => writeFileSync(join(base, name), text);
  write(
    'tree/src/a.c',
    '#include <string.h>\nchar n[8];\nvoid f(const char *s) { strcpy(n, s); }\nvoid g(void) { strcpy(n, "x"); }\n',
  );
  write('tree/b.c', 'int strange(void) { return 1 }\n');
  write('tree/notes.txt', 'no source\n');
  write('tree/flags', '-DX=1\n');
  write('outside.c', 'int secret;\n');
  write('flags', '-DX=1\n');
  mkdirSync(join(base, 'tree-too'));
  write('tree-too/c.c', 'int c;\n');
  symlinkSync(join(base, 'outside.c'), join(tree, 'src/link.c'));
  symlinkSync(base, join(tree, 'up'));
  symlinkSync(join(base, 'flags'), join(tree, 'flags-elsewhere'));
});
afterAll(() => rmSync(base, { recursive: true }));

interface Response {
  is: { case: string; value: Record<string, unknown> };
}
const strcpy = 'strcpy($dst, $src)';
const script = `import { CallExpr, c, type TranslationUnit } from 'cmonster';
export default function (tu: TranslationUnit) {
  for (const call of tu.find(CallExpr, (it) => it.directCallee?.name === 'strcpy')) {
    const [dst, src] = call.arguments;
    tu.report(call, 'unsafe');
    call.replaceWith(c\`strlcpy(\${dst!}, \${src!}, sizeof \${dst!})\`);
  }
}
`;

describe('Source', () => {
  it('lists what is there', async () => {
    const service = source({ folders: [tree] });
    expect(await ask(service, 'Folders')).toMatchObject({ folders: [{ path: tree, writable: false, scripts: false }] });
    const { files } = await ask<{ files: { path: string }[] }>(service, 'Files', { folder: tree });
    expect(files.map(({ path }) => path)).toEqual(['b.c', 'src/a.c']);
    expect(await ask(service, 'Read', { folder: tree, path: 'src/a.c' })).toMatchObject({
      text: expect.stringContaining('strcpy'),
    });
  });

  it('finds a pattern, file by file, and goes on after one that Clang refuses', async () => {
    const found = await all<Response>(source({ folders: [tree] }), 'Find', { in: { folder: tree }, pattern: strcpy });
    const findings = found.filter(({ is }) => is.case === 'finding').map(({ is }) => is.value);
    expect(findings).toMatchObject([
      { file: 'src/a.c', line: 3, column: 25, text: 'strcpy(n, s)', bound: { dst: 'n', src: 's' } },
      { file: 'src/a.c', line: 4, bound: { dst: 'n', src: '"x"' } },
    ]);
    const done = found.filter(({ is }) => is.case === 'done').map(({ is }) => is.value);
    expect(done.at(-1)).toMatchObject({ done: 2, total: 2 });
    expect(
      await codeOf(() => all(source({ folders: [tree] }), 'Find', { in: { folder: tree }, pattern: 'strcpy((' })),
    ).toBe('invalid_argument');
  });

  it('takes scripts only where that is allowed', async () => {
    const asked = { in: { folder: tree, files: 'src/*.c' }, script };
    for (const name of ['Diff', 'Apply'] as const) {
      const request = name === 'Apply' ? { run: asked, hash: '' } : asked;
      expect(await codeOf(() => ask(source({ folders: [tree] }), name, request))).toBe('permission_denied');
    }
    expect(await codeOf(() => all(source({ folders: [tree] }), 'Run', asked))).toBe('permission_denied');
  });

  it('runs a script, shows its diff, and applies just that', async () => {
    const settings = { folders: [{ path: tree, writable: true }], scripts: true };
    const service = source(settings);
    const asked = { in: { folder: tree, files: 'src/*.c' }, script };
    const said = await all<Response>(service, 'Run', asked);
    expect(said.filter(({ is }) => is.case === 'finding')).toHaveLength(2);
    expect(said.at(-1)?.is).toMatchObject({ case: 'summary', value: { changed: 1 } });
    const { diff, files, hash } = await ask<{ diff: string; files: string[]; hash: string }>(service, 'Diff', asked);
    expect(diff).toContain('+void f(const char *s) { strlcpy(n, s, sizeof n); }');
    expect(files).toEqual(['src/a.c']);
    expect(await codeOf(() => ask(service, 'Apply', { run: asked, hash: 'another' }))).toBe('aborted');
    expect(await codeOf(() => ask(source({ folders: [tree], scripts: true }), 'Apply', { run: asked, hash }))).toBe(
      'permission_denied',
    );
    expect(readFileSync(join(tree, 'src/a.c'), 'utf8')).toContain('strcpy(n, s)');
    expect(await ask(service, 'Apply', { run: asked, hash })).toMatchObject({ files: ['src/a.c'] });
    expect(readFileSync(join(tree, 'src/a.c'), 'utf8')).toContain('strlcpy(n, s, sizeof n)');
  });

  it.each([
    ['the folder above', () => base],
    ['..', () => `${tree}/..`],
    ['.. in the middle', () => `${tree}/src/../../tree-too`],
    ['a neighbour whose name begins alike', () => join(base, 'tree-too')],
    ['a link', () => join(tree, 'up')],
    ['below a link', () => join(tree, 'up/tree-too')],
    ['the root', () => '/'],
    ['what is not there', () => '/nonexistent'],
    ['a relative path', () => 'tree'],
    ['a zero byte', () => `${tree}\0/etc`],
  ])('stays inside: %s', async (_, folder) => {
    const service = source({ folders: [tree] });
    for (const ways of [
      () => ask(service, 'Files', { folder: folder() }),
      () => ask(service, 'Read', { folder: folder(), path: 'outside.c' }),
      () => all(service, 'Find', { in: { folder: folder() }, pattern: strcpy }),
    ]) {
      expect(['permission_denied', 'invalid_argument']).toContain(await codeOf(ways));
    }
  });

  it.each(['../outside.c', 'src/link.c', 'up/outside.c', '/etc/passwd', 'src/../../outside.c', '../tree-too/c.c'])(
    'reads no file outside: %s',
    async (path) => {
      expect(['permission_denied', 'not_found']).toContain(
        await codeOf(() => ask(source({ folders: [tree] }), 'Read', { folder: tree, path })),
      );
    },
  );

  it.each(['../*.c', '/etc/*', 'src/../../*.c'])('lists no file outside: %s', async (files) => {
    const service = source({ folders: [tree] });
    expect(await codeOf(() => ask(service, 'Files', { folder: tree, files }))).toBe('invalid_argument');
    expect(await codeOf(() => all(service, 'Find', { in: { folder: tree, files }, pattern: strcpy }))).toBe(
      'invalid_argument',
    );
  });

  it.each([
    [['-fplugin=/tmp/x.so']],
    [['-fpass-plugin=/tmp/x.so']],
    [['-Xclang', '-load', '-Xclang', '/tmp/x.so']],
    [['-load', '/tmp/x.so']],
    [['-add-plugin', 'x']],
    [['-mllvm', '-load=/tmp/x.so']],
    [['-B/tmp']],
    [['--config=/tmp/x']],
    [['-o', '/tmp/x']],
    [['-MD', '-MF', '/tmp/x']],
    [['-include', '/etc/passwd']],
    [['-I/etc']],
    [['-I', '..']],
    [['-isystem', '../..']],
    [['-imacros', '/etc/shadow']],
    [['--sysroot=/tmp']],
    [['@../flags']],
    [['@/etc/passwd']],
    [['-x', 'ir']],
    [['-D']],
    [['/etc/passwd']],
    [['-ivfsoverlay', 'x']],
    [['-fmodule-file=x']],
    [['-save-temps']],
    [['-wrapper', 'sh,-c,id']],
    // Clang looks for a file of settings by the target's name.
    [['-target', '../../tmp/x']],
    [['--target=../../tmp/x']],
    [['-mllvm', '-w']],
    [['-module-dependency-dir', 'x']],
    [['-cc1']],
    [['-specs=x']],
    [['-resource-dir', '/tmp']],
    [['-resource-dir=/tmp']],
    [['-fmodules-cache-path=/tmp/x']],
    [['-ftime-trace=/tmp/x']],
    [['-fsave-optimization-record']],
    [['-Wp,-MD,/tmp/x']],
    [['-Xclang', '-fplugin=x.so']],
    [['-D', '-fplugin=x.so']],
    [['-x', 'cuda']],
    // Links of the tree that lead out of it.
    [['-I', 'up']],
    [['-Iup/tree-too']],
    [['-include', 'src/link.c']],
    [['@flags-elsewhere']],
  ])('refuses arguments: %s', async (args) => {
    const service = source({ folders: [tree] });
    expect(await codeOf(() => all(service, 'Find', { in: { folder: tree, arguments: args }, pattern: strcpy }))).toBe(
      'permission_denied',
    );
  });

  it('refuses plugins in compile_commands.json, and files that it names elsewhere', async () => {
    const other = join(base, 'built');
    mkdirSync(other);
    writeFileSync(join(other, 'd.c'), 'int d;\n');
    const database = (args: string[], file = 'd.c'): void =>
      writeFileSync(
        join(other, 'compile_commands.json'),
        JSON.stringify([{ directory: other, file, arguments: ['cc', ...args, '-c', file] }]),
      );
    const service = source({ folders: [other] });
    const work = () => all(service, 'Find', { in: { folder: other }, pattern: strcpy });
    database(['-DX']);
    expect(await codeOf(work)).toBe('ok');
    for (const args of [
      ['-fplugin=x.so'],
      ['-Xclang', '-load', '-Xclang', 'x.so'],
      ['-fpass-plugin=x.so'],
      ['@../flags'],
    ]) {
      database(args);
      expect([args, await codeOf(work)]).toEqual([args, 'permission_denied']);
    }
    database([], join(base, 'outside.c'));
    expect(await codeOf(work)).toBe('not_found');
  });

  it('takes of compile_commands.json what builds need, and nothing that runs code, writes or leads out', async () => {
    const other = join(base, 'built-otherwise');
    mkdirSync(join(other, 'include'), { recursive: true });
    writeFileSync(join(other, 'd.c'), '#include <x.h>\nvoid f(char *a, char *b) { strcpy(a, b); }\n');
    writeFileSync(join(other, 'include/x.h'), 'char *strcpy(char *, const char *);\n');
    symlinkSync(base, join(other, 'up'));
    const service = source({ folders: [other] });
    const database = (command: object): void =>
      writeFileSync(
        join(other, 'compile_commands.json'),
        JSON.stringify([{ directory: other, file: 'd.c', ...command }]),
      );
    const find = () => all<Response>(service, 'Find', { in: { folder: other }, pattern: strcpy });
    const usual =
      'ccache cc -DA=\\"x\\" -Iinclude -isystem /usr/include -O2 -g3 -std=gnu11 -Wall -Wextra -Wno-error=format -fPIC ' +
      '-fvisibility=hidden -fstack-protector-strong -ffile-prefix-map=/x=. -fdiagnostics-color=always -fcf-protection ' +
      '-mharden-sls=all -march=x86-64-v2 -Wp,-D_FORTIFY_SOURCE=2 -pthread -MD -MT x -MF x.d -o x.o -c d.c';
    database({ command: usual });
    expect((await find()).filter(({ is }) => is.case === 'finding')).toHaveLength(1);
    for (const words of [
      'cc -o /tmp/x -include /etc/shadow -c d.c',
      'cc -I/etc -c d.c',
      'cc -Iup -c d.c',
      'cc -resource-dir up -c d.c',
      'cc -resource-dir=/tmp -c d.c',
      'cc --config=/tmp/x -c d.c',
      'cc -ivfsoverlay x -c d.c',
      'cc -fmodule-file=x -c d.c',
      'cc -fmodules-cache-path=/tmp -c d.c',
      'cc -Bup -c d.c',
      'cc -specs=x -c d.c',
      'cc -ftime-trace=x -c d.c',
      'cc -foptimization-record-file=x -c d.c',
      'cc -fproc-stat-report=x -c d.c',
      'cc -fcrash-diagnostics-dir=x -c d.c',
      'cc -Xclang -o -Xclang x -c d.c',
      'cc -Xclang -dependency-file -Xclang x -c d.c',
      'cc -mllvm -info-output-file=x -c d.c',
      'cc -fpl\\ugin=x.so -c d.c',
      "cc -fpl'ug'in=x.so -c d.c",
      'cc -cc1 -load x.so d.c',
      'cc @up/flags -c d.c',
      'cc "@up/flags" -c d.c',
    ]) {
      database({ command: words });
      expect([words, await codeOf(find)]).toEqual([words, 'permission_denied']);
    }
    for (const broken of ['{', '[null]', '[{"file":"d.c"}]', '{}']) {
      writeFileSync(join(other, 'compile_commands.json'), broken);
      expect([broken, await codeOf(find)]).toEqual([broken, 'failed_precondition']);
    }
  });

  it('reads no compile_commands.json above the folder', async () => {
    const above = join(base, 'above');
    mkdirSync(join(above, 'inside'), { recursive: true });
    writeFileSync(join(above, 'inside/e.c'), 'void f(char *a, char *b) { strcpy(a, b); }\n');
    const entry = { directory: above, file: 'inside/e.c', arguments: ['cc', '-DX=1', '-include', '/etc/shadow'] };
    writeFileSync(join(above, 'compile_commands.json'), JSON.stringify([entry]));
    const service = source({ folders: [join(above, 'inside')] });
    const found = await all<Response>(service, 'Find', { in: { folder: join(above, 'inside') }, pattern: strcpy });
    expect(found.map(({ is }) => is.case)).toEqual(['finding', 'done']);
    expect(found.at(-1)?.is.value).toMatchObject({ problem: '' });
  });

  it('takes a tree of more files than fit into an argument', { timeout: 60_000 }, async () => {
    const large = join(base, 'large');
    const deep = join(large, 'x'.repeat(100));
    mkdirSync(deep, { recursive: true });
    for (let index = 0; index < 1000; index++) writeFileSync(join(deep, `${index}.c`), 'void f(void) { g(); }\n');
    const service = source({ folders: [large] });
    const request = { in: { folder: large }, pattern: 'f()', limit: 1 };
    expect(await codeOf(() => all(service, 'Find', { ...request, pattern: 'g()' }))).toBe('ok');
  });

  it('takes no pattern of files that keeps it busy', async () => {
    const service = source({ folders: [tree] });
    for (const files of ['*a*a*a*a*a*b', '+(+(a))', `${'a'.repeat(300)}.c`]) {
      const began = performance.now();
      await codeOf(() => ask(service, 'Files', { folder: tree, files }));
      expect(performance.now() - began).toBeLessThan(1000);
    }
    expect(await codeOf(() => ask(service, 'Files', { folder: tree, files: '*a*a*a*a*a*b' }))).toBe('invalid_argument');
  });

  it.each(['strcpy($a, $b);\n#include "/etc/passwd"\n', '#include "/etc/passwd"', '__has_include("/etc/passwd")'])(
    'takes no directive for a pattern: %j',
    async (pattern) => {
      expect(await codeOf(() => all(source({ folders: [tree] }), 'Find', { in: { folder: tree }, pattern }))).toBe(
        'invalid_argument',
      );
    },
  );

  it('shows nothing of a file whose own source includes one from outside', async () => {
    const other = join(base, 'includes');
    mkdirSync(other);
    writeFileSync(join(base, 'secret.h'), 'void secret(char *a, char *password) { strcpy(a, password); }\n');
    symlinkSync(join(base, 'secret.h'), join(other, 'link.h'));
    const call = 'char *strcpy(char *, const char *);\nvoid f(char *a, char *b) { strcpy(a, b); }\n';
    writeFileSync(join(other, 'a.c'), `${call}#include "${join(base, 'secret.h')}"\n`);
    writeFileSync(join(other, 'b.c'), `${call}#include "link.h"\n`);
    writeFileSync(join(other, 'c.c'), `${call}#include "../secret.h"\n`);
    writeFileSync(join(other, 'd.c'), `${call}#include <stddef.h>\n`);
    const said = await all<Response>(source({ folders: [other] }), 'Find', { in: { folder: other }, pattern: strcpy });
    expect(JSON.stringify(said, (_key, value) => (typeof value === 'bigint' ? Number(value) : value))).not.toContain(
      'password',
    );
    const of = (kind: string) => said.filter(({ is }) => is.case === kind).map(({ is }) => is.value);
    expect(of('finding')).toMatchObject([{ file: 'd.c', line: 2 }]);
    const outside = expect.stringContaining('in no allowed folder');
    expect(of('done')).toMatchObject([
      ...['a.c', 'b.c', 'c.c'].map((file) => ({ file, problem: outside })),
      { file: 'd.c', problem: '' },
    ]);
  });

  it('shows nothing of a file that embeds one from outside', async () => {
    const other = join(base, 'embeds');
    mkdirSync(other);
    writeFileSync(join(base, 'secret.txt'), 'r00t');
    symlinkSync(join(base, 'secret.txt'), join(other, 'link.txt'));
    writeFileSync(join(other, 'own.txt'), 'r00t');
    const call = 'char *strcpy(char *, const char *);\nvoid f(char *a, char *b) { strcpy(a, b); }\nint x[] = {\n';
    const embedding = (name: string, directive: string): void =>
      writeFileSync(join(other, name), `${call}${directive}\n};\n`);
    embedding('a.c', `#embed "${join(base, 'secret.txt')}"`);
    embedding('b.c', '  # /* not */ embed "link.txt"');
    embedding('c.c', '#em\\\nbed "../secret.txt" limit(1)');
    embedding('d.c', `%:embed <${join(base, 'secret.txt')}>`);
    embedding('e.c', `#define NAME "../secret.txt"\n#embed NAME`);
    embedding('f.c', '#embed "own.txt"');
    const said = await all<Response>(source({ folders: [other] }), 'Find', { in: { folder: other }, pattern: strcpy });
    const of = (kind: string) => said.filter(({ is }) => is.case === kind).map(({ is }) => is.value);
    expect(of('finding')).toMatchObject([{ file: 'f.c', line: 2 }]);
    const refused = expect.stringContaining('nothing of it is shown');
    expect(of('done')).toMatchObject([
      ...['a.c', 'b.c', 'c.c', 'd.c', 'e.c'].map((file) => ({ file, problem: refused })),
      { file: 'f.c', problem: '' },
    ]);
  });

  it('reads no file outside, however fast links change', async () => {
    const changing = join(base, 'changing');
    mkdirSync(join(changing, 'real'), { recursive: true });
    mkdirSync(join(base, 'outside'));
    writeFileSync(join(changing, 'real/f'), 'inside');
    writeFileSync(join(base, 'outside/f'), 'outside');
    const service = source({ folders: [changing] });
    const [link, next] = [join(changing, 'link'), join(changing, 'next')];
    const point = (to: string): void => {
      symlinkSync(to, next);
      renameSync(next, link);
    };
    const said = new Set<string>();
    for (let round = 0; round < 400; round++) {
      point(join(changing, 'real'));
      const reading = ask<{ text: string }>(service, 'Read', { folder: changing, path: 'link/f' }).then(
        ({ text }) => text,
        (error: Error) => error.constructor.name,
      );
      rmSync(join(changing, 'real'), { recursive: true });
      symlinkSync(join(base, 'outside'), join(changing, 'real'));
      said.add(await reading);
      rmSync(join(changing, 'real'));
      mkdirSync(join(changing, 'real'));
      writeFileSync(join(changing, 'real/f'), 'inside');
    }
    expect([...said]).not.toContain('outside');
    // A pipe that nobody writes into is no file, and keeps nobody waiting.
    execFileSync('mkfifo', [join(changing, 'pipe')]);
    expect(await codeOf(() => ask(service, 'Read', { folder: changing, path: 'pipe' }))).toBe('not_found');
  });

  it('takes ordinary arguments, and a response file of the tree', async () => {
    const service = source({ folders: [tree] });
    const args = [
      '-Isrc',
      '-I',
      'src',
      '-DA=1',
      '-UB',
      '-std=c11',
      '-Wall',
      '-Wno-unused',
      '-fno-builtin',
      '-m64',
      '-x',
      'c',
      '@flags',
      '-isystem',
      '/usr/include',
    ];
    const found = await all<Response>(service, 'Find', {
      in: { folder: tree, files: 'src/*.c', arguments: args },
      pattern: 'f($x)',
    });
    expect(found.at(-1)?.is.case).toBe('done');
  });

  it('ends when nobody waits any more', async () => {
    const stop = new AbortController();
    const work = all(
      source({ folders: [tree] }),
      'Find',
      { in: { folder: tree }, pattern: strcpy },
      { signal: stop.signal },
    );
    setTimeout(() => stop.abort(new Error('enough')), 100);
    await expect(work).rejects.toThrow('enough');
  });

  it('says what is wrong with settings', () => {
    expect(() => source({ folders: ['relative'] })).toThrow('absolute');
    expect(() => source({ folder: [] } as never)).toThrow('there is no setting folder');
  });
});
