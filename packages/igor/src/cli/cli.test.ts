import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'monsterlab-igor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const bin = fileURLToPath(new URL('../../bin/igor.js', import.meta.url));

function igor(args: readonly string[], env: Record<string, string> = {}) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [bin, ...args], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 20_000,
    env: { ...process.env, NO_COLOR: '1', IGOR_STATE: join(folder, 'state'), ...env },
  });
  return { stdout, stderr, status };
}

test('keys are made, shown and rotated', () => {
  const made = igor(['keys', 'new']);
  expect(made.stdout).toMatch(/^previous {2}-\ncurrent {3}\S{8}\nnext {6}\S{8}\n$/);
  expect(statSync(join(folder, 'state/keys.json')).mode & 0o077).toBe(0);
  const next = /next +(\S+)/.exec(made.stdout)?.[1];
  expect(igor(['keys', 'rotate']).stdout).toContain(`current   ${next}`);
  expect(igor(['keys', 'new'])).toMatchObject({ status: 2, stderr: expect.stringContaining('is there already') });
});

test.each([
  [['agent', '--service', 'x.ts'], /needs --enrolment FILE, or --app JID/],
  [['agent', '--app', 'a.b', '--account', 'x', '--service', 'x.ts'], /"x" is not an account's JID/],
  [['agent', '--app', 'a.b', '--account', 'x@b', '--service', 'x.ts'], /IGOR_PASSWORD is not set/],
  [['enrol', 'mill'], /start igor serve first/],
  [['enrol', 'mill@x', '--server', 'x'], /needs --app and --admin/],
  [['serve', '--open', '--host', '0.0.0.0'], /--open is for loopback only/],
  [['serve', '--port', '99999'], /99999 is no port/],
  [['serve', '--port', 'http'], /NaN is no port/],
  [['serve', '--app-options', '{'], /--app-options is not JSON/],
  [['serve', '--xmpp-component', 'localhost:5347'], /needs --jid/],
  [['instance', '--jid', 'a.b', '--gateway', 'http://127.0.0.1:1'], /needs --directory, --calls and --keys/],
  [['gateway', '--jid', 'a.b', '--xmpp-component', 'x:1', '--instance', 'http://x'], /IGOR_SECRET is not set/],
  [['srve'], /Did you mean serve|Unknown/],
])('%j says what is wrong', (args, message) => {
  const { status, stderr, stdout } = igor(args);
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain('    at ');
  expect(stdout).toBe('');
  expect(status).toBe(2);
});

test('an instance that can not start says why, and ends', () => {
  igor(['keys', 'new', '--file', 'ring.json']);
  const start = (keys: string, store: string) =>
    igor(
      [
        ...['instance', '--jid', 'a.b', '--gateway', 'http://127.0.0.1:1', '--port', '0', '--keys', keys],
        ...['--directory', 'sqlite:directory.db', '--calls', store],
      ],
      { IGOR_SECRET: 's' },
    );
  const missing = start('none.json', 'sqlite:calls.db');
  expect(missing).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('the key ring none.json can not be read'),
  });
  expect(missing.stderr).not.toContain('    at ');
  const away = start('ring.json', 'redis://127.0.0.1:1');
  expect(away).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('can not be reached: connect ECONNREFUSED'),
  });
});

test('a service file that is none, and an enrolment that others may read', () => {
  writeFileSync(join(folder, 'none.ts'), 'export default 5;');
  const args = ['agent', '--app', 'igor.x', '--account', 'a@x', '--service'];
  expect(igor([...args, 'none.ts'], { IGOR_PASSWORD: 'p' }).stderr).toMatch(
    /none.ts has no service as its default export/,
  );
  expect(igor([...args, 'missing.ts'], { IGOR_PASSWORD: 'p' }).stderr).toMatch(/missing.ts can not be loaded/);
  writeFileSync(join(folder, 'open.json'), '{}', { mode: 0o644 });
  expect(igor(['agent', '--enrolment', 'open.json', '--service', 'none.ts']).stderr).toMatch(
    /others may read it: chmod 600/,
  );
  writeFileSync(join(folder, 'broken.json'), '{}', { mode: 0o600 });
  expect(igor(['agent', '--enrolment', 'broken.json', '--service', 'none.ts']).stderr).toMatch(
    /not what igor enrol writes/,
  );
});
