// `mrhooker init` and `mrhooker types`: what they write compiles.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { Place, printed, root } from './place.js';

const place = new Place();
afterAll(() => place.remove());

const tsc = (folder = place.folder) =>
  execFileSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, '-p', folder], { encoding: 'utf8' });

describe('init', { timeout: 180_000 }, () => {
  test('writes a script that compiles and runs', async () => {
    const names = [
      'write',
      'send',
      'recv',
      'open',
      'printf',
      'exit',
      'qsort',
      'getaddrinfo',
      'sqlite3_exec',
      'sigaction',
    ];
    const ran = await place.run(['init', ...names]);
    expect(ran.stderr).toBe(
      'mrhooker: wrote hooks.ts, c-headers.d.ts, tsconfig.json. Now: mrhooker hooks.ts COMMAND\n',
    );
    const text = readFileSync(place.path('hooks.ts'), 'utf8');
    expect(text).toContain("import { send, recv } from 'c:sys/socket.h';");
    expect(text).toContain("import { sqlite3_exec } from 'c:sqlite3.h';");
    expect(tsc()).toBe('');
    const hooked = await place.run(['--check', 'hooks.ts', 'sh', '-c', 'echo ahoy']);
    expect(hooked).toMatchObject({ status: 0, stdout: 'ahoy\n' });
    expect(printed(hooked).join('\n')).toMatch(/^write\(1, 0x[0-9a-f]+, 5\) = 5$/m);
  });

  test('from the header that declares them', async () => {
    const ran = await place.run(['init', '-o', '-', 'signal', 'select']);
    expect(ran.stdout).toContain("import { signal } from 'c:signal.h';\nimport { select } from 'c:sys/select.h';");
  });

  test('never overwrites', async () => {
    expect((await place.run(['init', 'send'])).stderr).toContain('hooks.ts is there already');
  });

  test('a name that nobody declares', async () => {
    const ran = await place.run(['init', '-o', '-', 'sned']);
    expect(ran.stderr).toContain("no header declares 'sned'. Did you mean 'send'");
    expect(ran).toMatchObject({ status: 125, stdout: '' });
  });
});

describe('types', { timeout: 180_000 }, () => {
  test('declares what scripts import, for tsc', async () => {
    place.write('mine.h', 'struct text { int text, value; };\nint text_of(struct text *t, struct text copy, ...);\n');
    place.write(
      'other.ts',
      "import { text_of, text } from 'c:./mine.h';\nimport { type sockaddr_in } from 'c:netinet/in.h';\nexport const f = (a: sockaddr_in): number => text_of(text.alloc({ value: 1 }), text.alloc(), 1, 'a') + a.sin_port;\n",
    );
    const ran = await place.run(['types', 'hooks.ts', 'other.ts']);
    expect(ran.stderr).toMatch(/c-headers\.d\.ts declares .*c:\.\/mine\.h, c:netinet\/in\.h/);
    expect(existsSync(place.path('c-headers.d.ts'))).toBe(true);
    execFileSync('sh', ['-c', 'echo "declare const console: import(\'mrhooker\').Console;" > console.d.ts'], {
      cwd: place.folder,
    });
    expect(tsc()).toBe('');
  });

  test("with the folders of the script's section; never in place of a device", async () => {
    mkdirSync(place.path('own'));
    mkdirSync(place.path('.mrhooker'));
    place.write('own/wreck.h', '#define WRECK 7\n');
    place.write('wreck.ts', "import { WRECK } from 'c:wreck.h';\nexport const wreck = WRECK;\n");
    writeFileSync(place.path('.mrhooker/mrhooker.config'), '[wreck.ts]\ninclude_dirs = ~/own\n');
    // A pipe stands for what must not be renamed over.
    execFileSync('mkfifo', [place.path('pipe')]);
    const reader = execFile('cat', [place.path('pipe')]);
    const text = new Promise<string>((resolve) => {
      let all = '';
      reader.stdout?.on('data', (part: string) => {
        all += part;
      });
      reader.on('close', () => resolve(all));
    });
    expect(await place.run(['types', '-o', 'pipe', 'wreck.ts'])).toMatchObject({ status: 0 });
    expect(await text).toContain('export const WRECK: 7;');
    expect(lstatSync(place.path('pipe')).isFIFO()).toBe(true);
    const ran = await place.run(['types', '-o', 'no/such/folder.d.ts', 'wreck.ts']);
    expect(ran.stderr).toMatch(/^mrhooker: .*no\/such\/folder\.d\.ts can't be written: there is no such folder\n$/);
    expect(ran.status).toBe(125);
  });

  test('names that mean something else in TypeScript', async () => {
    const folder = place.path('words');
    mkdirSync(folder);
    writeFileSync(
      `${folder}/words.h`,
      `typedef struct in { short a; } in_t;
struct string { struct string *next; int Iterable; };
typedef struct object object;
struct object { struct in in; unsigned long any; };
typedef unsigned long any;
typedef int Pointer;
typedef enum { LEFT, RIGHT } Partial;
int number(any n, struct string *string, struct in in, object *object, Pointer p);
extern int new, Integer;
`,
    );
    writeFileSync(
      `${folder}/words.ts`,
      `import { hook } from 'mrhooker';
import { type any, in_t, Integer, LEFT, new as fresh, number, type object as Thing, type Partial, Pointer, string as Text, struct_in } from 'c:./words.h';
export const twice = (n: any): any => n * 2;
export const side: Partial = LEFT;
export const field = (o: Thing, s: Text): number => o.in.a + o.any + s.next.Iterable + fresh.value + Integer.value;
hook(number, (n, s, i, o, p) => number(n, Text.alloc({ next: s }), in_t.alloc({ a: i.a }), o, Pointer.size + struct_in.size + p));
`,
    );
    const checked = await place.run(['--check', 'words.ts'], {}, folder);
    expect(checked.stderr).toBe('');
    expect(checked.status).toBe(0);
  });

  test('leaves what the file has for other scripts', async () => {
    const folder = place.path('several');
    mkdirSync(folder);
    const run = (...args: string[]) => place.run(args, {}, folder);
    for (const args of [
      ['init', 'send'],
      ['init', '-o', 'second.ts', 'read'],
      ['types', 'c:zlib.h'],
      ['types', 'second.ts'],
    ])
      expect((await run(...args)).status).toBe(0);
    const text = readFileSync(`${folder}/c-headers.d.ts`, 'utf8');
    expect(text.match(/^declare .*/gm)?.sort()).toEqual([
      "declare const console: import('mrhooker').Console;",
      ...['sys/socket.h', 'unistd.h', 'zlib.h'].map((header) => `declare module 'c:${header}' {`),
    ]);
    expect(tsc(folder)).toBe('');
  });

  test('prints those of a header', async () => {
    const ran = await place.run(['types', '-o', '-', 'c:sys/socket.h']);
    expect(ran.stdout).toContain("declare module 'c:sys/socket.h' {");
    expect(ran.stdout).toContain(
      'export const send: NativeFunction<[fd: number, buf: Pointer, n: number, flags: number], number>;',
    );
    expect(ran.stdout).toContain('export const MSG_NOSIGNAL: 16384;');
    expect(ran.stdout).toContain('export interface sockaddr extends Pointer<sockaddr> {');
  });
});
