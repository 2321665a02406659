import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ChannelEvent, Igor, StoredDocument } from 'igor';
import { describe, expect, it } from 'vitest';
import app from '../app.js';
import type { AuditEntry } from './audit.js';
import { Console, type ConsoleOptions } from './console.js';

/** Of igor, what the server needs without an agent: channels and documents that remember. */
function silentIgor(): Igor & { check?: (channel: string, request: { headers: Record<string, string> }) => unknown } {
  const channels = new Map<string, ChannelEvent[]>();
  const documents = new Map<string, StoredDocument>();
  const igor = {
    agents: async () => [],
    agentInfo: async () => undefined,
    descriptor: async () => undefined,
    onOutcome() {},
    onItem() {},
    onProgress() {},
    documents: {
      get: async (name: string) => structuredClone(documents.get(name)),
      async put(name: string, version: number, data: never) {
        if ((documents.get(name)?.version ?? 0) !== version) return false;
        documents.set(name, { version: version + 1, data: structuredClone(data) });
        return true;
      },
    },
    channels: {
      async post(channel: string, event: string, data: never) {
        const events = channels.get(channel) ?? [];
        events.push({ id: String(events.length + 1), event, data });
        channels.set(channel, events);
        return String(events.length);
      },
      events: async (channel: string) => channels.get(channel) ?? [],
      path: (channel: string) => `/igor/channels/${channel}`,
      authorize(check: never) {
        (igor as { check?: unknown }).check = check;
      },
    },
  };
  return igor as never;
}

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

const host = '127.0.0.1:8080';
const origin = `http://${host}`;

