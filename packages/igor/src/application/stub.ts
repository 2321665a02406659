/** Clients whose types come from a service's generated descriptor. */
import type { DescMethod, DescService, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { Call, CallOptions } from './api.js';

/** A method of a service, by its name in lower camel case. */
export type ServiceClient<Service extends DescService> = {
  [Name in keyof Service['method']]: MethodClient<Service['method'][Name]>;
};

export type MethodClient<Method extends DescMethod> = (
  request: MessageInitShape<Method['input']>,
  options?: CallOptions,
) => Call<MessageShape<Method['output']>>;
