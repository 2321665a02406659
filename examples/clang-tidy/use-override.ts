// `override` where a method overrides one, and no `virtual` beside it: clang-tidy's modernize-use-override.
//   npx cmonster run examples/clang-tidy/use-override.ts FILES… [--write]
import { CXXMethodDecl, FinalAttr, OverrideAttr, type Token, type TranslationUnit } from 'cmonster';

export default function useOverride(tu: TranslationUnit): void {
  const isOverride = (method: CXXMethodDecl): boolean => method.overriddenMethods.length > 0;
  const methods = /98|03/.test(tu.languageStandard) ? [] : tu.find(CXXMethodDecl, isOverride, { instantiations: true });
  for (const method of new Set(methods.map((each) => (each.instantiatedFromMemberFunction ?? each) as CXXMethodDecl))) {
    const isVirtual = method.isVirtualAsWritten();
    if (method.isImplicit() || method.location.isMacro || method.isOutOfLine()) continue;
    const override = method.attrs.find((attr) => attr.is(OverrideAttr))?.range.begin.fileLoc;
    const final = method.attrs.some((attr) => attr.is(FinalAttr));
    const keywords = [isVirtual, override, final].filter(Boolean).length;
    if (keywords === 1 && !isVirtual) continue;
    const too = isVirtual ? (override && final ? "'virtual' and 'override' are" : "'virtual' is") : "'override' is";
    const message =
      [
        "annotate this function with 'override' or (rarely) 'final'",
        "prefer using 'override' or (rarely) 'final' instead of 'virtual'",
      ][keywords] ?? `${too} redundant since the function is already declared ${final ? "'final'" : "'override'"}`;
    const fix = (): void => {
      const tokens = headOf(method);
      if (!override && !final) addOverride(method, tokens);
      if (override && final) remove(tu, tokens.slice(tokens.findIndex(({ offset }) => offset === override.offset)));
      const virtual = tokens.findIndex(({ text }) => text === 'virtual');
      if (virtual >= 0) remove(tu, tokens.slice(virtual));
    };
    tu.report(method.location, message, { fix });
  }
}

/** The tokens up to the body or the semicolon. */
function headOf(method: CXXMethodDecl): Token[] {
  let depth = 0;
  const end = method.tokens.findIndex(({ kind }) => {
    depth += Number(kind === 'l_paren') - Number(kind === 'r_paren');
    return depth === 0 && (kind === 'l_brace' || kind === 'semi');
  });
  return end < 0 ? method.tokens : method.tokens.slice(0, end);
}

/** With the blanks behind it. */
function remove(tu: TranslationUnit, [at, next]: Token[]): void {
  if (at) tu.rewriter.remove({ file: at.file, begin: at.offset, end: next?.offset ?? at.offset + at.length });
}

function addOverride({ tu, attrs, location }: CXXMethodDecl, tokens: Token[]): void {
  const own = attrs.filter((attr) => !attr.isImplicit() && !attr.isInherited());
  const gnu = tokens.filter((token) => token.text === '__attribute__');
  const starts = [...own.map(({ range }) => range.begin.offset ?? 0), ...gnu.map((token) => token.offset)];
  const attribute = Math.min(...starts.filter((offset) => offset > (location.offset ?? 0)));
  const code = tokens.filter((token) => token.kind !== 'comment' && token.text !== 'try');
  const [equals, last] = code.slice(-2) as [Token, Token];
  const insert = (offset: number, text: string): void => tu.rewriter.insert({ file: last.file, offset }, text);
  if (attribute < Infinity) insert(attribute, 'override ');
  else if (last.text === 'ABSTRACT') insert(last.offset, 'override ');
  else if (equals.text !== '=' || !/^(0|default|delete)$/.test(last.text))
    insert(last.offset + last.length, ' override');
  else insert(equals.offset, /\s/.test(last.file.slice(equals.offset - 1, equals.offset)) ? 'override ' : ' override ');
}
