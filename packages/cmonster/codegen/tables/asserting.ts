// Getters on whose way an assertion of Clang's headers can fail in a function that they call, rather than in their own text:
// they are undefined then, and typed so. Found by calling every getter on every node of Clang's own tests.
export const asserting = new Set<string>([
  'CXXRecordDecl.getMostRecentNonInjectedDecl',
  'DeclStmt.getSingleDecl',
  'Expr.hasPlaceholderType',
  'InitListExpr.hasDesignatedInit',
  'OMPExecutableDirective.getAssociatedStmt',
  'OMPLoopDirective.getCalcLastIteration',
  'OMPLoopDirective.getCond',
  'OMPLoopDirective.getInc',
  'OMPLoopDirective.getInit',
  'OMPLoopDirective.getIterationVariable',
  'OMPLoopDirective.getLastIteration',
  'OMPLoopDirective.getPreCond',
  'ObjCPropertyRefExpr.getBase',
  'ObjCPropertyRefExpr.getClassReceiver',
  'ObjCPropertyRefExpr.getSuperReceiverType',
  'StringLiteral.containsNonAscii',
  'StringLiteral.containsNonAsciiOrNull',
  'TemplateArgument.pack_elements',
  'UnaryExprOrTypeTraitExpr.getArgumentExpr',
  'UnaryExprOrTypeTraitExpr.getArgumentType',
]);
