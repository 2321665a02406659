// The services' descriptors, comments included: the console shows these while a person types. What protoc-gen-es writes
// has the types, but leaves the comments out.
import { readFileSync } from 'node:fs';
import { createFileRegistry, type DescService, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { Process as ProcessType } from './generated/monsterlab/v1/process_pb.js';
import type { Source as SourceType } from './generated/monsterlab/v1/source_pb.js';
import type { System as SystemType } from './generated/monsterlab/v1/system_pb.js';

const bytes = readFileSync(new URL('../proto/services.binpb', import.meta.url));
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));

function service<Service extends DescService>(name: Service['typeName']): Service {
  return registry.getService(name) as Service;
}

export const System = service<typeof SystemType>('monsterlab.v1.System');
export const Source = service<typeof SourceType>('monsterlab.v1.Source');
export const Process = service<typeof ProcessType>('monsterlab.v1.Process');
