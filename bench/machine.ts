/** What the numbers were measured on, in general words. */
import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { clangVersion, python as pythonCommand } from './peers.js';

export function machine(): string {
  const cores = availableParallelism();
  const memory = Math.round(totalmem() / 2 ** 30);
  const kind = cpus()[0]?.model.includes('AMD') ? 'x86-64 (AMD)' : process.arch === 'x64' ? 'x86-64' : process.arch;
  return `${cores} shared ${cores === 1 ? 'core' : 'cores'}, ${kind}, ${memory} GB`;
}

export function versions(): string {
  const python =
    spawnSync(pythonCommand() ?? 'python3', ['--version'], { encoding: 'utf8' }).stdout?.trim() ?? 'no Python';
  return `Clang ${clangVersion()}, Node ${process.versions.node}, ${python}`;
}
