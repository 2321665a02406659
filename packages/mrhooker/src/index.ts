/** What scripts import: it runs inside of the target. Programs that start mrhooker import `mrhooker/node`. */
export * from './target/index.js';
