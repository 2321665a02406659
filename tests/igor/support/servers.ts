// Real servers for tests: each on a free loopback port, with a folder of its own, ended by its process id.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Running {
  url: string;
  port: number;
  pid: number;
  stop(): Promise<void>;
}

export function tempFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `monsterlab-${name}-`));
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

export async function until(what: string, done: () => boolean | Promise<boolean>, limit = 60_000): Promise<void> {
  const end = Date.now() + limit;
  while (!(await done())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${limit} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await exited;
  clearTimeout(timer);
}

interface Spec {
  name: string;
  command: string;
  args: readonly string[];
  port: number;
  url: string;
  folder?: string;
  user?: { uid: number; gid: number } | undefined;
  env?: NodeJS.ProcessEnv;
}

async function start({ name, command, args, port, url, folder, user, env }: Spec): Promise<Running> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...user, env: env ?? process.env });
  let said = '';
  const note = (bytes: Buffer) => {
    said = (said + bytes.toString()).slice(-4000);
  };
  child.stdout?.on('data', note);
  child.stderr?.on('data', note);
  let failed: Error | undefined;
  child.once('error', (error) => {
    failed = error;
  });
  await until(name, async () => {
    if (failed) throw failed;
    if (child.exitCode !== null) throw new Error(`${name} ended: ${said}`);
    return accepts(port);
  });
  return {
    url,
    port,
    pid: child.pid as number,
    async stop() {
      await end(child);
      if (folder) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function startRedis(settings: readonly string[] = ['--appendonly', 'yes']): Promise<Running> {
  const [port, folder] = [await freePort(), tempFolder('redis')];
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...settings];
  return start({ name: 'redis', command: 'redis-server', args, port, url: `redis://127.0.0.1:${port}`, folder });
}

export async function startMemcached(): Promise<Running> {
  const port = await freePort();
  const args = ['-l', '127.0.0.1', '-p', String(port), '-U', '0', '-u', 'nobody'];
  return start({ name: 'memcached', command: 'memcached', args, port, url: `memcached://127.0.0.1:${port}` });
}

/** Postgres refuses to run as root; then it runs as the user that its package made. */
export async function startPostgres(): Promise<Running> {
  const [port, folder] = [await freePort(), tempFolder('postgres')];
  const versions = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a));
  const bin = `/usr/lib/postgresql/${versions.find((version) => existsSync(`/usr/lib/postgresql/${version}/bin/postgres`))}/bin`;
  const user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : undefined;
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (user) for (const path of [folder, data]) chownSync(path, user.uid, user.gid);
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const made = spawnSync(`${bin}/initdb`, ['-D', data, '-U', 'igor', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    encoding: 'utf8',
    cwd: folder,
    env,
    ...user,
  });
  if (made.status !== 0) throw new Error(`initdb: ${made.stdout}${made.stderr}`);
  const args = [
    '-D',
    data,
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${folder}`,
  ];
  const url = `postgres://igor@127.0.0.1:${port}/postgres`;
  const running = await start({ name: 'postgres', command: `${bin}/postgres`, args, port, url, folder, user, env });
  // It accepts connections a little before it answers.
  await until('postgres', () => spawnSync(`${bin}/pg_isready`, ['-h', '127.0.0.1', '-p', String(port)]).status === 0);
  return running;
}

function idOf(flag: '-u' | '-g'): number {
  return Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
}

export function writeTemp(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
