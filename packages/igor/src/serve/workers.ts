/** Instances as processes of this machine, each started again when it dies. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort } from '../gateway/prosody.js';
import type { Log, LogLevel } from '../log.js';
import type { InstanceSettings } from './instance.js';

export interface Worker {
  url: string;
  /** Of the process that runs now. */
  readonly pid: number | undefined;
}

const restartPause = 100;

export class Workers {
  readonly all: (Worker & { port: number; child: ChildProcess | undefined })[] = [];
  private stopping = false;

  constructor(
    private readonly settings: Omit<InstanceSettings, 'log' | 'port'> & { level: LogLevel },
    private readonly log: Log,
  ) {}

  /** Ports are chosen now, and stay: the gateway knows instances by their addresses. */
  async choose(count: number): Promise<string[]> {
    for (let index = 0; index < count; index++) {
      const port = await freePort();
      const entry = {
        url: `http://${this.settings.host}:${port}`,
        port,
        child: undefined as ChildProcess | undefined,
        get pid() {
          return this.child?.pid;
        },
      };
      this.all.push(entry);
    }
    return this.all.map(({ url }) => url);
  }

  async start(): Promise<void> {
    await Promise.all(this.all.map((worker) => this.spawn(worker)));
  }

  private spawn(worker: Workers['all'][number]): Promise<void> {
    const isSource = import.meta.url.endsWith('.ts');
    const main = fileURLToPath(new URL(`instance-main.${isSource ? 'ts' : 'js'}`, import.meta.url));
    const child = fork(main, {
      env: { ...process.env, IGOR_INSTANCE: JSON.stringify({ ...this.settings, port: worker.port }) },
      execArgv: isSource ? ['--import', 'tsx'] : [],
    });
    worker.child = child;
    return new Promise((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', (code, signal) => {
        reject(new Error(`an instance ended (${signal ?? code}) before it was ready`));
        if (this.stopping) return;
        this.log.warn('an instance ended; it is started again', { url: worker.url, code, signal });
        setTimeout(() => {
          if (!this.stopping)
            this.spawn(worker).catch((error) => this.log.error('an instance can not be started', { error }));
        }, restartPause);
      });
    });
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(
      this.all.map(async ({ child }) => {
        if (!child || child.exitCode !== null || child.signalCode !== null) return;
        const exited = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
        await exited;
        clearTimeout(timer);
      }),
    );
  }
}
