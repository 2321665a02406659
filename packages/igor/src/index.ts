export * from './application/api.js';
export type { MethodClient, ServiceClient } from './application/stub.js';
export * from './error.js';
