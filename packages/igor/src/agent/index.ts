export { Agent, type AgentOptions } from './agent.js';
export {
  defineService,
  type MethodImplementation,
  type ServedService,
  type ServiceCall,
  type ServiceImplementation,
} from './service.js';
