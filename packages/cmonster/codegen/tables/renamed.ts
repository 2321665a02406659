// Where the naming rule would collide with the node's own properties, or with another getter of the class.

/** TypeScript's names of classes whose own name says too little outside of the class they are nested in. */
export const classNames: Record<string, string> = {
  'clang::DesignatedInitExpr::Designator': 'Designator',
  'clang::BlockDecl::Capture': 'BlockCapture',
};

/** `Class.method`, or `*.method` for every class. */
export const renamed: Record<string, string> = {
  // `parent` is the node's parent in the tree, `children` its children there.
  '*.getParent': 'parentDecl',
  '*.children': 'childStmts',
  '*.used_children': 'usedChildStmts',
  // An accessor can't be called `constructor`.
  '*.getConstructor': 'constructorDecl',
  // `kind` is the node's class.
  'BuiltinType.getKind': 'builtinKind',
  'CharacterLiteral.getKind': 'characterKind',
  'CountAttributedType.getKind': 'countKind',
  'OMPLastprivateClause.getKind': 'lastprivateKind',
  'OMPOrderClause.getKind': 'orderKind',
  'ObjCGCAttr.getKind': 'gcKind',
  'ObjCOwnershipAttr.getKind': 'ownershipKind',
  'Requirement.getKind': 'requirementKind',
  'StringLiteral.getKind': 'stringKind',
  'SwiftAsyncAttr.getKind': 'asyncKind',
  'TemplateArgument.getKind': 'argumentKind',
  'TypeOfExprType.getKind': 'typeOfKind',
  'TypeOfType.getKind': 'typeOfKind',
  'UnaryExprOrTypeTraitExpr.getKind': 'traitKind',
  // `index` is the node's number, `id` and `field` are the node's own too.
  '*.getIndex': 'parameterIndex',
  'Decl.getID': 'declID',
  'BuiltinAttr.getID': 'builtinID',
  'CXXDefaultInitExpr.getField': 'fieldDecl',
  // `qualifiers` of a type are its bits.
  'QualType.getQualifiers': 'qualifiersAsString',
  'QualType.getLocalQualifiers': 'localQualifiersAsString',
  // Where the declaration itself begins, without the template's parameters: not `beginLoc`.
  'TypeDecl.getBeginLoc': 'declBeginLoc',
  // The same as getParamTypes, which has the name.
  'FunctionProtoType.param_types': 'param_types',
  // `text` and `range` are the source's.
  'Attr.getRange': 'sourceRange',
  'TextComment.getText': 'commentText',
  'VerbatimBlockLineComment.getText': 'commentText',
  'VerbatimLineComment.getText': 'commentText',
};
