// Getters whose C++ type is a structure of Clang's own, of which one part is what a person asks for; and those whose
// type needs a word of C++ on the way.
import type { ReturnKind } from '../model.js';

export interface Adapted {
  /** C++; `N` points to the node, `A` is the answer. */
  cpp: string;
  /** What it gives then, where that differs from the header's type. */
  returns?: ReturnKind;
  precondition?: string;
}

const paramIdx = (method: string): Adapted => ({
  cpp: `N->${method}().getSourceIndex()`,
  returns: { k: 'int', bits: 32, nullable: true },
  precondition: `N->${method}().isValid()`,
});

const qualifiers = (method: string): Adapted => ({ cpp: `N->${method}().getAsString()`, returns: { k: 'string' } });

const moduleName = (method: string): Adapted => ({
  cpp: `N->${method}()->getFullModuleName()`,
  returns: { k: 'string', nullable: true },
  precondition: `N->${method}()`,
});

const explicitSpecifier: Adapted = {
  cpp: 'N->getExplicitSpecifier().getExpr()',
  returns: { k: 'stmt', of: 'clang::Expr', nullable: true },
};

const asArray = (method: string): Adapted => ({ cpp: `N->${method}().asArray()` });

/** `Class.method`. */
export const adapted: Record<string, Adapted> = {
  'AllocAlignAttr.getParamIndex': paramIdx('getParamIndex'),
  'AllocSizeAttr.getElemSizeParam': paramIdx('getElemSizeParam'),
  'AllocSizeAttr.getNumElemsParam': paramIdx('getNumElemsParam'),
  'ArgumentWithTypeTagAttr.getArgumentIdx': paramIdx('getArgumentIdx'),
  'ArgumentWithTypeTagAttr.getTypeTagIdx': paramIdx('getTypeTagIdx'),

  'ArrayType.getIndexTypeQualifiers': qualifiers('getIndexTypeQualifiers'),
  'CXXMethodDecl.getMethodQualifiers': qualifiers('getMethodQualifiers'),
  'FunctionProtoType.getMethodQuals': qualifiers('getMethodQuals'),
  'QualType.getLocalQualifiers': qualifiers('getLocalQualifiers'),
  'QualType.getQualifiers': qualifiers('getQualifiers'),

  'Decl.getImportedOwningModule': moduleName('getImportedOwningModule'),
  'Decl.getLocalOwningModule': moduleName('getLocalOwningModule'),
  'Decl.getOwningModule': moduleName('getOwningModule'),
  'ImportDecl.getImportedModule': moduleName('getImportedModule'),

  'CXXConstructorDecl.getExplicitSpecifier': explicitSpecifier,
  'CXXConversionDecl.getExplicitSpecifier': explicitSpecifier,
  'CXXDeductionGuideDecl.getExplicitSpecifier': explicitSpecifier,

  'ClassTemplateSpecializationDecl.getTemplateArgs': asArray('getTemplateArgs'),
  'ClassTemplateSpecializationDecl.getTemplateInstantiationArgs': asArray('getTemplateInstantiationArgs'),
  'VarTemplateSpecializationDecl.getTemplateArgs': asArray('getTemplateArgs'),
  'VarTemplateSpecializationDecl.getTemplateInstantiationArgs': asArray('getTemplateInstantiationArgs'),

  'CXXBindTemporaryExpr.getTemporary': {
    cpp: 'N->getTemporary()->getDestructor()',
    returns: { k: 'decl', of: 'clang::CXXDestructorDecl', nullable: true },
    precondition: 'N->getTemporary()',
  },
  'CXXConstructorDecl.getInheritedConstructor': {
    cpp: 'N->getInheritedConstructor().getConstructor()',
    returns: { k: 'decl', of: 'clang::CXXConstructorDecl', nullable: true },
  },
  'ConstantExpr.getAPValueResult': {
    cpp: 'N->getAPValueResult().getAsString(A.E.context(), N->getType())',
    returns: { k: 'string', nullable: true },
    precondition: 'N->hasAPValueResult()',
  },
  'ExtVectorElementExpr.getAccessor': { cpp: '&N->getAccessor()' },
  // Signed where its type is: what is written is never negative, what an instantiation puts in its place may be.
  'IntegerLiteral.getValue': { cpp: 'llvm::APSInt(N->getValue(), !N->getType()->isSignedIntegerType())' },
  'MemberExpr.getFoundDecl': {
    cpp: 'N->getFoundDecl().getDecl()',
    returns: { k: 'decl', of: 'clang::NamedDecl', nullable: true },
  },
  'TemplateArgument.getAsStructuralValue': {
    cpp: 'N->getAsStructuralValue().getAsString(A.E.context(), N->getStructuralValueType())',
    returns: { k: 'string', nullable: true },
    precondition: 'N->getKind() == clang::TemplateArgument::StructuralValue',
  },
  'TemplateTypeParmDecl.getTypeConstraint': {
    cpp: 'N->getTypeConstraint()->getConceptReference()',
    returns: { k: 'node', of: 'clang::ConceptReference', nullable: true },
    precondition: 'N->getTypeConstraint()',
  },
  'UnnamedGlobalConstantDecl.getValue': {
    cpp: 'N->getValue().getAsString(A.E.context(), N->getType())',
    returns: { k: 'string' },
  },
  'VarDecl.getEvaluatedValue': {
    cpp: 'N->getEvaluatedValue()->getAsString(A.E.context(), N->getType())',
    returns: { k: 'string', nullable: true },
    precondition: 'N->getEvaluatedValue()',
  },
};
