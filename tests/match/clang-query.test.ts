/** Matchers find what clang-query finds with the same words, at the same places. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { matchers, type Node, parse, type TranslationUnit } from 'cmonster';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchDebianSource } from '../../setup/corpus.mjs';

const m = matchers;
/** As clang-query looks at the tree: with all that the compiler adds. */
const AS_IS = { implicit: true, instantiations: true };

/** For each matcher the places of what it finds in the main file, `line:column`, sorted. */
function clangQuery(file: string, args: readonly string[], queries: readonly string[]): string[][] {
  const commands = ['set bind-root true', 'set output diag', ...queries.flatMap((query) => [`m ${query}`])];
  const ran = spawnSync(
    'clang-query-19',
    [...commands.flatMap((command) => ['-c', command]), file, '--', ...args, '-w'],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    },
  );
  if (ran.error) throw ran.error;
  const parts = ran.stdout.split(/^\d+ match(?:es)?\.$/m).slice(0, queries.length);
  expect(parts, ran.stderr).toHaveLength(queries.length);
  return parts.map((part) =>
    distinct(
      [...part.matchAll(/^(.*?):(\d+):(\d+): note: "root" binds here$/gm)]
        .filter(([, path]) => path === file)
        .map(([, , line, column]) => `${line}:${column}`),
    ),
  );
}

function ours(tu: TranslationUnit, matcher: Parameters<TranslationUnit['match']>[0]): string[] {
  const found = (tu.match as (matcher: unknown, options: object) => { node: Node }[]).call(tu, matcher, {
    view: AS_IS,
  });
  return distinct(found.map(({ node }) => place(node)).filter((each) => each !== undefined));
}

/** Each place once: clang-query goes through both forms of an initialiser, and meets what is in them twice. */
function distinct(places: readonly string[]): string[] {
  return [...new Set(places)].sort();
}

/** Where a diagnostic about the node would point. */
function place(node: Node): string | undefined {
  const position = node.beginLoc.fileLoc.spelling;
  return position?.file === node.tu.mainFile ? `${position.line}:${position.column}` : undefined;
}

const inC: [string, unknown][] = [
  ['callExpr(callee(functionDecl(hasName("strcmp"))))', m.callExpr(m.callee(m.functionDecl(m.hasName('strcmp'))))],
  ['callExpr(argumentCountIs(3))', m.callExpr(m.argumentCountIs(3))],
  ['functionDecl(isDefinition(), parameterCountIs(2))', m.functionDecl(m.isDefinition(), m.parameterCountIs(2))],
  ['ifStmt(hasElse(ifStmt()))', m.ifStmt(m.hasElse(m.ifStmt()))],
  ['ifStmt(unless(hasElse(stmt())))', m.ifStmt(m.unless(m.hasElse(m.stmt())))],
  [
    'forStmt(hasLoopInit(anything()), hasBody(compoundStmt()))',
    m.forStmt(m.hasLoopInit(m.anything()), m.hasBody(m.compoundStmt())),
  ],
  [
    'binaryOperator(hasOperatorName("=="), hasEitherOperand(ignoringParenImpCasts(declRefExpr())))',
    m.binaryOperator(m.hasOperatorName('=='), m.hasEitherOperand(m.ignoringParenImpCasts(m.declRefExpr()))),
  ],
  [
    'unaryOperator(hasOperatorName("!"), hasUnaryOperand(ignoringParenImpCasts(callExpr())))',
    m.unaryOperator(m.hasOperatorName('!'), m.hasUnaryOperand(m.ignoringParenImpCasts(m.callExpr()))),
  ],
  [
    'returnStmt(hasReturnValue(ignoringParenImpCasts(integerLiteral(equals(0)))))',
    m.returnStmt(m.hasReturnValue(m.ignoringParenImpCasts(m.integerLiteral(m.equals(0))))),
  ],
  ['implicitCastExpr(hasCastKind("CK_NullToPointer"))', m.implicitCastExpr(m.hasCastKind('CK_NullToPointer'))],
  [
    'varDecl(hasType(pointerType()), hasInitializer(expr()))',
    m.varDecl(m.hasType(m.pointerType()), m.hasInitializer(m.expr())),
  ],
  ['varDecl(hasLocalStorage(), unless(parmVarDecl()))', m.varDecl(m.hasLocalStorage(), m.unless(m.parmVarDecl()))],
  ['parmVarDecl(hasType(pointsTo(isAnyCharacter())))', m.parmVarDecl(m.hasType(m.pointsTo(m.isAnyCharacter())))],
  [
    'declRefExpr(to(functionDecl()), unless(hasAncestor(callExpr())))',
    m.declRefExpr(m.to(m.functionDecl()), m.unless(m.hasAncestor(m.callExpr()))),
  ],
  ['memberExpr(member(hasName("next")), isArrow())', m.memberExpr(m.member(m.hasName('next')), m.isArrow())],
  [
    'compoundStmt(statementCountIs(1), hasParent(ifStmt()))',
    m.compoundStmt(m.statementCountIs(1), m.hasParent(m.ifStmt())),
  ],
  ['whileStmt(hasDescendant(breakStmt()))', m.whileStmt(m.hasDescendant(m.breakStmt()))],
  ['expr(hasType(booleanType()))', m.expr(m.hasType(m.booleanType()))],
  ['cStyleCastExpr(hasDestinationType(pointerType()))', m.cStyleCastExpr(m.hasDestinationType(m.pointerType()))],
  ['stringLiteral(hasSize(1))', m.stringLiteral(m.hasSize(1))],
  [
    'arraySubscriptExpr(hasIndex(ignoringParenImpCasts(declRefExpr())))',
    m.arraySubscriptExpr(m.hasIndex(m.ignoringParenImpCasts(m.declRefExpr()))),
  ],
  [
    'stmt(anyOf(gotoStmt(), continueStmt(), breakStmt()))',
    m.stmt(m.anyOf(m.gotoStmt(), m.continueStmt(), m.breakStmt())),
  ],
  [
    'functionDecl(isDefinition(), hasDescendant(gotoStmt()))',
    m.functionDecl(m.isDefinition(), m.hasDescendant(m.gotoStmt())),
  ],
  ['recordDecl(has(fieldDecl(hasName("next"))))', m.recordDecl(m.has(m.fieldDecl(m.hasName('next'))))],
  ['expr(isExpandedFromMacro("NULL"))', m.expr(m.isExpandedFromMacro('NULL'))],
];

