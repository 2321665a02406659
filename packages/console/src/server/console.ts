// The console's server: pages and a small JSON interface, for any framework that has Fetch's types. It keeps nothing of
// its own that another instance would miss, but the runs that it is just running.
import { type AgentInfo, agentsChannel, type Igor } from 'igor';
import { ConsoleError, type ConsoleErrorCode } from '../error.js';
import { Limiter } from '../runs/limiter.js';
import { defaultRunLimits, type RunLimits, Runs } from '../runs/runs.js';
import { choose } from '../runs/shapes.js';
import { Sandbox, type SandboxOptions } from '../sandbox/sandbox.js';
import { declare } from '../types/declarations.js';
import { type Account, Accounts, mayDo, newPassword, type PasswordCost, type Role, roles } from './accounts.js';
import { Audit, type AuditEntry } from './audit.js';
import { Origins } from './origins.js';
import { type Boot, Page, securityHeaders } from './page.js';
import { type Session, Sessions } from './sessions.js';

export interface ConsoleOptions {
  /** For one person on loopback: nobody signs in. */
  open?: boolean;
  /** What checking a password costs. Default: as OWASP asks, some 0.2 s. */
  passwordCost?: PasswordCost;
  /** Names by which browsers reach it, such as `https://console.example`. Default: loopback. */
  origins?: string[];
  /** Every run ends within it, in ms. */
  requestLimit?: number;
  sandbox?: SandboxOptions;
  limits?: Partial<RunLimits>;
  /** A file in which accounts stood before they were in the store: they are taken over, once. */
  earlierAccounts?: string;
  /** Told what became of {@link earlierAccounts}. */
  onTakeOver?: (what: string) => void;
  log?: (line: string, entry: AuditEntry) => void;
  onError?: (error: unknown) => void;
}

/** Of the request, what Fetch's types have no place for. */
export interface RequestInfo {
  /** The browser's network address. */
  address?: string | undefined;
}

const statuses: Record<ConsoleErrorCode, number> = {
  'invalid-request': 400,
  'invalid-code': 422,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  limit: 429,
  configuration: 500,
  internal: 500,
};

/** Of a request's body, in bytes. */
export const largestBody = 1 << 20;

interface Arrived {
  request: Request;
  url: URL;
  secure: boolean;
  address: string | undefined;
  session: Session | undefined;
}

type Signed = Arrived & { session: Session };

export class Console {
  readonly accounts: Accounts;
  readonly runs: Runs;
  readonly #sandbox: Sandbox;
  readonly #sessions: Sessions;
  readonly #origins: Origins;
  readonly #audit: Audit;
  readonly #page = new Page();
  /** Attempts to sign in, by name and by address: OWASP asks for both. */
  readonly #attempts = new Limiter(20);

