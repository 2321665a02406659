//===- session.cpp - One translation unit's conversation -------------------===//
#include "session.h"
#include "getters.h"
#include "guard.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/LangStandard.h"
#include "clang/Basic/TargetInfo.h"
#include "clang/Basic/Version.h"
#include <unistd.h>

using namespace clang;

namespace cmonster {

int Session::fail(StringRef Code, StringRef Message) {
  Writer W;
  W.tag(Tag::Map);
  W.u32(2);
  W.string("code");
  W.string(Code);
  W.string("message");
  W.string(Message);
  Parse->write(FrameType::Failed, W.Buffer);
  return 0;
}

static const char *languageName(const LangOptions &L) {
  if (L.OpenCL)
    return "OpenCL";
  if (L.CUDA)
    return L.HIP ? "HIP" : "CUDA";
  if (L.HLSL)
    return "HLSL";
  if (L.ObjC)
    return L.CPlusPlus ? "Objective-C++" : "Objective-C";
  return L.CPlusPlus ? "C++" : "C";
}

void Session::meta(Writer &W, const Compilation &C, const Tree &T, const Sources &Files,
                   double SnapshotMilliseconds) {
  const CompilerInstance &CI = *C.Instance;
  const LangOptions &Lang = CI.getLangOpts();
  const TargetInfo &Target = CI.getTarget();
  size_t At = W.beginList(Tag::Map);
  uint32_t Count = 0;
  auto key = [&](StringRef Name) -> Writer & {
    ++Count;
    W.string(Name);
    return W;
  };
  key("mainFile").integer(Files.mainFile());
  Files.writeFiles(key("files"));
  key("diagnostics").list(C.Diags->Count);
  W.raw(C.Diags->W.Buffer.data(), C.Diags->W.size());
  key("language").string(languageName(Lang));
  key("languageStandard")
      .string(Lang.LangStd == LangStandard::lang_unspecified
                  ? StringRef()
                  : LangStandard::getLangStandardForKind(Lang.LangStd).getName());
  key("target").string(Target.getTriple().str());
  key("pointerWidth").integer(Target.getPointerWidth(LangAS::Default));
  key("hasErrors").boolean(C.Diags->Errors);
  key("fatal").boolean(C.Diags->Fatal);
  key("command").list(uint32_t(C.Command.size()));
  for (const std::string &S : C.Command)
    W.string(S);
  key("times").tag(Tag::Map);
  W.u32(2);
  W.string("parse");
  W.number(C.ParseMilliseconds);
  W.string("snapshot");
  W.number(SnapshotMilliseconds);
  key("rows").integer(T.R.Count);
  key("types").integer(T.T.count());
  key("clangVersion").string(getClangFullVersion());
  // Where the last expansion ends.
  key("nextOffset").integer(int64_t(CI.getSourceManager().getNextLocalOffset()));
  if (C.Keep) {
    key("keeper").integer(C.Keep->keeper());
    key("capacity").integer(int64_t(C.Keep->capacity()));
  }
  W.endList(At, Count);
}

/// In bytes: of one question's answer, and of a whole batch's.
constexpr size_t LargestValue = size_t(256) << 20, LargestAnswer = size_t(768) << 20;

void Session::answer(const Frame &Ask, Tree &T, Operations &Ops, Sent &Known) {
  Reader In(Ask.Payload.data(), Ask.Payload.size());
  uint32_t Count = In.u32();
  Writer Values;
  Answer A(Values, T);
  for (uint32_t I = 0; I < Count && !In.Bad; ++I) {
    uint32_t Op = In.u32(), Handle = In.u32(), Size = In.u32();
    const char *Data = In.take(Size);
    if (In.Bad)
      break;
    size_t Start = Values.size();
    std::string Why;
    Outcome O = guarded(
        [&] {
          if (Op >= OP_EXPAND) {
            Reader Arguments(Data, Size), Again = Arguments;
            if (Alone && Alone->answer(Op, Arguments, A))
              return;
            return Ops.answer(Op, Handle, Again, A);
          }
          if (Op >= GetterCount)
            return A.undefined();
          // A type getter's subject is a type, every other's a row.
          Subject S;
          if (isTypeGetter(Op)) {
            QualType Q = T.typeAt(Handle);
            if (Q.isNull())
              return A.undefined();
            S = {kindOf(Q.getTypePtr()), Q.getAsOpaquePtr(), nullptr};
          } else
            S = T.subject(Handle);
          getter(Op)(S, A);
        },
        Why);
    // A printed form of deeply nested code can grow to gigabytes, all of them
    // indentation: neither a frame nor a string of the other side holds that.
    bool TooLong = Values.size() - Start > LargestValue || Values.size() > LargestAnswer;
    if (O == Outcome::Done && !TooLong)
      continue;
    if (O == Outcome::Done)
      Why = "the answer is too long";
    Values.Buffer.resize(Start);
    if (O == Outcome::Assertion)
      A.undefined();
    else {
      Values.tag(Tag::Error);
      Values.string(Why);
    }
  }
  Writer Delta;
  writeDelta(T, Known, Delta);
  Writer Out;
  Out.u32(uint32_t(Delta.size()));
  Out.raw(Delta.Buffer.data(), Delta.size());
  Out.raw(Values.Buffer.data(), Values.size());
  Questions->write(FrameType::Answer, Out.Buffer);
}

void sendReady(Channel &C) {
  Writer W;
  W.u32(ProtocolVersion);
  W.u32(SnapshotVersion);
  W.u32(SchemaHash);
  W.u32(uint32_t(getpid()));
  C.write(FrameType::Ready, W.Buffer);
}

std::optional<Value> Session::request() {
  Frame F;
  if (!Parse->read(F) || F.Type != FrameType::Parse)
    return std::nullopt;
  // The parent has opened its ends: from now on its death is to be noticed.
  Ends->release();
  Reader In(F.Payload.data(), F.Payload.size());
  Value Request = In.value();
  if (In.Bad || Request.T != Tag::Map)
    return std::nullopt;
  return Request;
}

/// What a copy of this process does first: a conversation of its own.
std::optional<Value> Session::reconnect(const std::string &Dir) {
  Ends = new Fifos;
  if (!Ends->make(Dir))
    return std::nullopt;
  Parse = Questions = new Channel(Ends->Ask, Ends->Answer, Ends->Answered);
  Asking.attach(Parse);
  Ends->await();
  sendReady(*Parse);
  return request();
}

int Session::run() {
  std::optional<Value> Request = request();
  if (!Request)
    return 0;

  // Never destroyed: the process ends with the session.
  auto *S = new Strings;
  auto *C = new Compilation(*S);
  Checkpoint *Keep = nullptr;
  std::string Dir = Request->str("keep");
  const Value *Capacity = Request->get("capacity");
  if (!Dir.empty() || Capacity) {
    Keep = new Checkpoint(
        Dir, Capacity ? size_t(Capacity->Int) : 0,
        [this, &Request](const std::string &SessionDir) {
          std::optional<Value> New = reconnect(SessionDir);
          if (New)
            Request = New;
          return New;
        },
        [this](const std::string &Why) {
          fail("STALE", Why);
          _exit(0);
        });
    C->Keep = Keep;
  }
  Asking.attach(Parse);
  if (const Value *Script = Request->get("script"); Script && Script->T == Tag::Map) {
    C->Script = new Scripting(*Script, Asking);
    C->Script->Inline.Active = Script->flag("inlineMacros");
  }
  C->PreprocessOnly = Request->str("mode") == "preprocess";
  if (auto Error = C->run(*Request))
    return fail(Error->Code, Error->Message);
  if (C->PreprocessOnly)
    return preprocess(*C, *S);

  double Start = cpuMilliseconds();
  auto &T = *new Tree(C->Instance->getASTContext(), *S);
  T.TypeLocs = Request->flag("typeLocs", true);
  T.Comments = Request->flag("comments", true);
  std::string Wanted = Request->str("scope");
  T.build(Wanted == "main" ? Scope::Main : Wanted == "user" ? Scope::User : Scope::All);
  auto &Files = *new Sources(C->Instance->getSourceManager());
  Files.collect(*S);
  Sent Known = sentSoFar(T);
  C->PreprocessingFacts.settle();
  SnapshotWriter Snapshot(T, Files, C->PreprocessingFacts);
  Writer W;
  W.f64(double(Snapshot.bytes()));
  meta(W, *C, T, Files, cpuMilliseconds() - Start);
  Parse->write(FrameType::Parsed, W.Buffer);
  Snapshot.send(*Questions);

  Operations Ops(*C, T, Files);
  return serve(T, Ops, Known);
}

int Session::serve(Tree &T, Operations &Ops, Sent &Known) {
  Frame F;
  limitStack(size_t(512) << 20);
  Asking.attach(Questions);
  while (Questions->readSpinning(F)) {
    if (F.Type != FrameType::Ask)
      return 70;
    answer(F, T, Ops, Known);
  }
  return 0;
}

/// The preprocessor stands at the main file's start; the parent says what it
/// wants of it.
int Session::preprocess(Compilation &C, Strings &S) {
  auto &T = *new Tree(C.Instance->getASTContext(), S);
  T.build(Scope::Main);
  auto &Files = *new Sources(C.Instance->getSourceManager());
  Files.collect(S);
  Sent Known = sentSoFar(T);
  SnapshotWriter Snapshot(T, Files, C.PreprocessingFacts);
  Writer W;
  W.f64(double(Snapshot.bytes()));
  meta(W, C, T, Files, 0);
  Parse->write(FrameType::Parsed, W.Buffer);
  Snapshot.send(*Questions);
  Operations Ops(C, T, Files);
  Alone = new Preprocessing(C, T, Files, Asking, [&](Writer &Into) { meta(Into, C, T, Files, 0); });
  return serve(T, Ops, Known);
}

} // namespace cmonster
