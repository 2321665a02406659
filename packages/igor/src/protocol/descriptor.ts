/** Descriptors of services as bytes: what an agent tells about itself, and what an application makes of it. */
import { createHash } from 'node:crypto';
import {
  create,
  createFileRegistry,
  type DescFile,
  type DescMethod,
  type DescService,
  type FileRegistry,
  fromBinary,
  toBinary,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { IgorError } from '../error.js';

/** Of a descriptor, in bytes. Google's whole API is smaller. */
export const largestDescriptor = 16 * 1024 * 1024;

export interface DescriptorBytes {
  bytes: Uint8Array;
  /** SHA-256, hexadecimal. */
  hash: string;
}

/** The files of the services and all that they import, imported ones first, by name where there is a choice: always the same bytes. */
export function describeServices(services: readonly DescService[]): DescriptorBytes {
  const files = new Map<string, DescFile>();
  const add = (file: DescFile) => {
    const known = files.get(file.name);
    if (known) {
      if (known !== file && !sameFile(known, file)) {
        throw new IgorError('usage', `two services come from different files that are both called ${file.name}.proto`);
      }
      return;
    }
    for (const dependency of file.dependencies) add(dependency);
    files.set(file.name, file);
  };
  for (const { file } of [...services].sort((a, b) => (a.typeName < b.typeName ? -1 : 1))) add(file);
  const set = create(FileDescriptorSetSchema, { file: [...files.values()].map(({ proto }) => proto) });
  const bytes = toBinary(FileDescriptorSetSchema, set);
  return { bytes, hash: sha256(bytes) };
}

function sameFile(a: DescFile, b: DescFile): boolean {
  const bytes = ({ proto }: DescFile) =>
    toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: [proto] }));
  return Buffer.compare(bytes(a), bytes(b)) === 0;
}

/** @throws IgorError `invalid_argument` when these bytes are no descriptor */
export function readDescriptor(bytes: Uint8Array): FileRegistry {
  try {
    return createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
  } catch (cause) {
    throw new IgorError('invalid_argument', `these bytes are no descriptor: ${(cause as Error).message}`, { cause });
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** `disk.v1.Disk/Usage`: how a method is called in calls and handlers. */
export function methodName(method: DescMethod | string): string {
  return typeof method === 'string' ? method : `${method.parent.typeName}/${method.name}`;
}
