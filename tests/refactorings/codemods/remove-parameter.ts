/** The last parameter of a function goes, if nobody uses it, with its argument in every call: --arg NAME. */
import { CallExpr, DeclRefExpr, FunctionDecl, type TranslationUnit } from 'cmonster';

const [name] = process.argv.slice(2);

export default function (tu: TranslationUnit): void {
  for (const fn of tu.find(FunctionDecl, (fn) => fn.name === name)) {
    const last = fn.parameters.at(-1);
    if (fn.body?.find(DeclRefExpr, (use) => use.decl === last).length)
      throw new Error(`${name} uses its parameter ${last?.name}`);
    fn.parameters.removeAt(fn.parameters.length - 1);
  }
  for (const call of tu.find(CallExpr, (call) => call.directCallee?.name === name)) {
    call.arguments.removeAt(call.arguments.length - 1);
  }
}
