// Which casts take a `const` away?
//
//   npx cmonster run examples/drops-const.ts FILES… [-- CLANG ARGS]
//
// Prints each explicit cast whose target, at some depth of pointers, is less const than what was cast: the compiler no
// longer stops a write to it.
import {
  ExplicitCastExpr,
  type Expr,
  ImplicitCastExpr,
  ReferenceType,
  type TranslationUnit,
  type TypeBase,
} from 'cmonster';

export default function dropsConst(tu: TranslationUnit): void {
  let found = 0;
  for (const cast of tu.find(ExplicitCastExpr)) {
    const from = typeBefore(cast.subExpr);
    const to = cast.typeAsWritten;
    if (!loses(from, to)) continue;
    found++;
    console.log(`${cast.beginLoc}: '${from}' → '${to}': ${cast.text.replace(/\s+/g, ' ')}`);
  }
  console.log(`${found} ${found === 1 ? 'cast drops' : 'casts drop'} const in ${tu.file}`);
}

/** The type before the conversions that the compiler adds; an array counts as the pointer that it is turned into. */
function typeBefore(expression: Expr): TypeBase {
  let before = expression;
  while (before.is(ImplicitCastExpr) && before.castKind !== 'CK_ArrayToPointerDecay') before = before.subExpr;
  return before.type;
}

/** Whether something that is const behind `from`'s pointers is not at the same place of `to`'s. */
function loses(from: TypeBase, to: TypeBase): boolean {
  // An expression has no reference type: it is what the reference refers to.
  let a = to.canonical.is(ReferenceType) ? from : pointee(from);
  let b = pointee(to);
  while (a && b) {
    if (a.canonical.isConstQualified() && !b.canonical.isConstQualified()) return true;
    a = pointee(a);
    b = pointee(b);
  }
  return false;
}

/** What a pointer or reference leads to. */
function pointee(type: TypeBase): TypeBase | null {
  return /Pointer|Reference/.test(type.canonical.kind) ? type.canonical.inner : null;
}
