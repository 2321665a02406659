/** A function gets one more parameter, and every call an argument for it: --arg NAME --arg PARAMETER --arg ARGUMENT. */
import { CallExpr, FunctionDecl, type TranslationUnit } from 'cmonster';

const [name, parameter = '', argument = ''] = process.argv.slice(2);

export default function (tu: TranslationUnit): void {
  for (const fn of tu.find(FunctionDecl, (fn) => fn.name === name)) fn.parameters.push(parameter);
  for (const call of tu.find(CallExpr, (call) => call.directCallee?.name === name)) call.arguments.push(argument);
}
