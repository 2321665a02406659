export { type AppContext, default } from './app.js';
export { ConsoleError, type ConsoleErrorCode, type Place } from './error.js';
export type { PageEvent, RunEnd, RunStart } from './runs/events.js';
export { defaultRunLimits, type RunLimits } from './runs/runs.js';
export { defaultLimits, type SandboxLimits } from './sandbox/protocol.js';
export { Sandbox, type SandboxOptions } from './sandbox/sandbox.js';
export { Accounts, type Role, roles } from './server/accounts.js';
export { Console, type ConsoleOptions, type RequestInfo } from './server/console.js';
