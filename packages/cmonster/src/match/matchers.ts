/** Everything that matchers are made of: `import { callExpr, callee, functionDecl, hasName } from 'cmonster/matchers'`. */
export * from './combine.js';
export * from './generated/getters.js';
export * from './generated/nodes.js';
export type { AnyMatcher, BoundBy, BoundMatcher, ClassMatcher, Inner } from './matcher.js';
export { Matcher, predicate } from './matcher.js';
export * from './narrowing.js';
export * from './property.js';
export * from './traversal.js';
