// Calls a service as an agent does, without one: what it answers is made a message, and what it is asked is one.
import { create, type Message } from '@bufbuild/protobuf';
import { IgorError } from 'igor';
import type { ServedService } from 'igor/agent';

export interface Asked {
  signal?: AbortSignal;
}

function run(
  service: ServedService,
  name: string,
  request: object,
  { signal }: Asked,
): { result: unknown; output: never } {
  const method = service.methods.get(name);
  if (!method) throw new Error(`no method ${name}`);
  const call = {
    id: 'test',
    signal: signal ?? new AbortController().signal,
    deadline: new Date(Date.now() + 60_000),
    caller: 'igor.localhost',
    progress() {},
  };
  const message = create(method.descriptor.input, request as never);
  const result = (method.run as (request: Message, call: object) => unknown)(message, call);
  return { result, output: method.descriptor.output as never };
}

export async function ask<T>(
  service: ServedService,
  name: string,
  request: object = {},
  asked: Asked = {},
): Promise<T> {
  const { result, output } = run(service, name, request, asked);
  return create(output, (await result) as never) as T;
}

export async function* each<T>(
  service: ServedService,
  name: string,
  request: object,
  asked: Asked = {},
): AsyncGenerator<T> {
  const { result, output } = run(service, name, request, asked);
  for await (const item of result as AsyncIterable<never>) yield create(output, item) as T;
}

export async function all<T>(service: ServedService, name: string, request: object, asked: Asked = {}): Promise<T[]> {
  const items: T[] = [];
  for await (const item of each<T>(service, name, request, asked)) items.push(item);
  return items;
}

/** The code with which it fails. */
export async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'ok';
  } catch (error) {
    if (error instanceof IgorError) return error.code;
    throw error;
  }
}
