// `nullptr` for `0` and `NULL` where a pointer is meant: clang-tidy's modernize-use-nullptr.
//
//   npx cmonster run examples/clang-tidy/use-nullptr.ts FILES… [--write]

import type { Expr, FileRange, Node, TranslationUnit } from 'cmonster';
import { CastExpr, CXXNullPtrLiteralExpr, ExplicitCastExpr, ImplicitCastExpr, ParenExpr } from 'cmonster';

/** What `<=>` gives is compared with 0, not with nullptr. */
const COMPARED = /\b(_CmpUnspecifiedParam|__cmp_cat::__unspec)\b/;
const ALL = { implicit: true, instantiations: true };

export default function useNullptr(tu: TranslationUnit): void {
  const seen = new Set<number>();
  if (!/\+\+|2[3x]$/.test(tu.languageStandard)) return;
  for (const cast of tu.find(ImplicitCastExpr, isToNull, ALL)) {
    if (cast.subExpr.type.canonical.isNullPtrType() || COMPARED.test(String(cast.type.canonical))) continue;
    // A template's parameter may be a pointer here, and something else there.
    if (cast.type.kind === 'SubstTemplateTypeParmType' && cast.subExpr.kind !== 'GNUNullExpr') continue;
    const range = rangeOf(tu, written(cast));
    if (!range || range.file !== tu.mainFile || seen.has(range.begin)) continue;
    seen.add(range.begin);
    const isJoined = /\w/.test(range.file.slice(range.begin - 1, range.begin));
    tu.report(range, 'use nullptr', { fix: () => tu.rewriter.replace(range, isJoined ? ' nullptr' : 'nullptr') });
  }
}

function isToNull(cast: CastExpr): boolean {
  return cast.castKind === 'CK_NullToPointer' || cast.castKind === 'CK_NullToMemberPointer';
}

/** What is cast, without parentheses; of several casts, all but the outermost explicit one go as well. */
function written(cast: CastExpr): Expr {
  let outermost = cast;
  for (let at: Node | null = cast.parentIn(ALL); at?.is(CastExpr) || at?.is(ParenExpr); at = at.parentIn(ALL)) {
    if (at.is(ExplicitCastExpr)) outermost = at;
  }
  return outermost.subExpr.ignoreParens;
}

/** What may be changed: NULL itself, and an argument of a macro when it is a null pointer wherever the macro puts it. */
function rangeOf(tu: TranslationUnit, expr: Expr): FileRange | undefined {
  const { macro: uses, beginLoc, range } = expr;
  const inner = expr.ignoreParenImpCasts;
  if (inner.is(CXXNullPtrLiteralExpr)) return undefined;
  if (uses.length === 0) return range.fileRange;
  const bodies = uses.filter((use) => !use.isArgument);
  const isArgument = bodies.length < uses.length;
  if (isArgument ? bodies.some((use) => use.name !== 'NULL') : bodies.at(-1)?.name !== 'NULL') return undefined;
  const { raw } = beginLoc.fileLoc;
  const isThere = (node: Node): boolean => node.beginLoc.fileLoc.raw === raw;
  const nulls = tu.find(ImplicitCastExpr, (cast) => isToNull(cast) && isThere(cast), ALL).length;
  const all = tu.find(inner.constructor as typeof CastExpr, isThere, ALL).length;
  return !isArgument || nulls === all ? tu.range(raw, raw).fileRange : undefined;
}
