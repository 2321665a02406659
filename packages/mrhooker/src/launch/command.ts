// Finds the program that a command names, and says beforehand when hooks can't reach it.

import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { MrhookerError } from '../error.js';
import { readElf } from './elf.js';

export interface Target {
  /** The file that the kernel will execute: for a script, its interpreter. */
  path: string;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The way a shell finds it. */
export function findCommand(name: string, path = process.env.PATH ?? '/usr/bin:/bin'): string {
  if (name.includes('/')) {
    if (isExecutable(name)) return resolve(name);
    if (!existsSync(name)) throw new MrhookerError('command', `${name}: there is no such program`);
    const why = statSync(name).isDirectory() ? 'it is a folder' : 'it is not executable (chmod +x)';
    throw new MrhookerError('target', `${name} can't be run: ${why}`);
  }
  for (const folder of path.split(delimiter)) {
    const candidate = resolve(folder || '.', name);
    if (isExecutable(candidate)) return candidate;
  }
  throw new MrhookerError('command', `${name}: command not found`);
}

const elfMagic = 0x464c457f;

function headOf(path: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined;
    throw error;
  }
  const head = Buffer.alloc(4096);
  const size = readSync(fd, head, 0, head.length, 0);
  closeSync(fd);
  return head.subarray(0, size);
}

/** Of a script. What names none is a shell's. */
function interpreterOf(path: string, head: Buffer): string {
  const line = head.toString('latin1').split('\n')[0]!;
  const [program, argument] = line.startsWith('#!') ? line.slice(2).trim().split(/\s+/) : [];
  if (!program) return '/bin/sh';
  try {
    // `#!/usr/bin/env python3`: what counts is what it finds.
    if (/\/env$/.test(program) && argument && !argument.startsWith('-')) return findCommand(argument);
    return findCommand(program.includes('/') ? program : `./${program}`);
  } catch (error) {
    if (!(error instanceof MrhookerError)) throw error;
    throw new MrhookerError(error.code, `${path}: its interpreter: ${error.message}`, { cause: error });
  }
}

/** Reads the target's headers: a static, foreign or privileged program ignores LD_PRELOAD, which is said here. */
export function inspectTarget(path: string, depth = 0): Target {
  const head = headOf(path);
  // It may be executed and not read.
  if (!head) return { path };
  const { mode } = statSync(path);
  if (head.length < 64 || head.readUInt32LE(0) !== elfMagic) {
    if (depth > 4) throw new MrhookerError('target', `${path}: too many interpreters`);
    return inspectTarget(interpreterOf(path, head), depth + 1);
  }
  if (head[4] !== 2) throw new MrhookerError('target', `${path}: a 32-bit program; the hooks are 64-bit`);
  if (head.readUInt16LE(18) !== 62)
    throw new MrhookerError('target', `${path}: a program for another processor than x86-64`);
  const owner = statSync(path);
  if ((mode & 0o4000 && owner.uid !== process.geteuid?.()) || (mode & 0o2000 && owner.gid !== process.getegid?.()))
    throw new MrhookerError(
      'target',
      `${path}: setuid or setgid; the loader ignores hooks in privileged programs. Run it as its owner, or a copy without those bits`,
    );
  const elf = readElf(path);
  if (elf?.interpreter === undefined) {
    const go = readFileSync(path).includes('.gopclntab');
    throw new MrhookerError('target', `${path}: statically linked${go ? ' (Go)' : ''}; hooks need the dynamic loader`);
  }
  if (!/ld-linux/.test(elf.interpreter))
    throw new MrhookerError(
      'target',
      `${path}: made for another C library (${elf.interpreter}); the hooks are for glibc`,
    );
  return { path: realpathSync(path) };
}
