// Who calls a function, and with which constants?
//
//   npx cmonster run examples/callers.ts --arg memcpy FILES… [-- CLANG ARGS]
//
// Prints each call with the function that it stands in. An argument that is a constant is shown as its value, however it
// is written (`sizeof(buf) - 1`, a macro, an enumerator); a string as it is written; anything else as `_`.
import { CallExpr, type Expr, FunctionDecl, StringLiteral, type TranslationUnit } from 'cmonster';

const [wanted] = process.argv.slice(2);
if (!wanted) throw new Error('which function? Say: --arg NAME');

export default function callers(tu: TranslationUnit): void {
  const calls = tu.find(CallExpr, (call) => call.directCallee?.name === wanted);
  for (const call of calls) {
    const caller = call.closest(FunctionDecl)?.name ?? '(outside of functions)';
    console.log(`${call.beginLoc}: ${caller}: ${wanted}(${call.arguments.map(constant).join(', ')})`);
  }
  summarize(tu, calls);
}

function constant(argument: Expr): string {
  const inside = argument.ignoreParenCasts;
  if (inside.is(StringLiteral)) return inside.text;
  const value = argument.evaluate();
  return typeof value === 'object' || value === undefined ? '_' : String(value);
}

/** How often each position got each constant. */
function summarize(tu: TranslationUnit, calls: readonly CallExpr[]): void {
  if (calls.length === 0) return;
  console.log(`\n${calls.length} ${calls.length === 1 ? 'call' : 'calls'} of ${wanted} in ${tu.file}`);
  const most = Math.max(...calls.map((call) => call.arguments.length));
  for (let place = 0; place < most; place++) {
    const counts = new Map<string, number>();
    for (const call of calls) {
      const value = call.arguments[place] ? constant(call.arguments[place]) : '_';
      if (value !== '_') counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const common = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 8);
    if (common.length > 0) {
      console.log(`  argument ${place + 1}: ${common.map(([value, count]) => `${value} (${count}×)`).join(', ')}`);
    }
  }
}
