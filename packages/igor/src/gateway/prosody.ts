/**
 * The embedded XMPP server: Debian's Prosody, with a configuration of its own, on loopback, as a child of this process. It is started
 * again when it dies, and ends with us, however we end.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { writeFileAtomically } from '../application/files.js';
import { IgorError } from '../error.js';
import type { Log } from '../log.js';
import { parseAccount } from '../protocol/jid.js';

export interface ProsodyOptions {
  /** Its configuration and data. */
  folder: string;
  /** Default: `localhost`. */
  domain?: string;
  /** The component's JID. Default: `igor.` and the domain. */
  component?: string;
  /** Where clients connect. Default: loopback, and a free port. */
  listen?: { host: string; port: number };
  /** PEM files. Needed when clients connect from elsewhere. */
  certificate?: { certificate: string; key: string };
  log: Log;
}

export interface XmppServer {
  domain: string;
  component: string;
  secret: string;
  clientPort: number;
  componentPort: number;
}

const startTime = 15_000;
const restartPause = 200;

/** A module of Prosody's. Its standard input is a pipe of ours, on which nothing is ever written: it can be read when we are gone. */
const endsWithUs = `-- Written by igor at each start.
module:set_global();
require "net.server".watchfd(0, function () os.exit(true); end);
`;

export class Prosody implements XmppServer {
  readonly domain: string;
  readonly component: string;
  readonly secret: string;
  clientPort = 0;
  componentPort = 0;
  private child: ChildProcess | undefined;
  private stopping = false;
  private readonly lastLines: string[] = [];

  private readonly options: ProsodyOptions;

  constructor(options: ProsodyOptions) {
    const { folder, certificate: files } = options;
    // Prosody takes relative paths from where its configuration is.
    const certificate = files && { certificate: resolve(files.certificate), key: resolve(files.key) };
    this.options = { ...options, folder: resolve(folder), ...(certificate && { certificate }) };
    this.domain = options.domain ?? 'localhost';
    this.component = options.component ?? `igor.${this.domain}`;
    mkdirSync(join(this.options.folder, 'data'), { recursive: true, mode: 0o700 });
    this.secret = keptSecret(join(this.options.folder, 'component-secret'));
  }

  async start(): Promise<void> {
    const { folder, listen } = this.options;
    this.clientPort = listen?.port || (await freePort());
    this.componentPort = await freePort();
    endStale(join(folder, 'pid'), join(folder, 'prosody.cfg.lua'));
    mkdirSync(join(folder, 'modules'), { recursive: true, mode: 0o700 });
    writeFileAtomically(join(folder, 'modules', 'mod_ends_with_us.lua'), endsWithUs, 0o600);
    writeFileAtomically(join(folder, 'prosody.cfg.lua'), this.configuration(), 0o600);
    await this.spawn();
  }

