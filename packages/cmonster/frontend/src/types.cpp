//===- types.cpp - The types that rows have --------------------------------===//
//
// docs/formats/snapshot.md, "Types": each once, numbered as it is met.
//
//===----------------------------------------------------------------------===//
#include "tree.h"
#include "clang/AST/ASTContext.h"

using namespace clang;

namespace cmonster {

uint32_t Tree::reserveType(QualType Q) {
  uint32_t Index = T.count();
  T.Type.push_back(Q);
  T.Kind.push_back(Q.isNull() ? uint16_t(NK_Null) : kindOf(Q.getTypePtr()));
  T.Qualifiers.push_back(
      Q.isNull() ? 0 : Q.getLocalFastQualifiers() | (Q.hasLocalNonFastQualifiers() ? 8 : 0));
  T.Inner.push_back(0);
  T.Decl.push_back(0);
  T.Canonical.push_back(0);
  T.Row.push_back(0);
  return Index;
}

/// The type that one looks at next: pointee, element, result, or what one step
/// of desugaring gives.
static QualType innerType(const Type *T) {
  switch (T->getTypeClass()) {
  case Type::Pointer:
    return cast<PointerType>(T)->getPointeeType();
  case Type::BlockPointer:
    return cast<BlockPointerType>(T)->getPointeeType();
  case Type::LValueReference:
  case Type::RValueReference:
    return cast<ReferenceType>(T)->getPointeeTypeAsWritten();
  case Type::MemberPointer:
    return cast<MemberPointerType>(T)->getPointeeType();
  case Type::ObjCObjectPointer:
    return cast<ObjCObjectPointerType>(T)->getPointeeType();
  case Type::ConstantArray:
  case Type::IncompleteArray:
  case Type::VariableArray:
  case Type::DependentSizedArray:
  case Type::ArrayParameter:
    return cast<ArrayType>(T)->getElementType();
  case Type::FunctionProto:
  case Type::FunctionNoProto:
    return cast<FunctionType>(T)->getReturnType();
  case Type::Complex:
    return cast<ComplexType>(T)->getElementType();
  case Type::Vector:
  case Type::ExtVector:
    return cast<VectorType>(T)->getElementType();
  case Type::Atomic:
    return cast<AtomicType>(T)->getValueType();
  case Type::Pipe:
    return cast<PipeType>(T)->getElementType();
  default: {
    QualType D = T->getLocallyUnqualifiedSingleStepDesugaredType();
    return D == QualType(T, 0) ? QualType() : D;
  }
  }
}

/// The declaration that a type names.
static const Decl *declOf(const Type *T) {
  switch (T->getTypeClass()) {
  case Type::Typedef:
    return cast<TypedefType>(T)->getDecl();
  case Type::Using:
    return cast<UsingType>(T)->getFoundDecl();
  case Type::Record:
  case Type::Enum:
    return cast<TagType>(T)->getDecl();
  case Type::InjectedClassName:
    return cast<InjectedClassNameType>(T)->getDecl();
  case Type::TemplateTypeParm:
    return cast<TemplateTypeParmType>(T)->getDecl();
  case Type::TemplateSpecialization:
    return cast<TemplateSpecializationType>(T)->getTemplateName().getAsTemplateDecl();
  case Type::UnresolvedUsing:
    return cast<UnresolvedUsingType>(T)->getDecl();
  case Type::ObjCInterface:
    return cast<ObjCInterfaceType>(T)->getDecl();
  default:
    return nullptr;
  }
}

uint32_t Tree::typeOf(QualType Q) {
  if (Q.isNull())
    return 0;
  const Type *P = Q.getTypePtr();
  uint32_t Index;
  if (Q.hasLocalQualifiers()) {
    uint32_t &Slot = QualifiedTypes[Q.getAsOpaquePtr()];
    if (Slot)
      return Slot;
    Index = Slot = reserveType(Q);
    // A qualified type says what its unqualified type says.
    uint32_t Plain = typeOf(QualType(P, 0));
    T.Inner[Index] = T.Inner[Plain];
    T.Decl[Index] = T.Decl[Plain];
    if (!T.Decl[Index])
      if (const Decl *D = declOf(P))
        Unresolved.push_back({&T.Decl, Index, false, D});
  } else {
    uint32_t &Slot = numberOf(P);
    if (Slot)
      return Slot;
    Index = Slot = reserveType(Q);
    uint32_t Inner = typeOf(innerType(P));
    T.Inner[Index] = Inner;
    if (const Decl *D = declOf(P)) {
      uint32_t Row = numberOf(D);
      T.Decl[Index] = Row;
      if (!Row)
        Unresolved.push_back({&T.Decl, Index, false, D});
    }
  }
  QualType C = Q.getCanonicalType();
  uint32_t Canonical = C == Q ? Index : typeOf(C);
  T.Canonical[Index] = Canonical;
  return Index;
}

} // namespace cmonster
