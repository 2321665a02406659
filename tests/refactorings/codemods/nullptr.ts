/** Every 0 and NULL that stands for a null pointer becomes nullptr. */
import { CXXDefaultArgExpr, GNUNullExpr, ImplicitCastExpr, IntegerLiteral, type TranslationUnit } from 'cmonster';

export default function (tu: TranslationUnit): void {
  const isNull = ({ castKind }: ImplicitCastExpr): boolean =>
    castKind === 'CK_NullToPointer' || castKind === 'CK_NullToMemberPointer';
  for (const cast of tu.find(ImplicitCastExpr, isNull, { implicit: true })) {
    const written = cast.subExpr.ignoreParenImpCasts;
    // A default argument is seen at every call: it is changed where it stands.
    if (!written.is(GNUNullExpr) && !written.is(IntegerLiteral)) continue;
    if (cast.closest(CXXDefaultArgExpr)) continue;
    // In the body of a macro it may be none elsewhere.
    if (written.range.fileRange) written.replaceWith('nullptr');
  }
}
