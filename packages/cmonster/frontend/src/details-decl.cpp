//===- details-decl.cpp - What a dump says of a declaration ----------------===//
#include "detail-writer.h"
#include "clang/AST/DeclFriend.h"

using namespace clang;

namespace cmonster {

namespace {

// A redeclarable declaration knows the one before it, a mergeable one the first.
struct Earlier {
  const Decl *D = nullptr;
  bool IsFirst = false;
};
Earlier earlierImpl(...) { return {}; }
template <typename T> Earlier earlierImpl(const Mergeable<T> *D) {
  const T *First = D->getFirstDecl();
  const Decl *Plain = First;
  return {First != D ? Plain : nullptr, true};
}
template <typename T> Earlier earlierImpl(const Redeclarable<T> *D) {
  return {D->getPreviousDecl(), false};
}
Earlier earlier(const Decl *D) {
  switch (D->getKind()) {
#define DECL(DERIVED, BASE)                                                                        \
  case Decl::DERIVED:                                                                              \
    return earlierImpl(cast<DERIVED##Decl>(D));
#define ABSTRACT_DECL(DECL)
#include "clang/AST/DeclNodes.inc"
  }
  return {};
}

/// One bit per flag, the first the lowest.
template <typename... Flags> uint32_t mask(Flags... F) {
  uint32_t Result = 0, Bit = 0;
  ((Result |= uint32_t(bool(F)) << Bit++), ...);
  return Result;
}

} // namespace

void DetailWriter::decl(const Decl *D, StringRef Mangled) {
  const DeclContext *Semantic = D->getDeclContext();
  node(Semantic != D->getLexicalDeclContext() ? cast<Decl>(Semantic) : nullptr);
  Earlier E = earlier(D);
  node(E.D);
  E.D &&E.IsFirst ? some(true) : none();
  text(Mangled);
  declOfClass(D);
}

void DetailWriter::declOfClass(const Decl *D) {
  if (const auto *N = dyn_cast<NamespaceDecl>(D))
    node(N->isFirstDecl() ? nullptr : N->getFirstDecl());
  else if (const auto *N = dyn_cast<UsingDirectiveDecl>(D))
    node(N->getNominatedNamespace());
  else if (const auto *N = dyn_cast<NamespaceAliasDecl>(D))
    node(N->getAliasedNamespace());
  else if (const auto *N = dyn_cast<UsingDecl>(D))
    text(printed(N->getQualifier(), Policy));
  else if (const auto *N = dyn_cast<UsingEnumDecl>(D))
    node(N->getEnumDecl());
  else if (const auto *N = dyn_cast<UsingShadowDecl>(D))
    node(N->getTargetDecl());
  else if (const auto *N = dyn_cast<FunctionDecl>(D)) {
    const StringLiteral *Message = N->getDeletedMessage();
    Message ? some(Message->getString()) : none();
  } else if (const auto *N = dyn_cast<NonTypeTemplateParmDecl>(D)) {
    number(N->getDepth());
    number(N->getIndex());
    flag(N->hasDefaultArgument() && N->defaultArgumentWasInherited());
  } else if (const auto *N = dyn_cast<VarDecl>(D))
    numberUnlessZero(N->getTLSKind());
  else if (const auto *N = dyn_cast<EnumDecl>(D))
    type(N->isFixed() ? N->getIntegerType() : QualType());
  else if (const auto *N = dyn_cast<CXXRecordDecl>(D)) {
    if (N->isCompleteDefinition())
      definition(N);
  } else if (const auto *N = dyn_cast<TemplateTypeParmDecl>(D)) {
    number(N->getDepth());
    number(N->getIndex());
    flag(N->hasDefaultArgument() && N->defaultArgumentWasInherited());
  } else if (const auto *N = dyn_cast<TemplateTemplateParmDecl>(D)) {
    number(N->getDepth());
    number(N->getIndex());
    flag(N->hasDefaultArgument() && N->defaultArgumentWasInherited());
    const Decl *From =
        N->hasDefaultArgument() ? N->getDefaultArgStorage().getInheritedFrom() : nullptr;
    From ? some(From->getSourceRange()) : none();
  } else if (const auto *N = dyn_cast<FriendDecl>(D))
    type(N->getFriendType() ? N->getFriendType()->getType() : QualType());
  else if (const auto *N = dyn_cast<ObjCMethodDecl>(D))
    type(N->getReturnType());
  else if (const auto *N = dyn_cast<ObjCCategoryDecl>(D)) {
    node(N->getClassInterface());
    node(N->getImplementation());
    nodes(N->protocols());
  } else if (const auto *N = dyn_cast<ObjCCategoryImplDecl>(D)) {
    node(N->getClassInterface());
    node(N->getCategoryDecl());
  } else if (const auto *N = dyn_cast<ObjCProtocolDecl>(D))
    nodes(N->protocols());
  else if (const auto *N = dyn_cast<ObjCInterfaceDecl>(D)) {
    node(N->getSuperClass());
    node(N->getImplementation());
    nodes(N->protocols());
  } else if (const auto *N = dyn_cast<ObjCImplementationDecl>(D)) {
    node(N->getSuperClass());
    node(N->getClassInterface());
  } else if (const auto *N = dyn_cast<ObjCCompatibleAliasDecl>(D))
    node(N->getClassInterface());
  else if (const auto *N = dyn_cast<ObjCPropertyDecl>(D)) {
    type(N->getType());
    node(N->getGetterMethodDecl());
    node(N->getSetterMethodDecl());
  } else if (const auto *N = dyn_cast<ObjCPropertyImplDecl>(D)) {
    node(N->getPropertyDecl());
    node(N->getPropertyIvarDecl());
  }
}

void DetailWriter::definition(const CXXRecordDecl *R) {
  number(mask(R->isGenericLambda(), R->isLambda(), R->isEmpty(), R->isAggregate(),
              R->isStandardLayout(), R->isTriviallyCopyable(), R->isPOD(), R->isTrivial(),
              R->isPolymorphic(), R->isAbstract(), R->isLiteral(), R->canPassInRegisters(),
              R->hasUserDeclaredConstructor(), R->hasConstexprNonCopyMoveConstructor(),
              R->hasMutableFields(), R->hasVariantMembers(), R->allowConstDefaultInit()));
  number(mask(R->hasDefaultConstructor(), R->hasTrivialDefaultConstructor(),
              R->hasNonTrivialDefaultConstructor(), R->hasUserProvidedDefaultConstructor(),
              R->hasConstexprDefaultConstructor(), R->needsImplicitDefaultConstructor(),
              R->defaultedDefaultConstructorIsConstexpr()));
  bool Resolve = R->needsOverloadResolutionForCopyConstructor();
  number(mask(R->hasSimpleCopyConstructor(), R->hasTrivialCopyConstructor(),
              R->hasNonTrivialCopyConstructor(), R->hasUserDeclaredCopyConstructor(),
              R->hasCopyConstructorWithConstParam(), R->implicitCopyConstructorHasConstParam(),
              R->needsImplicitCopyConstructor(), Resolve,
              !Resolve && R->defaultedCopyConstructorIsDeleted()));
  Resolve = R->needsOverloadResolutionForMoveConstructor();
  number(mask(R->hasMoveConstructor(), R->hasSimpleMoveConstructor(),
              R->hasTrivialMoveConstructor(), R->hasNonTrivialMoveConstructor(),
              R->hasUserDeclaredMoveConstructor(), R->needsImplicitMoveConstructor(), Resolve,
              !Resolve && R->defaultedMoveConstructorIsDeleted()));
  number(mask(R->hasSimpleCopyAssignment(), R->hasTrivialCopyAssignment(),
              R->hasNonTrivialCopyAssignment(), R->hasCopyAssignmentWithConstParam(),
              R->implicitCopyAssignmentHasConstParam(), R->hasUserDeclaredCopyAssignment(),
              R->needsImplicitCopyAssignment(), R->needsOverloadResolutionForCopyAssignment()));
  number(mask(R->hasMoveAssignment(), R->hasSimpleMoveAssignment(), R->hasTrivialMoveAssignment(),
              R->hasNonTrivialMoveAssignment(), R->hasUserDeclaredMoveAssignment(),
              R->needsImplicitMoveAssignment(), R->needsOverloadResolutionForMoveAssignment()));
  Resolve = R->needsOverloadResolutionForDestructor();
  number(mask(R->hasSimpleDestructor(), R->hasIrrelevantDestructor(), R->hasTrivialDestructor(),
              R->hasNonTrivialDestructor(), R->hasUserDeclaredDestructor(),
              R->needsImplicitDestructor(), Resolve,
              !Resolve && R->defaultedDestructorIsDeleted()));
  items(R->bases(), [&](const CXXBaseSpecifier &B) {
    Answer &A = answer();
    A.W.list(5);
    put(A, B.getType());
    A.W.integer(B.getAccessSpecifier());
    A.W.integer(B.getAccessSpecifierAsWritten());
    A.W.boolean(B.isVirtual());
    A.W.boolean(B.isPackExpansion());
  });
}

} // namespace cmonster