  private async spawn(): Promise<void> {
    const file = join(this.options.folder, 'prosody.cfg.lua');
    // In a group of its own: Ctrl-C is for us, and we end it in our order.
    const child = spawn('prosody', ['--config', file, '-F'], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    this.child = child;
    // A process that is asked twice to end does not wait for `stop`.
    const endNow = () => child.kill('SIGKILL');
    process.once('exit', endNow);
    if (child.pid) writeFileAtomically(join(this.options.folder, 'pid'), `${child.pid}\n`, 0o600);
    let gone: IgorError | undefined;
    const exited = new Promise<void>((resolve) => {
      child.once('error', (cause: Error & { code?: string }) => {
        const missing = cause.code === 'ENOENT';
        gone = new IgorError(
          'xmpp',
          missing
            ? 'Prosody is not installed: apt-get install prosody'
            : `Prosody can not be started: ${cause.message}`,
          { cause },
        );
        resolve();
      });
      child.once('exit', (code, signal) => {
        gone ??= new IgorError('xmpp', `Prosody ended (${signal ?? code}): ${this.lastLines.join(' | ')}`);
        resolve();
      });
    });
    void exited.then(() => process.off('exit', endNow));
    for (const output of [child.stdout, child.stderr]) {
      output?.on('data', (bytes: Buffer) => {
        for (const line of bytes.toString().split('\n')) if (line.trim()) this.noteLine(line.trim());
      });
    }
    const until = Date.now() + startTime;
    while (!((await accepts(this.componentPort)) && (await accepts(this.clientPort)))) {
      if (gone) throw gone;
      if (Date.now() > until) {
        child.kill('SIGKILL');
        throw new IgorError('xmpp', `Prosody does not accept connections: ${this.lastLines.join(' | ')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    void exited.then(() => {
      if (this.stopping || this.child !== child) return;
      this.options.log.error('Prosody ended; it is started again', { error: gone });
      setTimeout(() => void this.restart(), restartPause);
    });
  }

  private async restart(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.spawn();
        return;
      } catch (error) {
        this.options.log.error('Prosody can not be started again', { error });
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }
  }

  private noteLine(line: string): void {
    this.lastLines.push(line);
    if (this.lastLines.length > 5) this.lastLines.shift();
    this.options.log.debug('prosody', { line });
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  private configuration(): string {
    const { folder, listen, certificate } = this.options;
    const host = listen?.host ?? '127.0.0.1';
    const modules = ['roster', 'saslauth', 'disco', 'ping', 'presence', 'message', 'iq', 'ends_with_us'];
    if (certificate) modules.push('tls');
    const tls = certificate
      ? `c2s_require_encryption = true\nssl = { certificate = ${lua(certificate.certificate)}; key = ${lua(certificate.key)}; }\n`
      : 'c2s_require_encryption = false\nallow_unencrypted_plain_auth = false\n';
    return `-- Written by igor at each start.
daemonize = false
run_as_root = true
pidfile = ${lua(join(folder, 'prosody.pid'))}
data_path = ${lua(join(folder, 'data'))}
log = { { levels = { min = "warn" }, to = "console" } }
interfaces = { ${lua(host)} }
local_interfaces = { "127.0.0.1" }
component_interfaces = { "127.0.0.1" }
c2s_ports = { ${this.clientPort} }
component_ports = { ${this.componentPort} }
s2s_ports = {} s2s_direct_tls_ports = {} c2s_direct_tls_ports = {} legacy_ssl_ports = {} http_ports = {} https_ports = {} console_ports = {} proxy65_ports = {}
plugin_paths = { ${lua(join(folder, 'modules'))} }
modules_enabled = { ${modules.map(lua).join('; ')} }
modules_disabled = { "s2s"; "offline"; "register"; "carbons"; "posix"; "admin_shell"; "s2s_auth_certs" }
authentication = "internal_hashed"
storage = "internal"
allow_registration = false
c2s_stanza_size_limit = 1048576
component_stanza_size_limit = 1048576
c2s_timeout = 30
${tls}gc = { mode = "generational" }
network_backend = "epoll"
network_settings = { nagle = false; opportunistic_writes = true; read_size = 65536; min_wait = 1e-6; read_retry_delay = 0; tcp_backlog = 512; read_timeout = 120 }
VirtualHost ${lua(this.domain)}
Component ${lua(this.component)}
  component_secret = ${lua(this.secret)}
`;
  }

  /** Makes an account, or gives it a new password. Prosody sees it at once. */
  setAccount(jid: string, password: string): void {
    const { local, domain } = parseAccount(jid);
    if (domain !== this.domain)
      throw new IgorError('usage', `${jid} is not an account of ${this.domain}, which is what this server serves`);
    const salt = randomBytes(18).toString('base64');
    const iterations = 10_000;
    const salted = pbkdf2Sync(password, salt, iterations, 20, 'sha1');
    const hmac = (text: string) => createHmac('sha1', salted).update(text).digest();
    const stored = createHash('sha1').update(hmac('Client Key')).digest('hex');
    const server = hmac('Server Key').toString('hex');
    const file = join(this.options.folder, 'data', encodeName(domain), 'accounts', `${encodeName(local)}.dat`);
    const content = `return {\n\t["iteration_count"] = ${iterations};\n\t["salt"] = ${lua(salt)};\n\t["stored_key"] = "${stored}";\n\t["server_key"] = "${server}";\n};\n`;
    writeFileAtomically(file, content, 0o600);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
    await exited;
    clearTimeout(timer);
  }
}

/** One that outlived us, because we were killed: it has our data, and nobody needs it. */
function endStale(pidFile: string, configuration: string): void {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    if (command.includes(configuration)) process.kill(pid, 'SIGTERM');
  } catch {
    // There is none.
  }
}

/** Prosody's way to a file name: what is no letter or digit as `%xx`. */
function encodeName(name: string): string {
  return name.replace(/[^a-zA-Z0-9]/g, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}

const lua = (text: string): string => `"${text.replace(/[\\"\n\r]/g, (character) => `\\${character.charCodeAt(0)}`)}"`;

function keptSecret(path: string): string {
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  const secret = randomBytes(24).toString('base64url');
  writeFileAtomically(path, secret, 0o600);
  return secret;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
