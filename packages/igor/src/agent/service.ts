/** How a service is written: an object with a function for each of its methods. */
import type {
  DescMethod,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  JsonValue,
  MessageInitShape,
  MessageShape,
} from '@bufbuild/protobuf';
import { IgorError } from '../error.js';
import type { Log } from '../log.js';

/** What a method knows of the call it runs for. */
export interface ServiceCall {
  readonly id: string;
  /** Aborts at the deadline, when the caller cancels, and when the agent must end. Its `reason` is an {@link IgorError}. */
  readonly signal: AbortSignal;
  readonly deadline: Date;
  /** The application's JID. */
  readonly caller: string;
  readonly log: Log;
  /** Tells the caller how far it is. Shown if somebody looks, and kept nowhere. */
  progress(value: JsonValue): void;
}

type Unary<Method extends DescMethod> = (
  request: MessageShape<Method['input']>,
  call: ServiceCall,
) => Promise<MessageInitShape<Method['output']>> | MessageInitShape<Method['output']>;

type ServerStreaming<Method extends DescMethod> = (
  request: MessageShape<Method['input']>,
  call: ServiceCall,
) => AsyncIterable<MessageInitShape<Method['output']>>;

/** Of a service that is known only at run time: a promise of a message's fields, or an async iterable of them. */
type Untyped<Method extends DescMethod> = (request: MessageShape<Method['input']>, call: ServiceCall) => unknown;

export type MethodImplementation<Method extends DescMethod> = DescMethod extends Method
  ? Untyped<Method>
  : Method extends DescMethodUnary
    ? Unary<Method>
    : Method extends DescMethodServerStreaming
      ? ServerStreaming<Method>
      : never;

/** Methods by their names in lower camel case. One that is left out is `unimplemented`. */
export type ServiceImplementation<Service extends DescService> = {
  [Name in keyof Service['method']]?: MethodImplementation<Service['method'][Name]>;
};

/** A service with its methods, ready to be served. */
export interface ServedService {
  readonly descriptor: DescService;
  /** By the method's own name, such as `Usage`. */
  readonly methods: ReadonlyMap<string, ServedMethod>;
}

export interface ServedMethod {
  readonly descriptor: DescMethod;
  readonly run: (request: never, call: ServiceCall) => unknown;
}

/**
 * `export default defineService(Disk, { async usage({ path }, call) { … } })`
 * @throws IgorError `usage` for a function that is no method of the service, and for methods that take a stream
 */
export function defineService<Service extends DescService>(
  descriptor: Service,
  implementation: ServiceImplementation<Service>,
): ServedService {
  const methods = new Map<string, ServedMethod>();
  const given = implementation as Record<string, ServedMethod['run'] | undefined>;
  for (const name of Object.keys(given)) {
    if (!descriptor.methods.some(({ localName }) => localName === name)) {
      const known = descriptor.methods.map(({ localName }) => localName).join(', ');
      throw new IgorError('usage', `${descriptor.typeName} has no method ${name}; it has ${known || 'none'}`);
    }
  }
  for (const method of descriptor.methods) {
    const run = given[method.localName];
    if (!run) continue;
    if (method.methodKind !== 'unary' && method.methodKind !== 'server_streaming') {
      throw new IgorError(
        'usage',
        `${descriptor.typeName}.${method.name} takes a stream; only responses can be streams`,
      );
    }
    methods.set(method.name, { descriptor: method, run: run.bind(implementation) });
  }
  return { descriptor, methods };
}

export function isServedService(value: unknown): value is ServedService {
  const { descriptor, methods } = (value ?? {}) as Partial<ServedService>;
  return descriptor?.kind === 'service' && methods instanceof Map;
}
