// The service of demo.ts for an agent that is a process of its own.
import { demo } from './demo.js';

export default demo().service;
