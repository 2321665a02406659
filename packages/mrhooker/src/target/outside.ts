/** In place of what is made for each script, where there is none: in Node. */
import { MrhookerError } from '../error.js';

throw new MrhookerError(
  'script',
  "'mrhooker' is what scripts import, and a script runs inside of the program that it hooks: mrhooker hooks.ts COMMAND. " +
    "A program of Node's own imports 'mrhooker/node'",
);

// What it is in place of has one; imports are linked before anything runs.
export default {};
