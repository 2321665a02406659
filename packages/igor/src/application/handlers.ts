/** Handlers by method: `disk.v1.Disk/Usage`, `disk.v1.Disk/*`, `*`; the most particular one is used. */
import type { DescMethod } from '@bufbuild/protobuf';
import { methodName } from '../protocol/descriptor.js';

export class Handlers<Event> {
  private readonly byName = new Map<string, (event: Event) => void | Promise<void>>();

  set(method: string | DescMethod, handler: (event: Event) => void | Promise<void>): void {
    this.byName.set(methodName(method), handler);
  }

  find(method: string): ((event: Event) => void | Promise<void>) | undefined {
    const service = method.slice(0, method.indexOf('/'));
    return this.byName.get(method) ?? this.byName.get(`${service}/*`) ?? this.byName.get('*');
  }
}
