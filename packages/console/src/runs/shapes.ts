// What the chosen agents offer, for the sandbox and for the editor.
import type { DescMethod } from '@bufbuild/protobuf';
import type { AgentDescriptor, AgentInfo, Igor } from 'igor';
import { ConsoleError } from '../error.js';
import type { AgentShape } from '../sandbox/protocol.js';
import { callable, propertyName } from '../types/declarations.js';

export interface ChosenAgent {
  info: AgentInfo;
  descriptor: AgentDescriptor;
  shape: AgentShape;
}

export type Directory = Pick<Igor, 'agentInfo' | 'descriptor'>;

/** @throws ConsoleError `not-found` for an agent that nobody knows, or that has not told yet what it offers */
export async function choose(igor: Directory, jid: string): Promise<ChosenAgent> {
  const [info, descriptor] = await Promise.all([igor.agentInfo(jid), igor.descriptor(jid)]);
  if (!info) throw new ConsoleError('not-found', `there is no agent ${jid}`);
  if (!descriptor) throw new ConsoleError('not-found', `${jid} has not told yet what it offers; try again in a moment`);
  return { info, descriptor, shape: shapeOf(info, descriptor) };
}

function shapeOf({ jid, facts }: AgentInfo, { services }: AgentDescriptor): AgentShape {
  return {
    jid,
    facts,
    services: services.map((service) => ({
      typeName: service.typeName,
      property: propertyName(service.name),
      methods: callable(service).map((method) => ({
        name: method.name,
        property: propertyName(method.name),
        kind: method.methodKind as 'unary' | 'server_streaming',
      })),
    })),
  };
}

/** @param name `package.Service/Method` */
export function methodOf({ services }: AgentDescriptor, name: string): DescMethod | undefined {
  const [service, method] = name.split('/');
  return services.find((it) => it.typeName === service)?.methods.find((it) => it.name === method);
}
