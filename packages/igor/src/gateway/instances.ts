/** The instances behind a gateway. Each post goes to one of them: to the one that is preferred, if it lives, else to the next in turn. */
import type { Log } from '../log.js';
import type { InstancePort } from './ports.js';
import { PostError } from './post.js';

export interface Instance {
  /** How calls name their origin. */
  id: string;
  port: InstancePort;
}

/** One that could not be reached is left out for so long, in milliseconds. */
const rest = 500;

export class Instances {
  private turn = 0;
  private readonly downUntil = new Map<string, number>();

  constructor(
    private readonly instances: readonly Instance[],
    private readonly log: Log,
  ) {}

  get size(): number {
    return this.instances.length;
  }

  /** @throws what the last instance that was tried threw; a `PostError` when none can be reached */
  async ask<Method extends keyof InstancePort>(
    method: Method,
    argument: Parameters<InstancePort[Method]>[0],
    preferred?: string,
  ): Promise<Awaited<ReturnType<InstancePort[Method]>>> {
    let failure: unknown;
    for (const { id, port } of this.order(preferred)) {
      try {
        const result = await (port[method] as (argument: unknown) => Promise<unknown>)(argument);
        this.downUntil.delete(id);
        return result as Awaited<ReturnType<InstancePort[Method]>>;
      } catch (error) {
        failure = error;
        // Only one that can't be reached is worth replacing: what one refuses, the others refuse too.
        if (!(error instanceof PostError)) throw error;
        this.downUntil.set(id, Date.now() + rest);
        this.log.warn('an instance can not be reached', { instance: id, error });
      }
    }
    throw failure ?? new PostError('there is no instance of the application', true);
  }

  /** All instances, the best first; those that were down a moment ago last. */
  private order(preferred: string | undefined): Instance[] {
    const { instances } = this;
    const now = Date.now();
    const start = this.turn++ % Math.max(instances.length, 1);
    const inTurn = [...instances.slice(start), ...instances.slice(0, start)];
    const rank = ({ id }: Instance) => ((this.downUntil.get(id) ?? 0) > now ? 2 : id === preferred ? 0 : 1);
    return instances.length === 1 ? inTurn : inTurn.sort((a, b) => rank(a) - rank(b));
  }

  /** The next address in turn, for whoever forwards requests of browsers. */
  next(): Instance | undefined {
    return this.order(undefined)[0];
  }

  failed(id: string): void {
    this.downUntil.set(id, Date.now() + rest);
  }
}
