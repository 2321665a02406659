// `agent.system.info({})`: the chosen agents, with a function for each method of each service.
import type { Place } from '../../error.js';
import { packExactly } from '../../values/pack.js';
import type { AgentShape, MethodShape, ServiceShape } from '../protocol.js';
import { type AbortSignal, CallError } from './classes.js';
import type { Send, Waiting } from './guest.js';

interface Exits {
  send: Send;
  wait(id: number, handlers: Waiting): void;
  forget(id: number): void;
  place(): Place | undefined;
}

interface CallOptions {
  /** In ms, from now. */
  deadline?: number;
  signal?: AbortSignal;
}

interface Agent {
  readonly jid: string;
  readonly facts: Record<string, string>;
  service(typeName: string): object;
}

type Outcome = { agent: string; value: unknown } | { agent: string; error: unknown };

let nextCall = 1;

export function makeAgents(shapes: readonly AgentShape[], exits: Exits): readonly Agent[] {
  const agents = shapes.map((shape, index) => makeAgent(shape, index, exits));
  Object.defineProperty(agents, 'gather', {
    value: (each: (agent: Agent) => unknown): Promise<Outcome[]> =>
      Promise.all(
        agents.map(async (agent): Promise<Outcome> => {
          try {
            return { agent: agent.jid, value: await each(agent) };
          } catch (error) {
            return { agent: agent.jid, error };
          }
        }),
      ),
  });
  return Object.freeze(agents);
}

function makeAgent(shape: AgentShape, index: number, exits: Exits): Agent {
  const services = new Map(shape.services.map((it) => [it.typeName, makeService(shape, index, it, exits)]));
  const agent: Record<string, unknown> = {
    jid: shape.jid,
    facts: Object.freeze({ ...shape.facts }),
    service(typeName: string): object {
      const service = services.get(typeName);
      if (!service) throw new CallError('unimplemented', `${shape.jid} has no service ${typeName}`);
      return service;
    },
  };
  for (const { property, typeName } of shape.services) {
    // A service called Jid, or a second one of the same short name, is reached by agent.service('its.full.Name').
    if (!(property in agent)) agent[property] = services.get(typeName);
  }
  return Object.freeze(agent) as unknown as Agent;
}

function makeService(agent: AgentShape, index: number, service: ServiceShape, exits: Exits): object {
  const methods = service.methods.map((method) => [method.property, makeMethod(agent, index, service, method, exits)]);
  return Object.freeze(Object.fromEntries(methods));
}

function makeMethod(agent: AgentShape, index: number, service: ServiceShape, method: MethodShape, exits: Exits) {
  const start = (request: unknown, options: CallOptions, handlers: (id: number) => Waiting): number => {
    options.signal?.throwIfAborted();
    const id = nextCall++;
    const place = exits.place();
    exits.wait(id, handlers(id));
    try {
      exits.send(
        {
          op: 'call',
          id,
          agent: index,
          service: service.typeName,
          method: method.name,
          ...(options.deadline === undefined ? {} : { deadline: Number(options.deadline) }),
          ...(place ? { place } : {}),
        },
        packExactly(request ?? {}),
      );
    } catch (error) {
      exits.forget(id);
      throw error;
    }
    options.signal?.addEventListener('abort', () => exits.send({ op: 'cancel', id }));
    return id;
  };
  const complete = (error: Error): Error =>
    Object.assign(error, { agent: agent.jid, method: `${service.typeName}/${method.name}` });

  if (method.kind === 'unary') {
    return async (request?: unknown, options: CallOptions = {}): Promise<unknown> => {
      // Made here, so that its stack says who called.
      const here = new Error();
      return new Promise((resolve, reject) => {
        start(request, options, () => ({
          value: resolve,
          item: () => {},
          done: () => resolve(undefined),
          failure: (error) => reject(withStack(complete(error), here)),
          awaited: () => true,
        }));
      });
    };
  }
  return (request?: unknown, options: CallOptions = {}) => {
    const here = new Error();
    const items = new Items(
      (id) => exits.send({ op: 'next', id }),
      (id) => exits.send({ op: 'cancel', id }),
      exits.forget,
    );
    items.id = start(request, options, () => ({
      value: () => {},
      item: (value) => items.push(value),
      done: () => items.end(),
      failure: (error) => items.end(withStack(complete(error), here)),
      awaited: () => items.awaited,
    }));
    return items;
  };
}

/** An error that came from elsewhere is said to have happened where the code made the call. */
function withStack(error: Error, here: Error): Error {
  Object.defineProperty(error, 'stack', { value: here.stack, configurable: true, writable: true });
  return error;
}

/** What a stream brings, one after another; asked for one at a time, so that a slow reader slows the sender. */
class Items implements AsyncIterableIterator<unknown> {
  id = 0;
  readonly #readers: { resolve(result: IteratorResult<unknown>): void; reject(error: unknown): void }[] = [];
  #ended: { error?: Error } | undefined;

  constructor(
    private readonly ask: (id: number) => void,
    private readonly cancel: (id: number) => void,
    private readonly forget: (id: number) => void,
  ) {}

  get awaited(): boolean {
    return this.#readers.length > 0;
  }

  push(value: unknown): void {
    this.#readers.shift()?.resolve({ value, done: false });
  }

  end(error?: Error): void {
    this.#ended ??= error ? { error } : {};
    const first = this.#readers.shift();
    if (error && first) {
      this.#ended = {};
      first.reject(error);
    } else {
      first?.resolve({ value: undefined, done: true });
    }
    for (const reader of this.#readers.splice(0)) reader.resolve({ value: undefined, done: true });
  }

  next(): Promise<IteratorResult<unknown>> {
    if (this.#ended) {
      const { error } = this.#ended;
      this.#ended = {};
      return error ? Promise.reject(error) : Promise.resolve({ value: undefined, done: true });
    }
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject });
      this.ask(this.id);
    });
  }

  /** `break` in a loop over it: the call is canceled. */
  return(): Promise<IteratorResult<unknown>> {
    if (!this.#ended) {
      this.#ended = {};
      this.cancel(this.id);
      this.forget(this.id);
    }
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
