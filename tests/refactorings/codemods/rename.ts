/** A function gets another name, wherever it is mentioned: --arg OLD --arg NEW. */
import { FunctionDecl, type TranslationUnit } from 'cmonster';

const [from, to = ''] = process.argv.slice(2);

export default function (tu: TranslationUnit): void {
  const [fn] = tu.find(FunctionDecl, (fn) => `::${fn.qualifiedNameAsString}`.endsWith(`::${from}`));
  if (fn) fn.name = to;
}
