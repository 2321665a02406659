// Braces around what `if`, `else` and loops hold: clang-tidy's readability-braces-around-statements.
//   npx cmonster run examples/clang-tidy/braces-around-statements.ts FILES… [--write]

import type { FileRange, Location, Stmt, TranslationUnit } from 'cmonster';
import { AttributedStmt, CompoundStmt, CXXForRangeStmt, DoStmt, ForStmt, IfStmt, WhileStmt } from 'cmonster';

export default function bracesAroundStatements(tu: TranslationUnit): void {
  for (const node of tu.walk()) {
    if (node.is(ForStmt) || node.is(CXXForRangeStmt)) check(tu, node.body, node.rParenLoc);
    else if (node.is(DoStmt)) check(tu, node.body, node.doLoc, node.whileLoc);
    else if (node.is(WhileStmt) && !node.beginLoc.isMacro) check(tu, node.body, node.rParenLoc);
    else if (node.is(IfStmt) && !node.isConsteval() && !node.beginLoc.isMacro) {
      check(tu, node.then, node.rParenLoc, node.elseLoc);
      if (node.else && !node.else.is(IfStmt)) check(tu, node.else, node.elseLoc);
    }
  }
}

/** `start` is the token behind which the brace opens; in front of `closer`, an `else` or `while`, it closes. */
function check(tu: TranslationUnit, body: Stmt, start: Location, closer?: Location): void {
  if (body.is(AttributedStmt) && body.subStmt) check(tu, body.subStmt, start, closer);
  const isDone = body.is(CompoundStmt) || body.is(AttributedStmt);
  const opening = tu.range(start.raw, start.raw).fileRange;
  const range = body.range.fileRange ?? body.range.expansionRange;
  if (isDone || !opening || opening.file !== range?.file || opening.end > range.begin) return;
  const { file, end: begin } = opening;
  const end = closer?.isValid ? closer.fileLoc.offset : endOf(body, range);
  const fix = (at: number) => (): void => {
    tu.rewriter.stage('braces', String(body), [
      { file, begin, end: begin, pieces: [' {'], side: 'before', anchor: at },
      { file, begin: at, end: at, pieces: [closer?.isValid ? '} ' : '\n}'], side: 'after', anchor: begin },
    ]);
  };
  const options = end === undefined ? {} : { fix: fix(end) };
  tu.report({ file, begin, end: begin }, 'statement should be inside braces', options);
}

/** Where the line ends on which the statement does, if nothing but comments follows; otherwise where that stands. */
function endOf(body: Stmt, { file, end: last }: FileRange): number | undefined {
  const closes = (block: CompoundStmt): boolean =>
    block.endLoc.equals(body.endLoc) && block.parent?.kind !== 'LambdaExpr';
  const tokens = file.tokensBetween(last, last + 4096);
  let end = last;
  if (file.slice(end - 1, end) !== ';' && body.find(CompoundStmt, closes).length === 0) {
    const [semicolon] = tokens.splice(0, tokens.findIndex((token) => token.kind !== 'comment') + 1).slice(-1);
    if (semicolon?.kind !== 'semi') return undefined;
    end = semicolon.offset + 1;
  }
  for (const { kind, text, offset, length } of tokens) {
    if (file.slice(end, offset).includes('\n') || kind !== 'comment' || /^\/\*[\s\S]*\n/.test(text)) break;
    end = offset + length;
  }
  return end + (/^[ \t]*/.exec(file.slice(end, end + 512))?.[0].length ?? 0);
}
