/** Reports the calls of one method: what a small check does. */
import { CallExpr, type TranslationUnit } from 'cmonster';

export default function (tu: TranslationUnit): void {
  for (const call of tu.find(CallExpr, (call) => call.directCallee?.name === 'push_back')) tu.report(call, 'a push');
}
