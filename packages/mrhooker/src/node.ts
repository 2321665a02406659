/** What programs import that use mrhooker: `mrhooker/node`. */
export { MrhookerError, type MrhookerErrorCode } from './error.js';
export type { Declaration, Declarations } from './headers/model.js';
export type { CallJson } from './trace/format.js';

export const version = '0.1.0';
