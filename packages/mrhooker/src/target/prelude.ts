/** Runs before a script: what is there without an import. */
import { console } from './console.js';
import { installPointer } from './pointer.js';

installPointer();
Object.defineProperty(globalThis, 'console', { value: console, writable: true, configurable: true });
