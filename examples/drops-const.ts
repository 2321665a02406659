// Which casts take a `const` away?
//
//   npx cmonster run examples/drops-const.ts FILES… [-- CLANG ARGS]
//
// Prints each explicit cast to a pointer or reference whose target, at some depth, is less const than what was cast: the
// compiler no longer stops a write to it.
import { ExplicitCastExpr, type TranslationUnit, type TypeBase } from 'cmonster';

export default function dropsConst(tu: TranslationUnit): void {
  let found = 0;
  for (const cast of tu.find(ExplicitCastExpr)) {
    // Behind the conversions that the compiler adds: they may have done the damage already.
    const from = cast.subExpr.ignoreImplicit.type;
    const to = cast.typeAsWritten;
    if (!loses(from, to)) continue;
    found++;
    console.log(`${cast.beginLoc}: '${from}' → '${to}': ${cast.text.replace(/\s+/g, ' ')}`);
  }
  console.log(`${found} ${found === 1 ? 'cast drops' : 'casts drop'} const in ${tu.file}`);
}

/** Whether something that is const at the end of `from`'s pointers is not at the same place of `to`'s. */
function loses(from: TypeBase, to: TypeBase): boolean {
  for (let a = pointee(from), b = pointee(to); a && b; a = pointee(a), b = pointee(b)) {
    if (isConst(a) && !isConst(b)) return true;
  }
  return false;
}

/** What a pointer, reference or array leads to. */
function pointee(type: TypeBase): TypeBase | null {
  const { canonical } = type;
  return /Pointer|Reference|Array/.test(canonical.kind) ? canonical.inner : null;
}

function isConst(type: TypeBase): boolean {
  return (type.canonical.qualifiers & 1) !== 0;
}
