/**
 * How the AST gets at the rewriter. The rewriter is built on the AST's classes, so the AST cannot import it: the package's
 * entry registers it here.
 */
import { CmonsterError } from '../error.js';
import type { Rewriter } from '../rewrite/rewriter.js';
import type { TranslationUnit } from './translation-unit.js';

type RewriterFactory = (tu: TranslationUnit) => Rewriter;

let registered: RewriterFactory | undefined;

export function registerRewriter(factory: RewriterFactory): void {
  registered = factory;
}

export function makeRewriter(tu: TranslationUnit): Rewriter {
  if (!registered) throw new CmonsterError('INTERNAL', "the rewriter is not registered: import from 'cmonster'");
  return registered(tu);
}
