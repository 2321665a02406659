// Packed packages, installed in an empty folder outside of the repository.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

export class Installed {
  readonly folder = mkdtempSync(join(tmpdir(), 'monsterlab-pack-'));
  /** Where `npm install` was run. */
  readonly app = join(this.folder, 'app');
  /** The files of the last package. */
  readonly files: readonly string[];

  /** @param packages each behind those that it depends on */
  constructor(...packages: readonly string[]) {
    const packed = packages.map((name) => {
      const [made] = JSON.parse(
        this.run('npm', ['pack', '--json', '--pack-destination', this.folder], join(root, 'packages', name)),
      ) as [{ filename: string; files: { path: string }[] }];
      return { archive: join(this.folder, made.filename), files: made.files.map(({ path }) => path) };
    });
    this.files = packed.at(-1)?.files ?? [];
    mkdirSync(this.app);
    this.write('app/package.json', '{ "private": true, "type": "module" }\n');
    const quiet = ['--silent', '--no-audit', '--no-fund', '--prefer-offline'];
    this.run('npm', ['install', ...quiet, ...packed.map(({ archive }) => archive)], this.app);
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /** What a command prints. */
  run(command: string, args: readonly string[], cwd = this.app, env: Record<string, string> = {}): string {
    return execFileSync(command, args, {
      cwd,
      env: { ...process.env, NO_COLOR: '1', ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  cmonster(args: readonly string[], env: Record<string, string>): string {
    return this.run('npx', ['--no-install', 'cmonster', ...args], this.app, env);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
