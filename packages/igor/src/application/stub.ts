/** Calls by name. */
import type { DescMethod, DescService, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { AgentStub, Call, CallOptions } from './api.js';
import type { MethodRef } from './starter.js';

/** A method of a service, by its name in lower camel case; its types come from the service's generated descriptor. */
export type ServiceClient<Service extends DescService> = {
  [Name in keyof Service['method']]: MethodClient<Service['method'][Name]>;
};

export type MethodClient<Method extends DescMethod> = (
  request: MessageInitShape<Method['input']>,
  options?: CallOptions,
) => Call<MessageShape<Method['output']>>;

type Start = (method: MethodRef, request: unknown, options?: CallOptions) => Call<unknown>;

export function serviceClient<Service extends DescService>(service: Service, start: Start): ServiceClient<Service> {
  const methods = service.methods.map((method) => [
    method.localName,
    (request: unknown, options?: CallOptions) => start(method, request, options),
  ]);
  return Object.fromEntries(methods) as ServiceClient<Service>;
}

/** Names that say something else of any object: a stub is no promise, and prints as what it is. */
const notMethods = new Set(['then', 'catch', 'finally', 'toJSON', 'toString', 'constructor', 'inspect']);

export function agentStub(jid: string, start: Start): AgentStub {
  const own: Record<string, unknown> = {
    jid,
    service: (service: DescService) => serviceClient(service, start),
  };
  return new Proxy(own, {
    get(target, name) {
      if (typeof name === 'symbol' || notMethods.has(name)) return undefined;
      if (name in target) return target[name];
      return named([name], start);
    },
  }) as unknown as AgentStub;
}

/** `stub.usage(…)` and `stub.disk.usage(…)` begin alike. */
function named(names: readonly string[], start: Start): unknown {
  const call = (request?: unknown, options?: CallOptions) => start(names, request, options);
  if (names.length === 2) return call;
  return new Proxy(call, {
    get(target, name) {
      if (typeof name === 'symbol' || notMethods.has(name)) return Reflect.get(target, name);
      return named([...names, name], start);
    },
  });
}
