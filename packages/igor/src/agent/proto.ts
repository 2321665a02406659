/**
 * Services described by a `.proto` file, read at run time by the compiler that is there: Buf's, which comes by npm (`@bufbuild/buf`), or
 * `protoc`. Neither is a dependency, as a binary of 90 MB is not for every agent; a descriptor that was compiled before needs none.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { DescService } from '@bufbuild/protobuf';
import { IgorError } from '../error.js';
import { readDescriptor } from '../protocol/descriptor.js';

/**
 * @param path of a `.proto` file, or of a compiled `FileDescriptorSet` (`.binpb`, `.pb`, `.desc`) with all that it imports
 * @param name of the service, with its package: `disk.v1.Disk`
 * @throws IgorError `usage`
 */
export function proto(path: string, name: string): DescService {
  if (!existsSync(path)) throw new IgorError('usage', `there is no file ${resolve(path)}`);
  const bytes = path.endsWith('.proto') ? compile(resolve(path)) : readFileSync(path);
  const registry = readDescriptor(bytes);
  const service = registry.getService(name);
  if (service) return service;
  const known = [...registry].filter((type) => type.kind === 'service').map(({ typeName }) => typeName);
  throw new IgorError('usage', `${path} has no service ${name}; it has ${known.join(', ') || 'none'}`);
}

function compile(path: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'igor-proto-'));
  const out = join(folder, 'set.binpb');
  try {
    const [cwd, file] = [dirname(path), basename(path)];
    const buf = bufCommand();
    const run = buf
      ? spawnSync(process.execPath, [buf, 'build', `${file}#include_package_files=false`, '-o', out], {
          cwd,
          encoding: 'utf8',
        })
      : spawnSync('protoc', ['--include_imports', `--descriptor_set_out=${out}`, '-I.', file], {
          cwd,
          encoding: 'utf8',
        });
    if (run.error) {
      throw new IgorError(
        'usage',
        `${path}: there is no compiler for it. npm install @bufbuild/buf, or install protoc`,
        { cause: run.error },
      );
    }
    if (run.status !== 0)
      throw new IgorError('usage', `${path} can not be compiled:\n${(run.stderr || run.stdout).trim()}`);
    return readFileSync(out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bufCommand(): string | undefined {
  for (const from of [`${process.cwd()}/`, import.meta.url]) {
    try {
      return createRequire(from).resolve('@bufbuild/buf/bin/buf');
    } catch {
      // Not there.
    }
  }
  return undefined;
}
