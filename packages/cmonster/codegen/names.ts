// From Clang's names to TypeScript's: docs/decisions/0002-generated-classes.md.
import type { ReturnKind } from './model.js';
import { classNames, renamed } from './tables/renamed.js';

/** `clang::comments::TextComment` is TextComment; nested classes are in the table. */
export function className(qualified: string): string {
  return classNames[qualified] ?? qualified.slice(qualified.lastIndexOf('::') + 2);
}

/** `LParenLoc` → lParenLoc, `LHS` → lhs, `TSCSpec` → tscSpec, `Name` → name. */
export function lowerFirst(name: string): string {
  const run = /^[A-Z]+/.exec(name)?.[0].length ?? 0;
  if (run <= 1 || run === name.length) return name.slice(0, run).toLowerCase() + name.slice(run);
  // A capital before a lower-case letter begins the next word; before a digit or an underscore it doesn't.
  const head = /[a-z]/.test(name[run]!) ? run - 1 : run;
  return name.slice(0, head).toLowerCase() + name.slice(head);
}

/** `overridden_methods` → overriddenMethods. */
function camelCase(name: string): string {
  return name.replace(/_([a-zA-Z])/g, (_, letter: string) => letter.toUpperCase());
}

/** How a getter appears on its TypeScript class. */
export interface GetterName {
  name: string;
  /** A call, `isConstexpr()`, rather than a property. */
  call: boolean;
}

/**
 * `getX()` becomes the property `x`. What returns a bool under another name stays a method of that name. Everything
 * else becomes a property under its own name. Underscores go. The table of exceptions is tables/renamed.ts.
 */
export function getterName(owner: string, method: string, returns: ReturnKind): GetterName {
  const exception = renamed[`${owner}.${method}`] ?? renamed[`*.${method}`];
  if (exception) return { name: exception, call: false };
  if (/^get[A-Z]/.test(method)) return { name: camelCase(lowerFirst(method.slice(3))), call: false };
  return { name: camelCase(lowerFirst(method)), call: returns.k === 'bool' };
}
