// Methods that look like getters and aren't exposed, each with its cause (coverage.md lists them).

/** begin(), end() and their like in all spellings: the range is exposed instead. */
export const iteratorName = /(^|_)r?(begin|end)(_|$)/;

const lookupTables = 'builds or exposes the lookup tables: asked through the lookup operation';
const satisfaction = 'a structure of diagnostics: its isSatisfied is exposed';
const isKind = 'exposed';
const firstOfArray = 'exposed'; // as template_arguments

/** `Class.method`, or `*.method` for every class. A cause of `exposed` says that the node has it under another name. */
export const excluded: Record<string, string> = {
  // The node's own `kind`.
  'Decl.getKind': isKind,
  'Attr.getKind': isKind,
  'DeclContext.getDeclKind': isKind,
  // Also reached through ASTContext::getCommentForDecl.
  'ObjCMethodDecl.findPropertyDecl': 'runs into undefined behaviour where an implementation has no such property',
  'FunctionDecl.getODRHash': 'computed by the non-const overload, which changes the node',
  'DeclContext.lookups': lookupTables,
  'DeclContext.noload_lookups': lookupTables,
  'ConceptSpecializationExpr.getSatisfaction': satisfaction,
  'NestedRequirement.getConstraintSatisfaction': satisfaction,
  // `attrs`.
  'Decl.getAttrs': isKind,
  'DeclRefExpr.getTemplateArgs': firstOfArray,
  'MemberExpr.getTemplateArgs': firstOfArray,
  'OverloadExpr.getTemplateArgs': firstOfArray,
  'DependentScopeDeclRefExpr.getTemplateArgs': firstOfArray,
  'CXXDependentScopeMemberExpr.getTemplateArgs': firstOfArray,
};

/** A base class's non-virtual methods that dispatch to the derived class's method of the same name. */
export const dispatching = new Set([
  'Decl.getBeginLoc',
  'Decl.getEndLoc',
  'Decl.getPreviousDecl',
  'Decl.getMostRecentDecl',
  'Decl.isFirstDecl',
  'Decl.redecls',
  'Stmt.getBeginLoc',
  'Stmt.getEndLoc',
  'Stmt.getSourceRange',
  'Stmt.children',
  'Expr.getExprLoc',
  'TypeLoc.getTypePtr',
  'TypeLoc.getLocalSourceRange',
  'TypeLoc.getNextTypeLoc',
  'Attr.getSpelling',
  'OMPClause.children',
  'OMPClause.used_children',
  'OpenACCClause.children',
]);

/** Where a derived class's method means something else than the base class's. */
export const distinct = new Set(['TypeDecl.getBeginLoc']);

/** Enums whose values are combined: the getter gives the number. */
export const flagEnums = /Dependence$|^clang::(ObjCPropertyAttribute::Kind|Decl::ObjCDeclQualifier)$/;
