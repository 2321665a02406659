/** Every call of malloc goes through a function that ends the program when there is no memory. */
import { CallExpr, c, FunctionDecl, type TranslationUnit } from 'cmonster';

export default function (tu: TranslationUnit): void {
  const calls = tu.find(CallExpr, (call) => call.directCallee?.name === 'malloc');
  for (const call of calls) call.replaceWith(c`checked(${call})`);
  calls[0]?.closest(FunctionDecl)?.insertBefore(c`
    static void *checked(void *memory) {
      if (memory == NULL) abort();
      return memory;
    }
  `);
}
