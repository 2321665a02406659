/** What scripts import: it runs inside of the target. Programs that start mrhooker import `mrhooker/node`. */
// First: outside of a target there is no script, which is to be said before anything else fails.
import '#mrhooker/natives';

export * from './target/index.js';
