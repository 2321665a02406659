/** Statements and expressions: what Clang's JSON dump says of each class. */
import { kindNumber } from '../ast/registry.js';
import type { Detail, Details } from './facts.js';
import {
  binaryOpcodes,
  castKinds,
  constructionKinds,
  newStyles,
  nonOdrUseReasons,
  predefinedNames,
  receiverKinds,
  storageDurations,
  unaryOpcodes,
  valueCategories,
} from './names.js';
import { membersByKind, type NodeWriter, packedFields } from './node-writer.js';
import { quote } from './quote.js';
import { type SentArgument, sentTemplateArgument } from './template-argument.js';

type StmtMembers = (w: NodeWriter, row: number, details: Details) => void;

const row = (detail: Detail): number => (detail as number | null | undefined) ?? 0;

export function stmtWriter(isExpr: Uint8Array): (w: NodeWriter, row: number, details: Details) => void {
  const f = packedFields(
    'getValueKind',
    'isNonOdrUse',
    'isImmediateEscalating',
    'getIdentKind',
    'isPostfix',
    'getOpcode',
    'canOverflow',
    'isArrow',
    'isGlobalNew',
    'isArray',
    'getInitializationStyle',
    'isGlobalDelete',
    'isArrayForm',
    'isArrayFormAsWritten',
    'isImplicit',
    'getCastKind',
    'isPartOfExplicitCast',
    'usesADL',
    'isArgumentType',
    'requiresADL',
    'isTypeOperand',
    'isResultDependent',
    'isListInitialization',
    'isElidable',
    'isStdInitListInitialization',
    'requiresZeroInitialization',
    'hadMultipleCandidates',
    'getConstructionKind',
    'cleanupsHaveSideEffects',
    'getStorageDuration',
    'isBoundToLvalueReference',
    'hasRewrittenInit',
    'hasTemplateKeyword',
    'hasExplicitTemplateArgs',
    'isValueDependent',
    'getValue',
    'hasInitStorage',
    'hasVarStorage',
    'hasElseStorage',
    'isConstexpr',
    'isConsteval',
    'isNegatedConsteval',
    'caseStmtIsGNURange',
    'isSideEntry',
    'getReceiverKind',
    'isImplicitProperty',
    'isSuperReceiver',
    'isMessagingGetter',
    'isMessagingSetter',
    'isFreeIvar',
  );
  const block = kindNumber('BlockDecl');

  const nonOdrUse = (w: NodeWriter, at: number): void => {
    w.oneOf('nonOdrUseReason', nonOdrUseReasons, w.field(at, f.isNonOdrUse));
  };
  const cast: StmtMembers = (w, at, details) => {
    w.member('castKind', `"${castKinds[w.field(at, f.getCastKind)]}"`);
    const path = (details[0] ?? []) as readonly (readonly [string, boolean])[];
    if (path.length > 0) {
      const steps = path.map(([name, isVirtual]) => `{${isVirtual ? '"isVirtual":true,' : ''}"name":${quote(name)}}`);
      w.member('path', `[${steps.join(',')}]`);
    }
    if (row(details[1]) !== 0) w.declaration('conversionFunc', row(details[1]));
  };
  const binary: StmtMembers = (w, at) => w.member('opcode', `"${binaryOpcodes[w.field(at, f.getOpcode)]}"`);
  const text =
    (key: string): StmtMembers =>
    (w, _, details) =>
      w.string(key, (details[0] ?? '') as string);
  const typeDetail =
    (key: string): StmtMembers =>
    (w, _, details) =>
      w.type(key, row(details[0]));
  const rewritten: StmtMembers = (w, at) => w.flag('hasRewrittenInit', w.field(at, f.hasRewrittenInit));

  const table: Record<string, StmtMembers> = {
    DeclRefExpr(w, at, details) {
      w.declaration('referencedDecl', w.a(at));
      if (row(details[0]) !== 0) w.declaration('foundReferencedDecl', row(details[0]));
      nonOdrUse(w, at);
      w.flag('isImmediateEscalating', w.field(at, f.isImmediateEscalating));
    },
    SYCLUniqueStableNameExpr: typeDetail('typeSourceInfo'),
    PredefinedExpr: (w, at) => w.member('name', `"${predefinedNames[w.field(at, f.getIdentKind)]}"`),
    UnaryOperator(w, at) {
      w.member('isPostfix', w.field(at, f.isPostfix) === 1);
      w.member('opcode', `"${unaryOpcodes[w.field(at, f.getOpcode)]}"`);
      if (!w.field(at, f.canOverflow)) w.member('canOverflow', false);
    },
    BinaryOperator: binary,
    CompoundAssignOperator(w, at, details) {
      binary(w, at, details);
      w.type('computeLHSType', row(details[0]));
      w.type('computeResultType', row(details[1]));
    },
    MemberExpr(w, at) {
      const member = w.a(at);
      w.member('name', member === 0 ? '""' : w.text(w.a(member)));
      w.member('isArrow', w.field(at, f.isArrow) === 1);
      w.member('referencedMemberDecl', w.id(member));
      nonOdrUse(w, at);
    },
    AtomicExpr: text('name'),
    CXXNewExpr(w, at, details) {
      w.flag('isGlobal', w.field(at, f.isGlobalNew));
      w.flag('isArray', w.field(at, f.isArray));
      w.flag('isPlacement', details[0] === true);
      w.oneOf('initStyle', newStyles, w.field(at, f.getInitializationStyle));
      if (w.a(at) !== 0) w.declaration('operatorNewDecl', w.a(at));
      if (w.b(at) !== 0) w.declaration('operatorDeleteDecl', w.b(at));
    },
    CXXDeleteExpr(w, at) {
      w.flag('isGlobal', w.field(at, f.isGlobalDelete));
      w.flag('isArray', w.field(at, f.isArrayForm));
      w.flag('isArrayAsWritten', w.field(at, f.isArrayFormAsWritten));
      if (w.a(at) !== 0) w.declaration('operatorDeleteDecl', w.a(at));
    },
    CXXThisExpr: (w, at) => w.flag('implicit', w.field(at, f.isImplicit)),
    CastExpr: cast,
    ImplicitCastExpr(w, at, details) {
      cast(w, at, details);
      w.flag('isPartOfExplicitCast', w.field(at, f.isPartOfExplicitCast));
    },
    CallExpr: (w, at) => w.flag('adl', w.field(at, f.usesADL)),
    UnaryExprOrTypeTraitExpr(w, at, details) {
      w.string('name', (details[0] ?? '') as string);
      if (w.field(at, f.isArgumentType)) w.type('argType', w.b(at));
    },
    SizeOfPackExpr(w, at) {
      const name = w.a(at) === 0 ? 0 : w.a(w.a(at));
      if (name !== 0) w.member('name', w.text(name));
    },
    UnresolvedLookupExpr(w, at, details) {
      w.member('usesADL', w.field(at, f.requiresADL) === 1);
      w.member('name', w.text(w.a(at)));
      const found = (details[0] ?? []) as readonly number[];
      w.member('lookups', `[${found.map((declaration) => w.reference(declaration)).join(',')}]`);
    },
    AddrLabelExpr(w, at) {
      w.member('name', w.text(w.a(w.a(at))));
      w.member('labelDeclId', w.id(w.a(at)));
    },
    CXXTypeidExpr(w, at, details) {
      if (!w.field(at, f.isTypeOperand)) return;
      w.type('typeArg', row(details[0]));
      if (row(details[1]) !== 0) w.type('adjustedTypeArg', row(details[1]));
    },
    ConstantExpr(w, _, details) {
      if (typeof details[0] === 'string') w.string('value', details[0]);
    },
    InitListExpr(w, at) {
      if (w.a(at) !== 0) w.declaration('field', w.a(at));
    },
    GenericSelectionExpr: (w, at) => w.flag('resultDependent', w.field(at, f.isResultDependent)),
    CXXUnresolvedConstructExpr(w, at, details) {
      if (row(details[0]) !== 0) w.type('typeAsWritten', row(details[0]));
      w.flag('list', w.field(at, f.isListInitialization));
    },
    CXXConstructExpr(w, at) {
      w.type('ctorType', w.typeOf(w.a(at)));
      w.flag('elidable', w.field(at, f.isElidable));
      w.flag('list', w.field(at, f.isListInitialization));
      w.flag('initializer_list', w.field(at, f.isStdInitListInitialization));
      w.flag('zeroing', w.field(at, f.requiresZeroInitialization));
      w.flag('hadMultipleCandidates', w.field(at, f.hadMultipleCandidates));
      w.flag('isImmediateEscalating', w.field(at, f.isImmediateEscalating));
      w.oneOf('constructionKind', constructionKinds, w.field(at, f.getConstructionKind));
    },
    ExprWithCleanups(w, at, details) {
      w.flag('cleanupsHaveSideEffects', w.field(at, f.cleanupsHaveSideEffects));
      const objects = (details[0] ?? []) as readonly number[];
      if (objects.length === 0) return;
      // A block, or else a compound literal.
      const shown = objects.map((object) =>
        w.kindOf(object) === block ? w.reference(object) : `{"id":${w.id(object)},"kind":"${w.kindName(object)}"}`,
      );
      w.member('cleanups', `[${shown.join(',')}]`);
    },
    CXXBindTemporaryExpr(w, at, details) {
      w.member('temp', w.temporaryId(at));
      if (row(details[0]) !== 0) w.declaration('dtor', row(details[0]));
    },
    MaterializeTemporaryExpr(w, at) {
      if (w.a(at) !== 0) w.declaration('extendingDecl', w.a(at));
      w.oneOf('storageDuration', storageDurations, w.field(at, f.getStorageDuration));
      w.flag('boundToLValueRef', w.field(at, f.isBoundToLvalueReference));
    },
    CXXDefaultArgExpr: rewritten,
    CXXDefaultInitExpr: rewritten,
    CXXDependentScopeMemberExpr(w, at, details) {
      w.member('isArrow', w.field(at, f.isArrow) === 1);
      w.member('member', w.text(w.a(at)));
      w.flag('hasTemplateKeyword', w.field(at, f.hasTemplateKeyword));
      w.flag('hasExplicitTemplateArgs', w.field(at, f.hasExplicitTemplateArgs));
      const sent = (details[0] ?? []) as readonly SentArgument[];
      if (sent.length === 0) return;
      w.out += ',"explicitTemplateArgs":[';
      sent.forEach((argument, i) => {
        if (i > 0) w.out += ',';
        sentTemplateArgument(w, argument);
      });
      w.out += ']';
    },
    RequiresExpr(w, at, details) {
      if (!w.field(at, f.isValueDependent)) w.member('satisfied', details[0] === true);
    },
    IntegerLiteral(w, at, details) {
      // The column `b` has what fits, `a` what is too large; the frontend says negative ones.
      const value = typeof details[0] === 'string' ? details[0] : w.a(at) === 0 ? w.b(at) : w.snapshot.string(w.a(at));
      w.member('value', `"${value}"`);
    },
    CharacterLiteral: (w, at) => w.member('value', w.b(at)),
    FixedPointLiteral: text('value'),
    FloatingLiteral: text('value'),
    StringLiteral: text('value'),
    CXXBoolLiteralExpr: (w, at) => w.member('value', w.field(at, f.getValue) === 1),
    IfStmt(w, at) {
      w.flag('hasInit', w.field(at, f.hasInitStorage));
      w.flag('hasVar', w.field(at, f.hasVarStorage));
      w.flag('hasElse', w.field(at, f.hasElseStorage));
      w.flag('isConstexpr', w.field(at, f.isConstexpr));
      w.flag('isConsteval', w.field(at, f.isConsteval));
      w.flag('constevalIsNegated', w.field(at, f.isNegatedConsteval));
    },
    SwitchStmt(w, at) {
      w.flag('hasInit', w.field(at, f.hasInitStorage));
      w.flag('hasVar', w.field(at, f.hasVarStorage));
    },
    CaseStmt: (w, at) => w.flag('isGNURange', w.field(at, f.caseStmtIsGNURange)),
    LabelStmt(w, at) {
      w.member('name', w.text(w.a(w.a(at))));
      w.member('declId', w.id(w.a(at)));
      w.flag('sideEntry', w.field(at, f.isSideEntry));
    },
    GotoStmt: (w, at) => w.member('targetLabelDeclId', w.id(w.a(at))),
    WhileStmt: (w, at) => w.flag('hasVar', w.field(at, f.hasVarStorage)),
    CompoundStmt(w, _, details) {
      if (details.length === 0) return;
      const options: string[] = [];
      for (let i = 0; i + 1 < details.length; i += 2) options.push(`"${details[i]}":${details[i + 1]}`);
      w.member('fpoptions', `{${options.sort().join(',')}}`);
    },
    ObjCAtCatchStmt: (w, _, details) => w.flag('isCatchAll', details[0] === true),
    ObjCEncodeExpr: typeDetail('encodedType'),
    ObjCMessageExpr(w, at, details) {
      w.string('selector', (details[0] ?? '') as string);
      const receiver = w.field(at, f.getReceiverKind);
      w.oneOf('receiverKind', receiverKinds, receiver);
      if (receiver !== 1) w.type(receiver === 0 ? 'classType' : 'superType', row(details[1]));
      if (row(details[2]) !== 0) w.type('callReturnType', row(details[2]));
    },
    ObjCBoxedExpr(w, _, details) {
      if (typeof details[0] === 'string') w.string('selector', details[0]);
    },
    ObjCSelectorExpr: text('selector'),
    ObjCProtocolExpr: (w, at) => w.declaration('protocol', w.a(at)),
    ObjCPropertyRefExpr(w, at, details) {
      if (w.field(at, f.isImplicitProperty)) {
        w.member('propertyKind', '"implicit"');
        if (row(details[0]) !== 0) w.declaration('getter', row(details[0]));
        if (row(details[1]) !== 0) w.declaration('setter', row(details[1]));
      } else {
        w.member('propertyKind', '"explicit"');
        w.declaration('property', row(details[0]));
      }
      w.flag('isSuperReceiver', w.field(at, f.isSuperReceiver));
      w.flag('isMessagingGetter', w.field(at, f.isMessagingGetter));
      w.flag('isMessagingSetter', w.field(at, f.isMessagingSetter));
    },
    ObjCSubscriptRefExpr(w, _, details) {
      w.member('subscriptKind', details[0] === true ? '"array"' : '"dictionary"');
      if (row(details[1]) !== 0) w.declaration('getter', row(details[1]));
      if (row(details[2]) !== 0) w.declaration('setter', row(details[2]));
    },
    ObjCIvarRefExpr(w, at) {
      w.declaration('decl', w.a(at));
      w.flag('isFreeIvar', w.field(at, f.isFreeIvar));
      w.member('isArrow', w.field(at, f.isArrow) === 1);
    },
    ObjCBoolLiteralExpr: (w, at) => w.member('value', w.field(at, f.getValue) ? '"__objc_yes"' : '"__objc_no"'),
  };
  const byKind = membersByKind(table);

  return (w, at, details) => {
    const kind = w.kindOf(at);
    w.out += `{"id":${w.id(at)},"kind":"${w.kindName(at)}"`;
    w.range(at);
    if (isExpr[kind]) {
      const category = valueCategories[w.field(at, f.getValueKind)];
      w.out += `,"type":${w.facts.type(w.typeOf(at))},"valueCategory":"${category}"`;
    }
    byKind[kind]?.(w, at, details);
  };
}
