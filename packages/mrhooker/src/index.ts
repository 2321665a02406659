export { MrhookerError, type MrhookerErrorCode } from './error.js';

export const version = '0.1.0';