function ask(console: Console, path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Response> {
  const request = new Request(`http://${headers.host ?? host}${path}`, {
    method,
    headers: { host, ...(body === undefined ? {} : { 'content-type': 'application/json', origin }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return console.handle(request, { address: '192.0.2.7' });
}

interface Person {
  headers: { cookie: string; 'x-console-csrf': string };
  channel: string;
}

async function personOf(console: Console, name: string, password: string): Promise<Person> {
  const answer = await ask(console, '/api/sign-in', { method: 'POST', body: { name, password } });
  expect(answer.status).toBe(200);
  const cookie = answer.headers.get('set-cookie')!.split(';')[0]!;
  const html = await (await ask(console, '/', { headers: { cookie } })).text();
  const boot = JSON.parse(/id="boot">(.*?)<\/script>/.exec(html)![1]!) as { csrf: string; channel: string };
  return { headers: { cookie, 'x-console-csrf': boot.csrf }, channel: boot.channel };
}

async function begin(
  options: ConsoleOptions = {},
  igor = silentIgor(),
): Promise<{ console: Console; igor: ReturnType<typeof silentIgor>; password: string }> {
  const console = new Console(igor, { sandbox: { ready: 0 }, passwordCost: { N: 1024, r: 8, p: 1 }, ...options });
  const first = await console.begin();
  return { console, igor, password: first?.password ?? '' };
}

describe('sign-in', () => {
  it('makes the first account once, and its cookie is for the server alone', async () => {
    const { console, igor, password } = await begin();
    expect(password).toMatch(/^\w{5}(-\w{5}){3}$/);
    expect((await begin({}, igor)).password).toBe('');
    const answer = await ask(console, '/api/sign-in', { method: 'POST', body: { name: 'admin', password } });
    expect(answer.headers.get('set-cookie')).toMatch(/^console=\S+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
    const secure = new Console(igor, { origins: ['https://console.example'], sandbox: { ready: 0 } });
    const headers = { host: 'console.example', origin: 'https://console.example' };
    const over = await ask(secure, '/api/sign-in', { method: 'POST', headers, body: { name: 'admin', password } });
    expect(over.headers.get('set-cookie')).toMatch(/^__Host-console=\S+; Path=\/; HttpOnly; SameSite=Lax; Secure; /);
    expect(over.headers.get('strict-transport-security')).toBeTruthy();
  });

  it('takes accounts over that are in a file, once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'console-'));
    const earlierAccounts = join(folder, 'accounts.json');
    const before = await begin();
    const { data } = (await before.igor.documents.get('console-accounts')) as StoredDocument;
    writeFileSync(earlierAccounts, JSON.stringify(data));
    const said: string[] = [];
    const options = { earlierAccounts, onTakeOver: (what: string) => void said.push(what) };
    const { console, igor, password } = await begin(options);
    expect(password).toBe('');
    await personOf(console, 'admin', before.password);
    writeFileSync(earlierAccounts, '{ "accounts": [] }');
    expect((await begin(options, igor)).password).toBe('');
    expect(said).toEqual([
      `the accounts of ${earlierAccounts} are in the store now; the file is ${earlierAccounts}.taken, and can be removed`,
      `${earlierAccounts} is not read: accounts are in the store, and it has some already. Remove the file`,
    ]);
    await expect(begin(options)).rejects.toThrow(/should hold accounts, and does not/);
    expect(readdirSync(folder).sort()).toEqual(['accounts.json', 'accounts.json.taken']);
    rmSync(folder, { recursive: true });
  });

  it('tells nobody which names there are, and slows down who guesses', async () => {
    const { console, password } = await begin();
    const attempt = (name: string, given: string) =>
      ask(console, '/api/sign-in', { method: 'POST', body: { name, password: given } });
    const wrong = await Promise.all([attempt('admin', 'wrong'), attempt('nobody', 'wrong')]);
    expect(wrong.map(({ status }) => status)).toEqual([401, 401]);
    expect(await wrong[0]!.text()).toBe(await wrong[1]!.text());
    const statuses = [];
    for (let n = 0; n < 6; n++) statuses.push((await attempt('admin', 'wrong')).status);
    expect(statuses.at(-1)).toBe(429);
    expect((await attempt('admin', password)).status).toBe(429);
  });

  it('needs one for everything but the page', async () => {
    const { console } = await begin();
    for (const path of [
      '/api/agents',
      '/api/history',
      '/api/types?agent=a',
      '/api/audit',
      '/api/accounts',
      '/api/runs/0123456789abcdef',
    ]) {
      expect((await ask(console, path)).status, path).toBe(401);
    }
    expect((await ask(console, '/api/runs', { method: 'POST', body: {} })).status).toBe(401);
    expect(await (await ask(console, '/')).text()).toContain('"open":false');
  });

  it('ends: by signing out, by another password, by another role, in every instance', async () => {
    const { console, igor, password } = await begin();
    const other = (await begin({}, igor)).console;
    const admin = await personOf(console, 'admin', password);
    expect((await ask(other, '/api/agents', { headers: admin.headers })).status).toBe(200);
    await ask(console, '/api/sign-out', { method: 'POST', headers: admin.headers, body: {} });
    expect((await ask(other, '/api/agents', { headers: admin.headers })).status).toBe(401);

    const again = await personOf(other, 'admin', password);
    const added = await ask(console, '/api/accounts/ada', {
      method: 'POST',
      headers: again.headers,
      body: { role: 'call' },
    });
    const ada = await personOf(other, 'ada', ((await added.json()) as { password: string }).password);
    await ask(other, '/api/accounts/ada', { method: 'POST', headers: again.headers, body: { role: 'see' } });
    expect((await ask(console, '/api/agents', { headers: ada.headers })).status).toBe(401);

    const changed = await ask(console, '/api/password', {
      method: 'POST',
      headers: again.headers,
      body: { old: password, password: 'correct horse battery' },
    });
    expect(changed.status).toBe(200);
    expect((await ask(other, '/api/agents', { headers: again.headers })).status).toBe(401);
    const short = await personOf(other, 'admin', 'correct horse battery');
    expect(
      (
        await ask(other, '/api/password', {
          method: 'POST',
          headers: short.headers,
          body: { old: 'correct horse battery', password: 'short' },
        })
      ).status,
    ).toBe(400);
  });

  it('of one account that several change at a time, nothing is lost; and of the last one who may administer, nothing at all', async () => {
    const { console, igor, password } = await begin();
    const others = await Promise.all([begin({}, igor), begin({}, igor)]);
    const names = Array.from({ length: 12 }, (_, index) => `person${index}`);
    const consoles = [console, ...others.map((it) => it.console)];
    await Promise.all(
      names.map((name, index) => consoles[index % 3]!.accounts.add(name, 'see', 'correct horse battery')),
    );
    const listed = await console.accounts.list();
    expect(listed.map(({ name }) => name).toSorted()).toEqual(['admin', ...names].toSorted());
    await expect(console.accounts.setRole('admin', 'call')).rejects.toThrow('at least one account');
    expect(await personOf(others[0]!.console, 'admin', password)).toBeDefined();
  });

  it('for one person without accounts, any instance takes what another one’s page sends', async () => {
    const { console, igor } = await begin({ open: true });
    const other = (await begin({ open: true }, igor)).console;
    const html = await (await ask(console, '/')).text();
    const { csrf } = JSON.parse(/id="boot">(.*?)<\/script>/.exec(html)![1]!) as { csrf: string };
    const answer = await ask(other, '/api/sign-out', { method: 'POST', headers: { 'x-console-csrf': csrf }, body: {} });
    expect(answer.status).toBe(200);
  });

  it('believes no cookie but its own', async () => {
    const { console, password } = await begin();
    const { headers } = await personOf(console, 'admin', password);
    const [name, token] = headers.cookie.split('=') as [string, string];
    const parts = token.split('.');
    for (const forged of [
      'x',
      token.slice(0, -2),
      [Buffer.from('root').toString('base64url'), ...parts.slice(1)].join('.'),
      [...parts.slice(0, 3), 'zzzzzzzzz', parts[4]].join('.'),
      `${token}.${parts[4]}`,
    ]) {
      expect((await ask(console, '/api/agents', { headers: { cookie: `${name}=${forged}` } })).status, forged).toBe(
        401,
      );
    }
  });
});

describe('where requests come from', () => {
  it.each([
    'evil.example',
    '127.0.0.1.evil.example:8080',
    'localhost.evil.example',
    '192.168.0.1:8080',
    'localhost:8080@evil.example',
    '',
  ])('answers to no name but its own: %j', async (name) => {
    const { console, igor } = await begin({ open: true });
    const request = new Request('http://x/api/agents', { headers: { host: name || ' ' } });
    expect((await console.handle(request)).status).toBe(403);
    // Nor does it let such a page listen.
    expect(await igor.check!('agents', { headers: { host: name } })).toBe(false);
  });

  it.each(['localhost:1', '127.0.0.1:65535', '[::1]:8080', 'LOCALHOST:80'])('answers on loopback: %s', async (name) => {
    const { console, igor } = await begin({ open: true });
    expect((await console.handle(new Request('http://x/api/agents', { headers: { host: name } }))).status).toBe(200);
    expect(await igor.check!('agents', { headers: { host: name } })).toBe(true);
  });

  it.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: '' }],
    [{ origin: `${origin}.evil.example` }],
    [{ origin: 'http://127.0.0.1:8081' }],
    [{ origin: 'http://localhost:8080' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'content-type': 'text/plain' }],
    [{ 'content-type': 'application/x-www-form-urlencoded' }],
    [{ 'x-console-csrf': '' }],
    [{ 'x-console-csrf': 'wrong' }],
  ])('takes no change from elsewhere: %j', async (headers) => {
    for (const open of [true, false]) {
      const { console, password } = await begin({ open });
      const html = await (await ask(console, '/')).text();
      const csrf = (JSON.parse(/id="boot">(.*?)<\/script>/.exec(html)![1]!) as { csrf: string }).csrf;
      const person = open ? { 'x-console-csrf': csrf } : (await personOf(console, 'admin', password)).headers;
      const right = await ask(console, '/api/runs/0123456789abcdef/stop', {
        method: 'POST',
        headers: person,
        body: {},
      });
      expect(right.status).toBe(404);
      const answer = await ask(console, '/api/runs/0123456789abcdef/stop', {
        method: 'POST',
        headers: { ...person, ...headers },
        body: {},
      });
      expect([400, 403]).toContain(answer.status);
    }
  });

  it('signs nobody in from another page', async () => {
    const { console, password } = await begin();
    const headers = { origin: 'https://evil.example' };
    expect(
      (await ask(console, '/api/sign-in', { method: 'POST', headers, body: { name: 'admin', password } })).status,
    ).toBe(403);
  });
});

describe('roles', () => {
  it('say who may do what', async () => {
    const { console, igor, password } = await begin();
    const admin = await personOf(console, 'admin', password);
    const people: Record<string, Person> = { admin };
    for (const role of ['see', 'call']) {
      const added = await ask(console, `/api/accounts/${role}er`, {
        method: 'POST',
        headers: admin.headers,
        body: { role },
      });
      people[role] = await personOf(console, `${role}er`, ((await added.json()) as { password: string }).password);
    }
    const run = (who: string) => ({
      method: 'POST',
      headers: people[who]!.headers,
      body: { code: '1', agents: [], channel: people[who]!.channel },
    });
    expect((await ask(console, '/api/runs', run('see'))).status).toBe(403);
    expect((await ask(console, '/api/runs', run('call'))).status).toBe(200);
    // Not into somebody else's page.
    const stolen = { ...run('call'), body: { code: '1', agents: [], channel: admin.channel } };
    expect((await ask(console, '/api/runs', stolen)).status).toBe(403);
    for (const path of ['/api/audit', '/api/accounts']) {
      expect((await ask(console, path, { headers: people.call!.headers })).status).toBe(403);
      expect((await ask(console, path, { headers: admin.headers })).status).toBe(200);
    }
    const listens = (who: string, channel: string) =>
      igor.check!(channel, { headers: { host, cookie: people[who]!.headers.cookie } });
    expect(await listens('call', people.call!.channel)).toBe(true);
    expect(await listens('call', admin.channel)).toBe(false);
    expect(await listens('admin', people.call!.channel)).toBe(false);
    for (const secret of ['console-audit', 'console-history-admin', 'console-run-x', ''])
      expect(await listens('admin', secret)).toBe(false);
    // Somebody must be left who may administer.
    expect(
      (
        await ask(console, '/api/accounts/admin', {
          method: 'DELETE',
          headers: { ...admin.headers, 'content-type': 'application/json', origin },
        })
      ).status,
    ).toBe(409);
    await console.close();
  });
});

describe('runs', () => {
  it('are limited for each person, and told in the audit log', async () => {
    const { console } = await begin({ open: true, limits: { runsPerMinute: 12, runsAtATime: 2 } });
    const html = await (await ask(console, '/')).text();
    const boot = JSON.parse(/id="boot">(.*?)<\/script>/.exec(html)![1]!) as { csrf: string; channel: string };
    const headers = { 'x-console-csrf': boot.csrf };
    const run = async (code: string) => {
      const answer = await ask(console, '/api/runs', {
        method: 'POST',
        headers,
        body: { code, agents: [], channel: boot.channel },
      });
      return {
        status: answer.status,
        body: (await answer.json()) as { error?: { place?: object }; run?: { run: string } },
      };
    };
    expect(await run('let a = ;')).toMatchObject({ status: 422, body: { error: { place: { line: 1, column: 9 } } } });
    expect((await run('x'.repeat(300_000))).status).toBe(429);
    const statuses = [await run('while (true);'), await run('await sleep(1000)'), await run('1')].map(
      ({ status }) => status,
    );
    expect(statuses).toEqual([200, 200, 429]);
    const entries = ((await (await ask(console, '/api/audit')).json()) as { entries: AuditEntry[] }).entries;
    expect(entries[0]).toMatchObject({ user: 'you', from: '192.0.2.7', action: 'ran', code: 'await sleep(1000)' });
    const history = ((await (await ask(console, '/api/history')).json()) as { runs: { code: string }[] }).runs;
    expect(history.map(({ code }) => code)).toEqual(['await sleep(1000)', 'while (true);']);
    await console.close();
  });

  it('must be asked for in the right form', async () => {
    const { console } = await begin({ open: true });
    const html = await (await ask(console, '/')).text();
    const boot = JSON.parse(/id="boot">(.*?)<\/script>/.exec(html)![1]!) as { csrf: string; channel: string };
    const headers = { 'x-console-csrf': boot.csrf };
    for (const body of [
      {},
      [],
      null,
      { code: 1, agents: [], channel: boot.channel },
      { code: '1', agents: 'a', channel: boot.channel },
      { code: '1', agents: [1], channel: boot.channel },
    ]) {
      expect((await ask(console, '/api/runs', { method: 'POST', headers, body })).status).toBe(400);
    }
    expect(
      (
        await ask(console, '/api/runs', {
          method: 'POST',
          headers,
          body: { code: '1', agents: ['gone@localhost'], channel: boot.channel },
        })
      ).status,
    ).toBe(404);
    expect(
      (await ask(console, '/api/runs', { method: 'POST', headers, body: { code: 'x'.repeat(2 << 20) } })).status,
    ).toBe(429);
  });
});

describe('files', () => {
  it('are those of the page, and no others', async () => {
    const { console } = await begin({ open: true });
    for (const path of [
      '/../package.json',
      '/assets/../../package.json',
      '/assets/..%2f..%2fpackage.json',
      '/%2e%2e/package.json',
      '/index.html',
      '/assets/',
      '/.env',
      '/assets/%00',
      '//etc/passwd',
    ]) {
      expect((await ask(console, path)).status, path).toBe(404);
    }
    const page = await ask(console, '/');
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).not.toMatch(/unsafe|script-src[^;]*nonce/);
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())![1]!;
    const answer = await ask(console, script);
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('on a server of Node’s', () => {
  it('answers whole, and refuses a body without end as it comes', async () => {
    const log = { info() {}, error() {} };
    const { handler, close } = await app(silentIgor(), {
      state: tmpdir(),
      requestLimit: 10_000,
      options: { open: true },
      log,
    });
    const server = createServer((request, response) => void handler(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    try {
      const page = await fetch(url);
      expect([page.status, Number(page.headers.get('content-length'))]).toEqual([200, (await page.text()).length]);
      const head = await fetch(url, { method: 'HEAD' });
      expect([head.status, await head.text()]).toEqual([200, '']);
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const headers = { 'content-type': 'application/json', origin: url };
        const request = httpRequest(`${url}/api/sign-in`, { method: 'POST', headers }, resolve).on('error', reject);
        // It says nothing of its size, and would go on.
        const part = Buffer.alloc(1 << 16, ' ');
        const more = (): void => {
          while (request.write(part));
        };
        request.on('drain', more);
        more();
      });
      expect(answer.statusCode).toBe(429);
      expect(JSON.parse(await text(answer))).toMatchObject({ error: { code: 'limit' } });
      answer.destroy();
    } finally {
      server.closeAllConnections();
      server.close();
      await close();
    }
  });
});