  constructor(
    private readonly igor: Igor,
    private readonly options: ConsoleOptions = {},
  ) {
    this.accounts = new Accounts(igor.documents, options.passwordCost);
    this.#sessions = new Sessions(this.accounts, options.open ?? false);
    this.#origins = new Origins(options.origins);
    this.#audit = new Audit(igor.channels, (entry) => options.log?.(auditLine(entry), entry));
    const wall = options.requestLimit;
    this.#sandbox = new Sandbox({
      ...options.sandbox,
      limits: { ...options.sandbox?.limits, ...(wall ? { wall } : {}) },
    });
    this.runs = new Runs(igor, this.#sandbox, { ...defaultRunLimits, ...options.limits }, options.onError);
    igor.channels.authorize((channel, { headers }) => this.#mayListen(channel, headers));
  }

  /** Makes ready what the first run needs, and the first account. @returns that account's password, when it was made now */
  async begin(): Promise<{ name: string; password: string } | undefined> {
    await this.#sandbox.warmUp();
    const { open, earlierAccounts, onTakeOver } = this.options;
    if (open) return undefined;
    const taken = earlierAccounts && (await this.accounts.takeOver(earlierAccounts));
    if (taken) onTakeOver?.(taken);
    const password = await this.accounts.begin('admin');
    return password ? { name: 'admin', password } : undefined;
  }

  async close(): Promise<void> {
    await this.runs.close();
    await this.#sandbox.close();
  }

  /** Answers any request that isn't igor's. */
  async handle(request: Request, { address }: RequestInfo = {}): Promise<Response> {
    let secure = false;
    try {
      const url = new URL(request.url);
      ({ secure } = this.#origins.checkHost(request.headers.get('host') ?? url.host));
      const session = await this.#sessions.of(request.headers.get('cookie'), secure);
      return await this.#route({ request, url, secure, address, session });
    } catch (error) {
      if (error instanceof ConsoleError) return failure(error, secure);
      this.options.onError?.(error);
      return failure(new ConsoleError('internal', 'something went wrong here; the log says more'), secure);
    }
  }

  async #route(arrived: Arrived): Promise<Response> {
    const { request, url, secure } = arrived;
    const path = url.pathname;
    if (request.method === 'GET' || request.method === 'HEAD') {
      if (path === '/' || /^\/run\/[\w-]+$/.test(path)) return this.#page.html(await this.#boot(arrived), secure);
      const file = this.#page.file(path.slice(1), secure);
      if (file) return file;
    }
    if (!path.startsWith('/api/')) throw new ConsoleError('not-found', `there is nothing at ${path}`);
    if (request.method !== 'GET') this.#checkChange(arrived);
    if (path === '/api/sign-in' && request.method === 'POST') return this.#signIn(arrived);
    const { session } = arrived;
    if (!session) throw new ConsoleError('unauthenticated', 'sign in first');
    return this.#signedIn({ ...arrived, session }, `${request.method} ${path}`);
  }

  async #signedIn(arrived: Signed, what: string): Promise<Response> {
    const { session, url, secure } = arrived;
    const answer = (body: unknown): Response => json(body, secure);
    const run = /^(GET|POST) \/api\/runs\/([\w-]+)(\/stop)?$/.exec(what);
    if (run?.[1] === 'GET' && !run[3]) {
      const found = await this.runs.find(run[2]!);
      if (!found) throw new ConsoleError('not-found', 'there is no such run (any more)');
      return answer(found);
    }
    if (run?.[1] === 'POST' && run[3]) {
      this.#need(session, 'call');
      await this.runs.stop(run[2]!, session.user, mayDo(session.role, 'administer'));
      await this.#note(arrived, { action: 'stopped', subject: run[2]! });
      return answer({});
    }
    const account = /^(POST|DELETE) \/api\/accounts\/([^/]+)$/.exec(what);
    if (account) return answer(await this.#account(arrived, account[1]!, decodeURIComponent(account[2]!)));
    switch (what) {
      case 'GET /api/agents':
        return answer({ agents: (await this.igor.agents()) satisfies AgentInfo[] });
      case 'GET /api/types':
        return this.#types(url.searchParams.getAll('agent'), secure);
      case 'POST /api/runs':
        return answer({ run: await this.#run(arrived) });
      case 'GET /api/history':
        return answer({ runs: await this.runs.history(session.user) });
      case 'POST /api/sign-out':
        await this.#sessions.end(session);
        await this.#note(arrived, { action: 'signed out' });
        return json({}, secure, { 'set-cookie': this.#sessions.cookie('', secure), 'clear-site-data': '"storage"' });
      case 'POST /api/password':
        return this.#changePassword(arrived);
      case 'GET /api/accounts':
        this.#need(session, 'administer');
        return answer({ accounts: (await this.accounts.list()).map(({ name, role }) => ({ name, role })) });
      case 'GET /api/audit':
        this.#need(session, 'administer');
        return answer({ entries: await this.#audit.read(1000) });
      default:
        throw new ConsoleError('not-found', `there is no ${what}`);
    }
  }

  async #boot({ session }: Arrived): Promise<Boot> {
    return {
      user: session?.user,
      role: session?.role,
      csrf: session?.csrf,
      channel: session && (await this.#sessions.channel(session.user)),
      agents: agentsChannel,
      listen: this.igor.channels.path('{}').replaceAll('%7B%7D', '{}'),
      open: this.options.open ?? false,
      version: '0.1.0',
    };
  }

  #need(session: Session, role: Role): void {
    if (mayDo(session.role, role)) return;
    throw new ConsoleError('forbidden', `your role is to ${session.role}; this needs one that may ${role}`);
  }

  /** What changes something comes from our own page, and from this session's. */
  #checkChange({ request, session, url }: Arrived): void {
    this.#origins.checkOrigin(request.headers);
    if (!request.headers.get('content-type')?.startsWith('application/json')) {
      throw new ConsoleError('invalid-request', 'the body must be application/json');
    }
    if (url.pathname === '/api/sign-in') return;
    if (session && !this.#sessions.rightCsrf(session, request.headers.get('x-console-csrf'))) {
      throw new ConsoleError('forbidden', 'the page is of another session; load it again');
    }
  }

  /** For the gateway, which serves the channels. */
  async #mayListen(channel: string, headers: Record<string, string>): Promise<boolean> {
    try {
      const { secure } = this.#origins.checkHost(headers.host);
      const session = await this.#sessions.of(headers.cookie, secure);
      if (!session) return false;
      return channel === agentsChannel || (await this.#sessions.ownsChannel(session.user, channel));
    } catch {
      return false;
    }
  }

  async #signIn(arrived: Arrived): Promise<Response> {
    const { name, password } = fields(await body(arrived.request), { name: 'string', password: 'string' });
    const allowed = [this.#attempts.take(`name ${name}`), this.#attempts.take(`from ${arrived.address ?? ''}`)];
    if (allowed.includes(false)) {
      await this.#note(arrived, {
        user: name.slice(0, 64),
        action: 'was refused',
        subject: 'too many attempts to sign in',
      });
      throw new ConsoleError('limit', 'too many attempts; wait a minute');
    }
    const account: Account | undefined = await this.accounts.check(name, password);
    if (!account) {
      await this.#note(arrived, { user: name.slice(0, 64), action: 'failed to sign in' });
      throw new ConsoleError('unauthenticated', 'the name or the password is wrong');
    }
    const token = await this.#sessions.begin(account);
    await this.#note(arrived, { user: name, action: 'signed in' });
    return json({}, arrived.secure, { 'set-cookie': this.#sessions.cookie(token, arrived.secure) });
  }

  async #run(arrived: Signed): Promise<unknown> {
    const { session } = arrived;
    this.#need(session, 'call');
    const given = await body(arrived.request);
    const { code, channel } = fields(given, { code: 'string', channel: 'string' });
    const agents = (given as { agents?: unknown }).agents;
    if (!Array.isArray(agents) || !agents.every((jid): jid is string => typeof jid === 'string')) {
      throw new ConsoleError('invalid-request', 'agents must be an array of JIDs');
    }
    if (!(await this.#sessions.ownsChannel(session.user, channel))) {
      throw new ConsoleError('forbidden', 'this channel is not yours; load the page again');
    }
    const start = await this.runs.start({ user: session.user, channel, code, agents });
    // The answer does not wait for the log, but a log that fails is heard of.
    this.#note(arrived, { action: 'ran', subject: start.run, agents, code }, true).catch(this.options.onError);
    return start;
  }

  async #types(jids: string[], secure: boolean): Promise<Response> {
    const chosen = await Promise.all(jids.slice(0, 100).map((jid) => choose(this.igor, jid)));
    const text = declare(chosen.map(({ info, descriptor }) => ({ jid: info.jid, services: descriptor.services })));
    return new Response(text, {
      headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...securityHeaders(secure) },
    });
  }

  async #changePassword(arrived: Signed): Promise<Response> {
    const { session, secure } = arrived;
    if (this.options.open) throw new ConsoleError('conflict', 'there are no accounts here');
    const { old, password } = fields(await body(arrived.request), { old: 'string', password: 'string' });
    if (!this.#attempts.take(`name ${session.user}`))
      throw new ConsoleError('limit', 'too many attempts; wait a minute');
    const account = await this.accounts.check(session.user, old);
    if (!account) throw new ConsoleError('forbidden', 'the old password is wrong');
    await this.accounts.setPassword(session.user, password);
    await this.#note(arrived, { action: 'changed the password' });
    // Every session began before; this person goes on with a new one.
    const token = await this.#sessions.begin((await this.accounts.find(session.user))!);
    return json({}, secure, { 'set-cookie': this.#sessions.cookie(token, secure) });
  }

  async #account(arrived: Signed, method: string, name: string): Promise<unknown> {
    this.#need(arrived.session, 'administer');
    if (method === 'DELETE') {
      await this.accounts.remove(name);
      await this.#note(arrived, { action: 'removed an account', subject: name });
      return {};
    }
    const { role, reset } = (await body(arrived.request)) as { role?: Role; reset?: boolean };
    if (role !== undefined && !roles.includes(role)) {
      throw new ConsoleError('invalid-request', `a role is one of ${roles.join(', ')}`);
    }
    if (reset) {
      const password = newPassword();
      await this.accounts.setPassword(name, password);
      await this.#note(arrived, { action: 'reset a password', subject: name });
      return { password };
    }
    if (role === undefined) throw new ConsoleError('invalid-request', 'a role is needed');
    if (await this.accounts.find(name)) {
      await this.accounts.setRole(name, role);
      await this.#note(arrived, { action: 'changed a role', subject: `${name}: ${role}` });
      return {};
    }
    const password = newPassword();
    await this.accounts.add(name, role, password);
    await this.#note(arrived, { action: 'added an account', subject: `${name}: ${role}` });
    return { password };
  }

  #note(
    { session, address }: Arrived,
    entry: Omit<AuditEntry, 'at' | 'user' | 'from'> & { user?: string },
    idle = false,
  ): Promise<void> {
    return this.#audit.note({ user: session?.user ?? '', from: address, ...entry }, { idle });
  }
}

async function body(request: Request): Promise<unknown> {
  const length = Number(request.headers.get('content-length') ?? 0);
  if (length > largestBody) throw new ConsoleError('limit', `a request may have ${largestBody} bytes`);
  const bytes = Buffer.from(await request.arrayBuffer());
  if (bytes.length > largestBody) throw new ConsoleError('limit', `a request may have ${largestBody} bytes`);
  try {
    const value: unknown = JSON.parse(bytes.toString());
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below.
  }
  throw new ConsoleError('invalid-request', 'the body is no JSON object');
}

function fields<Names extends string>(value: unknown, expected: Record<Names, 'string'>): Record<Names, string> {
  const record = value as Record<string, unknown>;
  for (const name of Object.keys(expected)) {
    if (typeof record[name] !== 'string') throw new ConsoleError('invalid-request', `${name} must be a string`);
  }
  return record as Record<Names, string>;
}

function json(value: unknown, secure: boolean, headers: Record<string, string> = {}, status = 200): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      ...securityHeaders(secure),
      ...headers,
    },
  });
}

function failure({ code, message, place }: ConsoleError, secure: boolean): Response {
  return json({ error: { code, message, ...(place && { place }) } }, secure, {}, statuses[code]);
}

function auditLine({ user, from, action, subject, agents }: AuditEntry): string {
  const where = from ? ` from ${from}` : '';
  const which = agents?.length ? ` on ${agents.join(', ')}` : '';
  return `${user || 'somebody'}${where} ${action}${subject ? ` ${subject}` : ''}${which}`;
}
