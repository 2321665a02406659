import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processes } from '@monsterlab/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { all, ask, codeOf, each } from './support.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'process-test-'));
  symlinkSync('/usr/bin/id', join(folder, 'echo'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Event {
  is: { case: string; value: Record<string, unknown> & { text?: string } };
}
const text = (events: Event[], stream = 1): string =>
  events
    .filter(({ is }) => is.case === 'output' && is.value.stream === stream)
    .map(({ is }) => is.value.text)
    .join('');

const settings = () => ({
  folders: [folder],
  commands: [
    ['/usr/bin/echo', '**'],
    ['/usr/bin/cat', '/etc/hostname'],
    ['/usr/bin/cat', '--', '*.txt'],
    ['/usr/bin/sleep', '*'],
    ['/usr/bin/env'],
    ['/usr/bin/cat'],
    ['/usr/bin/sh', '-c', 'echo out; echo err >&2; exit 3'],
  ],
  environment: ['GREETING'],
});
const run = (command: string[], more: object = {}, signal?: AbortSignal) =>
  all<Event>(processes(settings()), 'Run', { run: { command, ...more } }, signal ? { signal } : {});

describe('Process', () => {
  it('runs what is allowed, and tells its output and its end', async () => {
    const events = await run(['echo', 'hello']);
    expect(events.map(({ is }) => is.case)).toEqual(['started', 'output', 'exit']);
    expect(text(events)).toBe('hello\n');
    expect(events.at(-1)?.is.value).toMatchObject({ code: 0, signal: '' });
    const failing = await run(['sh', '-c', 'echo out; echo err >&2; exit 3']);
    expect([text(failing, 1), text(failing, 2), failing.at(-1)?.is.value.code]).toEqual(['out\n', 'err\n', 3]);
    expect(text(await run(['cat'], { input: new TextEncoder().encode('read é\n') }))).toBe('read é\n');
  });

  it.each([
    [['echo', '; id']],
    [['echo', '$(id)']],
    [['echo', '`id`']],
    [['echo', '| id']],
    [['echo', '&& id']],
    [['echo', '> /tmp/x']],
    [['echo', "'; id; '"]],
    [['echo', '\n id']],
    [['echo', '${HOME}', '*', '~', '!!']],
  ])('has no shell between: %j', async (command) => {
    expect(text(await run(command))).toBe(`${command.slice(1).join(' ')}\n`);
  });

  it.each([
    [['id']],
    [['/usr/bin/id']],
    [['cat', '/etc/passwd']],
    [['cat', '/etc/hostname', '/etc/passwd']],
    [['cat', '--', 'a.txt', 'b']],
    [['sh', '-c', 'id']],
    [['sh', '-c', 'echo out; echo err >&2; exit 3; id']],
    [['/usr/bin/../bin/id']],
    [['bash', '-c', 'id']],
    [['']],
    [[]],
    [['echo\0x']],
    [['echo', 'a\0b']],
    [['./echo', 'x']],
    [['env', 'id']],
  ])('refuses %j', async (command) => {
    expect(['permission_denied', 'invalid_argument']).toContain(await codeOf(() => run(command)));
  });

  it('is not deceived by a link of the same name', async () => {
    expect(await codeOf(() => run([join(folder, 'echo'), 'x']))).toBe('permission_denied');
  });

  it('runs in allowed folders alone, with an environment of ours', async () => {
    expect(await codeOf(() => run(['echo'], { folder: '/etc' }))).toBe('permission_denied');
    expect(await codeOf(() => run(['echo'], { folder: `${folder}/..` }))).toBe('permission_denied');
    expect(await codeOf(() => run(['echo'], { user: 'nobody' }))).toBe('permission_denied');
    for (const name of ['LD_PRELOAD', 'PATH', 'NODE_OPTIONS', 'BASH_ENV', 'OTHER']) {
      expect([name, await codeOf(() => run(['env'], { environment: { [name]: 'x' } }))]).toEqual([
        name,
        'permission_denied',
      ]);
    }
    const shown = text(await run(['env'], { environment: { GREETING: 'hi; id' } }));
    expect(shown).toContain('GREETING=hi; id\n');
    expect(shown).not.toMatch(/VITEST|npm_/);
  });

  it.each([
    'LD_PRELOAD',
    'LD_LIBRARY_PATH',
    'PATH',
    'NODE_OPTIONS',
    'BASH_ENV',
    'GIT_SSH_COMMAND',
    'GCC_EXEC_PREFIX',
    'A=B',
    '',
  ])('has no setting that lets callers decide what a program is: %s', (name) => {
    expect(() => processes({ ...settings(), environment: [name] })).toThrow('so no caller may');
  });

  it('compares as fast as a word is long', async () => {
    const service = processes({ commands: [['/usr/bin/echo', '*a*a*a*a*a*b']] });
    const began = performance.now();
    const work = () => all(service, 'Run', { run: { command: ['echo', 'a'.repeat(1 << 20)] } });
    expect(await codeOf(work)).toBe('permission_denied');
    expect(performance.now() - began).toBeLessThan(1000);
    expect(text(await all<Event>(service, 'Run', { run: { command: ['echo', 'xaxaxaxaxaxb'] } }))).toContain('xaxb');
  });

  it.runIf(process.getuid?.() === 0)('runs as somebody else with nothing of root', async () => {
    const service = processes({ commands: [['/usr/bin/id'], ['/usr/bin/env']], users: ['nobody'], folders: ['/tmp'] });
    const as = async (...command: string[]) =>
      text(await all<Event>(service, 'Run', { run: { command, user: 'nobody' } }));
    expect(await as('id')).toMatch(/^uid=\d+\(nobody\) gid=\d+\((nogroup|nobody)\) groups=\d+\((nogroup|nobody)\)\n$/);
    expect(await as('env')).toMatch(/^HOME=\/nonexistent$/m);
  });

  it('ends a command when nobody listens any more, and by its id', async () => {
    const stop = new AbortController();
    const work = run(['sleep', '100'], {}, stop.signal);
    setTimeout(() => stop.abort(new Error('enough')), 200);
    await expect(work).rejects.toThrow('enough');

    const service = processes(settings());
    expect(await ask(service, 'Stop', { id: 'nothing' })).toMatchObject({ stopped: false });
    let last: Event | undefined;
    for await (const event of each<Event>(service, 'Run', { run: { command: ['sleep', '100'] } })) {
      // Only its starter knows an id: it is told first.
      if (event.is.case === 'started') {
        expect(await ask(service, 'Stop', { id: event.is.value.id })).toMatchObject({ stopped: true });
      }
      last = event;
    }
    expect(last?.is).toMatchObject({ case: 'exit', value: { signal: 'SIGTERM' } });
  });

  it('traces functions, with arguments, results and errors', async () => {
    const events = await all<Event>(processes({ ...settings(), commands: [['/usr/bin/cat', '**']] }), 'Trace', {
      run: { command: ['cat', '/etc/hostname', '/nonexistent'] },
      functions: ['open', 'read'],
    });
    const calls = events.filter(({ is }) => is.case === 'call').map(({ is }) => is.value);
    expect(calls).toContainEqual(
      expect.objectContaining({ function: 'open', arguments: ['"/etc/hostname"', 'O_RDONLY'], error: '' }),
    );
    expect(calls).toContainEqual(
      expect.objectContaining({
        function: 'open',
        arguments: ['"/nonexistent"', 'O_RDONLY'],
        result: '-1',
        error: 'ENOENT',
      }),
    );
    const exit = events.at(-1)?.is;
    expect(exit).toMatchObject({ case: 'exit', value: { code: 1, calls: expect.objectContaining({ open: 2 }) } });
    expect(text(events)).not.toBe('');
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('monsterlab-hooks-'))).toEqual([]);
  }, 120_000);

  it.each([[['open; id']], [["x', (() => {})(), '"]], [['a b']], [['open\n']], [[]]])(
    'refuses functions %j',
    async (functions) => {
      expect(await codeOf(() => all(processes(settings()), 'Trace', { run: { command: ['echo'] }, functions }))).toBe(
        'invalid_argument',
      );
    },
  );

  it.each([['../x.h'], ["x.h';import 'fs"], ['/etc/passwd\n']])('refuses headers %j', async (header) => {
    const request = { run: { command: ['echo'] }, functions: ['strange'], headers: [header] };
    expect(await codeOf(() => all(processes(settings()), 'Trace', request))).toBe('invalid_argument');
  });

  it('takes hooks as scripts only where that is allowed', async () => {
    const script =
      "import { hook } from 'mrhooker';\nimport { puts } from 'c:stdio.h';\nimport { shared } from 'mrhooker';\nconst n = shared.map('n');\nhook(puts, { enter: () => n.add('puts') });\n";
    const request = { run: { command: ['echo', 'x'] }, script };
    expect(await codeOf(() => all(processes(settings()), 'Hook', request))).toBe('permission_denied');
    const events = await all<Event>(processes({ ...settings(), scripts: true }), 'Hook', request);
    expect(events.at(-1)?.is).toMatchObject({ case: 'exit', value: { code: 0 } });
  }, 120_000);
});
