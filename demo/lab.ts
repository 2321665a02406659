// Everything on this machine, on loopback, in a folder that is gone afterwards: XMPP server, store, application with the
// console, and one agent with all three services that may look at the demo's folder alone.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** How long a part may take to start, in milliseconds. */
const PATIENCE = 60_000;
const igor = join(root, 'packages/igor/bin/igor.js');

export interface Lab {
  /** The console's address. */
  url: string;
  /** The folder that the agent may look at. */
  tree: string;
  /** Resolves when a part of it ends by itself. */
  failed: Promise<string>;
  stop(): Promise<void>;
}

export async function startLab({ port = 0 } = {}): Promise<Lab> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'monsterlab-')));
  const children: ChildProcess[] = [];
  let stopping = false;
  let fail: (what: string) => void = () => {};
  const failed = new Promise<string>((resolve) => {
    fail = resolve;
  });
  const start = (name: string, args: string[], env: Record<string, string> = {}): ChildProcess => {
    // In a group of its own: Ctrl-C reaches this program, which ends them in the right order.
    const child = spawn(process.execPath, [igor, ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      // Over the channel it hears when this program is gone, however that ended.
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      detached: true,
    });
    child.once('exit', (code, signal) => stopping || fail(`${name} ended with ${signal ?? code}`));
    children.push(child);
    return child;
  };
  const stop = async (): Promise<void> => {
    stopping = true;
    // The agent first, so that it can say goodbye.
    for (const child of children.reverse()) await end(child);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };

  try {
    const tree = join(folder, 'tree');
    cpSync(join(root, 'demo/tree'), tree, { recursive: true });
    const settings = join(folder, 'services.json');
    writeFileSync(
      settings,
      JSON.stringify({
        folders: [tree],
        commands: [
          ['/usr/bin/ls', '-l'],
          ['/usr/bin/cat', '*.c'],
        ],
      }),
    );

    const state = join(folder, 'state');
    const application = ['--app', join(root, 'packages/console/dist/index.js')];
    const serve = start('the application', [
      'serve',
      '--state',
      state,
      '--port',
      String(port),
      '--open',
      ...application,
    ]);
    const url = await line(serve, /^igor is at (\S+)/, failed);
    execFileSync(process.execPath, [igor, 'enrol', 'mill', '--state', state, '--out', join(folder, 'mill.json')], {
      cwd: folder,
    });
    start(
      'the agent',
      [
        'agent',
        ...['--enrolment', join(folder, 'mill.json')],
        ...['--service', join(root, 'packages/services/dist/index.js')],
        ...['--journal', join(folder, 'mill.journal')],
        ...['--log', 'warn'],
      ],
      { MONSTERLAB_SERVICES: settings },
    );
    await untilAvailable(url, failed);
    return { url, tree, failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Its first line that fits. */
async function line(child: ChildProcess, pattern: RegExp, failed: Promise<string>): Promise<string> {
  const found = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout! }).on('line', (text) => {
      const match = pattern.exec(text);
      if (match) resolve(match[1]!);
    });
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`it did not say within ${PATIENCE / 1000} s that it is there`)),
      PATIENCE,
    );
  });
  try {
    return await Promise.race([found, late, failed.then((what) => Promise.reject(new Error(what)))]);
  } finally {
    clearTimeout(timer);
  }
}

async function untilAvailable(url: string, failed: Promise<string>): Promise<void> {
  let over: string | undefined;
  void failed.then((what) => {
    over = what;
  });
  for (let tries = 0; tries < 300; tries++) {
    if (over) throw new Error(over);
    const answer = await fetch(`${url}/api/types?agent=mill@localhost`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the agent did not come');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(timer);
}
