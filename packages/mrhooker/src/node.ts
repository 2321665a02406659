/** What programs import that use mrhooker: `mrhooker/node`. */
export { MrhookerError, type MrhookerErrorCode } from './error.js';
export type { Declaration, Declarations } from './headers/model.js';

export const version = '0.1.0';
