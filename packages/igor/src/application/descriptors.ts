/** What agents serve, by the hash of their descriptor: from the shared store, and kept here once read, as a hash never changes its meaning. */
import type { DescMethod, DescService } from '@bufbuild/protobuf';
import { IgorError } from '../error.js';
import { readDescriptor } from '../protocol/descriptor.js';
import type { AgentRecord, Directory } from '../store/directory.js';
import type { AgentDescriptor } from './api.js';

const mostKept = 200;

type Known = Omit<AgentDescriptor, 'services'> & { methods: Map<string, DescMethod> };

export class Descriptors {
  private readonly known = new Map<string, Known>();

  constructor(private readonly directory: Directory) {}

  async get(hash: string): Promise<Known | undefined> {
    const known = this.known.get(hash);
    if (known) return known;
    const bytes = await this.directory.descriptor(hash);
    return bytes && this.keep(hash, bytes);
  }

  private keep(hash: string, bytes: Uint8Array): Known {
    const registry = readDescriptor(bytes);
    const methods = new Map<string, DescMethod>();
    for (const type of registry) {
      if (type.kind !== 'service') continue;
      for (const method of type.methods) methods.set(`${type.typeName}/${method.name}`, method);
    }
    const known = { hash, bytes, registry, files: [...registry.files], methods };
    this.known.set(hash, known);
    if (this.known.size > mostKept) this.known.delete(this.known.keys().next().value as string);
    return known;
  }

  async describe({ hash, services }: AgentRecord): Promise<AgentDescriptor | undefined> {
    const known = await this.get(hash);
    if (!known) return undefined;
    const { bytes, registry, files } = known;
    const found = services.map((name) => registry.getService(name)).filter((service) => service !== undefined);
    return { hash, bytes, registry, files, services: found };
  }

  /** @throws IgorError `unimplemented` */
  async method({ hash, services, jid }: AgentRecord, name: string): Promise<DescMethod | undefined> {
    const known = await this.get(hash);
    if (!known) return undefined;
    const method = known.methods.get(name);
    if (method && services.includes(method.parent.typeName)) return method;
    throw new IgorError('unimplemented', `${jid} serves no ${name}; it serves ${namesOf(known, services)}`);
  }
}

function namesOf(known: Known, services: readonly string[]): string {
  const names = [...known.methods].filter(([, { parent }]) => services.includes(parent.typeName)).map(([name]) => name);
  return names.join(', ') || 'nothing';
}

/** The name that a script says for a service: `disk.v1.Disk` is `disk`. */
export function scriptName(service: DescService): string {
  return service.name.charAt(0).toLowerCase() + service.name.slice(1);
}
