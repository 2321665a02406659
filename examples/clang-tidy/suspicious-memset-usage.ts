// Calls of memset whose arguments are likely not what was meant: clang-tidy's bugprone-suspicious-memset-usage.
//
//   npx cmonster run examples/clang-tidy/suspicious-memset-usage.ts FILES… [--write]
import { CharacterLiteral, type Expr, IntegerLiteral, matchers, type TranslationUnit, type TypeBase } from 'cmonster';

const { argumentCountIs, callExpr, callee, functionDecl, hasName, parameterCountIs } = matchers;
const LARGEST = 255n;

export default function suspiciousMemsetUsage(tu: TranslationUnit): void {
  const calls = callExpr(callee(functionDecl(hasName('::memset'), parameterCountIs(3))), argumentCountIs(3));
  for (const { node: call } of tu.match(calls)) {
    const [buffer, fill, size] = call.arguments.map((each) => each.ignoreParenImpCasts) as [Expr, Expr, Expr];
    if (fill.is(CharacterLiteral) && fill.value === 48) {
      if (!holdsCharacters(buffer.type)) {
        const fix = fill.beginLoc.isMacro ? {} : { fix: () => fill.replaceWith('0') };
        tu.report(fill.beginLoc, "memset fill value is char '0', potentially mistaken for int 0", fix);
      }
    } else if (fill.is(IntegerLiteral)) {
      const value = constantOf(fill);
      if (value === undefined || (value >= 0n && value <= LARGEST)) continue;
      tu.report(fill.beginLoc, 'memset fill value is out of unsigned character range, gets truncated');
    } else if (constantOf(size) === 0n) {
      const value = constantOf(fill);
      // Of what is zero or negative a swap makes nothing better.
      if (value !== undefined && value <= 0n) continue;
      const [, from, to] = call.arguments as unknown as [Expr, Expr, Expr];
      const [fromText, toText] = [from.text, to.text];
      const swap = (): void => {
        from.replaceWith(toText);
        to.replaceWith(fromText);
      };
      const canSwap = [from, to].every((each) => tu.rewriter.editability(each).kind !== 'frozen');
      tu.report(call.beginLoc, 'memset of size zero, potentially swapped arguments', canSwap ? { fix: swap } : {});
    }
  }
}

/** An array of characters, or a pointer to one. */
function holdsCharacters({ canonical }: TypeBase): boolean {
  const element = canonical.isAnyPointerType() || canonical.isArrayType() ? canonical.inner : null;
  return element?.canonical.isAnyCharacterType() ?? false;
}

function constantOf(expr: Expr): bigint | undefined {
  if (expr.isValueDependent()) return undefined;
  const value = expr.evaluate('integer');
  return typeof value === 'number' || typeof value === 'bigint' ? BigInt(value) : undefined;
}