const inCxx: [string, unknown][] = [
  ['cxxMethodDecl(isVirtual(), unless(isImplicit()))', m.cxxMethodDecl(m.isVirtual(), m.unless(m.isImplicit()))],
  ['cxxMethodDecl(isConst())', m.cxxMethodDecl(m.isConst())],
  [
    'cxxMethodDecl(ofClass(hasName("XMLElement")), isDefinition())',
    m.cxxMethodDecl(m.ofClass(m.hasName('XMLElement')), m.isDefinition()),
  ],
  [
    'cxxMemberCallExpr(on(expr(hasType(pointsTo(cxxRecordDecl())))))',
    m.cxxMemberCallExpr(m.on(m.expr(m.hasType(m.pointsTo(m.cxxRecordDecl()))))),
  ],
  [
    'cxxMemberCallExpr(callee(cxxMethodDecl(hasName("Value"))))',
    m.cxxMemberCallExpr(m.callee(m.cxxMethodDecl(m.hasName('Value')))),
  ],
  ['cxxConstructExpr(argumentCountIs(1))', m.cxxConstructExpr(m.argumentCountIs(1))],
  ['cxxThisExpr()', m.cxxThisExpr()],
  ['cxxConstructorDecl(unless(isImplicit()))', m.cxxConstructorDecl(m.unless(m.isImplicit()))],
  ['cxxDeleteExpr()', m.cxxDeleteExpr()],
  ['cxxNewExpr()', m.cxxNewExpr()],
  ['cxxStaticCastExpr()', m.cxxStaticCastExpr()],
  ['declRefExpr(hasDeclaration(enumConstantDecl()))', m.declRefExpr(m.hasDeclaration(m.enumConstantDecl()))],
  [
    'cxxRecordDecl(isDerivedFrom("XMLNode"), isDefinition())',
    m.cxxRecordDecl(m.isDerivedFrom('XMLNode'), m.isDefinition()),
  ],
  [
    'functionDecl(returns(booleanType()), isDefinition())',
    m.functionDecl(m.returns(m.booleanType()), m.isDefinition()),
  ],
  ['functionDecl(matchesName("::tinyxml2::XMLUtil::"))', m.functionDecl(m.matchesName('::tinyxml2::XMLUtil::'))],
  ['varDecl(hasType(qualType(isConstQualified())))', m.varDecl(m.hasType(m.type(m.isConstQualified())))],
  ['stmt(forFunction(hasName("ParseDeep")), ifStmt())', m.ifStmt(m.forFunction(m.hasName('ParseDeep')))],
  [
    'conditionalOperator(hasFalseExpression(ignoringParenImpCasts(integerLiteral())))',
    m.conditionalOperator(m.hasFalseExpression(m.ignoringParenImpCasts(m.integerLiteral()))),
  ],
  ['callExpr(hasAnyArgument(stringLiteral()))', m.callExpr(m.hasAnyArgument(m.stringLiteral()))],
  [
    'callExpr(hasArgument(0, declRefExpr(to(parmVarDecl()))))',
    m.callExpr(m.hasArgument(0, m.declRefExpr(m.to(m.parmVarDecl())))),
  ],
  [
    'binaryOperator(isAssignmentOperator(), hasLHS(memberExpr()))',
    m.binaryOperator(m.isAssignmentOperator(), m.hasLHS(m.memberExpr())),
  ],
];

function compare(
  name: string,
  open: () => Promise<string>,
  args: readonly string[],
  cases: readonly [string, unknown][],
): void {
  describe(name, () => {
    let tu: TranslationUnit;
    let theirs: string[][];
    beforeAll(async () => {
      const file = await open();
      tu = await parse(file, { arguments: [...args, '-w'], scope: 'all' });
      theirs = clangQuery(
        file,
        args,
        cases.map(([query]) => query),
      );
    }, 240_000);
    afterAll(() => tu?.dispose());
    it.each(cases.map(([query, matcher], at) => ({ query, matcher, at })))('$query', ({ matcher, at }) => {
      expect(ours(tu, matcher as never)).toEqual(theirs[at]);
    });
    it('finds something with most of them', () => {
      expect(theirs.filter((each) => each.length > 0).length).toBeGreaterThan(cases.length * 0.7);
    });
  });
}

compare('in C', async () => join(await fetchDebianSource('cjson'), 'cJSON.c'), [], inC);
compare('in C++', async () => join(await fetchDebianSource('tinyxml2'), 'tinyxml2.cpp'), ['-std=c++17'], inCxx);
