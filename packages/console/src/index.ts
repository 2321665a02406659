export { ConsoleError, type ConsoleErrorCode, type Place } from './error.js';
