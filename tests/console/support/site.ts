// A console as it is in use: `igor serve`, with agents, each a process of its own.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const igor = join(root, 'packages/igor/bin/igor.js');

export interface Site {
  url: string;
  /** The first account's password, unless it is open. */
  password: string | undefined;
  /** Starts an agent, with the services of a file; by default ours. */
  agent(name: string, service?: string): Promise<ChildProcess>;
  stop(): Promise<void>;
}

export async function startSite(flags: string[] = ['--open']): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'console-test-'));
  const state = join(folder, 'state');
  const children: ChildProcess[] = [];
  const start = (args: string[]): ChildProcess => {
    const child = spawn(process.execPath, [igor, ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    children.push(child);
    return child;
  };
  const application = ['--app', join(root, 'packages/console/dist/index.js')];
  const serve = start(['serve', '--state', state, '--port', '0', ...application, ...flags]);
  let said = '';
  let password: string | undefined;
  serve.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    password ??= /Its password, shown this once: (\S+)/.exec(said)?.[1];
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: serve.stdout! }).on('line', (line) => {
      const address = /^igor is at (\S+)/.exec(line)?.[1];
      if (address) resolve(address);
    });
    serve.once('exit', (code) => reject(new Error(`igor serve ended with ${code}\n${said}`)));
  });
  return {
    url,
    get password() {
      return password;
    },
    async agent(name, service = join(root, 'packages/services/dist/index.js')) {
      const enrolment = join(folder, `${name}.json`);
      if (!existsSync(enrolment))
        execFileSync(process.execPath, [igor, 'enrol', name, '--state', state, '--out', enrolment], {
          cwd: folder,
          stdio: 'pipe',
        });
      const journal = join(folder, `${name}.journal`);
      const child = start([
        'agent',
        '--enrolment',
        enrolment,
        '--service',
        service,
        '--journal',
        journal,
        '--lease',
        '3',
        '--log',
        'info',
      ]);
      await new Promise<void>((resolve, reject) => {
        let log = '';
        child.stdout!.resume();
        child.stderr!.setEncoding('utf8').on('data', (text: string) => {
          log += text;
          if (log.includes('"connected"')) resolve();
        });
        child.once('exit', (code) => reject(new Error(`the agent ended with ${code}\n${log}`)));
      });
      return child;
    },
    async stop() {
      for (const child of children.reverse()) await end(child);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await Promise.race([gone, sleep(15_000).then(() => child.kill('SIGKILL'))]);
}
