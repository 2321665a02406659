// Runs mrhooker as a person does, in a folder of its own.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const program = `${root}/packages/mrhooker/bin/mrhooker.js`;

export interface Ran {
  status: number | null;
  /** The command's own. */
  stdout: string;
  /** The command's, and what mrhooker says. */
  stderr: string;
}

/** A folder with what mrhooker compiles and where it looks for a configuration. */
export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'mrhooker-test-'));

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): string {
    const path = this.path(name);
    writeFileSync(path, text);
    return path;
  }

  /** @param env beside the usual one, with a home of its own */
  run(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = this.folder): Promise<Ran> {
    const home = { HOME: this.folder, XDG_CACHE_HOME: this.path('cache'), XDG_CONFIG_HOME: this.path('config') };
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [program, ...args], {
        cwd,
        env: { ...process.env, NO_COLOR: '1', ...home, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const texts = { stdout: '', stderr: '' };
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        texts.stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        texts.stderr += text;
      });
      child.on('error', reject);
      child.on('close', (status) => resolve({ status, ...texts }));
    });
  }

  /** A script's text, under a command. */
  script(text: string, command: readonly string[], options: readonly string[] = []): Promise<Ran> {
    return this.run([...options, this.write('hooks.ts', text), ...command]);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What scripts print: without mrhooker's own lines. */
export function printed({ stderr }: Ran): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.startsWith('mrhooker: '));
}
