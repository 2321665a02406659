// The processes under chaos: each can be killed, and is started again as it was.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { accepts, end, until } from '../support/servers.js';

export class Process {
  private child: ChildProcess | undefined;
  private said = '';
  kills = 0;

  constructor(
    readonly name: string,
    private readonly command: string,
    private readonly args: readonly string[],
    private readonly env: NodeJS.ProcessEnv,
    /** Where it accepts connections when it is ready. */
    private readonly port: number | undefined,
  ) {}

  async start(): Promise<void> {
    for (;;) {
      const child = spawn(this.command, this.args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ...this.env },
      });
      this.child = child;
      for (const output of [child.stdout, child.stderr]) {
        output?.on('data', (bytes: Buffer) => {
          this.said = (this.said + bytes.toString()).slice(-8000);
        });
      }
      try {
        await until(this.name, async () => {
          if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${this.name} ended: ${this.said}`);
          return this.port === undefined || accepts(this.port);
        });
        return;
      } catch (error) {
        // Others are dead at the moment, too: what needs them comes up later.
        if (this.stopped) return;
        if (++this.failures > 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  private failures = 0;
  private stopped = false;

  async killAndRestart(pause: number): Promise<void> {
    this.kills++;
    const { child } = this;
    if (child) await end(child, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (!this.stopped) await this.start();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.child) await end(this.child);
  }

  get output(): string {
    return this.said;
  }
}

const igor = fileURLToPath(new URL('../../../packages/igor/bin/igor.js', import.meta.url));

export function igorProcess(name: string, args: readonly string[], env: NodeJS.ProcessEnv, port?: number): Process {
  return new Process(name, process.execPath, [igor, ...args], env, port);
}
