/** A small project of a test's own, and the command over it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../packages/cmonster/src/cli/main.ts', import.meta.url));
const tsx = import.meta.resolve('tsx');

export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

export class Workspace {
  readonly parent: string;
  readonly folder: string;
  private readonly environment: NodeJS.ProcessEnv;

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.parent = mkdtempSync(join(tmpdir(), 'project-test-'));
    this.folder = join(this.parent, 'project');
    mkdirSync(this.folder);
    this.environment = {
      ...process.env,
      CMONSTER_CACHE: join(this.parent, 'cache'),
      XDG_STATE_HOME: join(this.parent, 'state'),
    };
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  dispose(): void {
    rmSync(this.parent, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.folder, name);
  }
  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }
  /** A minute old, so that a cache trusts it. */
  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
    const then = new Date(Date.now() - 60_000);
    utimesSync(this.path(name), then, then);
  }

  /** What a run leaves beside files, or in the state's folder. */
  leftOvers(): string[] {
    const state = join(this.parent, 'state', 'cmonster');
    const inState = ((): string[] => {
      try {
        return readdirSync(state);
      } catch {
        return [];
      }
    })();
    const inFolder = readdirSync(this.folder, { recursive: true, encoding: 'utf8' });
    return [...inFolder.filter((name) => name.includes('.cmonster-')), ...inState];
  }

  /** compile_commands.json for files that take the same arguments, or for entries. */
  database(files: readonly (string | readonly string[])[], args: readonly string[] = []): void {
    const entries = files.map((entry) => {
      const [file, ...own] = typeof entry === 'string' ? [entry] : entry;
      return { directory: this.folder, file, arguments: ['cc', ...args, ...own, '-c', file] };
    });
    this.write('compile_commands.json', JSON.stringify(entries));
  }

  run(...args: string[]): Outcome {
    return this.inside([], ...args);
  }

  /** The command behind another one: `['unshare', '-rm']`. */
  inside(outer: readonly string[], ...args: string[]): Outcome {
    const [program, ...rest] = [...outer, process.execPath, '--import', tsx, main, ...args] as [string, ...string[]];
    const { status, stdout, stderr } = spawnSync(program, rest, {
      cwd: this.folder,
      encoding: 'utf8',
      env: this.environment,
      maxBuffer: 1 << 28,
    });
    return { status, stdout, stderr };
  }

  start(...args: string[]): ChildProcess {
    return spawn(process.execPath, ['--import', tsx, main, ...args], {
      cwd: this.folder,
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}
