// Getters that TypeScript answers from the columns and the tree, without asking: `Class.method` → an expression over
// `this`. Each must give what Clang's own method gives; tests/ compares the two on every node of a corpus.
//
// The columns' own getters (tables/columns.ts) need no entry. Places of children are those of Clang's dump.

const none = ' ?? undefined';
const child = (place: number | string) => `this.childAt(${place})${none}`;
const children = 'this.dumpedChildren()';

/** Given by the runtime's Node or TypeBase; nothing is generated. */
export const inherited = 'inherited';

// Optional parts come in a fixed order, each there when its flag says so.
const after = (...flags: string[]) => flags.map((flag) => `+this.${flag}()`).join(' + ');

// The callee; of a kernel's call its configuration too.
const beforeArguments = "(this.kind === 'CUDAKernelCallExpr' ? 2 : 1)";

export const overrides: Record<string, string> = {
  // --- Columns every node has
  'CXXBaseSpecifier.getType': 'this.typeColumn()',
  'Expr.getType': 'this.typeColumn()',
  'TypeLoc.getType': 'this.typeColumn()',
  'TypedefNameDecl.getUnderlyingType': 'this.typeColumn()',
  'ValueDecl.getType': 'this.typeColumn()',
  'Decl.getBeginLoc': inherited,
  'Decl.getEndLoc': inherited,
  'Decl.getSourceRange': 'this.range',
  'Stmt.getBeginLoc': inherited,
  'Stmt.getEndLoc': inherited,
  'Stmt.getSourceRange': 'this.range',
  'Attr.getLocation': 'this.beginLoc',
  'Attr.getRange': 'this.range',
  'CXXBaseSpecifier.getBeginLoc': inherited,
  'CXXBaseSpecifier.getEndLoc': inherited,
  'CXXBaseSpecifier.getSourceRange': 'this.range',
  'Comment.getBeginLoc': inherited,
  'Comment.getEndLoc': inherited,
  'Comment.getSourceRange': 'this.range',
  'ConceptReference.getBeginLoc': inherited,
  'ConceptReference.getEndLoc': inherited,
  'ConceptReference.getSourceRange': 'this.range',
  'Designator.getBeginLoc': inherited,
  'Designator.getEndLoc': inherited,
  'Designator.getSourceRange': 'this.range',
  'NestedNameSpecifierLoc.getBeginLoc': inherited,
  'NestedNameSpecifierLoc.getEndLoc': inherited,
  'NestedNameSpecifierLoc.getSourceRange': 'this.range',
  'OMPClause.getBeginLoc': inherited,
  'OMPClause.getEndLoc': inherited,
  'OpenACCClause.getBeginLoc': inherited,
  'OpenACCClause.getEndLoc': inherited,
  'TypeLoc.getBeginLoc': inherited,
  'TypeLoc.getEndLoc': inherited,
  'TypeLoc.getSourceRange': 'this.range',
  'NamedDecl.getName': 'this.aString()',

  // --- Literals
  'IntegerLiteral.getValue': 'this.bNumber() === 0xffffffff ? BigInt(this.aString()) : BigInt(this.bNumber())',

  // --- Expressions by their children
  'ArraySubscriptExpr.getLHS': child(0),
  'ArraySubscriptExpr.getRHS': child(1),
  'BinaryOperator.getLHS': child(0),
  'BinaryOperator.getRHS': child(1),
  'CXXBindTemporaryExpr.getSubExpr': child(0),
  'CXXConstructExpr.arguments': children,
  'CXXConstructExpr.getNumArgs': 'this.childCount',
  'CXXDeleteExpr.getArgument': child(0),
  'CXXThrowExpr.getSubExpr': child(0),
  'CallExpr.arguments': `${children}.slice(${beforeArguments})`,
  'CallExpr.getCallee': child(0),
  'CallExpr.getNumArgs': `this.childCount - ${beforeArguments}`,
  'CastExpr.getSubExpr': child(0),
  'CompoundLiteralExpr.getInitializer': child(0),
  'ConditionalOperator.getCond': child(0),
  'ConditionalOperator.getFalseExpr': child(2),
  'ConditionalOperator.getLHS': child(1),
  'ConditionalOperator.getRHS': child(2),
  'ConditionalOperator.getTrueExpr': child(1),
  'FullExpr.getSubExpr': child(0),
  'MaterializeTemporaryExpr.getSubExpr': child(0),
  'MemberExpr.getBase': child(0),
  'ParenExpr.getSubExpr': child(0),
  'StmtExpr.getSubStmt': child(0),
  'UnaryOperator.getSubExpr': child(0),

  // --- Statements by their children
  'CaseStmt.getLHS': child(0),
  'CaseStmt.getRHS': `this.caseStmtIsGNURange() ? ${child(1)} : undefined`,
  'CaseStmt.getSubStmt': child('1 + +this.caseStmtIsGNURange()'),
  'CompoundStmt.body': children,
  'CompoundStmt.size': 'this.childCount',
  'DeclStmt.decls': children,
  'DefaultStmt.getSubStmt': child(0),
  'DoStmt.getBody': child(0),
  'DoStmt.getCond': child(1),
  'ForStmt.getBody': child(4),
  'ForStmt.getCond': child(2),
  'ForStmt.getInc': child(3),
  'ForStmt.getInit': child(0),
  'IfStmt.getCond': `this.isConsteval() ? undefined : ${child(after('hasInitStorage', 'hasVarStorage'))}`,
  'IfStmt.getElse': `this.hasElseStorage() ? ${child('this.childCount - 1')} : undefined`,
  'IfStmt.getInit': `this.hasInitStorage() && !this.isConsteval() ? ${child(0)} : undefined`,
  'IfStmt.getThen': child(`this.childCount - 1 - ${after('hasElseStorage')}`),
  'LabelStmt.getSubStmt': child(0),
  'ReturnStmt.getRetValue': child(0),
  'SwitchStmt.getBody': child('this.childCount - 1'),
  'SwitchStmt.getCond': child(after('hasInitStorage', 'hasVarStorage')),
  'SwitchStmt.getInit': `this.hasInitStorage() ? ${child(0)} : undefined`,
  'WhileStmt.getBody': child('this.childCount - 1'),
  'WhileStmt.getCond': child(after('hasVarStorage')),
};

// The qualifiers of a type are in its own columns: bit 0 const, 1 restrict, 2 volatile.
for (const [name, bit] of [
  ['Const', 1],
  ['Restrict', 2],
  ['Volatile', 4],
] as const) {
  overrides[`QualType.isLocal${name}Qualified`] = `(this.qualifiers & ${bit}) !== 0`;
  overrides[`QualType.is${name}Qualified`] = `((this.qualifiers | this.canonical.qualifiers) & ${bit}) !== 0`;
}
overrides['QualType.getCanonicalType'] = 'this.canonical';
