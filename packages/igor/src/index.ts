export { Agent, type AgentOptions } from './agent/agent.js';
export { proto } from './agent/proto.js';
export { defineService, type ServedService, type ServiceCall, type ServiceImplementation } from './agent/service.js';
export * from './application/api.js';
export { Application, type ApplicationOptions } from './application/application.js';
export { type KeyRing, loadKeyRing, newKeyRing, readKeyRing, rotate, saveKeyRing } from './application/keys.js';
export type { MethodClient, ServiceClient } from './application/stub.js';
export * from './error.js';
export { Gateway, type GatewayOptions } from './gateway/gateway.js';
export { Prosody, type ProsodyOptions } from './gateway/prosody.js';
export { jsonLog, type Log, silentLog } from './log.js';
export {
  at,
  type BuiltMethod,
  type BuiltService,
  type Field,
  type Fields,
  field,
  map,
  message,
  optional,
  repeated,
  service,
  streaming,
  unary,
} from './protocol/build.js';
export type { App, AppContext, AppFactory, AppHandler } from './serve/app.js';
export { type ConnectSettings, connectIgor, startInstance } from './serve/instance.js';
export { type Served, type ServeSettings, serve } from './serve/serve.js';
export { SqliteCalls } from './store/sqlite-calls.js';
export { SqliteDirectory } from './store/sqlite-directory.js';
