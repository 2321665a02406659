export { system } from './system/system.js';
