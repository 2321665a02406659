// What was built is kept while nothing it was made of changes; where it is kept, nobody else may write.
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Place, printed } from './place.js';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.remove());

const SCRIPT = `import { hook } from 'mrhooker';
import { ANSWER } from 'c:./answer.h';
import { write } from 'c:unistd.h';
import { word } from './word.ts';

hook(write, { enter: (fd) => console.log(word, ANSWER, fd) });
`;
const run = (...options: string[]) => place.run(['-v', ...options, place.path('hooks.ts'), 'sh', '-c', 'echo ran']);
const BUILT = /: built in \d+ ms/;
const KEPT = /: as it was built before/;

function writeAll(): void {
  place.write('hooks.ts', SCRIPT);
  place.write('answer.h', '#include "inner.h"\n#define ANSWER (INNER + 1)\n');
  place.write('inner.h', '#define INNER 41\n');
  place.write('word.ts', "export const word = 'answer';\n");
}

describe('the cache', { timeout: 180_000 }, () => {
  test('an unchanged script is not built again; a change of anything it is made of is seen', async () => {
    writeAll();
    const first = await run();
    expect(first.stderr).toMatch(BUILT);
    expect(printed(first)).toContain('answer 42 1');
    expect((await run()).stderr).toMatch(KEPT);
    // A header that a header includes.
    place.write('inner.h', '#define INNER 1\n');
    const header = await run();
    expect(header.stderr).toMatch(BUILT);
    expect(printed(header)).toContain('answer 2 1');
    place.write('word.ts', "export const word = 'reply';\n");
    const imported = await run();
    expect(imported.stderr).toMatch(BUILT);
    expect(printed(imported)).toContain('reply 2 1');
    expect((await run('-DX=1')).stderr).toMatch(BUILT);
    expect((await run()).stderr).toMatch(KEPT);
    // The same content at another time is the same.
    place.write('word.ts', "export const word = 'reply';\n");
    expect((await run()).stderr).toMatch(KEPT);
  });

  test('two at once build it once each, and both run', async () => {
    writeAll();
    const both = await Promise.all([run(), run()]);
    for (const ran of both) expect(printed(ran)).toContain('answer 42 1');
    // Nothing unfinished is left behind.
    expect(readdirSync(place.path('cache/mrhooker')).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('the build directory', { timeout: 120_000 }, () => {
  test("is the user's own", async () => {
    writeAll();
    await run();
    expect(statSync(place.path('cache/mrhooker')).mode & 0o777).toBe(0o700);
  });

  test('is refused when others can write to it', async () => {
    writeAll();
    mkdirSync(place.path('open'));
    chmodSync(place.path('open'), 0o777);
    const ran = await run('--build-dir', place.path('open'));
    expect(ran.stderr).toMatch(/others can write to the build directory .*\/open \(mode 777\).*chmod go-w/);
    expect(ran).toMatchObject({ status: 125, stdout: '' });
  });

  test('is refused when it cannot be made', async () => {
    writeAll();
    place.write('file', '');
    const ran = await run('--build-dir', place.path('file/inside'));
    expect(ran.stderr).toMatch(/the build directory .*file\/inside cannot be made/);
    expect(ran.status).toBe(125);
    // Node alone would go on for ever.
    const nowhere = await run('--build-dir', '/proc/nothing/of/this');
    expect(nowhere.stderr).toContain('the build directory /proc/nothing/of/this cannot be made');
  });

  test('can be named', async () => {
    writeAll();
    expect((await run(`--build-dir=${place.path('mine')}`)).stderr).toContain(place.path('mine'));
    expect(readdirSync(place.path('mine')).length).toBeGreaterThan(0);
  });
});

describe('the configuration', { timeout: 120_000 }, () => {
  const configure = (folder: string, text: string) => {
    mkdirSync(place.path(folder), { recursive: true });
    writeFileSync(place.path(`${folder}/mrhooker.config`), text);
  };

  test("the command line wins over the script's section, and that over [default]", async () => {
    writeAll();
    rmSync(place.path('inner.h'));
    mkdirSync(place.path('headers'));
    writeFileSync(place.path('headers/inner.h'), '#define INNER 9\n');
    configure(
      '.mrhooker',
      `[default]\nbuild_dir = ${place.path('a')}\nverbose = yes\ninclude_dirs = ~/headers\n[hooks.ts]\nbuild_dir = ../b\n`,
    );
    const section = await place.run([place.path('hooks.ts'), 'sh', '-c', 'echo ran']);
    expect(section.stderr).toMatch(new RegExp(`${place.path('b')}.*${BUILT.source}`));
    expect(printed(section)).toContain('answer 10 1');
    const line = await place.run([`--build-dir=${place.path('c')}`, place.path('hooks.ts'), 'sh', '-c', 'echo ran']);
    expect(line.stderr).toMatch(new RegExp(`${place.path('c')}.*${BUILT.source}`));
  });

  test('in the XDG folder', async () => {
    writeAll();
    configure('config/mrhooker', '; a comment\n[default]\nverbose = true\n');
    expect((await place.run([place.path('hooks.ts'), 'sh', '-c', 'echo ran'])).stderr).toMatch(BUILT);
  });

  test('a mistake says where', async () => {
    writeAll();
    configure('.mrhooker', '[default]\n\nbuild_dri = x\n');
    const ran = await run();
    expect(ran.stderr).toContain(
      `${place.path('.mrhooker/mrhooker.config')}:3: 'build_dri' is no setting. Did you mean 'build_dir'?`,
    );
    expect(ran.status).toBe(125);
  });

  test('so does one in what is for other scripts', async () => {
    writeAll();
    configure('.mrhooker', '[default]\nverbose = no\n[other.ts]\nverbose = perhaps\n');
    expect((await run()).stderr).toContain(":4: verbose is true or false, not 'perhaps'");
    configure('.mrhooker', '[default]\nbuild_dir =\n');
    expect((await run()).stderr).toContain(':2: build_dir has no value: leave the line out, or name a folder');
  });
});

test('a link to the script is the script', { timeout: 120_000 }, async () => {
  writeAll();
  symlinkSync(place.path('hooks.ts'), place.path('link.ts'));
  expect(printed(await place.run([place.path('link.ts'), 'sh', '-c', 'echo ran']))).toContain('answer 42 1');
});
