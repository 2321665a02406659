/** Declarations: what Clang's JSON dump says of each class. */
import type { Detail, Details } from './facts.js';
import {
  accessNames,
  definitionFlags,
  initStyles,
  ivarAccess,
  linkageLanguages,
  memberFlags,
  PROPERTY_GETTER,
  PROPERTY_SETTER,
  propertyAttributes,
  propertyControls,
  storageClasses,
  tagNames,
  tlsKinds,
  variances,
} from './names.js';
import { membersByKind, type NodeWriter, packedFields } from './node-writer.js';
import { quote } from './quote.js';
import { templateArgumentMembers } from './template-argument.js';

type DeclMembers = (w: NodeWriter, row: number, details: Details) => void;

/** Where a class's own details begin: the context, the earlier declaration, its sort, and the mangled name precede them. */
const OWN = 4;

const row = (detail: Detail): number | null => (detail as number | null | undefined) ?? null;
const rows = (detail: Detail): readonly number[] => (detail as readonly number[] | null | undefined) ?? [];

export function declWriter(): (w: NodeWriter, row: number, details: Details, argument: number) => void {
  const f = packedFields(
    'isImplicit',
    'isInvalidDecl',
    'isUsed',
    'isThisDeclarationReferenced',
    'isUnconditionallyVisible',
    'isModulePrivate',
    'getAccess',
    'isInline',
    'isNested',
    'getStorageClass',
    'isNRVOVariable',
    'isConstexpr',
    'hasInit',
    'getInitStyle',
    'isParameterPack',
    'isExplicitObjectParameter',
    'isMutable',
    'isBitField',
    'hasInClassInitializer',
    'isInlineSpecified',
    'isVirtualAsWritten',
    'isPureVirtual',
    'isDeletedAsWritten',
    'getConstexprKind',
    'isVariadic',
    'isImmediateFunction',
    'isDefaulted',
    'isDeleted',
    'isFixed',
    'isScoped',
    'isScopedUsingClassTag',
    'getTagKind',
    'isCompleteDefinition',
    'isCBuffer',
    'wasDeclaredWithTypename',
    'hasDefaultArgument',
    'getLanguage',
    'hasBraces',
    'getSynthesize',
    'getAccessControl',
    'isInstanceMethod',
    'hasExplicitBound',
    'getVariance',
    'getPropertyImplementation',
    'getPropertyAttributes',
    'capturesCXXThis',
  );

  const named: DeclMembers = (w, row, details) => {
    const name = w.a(row);
    if (name === 0) return;
    w.out += `,"name":${w.text(name)}`;
    const mangled = details[3];
    if (mangled) w.string('mangledName', mangled as string);
  };
  const typed: DeclMembers = (w, row, details) => {
    named(w, row, details);
    w.type('type', w.typeOf(row));
  };
  const record: DeclMembers = (w, row, details) => {
    named(w, row, details);
    w.oneOf('tagUsed', tagNames, w.field(row, f.getTagKind));
    w.flag('completeDefinition', w.field(row, f.isCompleteDefinition));
  };
  const interfaceAnd =
    (...keys: string[]): DeclMembers =>
    (w, at, details) => {
      named(w, at, details);
      keys.forEach((key, i) => {
        if (key !== 'protocols') {
          w.declaration(key, row(details[OWN + i]));
          return;
        }
        const protocols = rows(details[OWN + i]);
        if (protocols.length > 0) w.member(key, `[${protocols.map((p) => w.reference(p)).join(',')}]`);
      });
    };

  /** The default argument is the template parameter's last template argument below it. */
  const defaultArgument = (w: NodeWriter, inherited: Detail, range: Detail, argument: number): void => {
    if (argument === 0) return;
    w.out += ',"defaultArg":{"kind":"TemplateArgument"';
    const [begin, end] = (range as readonly [number, number] | null | undefined) ?? [0, 0];
    if (begin !== 0 && end !== 0) w.out += `,"range":${w.locations.range(begin, end)}`;
    const from = w.b(argument);
    if (from !== 0) w.declaration(inherited ? 'inherited from' : 'previous', from);
    templateArgumentMembers(w, argument);
    w.out += '}';
  };
  const templateParameter = (w: NodeWriter, at: number, details: Details, argument: number): void => {
    w.member('depth', (details[OWN] ?? 0) as number);
    w.member('index', (details[OWN + 1] ?? 0) as number);
    w.flag('isParameterPack', w.field(at, f.isParameterPack));
    if (w.field(at, f.hasDefaultArgument)) defaultArgument(w, details[OWN + 2], details[OWN + 3], argument);
  };

  const table: Record<string, (w: NodeWriter, row: number, details: Details, argument: number) => void> = {
    NamedDecl: named,
    TypedefDecl: typed,
    TypeAliasDecl: typed,
    EnumConstantDecl: typed,
    NamespaceDecl(w, at, details) {
      named(w, at, details);
      w.flag('isInline', w.field(at, f.isInline));
      w.flag('isNested', w.field(at, f.isNested));
      const first = row(details[OWN]);
      if (first !== null) w.declaration('originalNamespace', first);
    },
    UsingDirectiveDecl: (w, _, details) => w.declaration('nominatedNamespace', row(details[OWN])),
    NamespaceAliasDecl(w, at, details) {
      named(w, at, details);
      w.declaration('aliasedNamespace', row(details[OWN]));
    },
    UsingDecl: (w, at, details) => w.string('name', `${details[OWN] ?? ''}${w.snapshot.string(w.a(at))}`),
    UsingEnumDecl: (w, _, details) => w.declaration('target', row(details[OWN])),
    UsingShadowDecl: (w, _, details) => w.declaration('target', row(details[OWN])),
    VarDecl(w, at, details) {
      typed(w, at, details);
      w.flag('explicitObjectParameter', w.field(at, f.isExplicitObjectParameter));
      w.oneOf('storageClass', storageClasses, w.field(at, f.getStorageClass));
      w.oneOf('tls', tlsKinds, (details[OWN] ?? 0) as number);
      w.flag('nrvo', w.field(at, f.isNRVOVariable));
      w.flag('inline', w.field(at, f.isInline));
      w.flag('constexpr', w.field(at, f.isConstexpr));
      w.flag('modulePrivate', w.field(at, f.isModulePrivate));
      if (w.field(at, f.hasInit)) w.oneOf('init', initStyles, w.field(at, f.getInitStyle));
      w.flag('isParameterPack', w.field(at, f.isParameterPack));
    },
    FieldDecl(w, at, details) {
      typed(w, at, details);
      w.flag('mutable', w.field(at, f.isMutable));
      w.flag('modulePrivate', w.field(at, f.isModulePrivate));
      w.flag('isBitfield', w.field(at, f.isBitField));
      w.flag('hasInClassInitializer', w.field(at, f.hasInClassInitializer));
    },
    FunctionDecl(w, at, details) {
      typed(w, at, details);
      w.oneOf('storageClass', storageClasses, w.field(at, f.getStorageClass));
      w.flag('inline', w.field(at, f.isInlineSpecified));
      w.flag('virtual', w.field(at, f.isVirtualAsWritten));
      w.flag('pure', w.field(at, f.isPureVirtual));
      w.flag('explicitlyDeleted', w.field(at, f.isDeletedAsWritten));
      w.flag('constexpr', w.field(at, f.getConstexprKind));
      w.flag('variadic', w.field(at, f.isVariadic));
      w.flag('immediate', w.field(at, f.isImmediateFunction));
      if (w.field(at, f.isDefaulted)) {
        w.member('explicitlyDefaulted', w.field(at, f.isDeleted) ? '"deleted"' : '"default"');
      }
      const message = details[OWN];
      if (typeof message === 'string') w.string('deletedMessage', message);
    },
    EnumDecl(w, at, details) {
      named(w, at, details);
      if (w.field(at, f.isFixed)) w.type('fixedUnderlyingType', (details[OWN] ?? 0) as number);
      if (w.field(at, f.isScoped)) {
        w.member('scopedEnumTag', w.field(at, f.isScopedUsingClassTag) ? '"class"' : '"struct"');
      }
    },
    RecordDecl: record,
    CXXRecordDecl(w, at, details) {
      record(w, at, details);
      if (!w.field(at, f.isCompleteDefinition)) return;
      const [common, ...members] = details.slice(OWN, OWN + 1 + memberFlags.length) as number[];
      const objects: string[] = memberFlags.map(([name, flags], i) => `"${name}":{${flagsOf(flags, members[i] ?? 0)}}`);
      const all = [...flagList(definitionFlags, common ?? 0), ...objects];
      // In the order of their names.
      w.out += `,"definitionData":{${all.sort().join(',')}}`;
      const bases = (details[OWN + 1 + memberFlags.length] ?? []) as readonly Base[];
      if (bases.length > 0) w.out += `,"bases":[${bases.map((base) => baseSpecifier(w, base)).join(',')}]`;
    },
    HLSLBufferDecl(w, at, details) {
      named(w, at, details);
      w.member('bufferKind', w.field(at, f.isCBuffer) ? '"cbuffer"' : '"tbuffer"');
    },
    TemplateTypeParmDecl(w, at, details, argument) {
      named(w, at, details);
      w.member('tagUsed', w.field(at, f.wasDeclaredWithTypename) ? '"typename"' : '"class"');
      templateParameter(w, at, details, argument);
    },
    NonTypeTemplateParmDecl(w, at, details, argument) {
      typed(w, at, details);
      templateParameter(w, at, details, argument);
    },
    TemplateTemplateParmDecl(w, at, details, argument) {
      named(w, at, details);
      templateParameter(w, at, details, argument);
    },
    LinkageSpecDecl(w, at) {
      w.member('language', `"${linkageLanguages[w.field(at, f.getLanguage)]}"`);
      w.flag('hasBraces', w.field(at, f.hasBraces));
    },
    AccessSpecDecl: (w, at) => w.oneOf('access', accessNames, w.field(at, f.getAccess)),
    FriendDecl(w, _, details) {
      const type = row(details[OWN]);
      if (type !== null) w.type('type', type);
    },
    ObjCIvarDecl(w, at, details) {
      typed(w, at, details);
      w.flag('synthesized', w.field(at, f.getSynthesize));
      w.oneOf('access', ivarAccess, w.field(at, f.getAccessControl));
    },
    ObjCMethodDecl(w, at, details) {
      named(w, at, details);
      w.type('returnType', (details[OWN] ?? 0) as number);
      w.member('instance', w.field(at, f.isInstanceMethod) === 1);
      w.flag('variadic', w.field(at, f.isVariadic));
    },
    ObjCTypeParamDecl(w, at, details) {
      typed(w, at, details);
      w.flag('bounded', w.field(at, f.hasExplicitBound));
      w.oneOf('variance', variances, w.field(at, f.getVariance));
    },
    ObjCCategoryDecl: interfaceAnd('interface', 'implementation', 'protocols'),
    ObjCCategoryImplDecl: interfaceAnd('interface', 'categoryDecl'),
    ObjCProtocolDecl: interfaceAnd('protocols'),
    ObjCInterfaceDecl: interfaceAnd('super', 'implementation', 'protocols'),
    ObjCImplementationDecl: interfaceAnd('super', 'interface'),
    ObjCCompatibleAliasDecl: interfaceAnd('interface'),
    ObjCPropertyDecl(w, at, details) {
      named(w, at, details);
      w.type('type', (details[OWN] ?? 0) as number);
      w.oneOf('control', propertyControls, w.field(at, f.getPropertyImplementation));
      const attributes = w.field(at, f.getPropertyAttributes);
      if (attributes & PROPERTY_GETTER) w.declaration('getter', row(details[OWN + 1]));
      if (attributes & PROPERTY_SETTER) w.declaration('setter', row(details[OWN + 2]));
      for (const [bit, name] of propertyAttributes) w.flag(name, attributes & bit);
    },
    ObjCPropertyImplDecl(w, at, details) {
      const property = row(details[OWN]);
      if (property !== null && w.a(property) !== 0) w.member('name', w.text(w.a(property)));
      w.member('implKind', w.field(at, f.getPropertyImplementation) === 0 ? '"synthesize"' : '"dynamic"');
      w.declaration('propertyDecl', property);
      w.declaration('ivarDecl', row(details[OWN + 1]));
    },
    BlockDecl(w, at) {
      w.flag('variadic', w.field(at, f.isVariadic));
      w.flag('capturesThis', w.field(at, f.capturesCXXThis));
    },
  };
  const byKind = membersByKind(table);

  return (w, at, details, argument) => {
    w.out += `{"id":${w.id(at)},"kind":"${w.kindName(at)}"`;
    w.location('loc', w.b(at));
    w.range(at);
    w.flag('isImplicit', w.field(at, f.isImplicit));
    w.flag('isInvalid', w.field(at, f.isInvalidDecl));
    if (w.field(at, f.isUsed)) w.out += ',"isUsed":true';
    else if (w.field(at, f.isThisDeclarationReferenced)) w.out += ',"isReferenced":true';
    const members = byKind[w.kindOf(at)];
    // Only named declarations can be hidden, and those all have members.
    if (w.isNamedKind(w.kindOf(at))) w.flag('isHidden', !w.field(at, f.isUnconditionallyVisible));
    const context = row(details[0]);
    if (context !== null) w.member('parentDeclContextId', w.id(context));
    const earlier = row(details[1]);
    if (earlier !== null) w.member(details[2] ? 'firstRedecl' : 'previousDecl', w.id(earlier));
    members?.(w, at, details, argument);
  };
}

function flagList(names: readonly string[], mask: number): string[] {
  return names.filter((_, bit) => (mask >>> bit) & 1).map((name) => `"${name}":true`);
}

function flagsOf(names: readonly string[], mask: number): string {
  return flagList(names, mask).sort().join(',');
}

type Base = readonly [type: number, access: number, written: number, isVirtual: boolean, isPack: boolean];

function baseSpecifier(w: NodeWriter, [type, access, written, isVirtual, isPack]: Base): string {
  const flags = `${isPack ? ',"isPackExpansion":true' : ''}${isVirtual ? ',"isVirtual":true' : ''}`;
  const writtenAccess = quote(accessNames[written] ?? 'none');
  return `{"access":${quote(accessNames[access] ?? 'none')}${flags},"type":${w.facts.type(type)},"writtenAccess":${writtenAccess}}`;
}
