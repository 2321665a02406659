/** Real projects, changed by scripts, built, and held against their own suites. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { fetchDebianSource } from '../../setup/corpus.mjs';

const main = fileURLToPath(new URL('../../packages/cmonster/src/cli/main.ts', import.meta.url));
const tsx = import.meta.resolve('tsx');
export const codemod = (name: string): string => fileURLToPath(new URL(`codemods/${name}.ts`, import.meta.url));

export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** A project's own copy in a folder that goes away with it. */
export class RealProject {
  readonly folder: string;
  private readonly parent: string;
  private readonly buildCommand: string;
  private readonly suiteCommand: string;

  /** @param build and suite are commands for a shell, in the project's folder */
  static async open(name: string, build: string, suite: string): Promise<RealProject> {
    return new RealProject(await fetchDebianSource(name), name, build, suite);
  }

  private constructor(source: string, name: string, build: string, suite: string) {
    this.parent = mkdtempSync(join(tmpdir(), 'refactoring-'));
    this.folder = join(this.parent, name);
    cpSync(source, this.folder, { recursive: true });
    this.buildCommand = build;
    this.suiteCommand = suite;
  }

  dispose(): void {
    rmSync(this.parent, { recursive: true, force: true });
  }

  shell(command: string): Outcome {
    return this.spawn('sh', ['-c', command]);
  }

  cmonster(...args: string[]): Outcome {
    return this.spawn(process.execPath, ['--import', tsx, main, ...args]);
  }

  /** Writes a compile_commands.json for files that all take the same arguments. */
  database(files: readonly string[], args: readonly string[]): void {
    const entries = files.map((file) => ({ directory: this.folder, file, arguments: ['gcc', ...args, '-c', file] }));
    writeFileSync(join(this.folder, 'compile_commands.json'), JSON.stringify(entries));
  }

  /** Changes the project; gives what cmonster says at the end: "12 changes in 3 files written". */
  change(script: string, ...args: string[]): string {
    const outcome = this.cmonster('run', codemod(script), '--write', '-j', '2', ...args);
    expect(outcome, outcome.stderr).toMatchObject({ status: 0 });
    return /\d+ changes? in \d+ files? written/.exec(outcome.stderr)?.[0] ?? outcome.stderr;
  }

  /** Builds it, and runs its suite. */
  verify(): void {
    for (const command of [this.buildCommand, this.suiteCommand]) {
      const { status, stdout, stderr } = this.shell(command);
      expect(status, `${command}\n${stdout.slice(-4000)}\n${stderr.slice(-4000)}`).toBe(0);
    }
  }

  private spawn(program: string, args: readonly string[]): Outcome {
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: this.folder,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { ...process.env, CMONSTER_CACHE: join(this.parent, 'cache'), XDG_STATE_HOME: join(this.parent, 'state') },
    });
    return { status, stdout, stderr };
  }
}
