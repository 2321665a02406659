//===- operations.cpp - Questions that are not a getter of one class -------===//
#include "operations.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ASTLambda.h"
#include "clang/AST/Mangle.h"
#include "clang/AST/PrettyPrinter.h"
#include "clang/AST/RawCommentList.h"
#include "clang/AST/RecordLayout.h"
#include "clang/Index/USRGeneration.h"
#include "clang/Lex/Preprocessor.h"

using namespace clang;

namespace cmonster {

void Operations::answer(uint32_t Op, uint32_t Handle, Reader &Arguments, Answer &A) {
  Value Argument;
  if (!Arguments.atEnd())
    Argument = Arguments.value();
  switch (Op) {
  case OP_EXPAND:
    return expand(Handle, A);
  case OP_TOKEN_LENGTHS:
    return tokenLengths(Argument, A);
  case OP_FILE_BYTES:
    return Handle < Files.fileCount() ? A.W.bytes(fileText(Handle)) : A.undefined();
  case OP_FILE_LINES:
    return fileLines(Handle, A);
  case OP_FILE_TOKENS:
    return fileTokens(Handle, A);
  case OP_PRINT:
    return print(T.subject(Handle), Argument, A);
  case OP_EVALUATE:
    return evaluate(T.subject(Handle), Argument.Text, A);
  case OP_LAYOUT:
    if (Argument.Text == "type")
      return typeLayout(T.typeAt(Handle), A);
    return recordLayout(T.subject(Handle).as<RecordDecl>(), A);
  case OP_TYPE_FACTS:
    return typeFacts(T.typeAt(Handle), A);
  case OP_TYPE_TEXTS:
    return typeTexts(Argument.Text, A);
  case OP_MANGLED:
    return mangled(T.subject(Handle).as<NamedDecl>(), A);
  case OP_USR: {
    SmallString<128> USR;
    const auto *D = T.subject(Handle).as<Decl>();
    if (!D || index::generateUSRForDecl(D, USR))
      return A.undefined();
    return A.W.string(USR);
  }
  case OP_LOOKUP:
    return lookup(T.subject(Handle).as<DeclContext>(), Argument.Text, A);
  case OP_TOKEN_KINDS:
    A.W.list(tok::NUM_TOKENS);
    for (unsigned K = 0; K < tok::NUM_TOKENS; ++K)
      A.W.string(tok::getTokenName(tok::TokenKind(K)));
    return;
  case OP_COMMENT: {
    const auto *D = T.subject(Handle).as<Decl>();
    const RawComment *R = D ? T.context().getRawCommentForAnyRedecl(D) : nullptr;
    if (!R)
      return A.undefined();
    A.W.list(2);
    A.W.string(R->getRawText(T.context().getSourceManager()));
    return A.W.range(R->getBeginLoc().getRawEncoding(), R->getEndLoc().getRawEncoding());
  }
  case OP_PARENT: {
    const auto *D = T.subject(Handle).as<Decl>();
    if (!D)
      return A.undefined();
    const DeclContext *P = D->getLexicalDeclContext();
    return P ? A.W.node(T.rowOf(static_cast<const Decl *>(cast<Decl>(P)))) : A.W.null();
  }
  case OP_MACRO_TOKENS:
    return macroTokens(uint32_t(Argument.Int), A);
  case OP_COMMENTS:
    return comments(Handle, A);
  case OP_TOKENIZE:
    return tokenize(C.Instance->getPreprocessor(), Argument.Text, A.W);
  case OP_DETAILS:
    return D.of(Argument.Text, A);
  default:
    return A.undefined();
  }
}

void Operations::expand(uint32_t Row, Answer &A) {
  const auto *D = T.subject(Row).as<Decl>();
  if (!D)
    return A.undefined();
  auto It = Expanded.find(Row);
  if (It == Expanded.end()) {
    bool HasTree = T.R.End[Row] != 0 && Row != 1;
    if (HasTree)
      return A.undefined();
    It = Expanded.try_emplace(Row, T.expand(Row)).first;
  }
  A.W.list(2);
  A.W.integer(It->second.first);
  A.W.integer(It->second.second);
}

void Operations::print(const Subject &S, const Value &Options, Answer &A) {
  PrintingPolicy Policy = T.context().getPrintingPolicy();
  Policy.TerseOutput = Options.flag("terse");
  unsigned Indentation = 0;
  if (const Value *V = Options.get("indentation"))
    Indentation = unsigned(std::min<int64_t>(std::max<int64_t>(V->Int, 0), 64));
  SmallString<256> Text;
  llvm::raw_svector_ostream OS(Text);
  if (const auto *D = S.as<Decl>())
    D->print(OS, Policy, Indentation);
  else if (const auto *St = S.as<Stmt>())
    St->printPretty(OS, nullptr, Policy, Indentation, "\n", &T.context());
  else if (const auto *At = S.as<Attr>())
    At->printPretty(OS, Policy);
  else if (S.isType())
    S.type().print(OS, Policy);
  else if (S.isTypeLoc())
    S.typeLoc().getType().print(OS, Policy);
  else if (S.Kind == NK_TemplateArgument)
    S.as<TemplateArgument>()->print(Policy, OS, /*IncludeType=*/false);
  else if (S.Kind == NK_TemplateArgumentLoc)
    S.as<TemplateArgumentLoc>()->getArgument().print(Policy, OS,
                                                     /*IncludeType=*/false);
  else if (S.Kind == NK_NestedNameSpecifierLoc)
    S.nestedNameSpecifierLoc().getNestedNameSpecifier()->print(OS, Policy);
  else if (S.Kind == NK_ConceptReference)
    S.as<ConceptReference>()->print(OS, Policy);
  else if (S.Kind == NK_CXXBaseSpecifier)
    S.as<CXXBaseSpecifier>()->getType().print(OS, Policy);
  else
    return A.undefined();
  A.W.string(Text);
}

void Operations::put(const APValue &V, Answer &A) {
  switch (V.getKind()) {
  case APValue::Int:
    if (V.getInt().getSignificantBits() <= 64 &&
        (V.getInt().isSigned() || V.getInt().getActiveBits() <= 63))
      return A.W.integer(V.getInt().getExtValue());
    return cmonster::put(A, V.getInt());
  case APValue::Float:
    return cmonster::put(A, V.getFloat());
  default:
    return A.undefined();
  }
}

void Operations::evaluate(const Subject &S, const std::string &As, Answer &A) {
  const Expr *E = S.as<Expr>();
  const auto *Var = S.as<VarDecl>();
  if (Var)
    E = Var->getAnyInitializer();
  if (!E || E->isValueDependent() || E->isTypeDependent() || E->containsErrors() ||
      E->getType().isNull() || E->getType()->isVoidType())
    return A.undefined();
  ASTContext &Context = T.context();
  Expr::EvalResult Result;
  if (As == "boolean") {
    bool B;
    if (E->EvaluateAsBooleanCondition(B, Context))
      return A.W.boolean(B);
    return A.undefined();
  }
  if (As == "integer") {
    if (!E->getType()->isIntegralOrEnumerationType() || !E->EvaluateAsInt(Result, Context))
      return A.undefined();
    return put(Result.Val, A);
  }
  bool Constant =
      E->isGLValue() ? E->EvaluateAsLValue(Result, Context) : E->EvaluateAsRValue(Result, Context);
  if (!Constant || Result.HasSideEffects)
    return A.undefined();
  const APValue &V = Result.Val;
  if (As == "float" && !V.isFloat())
    return A.undefined();
  if (V.isInt() && E->getType()->isBooleanType())
    return A.W.boolean(V.getInt().getBoolValue());
  if (V.isInt() || V.isFloat())
    return put(V, A);
  // A pointer to (or an lvalue of) a string literal is the string.
  if (V.isLValue() && !V.getLValueBase().isNull() && V.getLValueOffset().isZero())
    if (const auto *Base = V.getLValueBase().dyn_cast<const Expr *>())
      if (const auto *Literal = dyn_cast<StringLiteral>(Base))
        if (Literal->getCharByteWidth() == 1)
          return A.W.string(Literal->getBytes());
  A.W.tag(Tag::Map);
  A.W.u32(1);
  A.W.string("text");
  A.W.string(V.getAsString(Context, E->getType()));
}

namespace {
/// Collects a map of which the size is known last.
class MapWriter {
  Writer &W;
  size_t At;
  uint32_t Count = 0;

public:
  explicit MapWriter(Writer &W) : W(W), At(W.beginList(Tag::Map)) {}
  ~MapWriter() { W.endList(At, Count); }
  Writer &key(StringRef Name) {
    W.string(Name);
    ++Count;
    return W;
  }
};
} // namespace

void Operations::recordLayout(const RecordDecl *D, Answer &A) {
  D = D ? D->getDefinition() : nullptr;
  if (!D || D->isInvalidDecl() || D->isDependentType() || !D->isCompleteDefinition())
    return A.undefined();
  for (const FieldDecl *F : D->fields())
    if (F->isInvalidDecl())
      return A.undefined();
  ASTContext &Context = T.context();
  const ASTRecordLayout &L = Context.getASTRecordLayout(D);
  const auto *CXX = dyn_cast<CXXRecordDecl>(D);
  MapWriter M(A.W);
  M.key("size").integer(L.getSize().getQuantity());
  M.key("alignment").integer(L.getAlignment().getQuantity());
  M.key("dataSize").integer(L.getDataSize().getQuantity());
  if (CXX) {
    M.key("nonVirtualSize").integer(L.getNonVirtualSize().getQuantity());
    M.key("nonVirtualAlignment").integer(L.getNonVirtualAlignment().getQuantity());
    M.key("hasOwnVFPtr").boolean(L.hasOwnVFPtr());
    if (const CXXRecordDecl *P = L.getPrimaryBase())
      M.key("primaryBase").node(T.rowOf(static_cast<const Decl *>(P)));
    if (L.hasOwnVFPtr())
      M.key("vfptrOffset").integer(0);
  }
  Writer &W = M.key("fields");
  size_t At = W.beginList();
  uint32_t Count = 0;
  for (const FieldDecl *F : D->fields()) {
    MapWriter Field(W);
    Field.key("field").node(T.rowOf(static_cast<const Decl *>(F)));
    Field.key("offset").integer(int64_t(L.getFieldOffset(F->getFieldIndex())));
    bool Bits = F->isBitField();
    Field.key("size").integer(Bits ? int64_t(F->getBitWidthValue(Context))
                              : F->getType()->isIncompleteType()
                                  ? 0
                                  : int64_t(Context.getTypeSize(F->getType())));
    Field.key("bitField").boolean(Bits);
    ++Count;
  }
  W.endList(At, Count);
  if (!CXX)
    return;
  M.key("bases");
  At = W.beginList();
  Count = 0;
  auto base = [&](const CXXRecordDecl *B, CharUnits Offset, bool Virtual) {
    MapWriter Base(W);
    Base.key("base").node(T.rowOf(static_cast<const Decl *>(B)));
    Base.key("offset").integer(Offset.getQuantity());
    Base.key("virtual").boolean(Virtual);
    ++Count;
  };
  for (const CXXBaseSpecifier &B : CXX->bases())
    if (const CXXRecordDecl *R = B.getType()->getAsCXXRecordDecl(); R && !B.isVirtual())
      base(R, L.getBaseClassOffset(R), false);
  for (const CXXBaseSpecifier &B : CXX->vbases())
    if (const CXXRecordDecl *R = B.getType()->getAsCXXRecordDecl())
      base(R, L.getVBaseClassOffset(R), true);
  W.endList(At, Count);
}

void Operations::typeLayout(QualType Q, Answer &A) {
  if (Q.isNull() || Q->isDependentType() || Q->isIncompleteType() || Q->isFunctionType() ||
      Q->isPlaceholderType() || Q->isSizelessType() || Q->isUndeducedType() ||
      Q->isVariablyModifiedType())
    return A.undefined();
  if (const auto *R = Q->getAsRecordDecl())
    if (R->isInvalidDecl())
      return A.undefined();
  TypeInfoChars I = T.context().getTypeInfoInChars(Q);
  MapWriter M(A.W);
  M.key("size").integer(I.Width.getQuantity());
  M.key("alignment").integer(I.Align.getQuantity());
}

void Operations::typeFacts(QualType Q, Answer &A) {
  const PrintingPolicy &Policy = T.context().getPrintingPolicy();
  SplitQualType Split = Q.split();
  A.W.list(3);
  A.W.string(QualType::getAsString(Split, Policy));
  if (Q.isNull()) {
    A.W.null();
    return A.W.null();
  }
  SplitQualType Desugared = Q.getSplitDesugaredType();
  if (Desugared != Split)
    A.W.string(QualType::getAsString(Desugared, Policy));
  else
    A.W.null();
  if (const auto *Alias = Q->getAs<TypedefType>())
    A.W.node(T.rowOf(static_cast<const Decl *>(Alias->getDecl())));
  else
    A.W.null();
}

void Operations::typeTexts(StringRef Types, Answer &A) {
  const PrintingPolicy &Policy = T.context().getPrintingPolicy();
  std::vector<uint32_t> Ends;
  std::string Text;
  llvm::raw_string_ostream OS(Text);
  for (; Types.size() >= 4; Types = Types.drop_front(4)) {
    uint32_t Index;
    std::memcpy(&Index, Types.data(), 4);
    QualType Q = T.typeAt(Index);
    if (!Q.isNull())
      Q.print(OS, Policy);
    Ends.push_back(uint32_t(Text.size()));
  }
  A.W.tag(Tag::Bytes);
  A.W.u32(uint32_t(Ends.size() * 4 + Text.size()));
  A.W.raw(Ends.data(), Ends.size() * 4);
  A.W.raw(Text.data(), Text.size());
}

void Operations::mangled(const NamedDecl *D, Answer &A) {
  if (!D || !isa<FunctionDecl, VarDecl, ObjCMethodDecl, TemplateParamObjectDecl>(D))
    return A.undefined();
  // Names in a dependent context have none; nor have declarations that failed.
  if (D->isInvalidDecl() || D->isTemplated() || D->getDeclContext()->isDependentContext())
    return A.undefined();
  if (const auto *V = dyn_cast<VarDecl>(D)) {
    if (V->isLocalVarDeclOrParm() && !V->isStaticLocal())
      return A.undefined();
    if (V->getType()->isUndeducedType() || isa<DecompositionDecl>(V))
      return A.undefined();
  }
  if (const auto *F = dyn_cast<FunctionDecl>(D))
    if (F->getType()->isUndeducedType() || isa<CXXDeductionGuideDecl>(F))
      return A.undefined();
  ASTNameGenerator Names(T.context());
  if (isa<CXXConstructorDecl, CXXDestructorDecl>(D)) {
    std::vector<std::string> All = Names.getAllManglings(D);
    A.W.list(uint32_t(All.size()));
    for (const std::string &N : All)
      A.W.string(N);
    return;
  }
  std::string N = Names.getName(D);
  N.empty() ? A.undefined() : A.W.string(N);
}

void Operations::lookup(const DeclContext *DC, StringRef Path, Answer &A) {
  if (!DC || Path.empty())
    return A.undefined();
  ASTContext &Context = T.context();
  SmallVector<const DeclContext *, 4> Contexts{DC};
  SmallVector<NamedDecl *, 8> Found;
  while (true) {
    auto [Name, Rest] = Path.split("::");
    Found.clear();
    // Looks names up without making new ones.
    IdentifierInfo &II = Context.Idents.get(Name);
    for (const DeclContext *Context : Contexts)
      for (NamedDecl *D : Context->getPrimaryContext()->lookup(&II))
        Found.push_back(D);
    if (Rest.empty())
      break;
    Contexts.clear();
    for (NamedDecl *D : Found) {
      NamedDecl *U = D->getUnderlyingDecl();
      if (auto *Alias = dyn_cast<NamespaceAliasDecl>(U))
        U = Alias->getNamespace();
      if (auto *Template = dyn_cast<ClassTemplateDecl>(U))
        U = Template->getTemplatedDecl();
      if (auto *Inner = dyn_cast<DeclContext>(U))
        Contexts.push_back(Inner);
    }
    Path = Rest;
  }
  A.W.list(uint32_t(Found.size()));
  for (NamedDecl *D : Found)
    A.W.node(T.rowOf(static_cast<const Decl *>(D)));
}

} // namespace cmonster
