// Who enters which function? Makes every function of the files say so on stderr.
//
//   npx cmonster run examples/trace-functions.ts FILES… --diff [-- CLANG ARGS]
//
// Adds a line at the top of each body, and the include that it needs. `inline` functions of headers stay as they are.
import { c, FunctionDecl, type TranslationUnit } from 'cmonster';

export default function traceFunctions(tu: TranslationUnit): void {
  for (const fn of tu.find(FunctionDecl, (fn) => fn.body !== undefined && !fn.isConstexpr())) {
    fn.body?.prepend(c`fputs("${fn.qualifiedNameAsString}\n", stderr);`);
    tu.addInclude('<stdio.h>');
  }
}
