// Which getters can be written to, and what they accept there: `Class.member` in TypeScript's names. A class below that has
// the member too has it with the same setter.

/** Lists of nodes whose elements can be added, taken out and moved: src/rewrite/lists.ts knows where each is written. */
export const lists: ReadonlySet<string> = new Set([
  'CallExpr.arguments',
  'CXXConstructExpr.arguments',
  'CXXConstructorDecl.inits',
  'CXXRecordDecl.bases',
  'EnumDecl.enumerators',
  'FunctionDecl.parameters',
  'InitListExpr.inits',
  'RecordDecl.fields',
  'TemplateDecl.templateParameters',
]);

/** What a setter takes, as src/rewrite/code.ts names it: src/rewrite/setters.ts puts it in its place. */
export type Accepts = 'ExprCode' | 'StmtCode' | 'TypeCode' | 'string';

export const setters: Readonly<Record<string, Accepts>> = {
  'AbstractConditionalOperator.cond': 'ExprCode',
  'AbstractConditionalOperator.falseExpr': 'ExprCode',
  'AbstractConditionalOperator.trueExpr': 'ExprCode',
  'ArraySubscriptExpr.base': 'ExprCode',
  'ArraySubscriptExpr.idx': 'ExprCode',
  'BinaryOperator.lhs': 'ExprCode',
  'BinaryOperator.rhs': 'ExprCode',
  'CallExpr.callee': 'ExprCode',
  'CaseStmt.lhs': 'ExprCode',
  'CXXForRangeStmt.body': 'StmtCode',
  'CXXForRangeStmt.rangeInit': 'ExprCode',
  'CXXThrowExpr.subExpr': 'ExprCode',
  'CStyleCastExpr.typeAsWritten': 'TypeCode',
  'DoStmt.body': 'StmtCode',
  'DoStmt.cond': 'ExprCode',
  'EnumConstantDecl.initExpr': 'ExprCode',
  'ExplicitCastExpr.typeAsWritten': 'TypeCode',
  'FieldDecl.inClassInitializer': 'ExprCode',
  'ForStmt.body': 'StmtCode',
  'ForStmt.cond': 'ExprCode',
  'ForStmt.inc': 'ExprCode',
  'ForStmt.init': 'StmtCode',
  'FunctionDecl.returnType': 'TypeCode',
  'IfStmt.cond': 'ExprCode',
  'IfStmt.else': 'StmtCode',
  'IfStmt.then': 'StmtCode',
  'MemberExpr.base': 'ExprCode',
  'NamedDecl.name': 'string',
  'ReturnStmt.retValue': 'ExprCode',
  'SwitchStmt.body': 'StmtCode',
  'SwitchStmt.cond': 'ExprCode',
  'TypedefNameDecl.underlyingType': 'TypeCode',
  'UnaryOperator.subExpr': 'ExprCode',
  'ValueDecl.type': 'TypeCode',
  'VarDecl.init': 'ExprCode',
  'WhileStmt.body': 'StmtCode',
  'WhileStmt.cond': 'ExprCode',
};

/** Members that Clang has under no name of one word: in TypeScript, at the end of a class. */
export const additions: Readonly<Record<string, string>> = {
  Decl: `
  /** Adds a word to the declaration: \`static\` in front, \`override\` behind the parameters. Nothing happens when it is there. */
  addSpecifier(word: Specifier): void {
    this.tu.rewriter.addSpecifier(this.keep(), word);
  }
  /** Takes a word out of the declaration. @returns whether it was there */
  removeSpecifier(word: Specifier): boolean {
    return this.tu.rewriter.removeSpecifier(this.keep(), word);
  }
  /** Puts an attribute at the declaration: \`[[nodiscard]]\`. \`attr.remove()\` takes one out. */
  addAttribute(attribute: string): void {
    this.tu.rewriter.addAttribute(this.keep(), attribute);
  }
`,
  BinaryOperator: `
  /** As it is written: \`+=\`. */
  get operator(): BinaryOperatorText {
    return this.opcodeStr as BinaryOperatorText;
  }
  set operator(value: BinaryOperatorText) {
    this.assign('BinaryOperator.operator', value);
  }
`,
  UnaryOperator: `
  /** As it is written: \`!\`. */
  get operator(): UnaryOperatorText {
    return this.operatorLoc.tokenText as UnaryOperatorText;
  }
  set operator(value: UnaryOperatorText) {
    this.assign('UnaryOperator.operator', value);
  }
`,
};
