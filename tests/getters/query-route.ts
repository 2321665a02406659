/**
 * Predicates held against clang-query's matchers. A matcher says where it matches; a node counts when at its place the
 * matcher gives only one answer.
 */
import { spawnSync } from 'node:child_process';
import type { Decl, Node, TranslationUnit, ValueDecl } from 'cmonster';
import * as cmonster from 'cmonster';
import { kindNumber } from '../../packages/cmonster/src/ast/registry.js';
import { type Getter, gettersOf, isReadable, read } from './applicable.js';
import type { Input } from './corpus.js';
import type { Tally } from './tally.js';

/** Matcher of a class: `predicate=method`, or one word where Clang's names agree. */
const predicates: Record<string, string> = {
  functionDecl:
    'isInline=isInlineSpecified isMain isExternC isVariadic isDefaulted isDeleted isNoReturn isConstexpr isConsteval ' +
    'isStaticStorageClass=isStatic isDefinition=isThisDeclarationADefinition',
  cxxMethodDecl:
    'isConst isVirtual isPure=isPureVirtual isVirtualAsWritten isCopyAssignmentOperator isMoveAssignmentOperator ' +
    'isUserProvided',
  cxxConstructorDecl: 'isCopyConstructor isMoveConstructor isDefaultConstructor isDelegatingConstructor isExplicit',
  cxxConversionDecl: 'isExplicit',
  varDecl:
    'hasGlobalStorage hasLocalStorage isStaticLocal isConstexpr isExceptionVariable isInitCapture isExternC isInline',
  fieldDecl: 'isBitField',
  cxxRecordDecl: 'isLambda',
  tagDecl: 'isStruct isClass isUnion isEnum isDefinition=isThisDeclarationADefinition',
  enumDecl: 'isScoped',
  namespaceDecl: 'isAnonymous=isAnonymousNamespace isInline',
  namedDecl: 'hasExternalFormalLinkage',
  decl: 'isImplicit isInAnonymousNamespace isInStdNamespace',
  parmVarDecl: 'hasDefaultArgument=hasDefaultArg',
  binaryOperator: 'isAssignmentOperator=isAssignmentOp isComparisonOperator=isComparisonOp',
  expr: 'isTypeDependent isValueDependent isInstantiationDependent',
  memberExpr: 'isArrow',
  cxxConstructExpr: 'isListInitialization requiresZeroInitialization',
  cxxNewExpr: 'isArray',
  callExpr: 'usesADL',
  ifStmt: 'isConstexpr',
  objcMethodDecl: 'isClassMethod isInstanceMethod isDefinition=isThisDeclarationADefinition',
};

/** Of the type of a declaration. */
const types: Record<string, string> = {
  'isInteger()': 'isIntegerType',
  'isUnsignedInteger()': 'isUnsignedIntegerType',
  'isSignedInteger()': 'isSignedIntegerType',
  'isAnyCharacter()': 'isAnyCharacterType',
  'isAnyPointer()': 'isAnyPointerType',
  'booleanType()': 'isBooleanType',
  'realFloatingPointType()': 'isRealFloatingType',
  'isConstQualified()': 'isConstQualified',
  'isVolatileQualified()': 'isVolatileQualified',
  'hasLocalQualifiers()': 'hasLocalQualifiers',
  ...Object.fromEntries(
    [
      ...['pointer', 'array', 'constantArray', 'incompleteArray', 'variableArray', 'dependentSizedArray', 'reference'],
      ...['lValueReference', 'rValueReference', 'function', 'functionProto', 'record', 'memberPointer', 'blockPointer'],
      ...['builtin', 'templateTypeParm', 'objcObjectPointer'],
    ].map((name) => [
      `hasCanonicalType(${name}Type())`,
      `is${name[0]?.toUpperCase()}${name.slice(1)}Type`.replace('Objc', 'ObjC'),
    ]),
  ),
  'hasCanonicalType(enumType())': 'isEnumeralType',
};

interface Query {
  nodeClass: string;
  method: string;
  yes: string;
  no: string;
  ofType: boolean;
}

const queries: Query[] = [
  ...Object.entries(predicates).flatMap(([matcher, list]) =>
    list.split(' ').map((word) => {
      const [name, method = name] = word.split('=') as [string, string?];
      const nodeClass = classNamed(matcher);
      const [yes, no] = [`${matcher}(${name}())`, `${matcher}(unless(${name}()))`];
      return { nodeClass, method, yes, no, ofType: false };
    }),
  ),
  ...Object.entries(types).map(([matcher, method]) => {
    const [yes, no] = [`valueDecl(hasType(qualType(${matcher})))`, `valueDecl(hasType(qualType(unless(${matcher}))))`];
    return { nodeClass: 'ValueDecl', method, yes, no, ofType: true };
  }),
];

function classNamed(matcher: string): string {
  return matcher
    .replace(/^cxx/, 'CXX')
    .replace(/^objc/, 'ObjC')
    .replace(/^[a-z]/, (first) => first.toUpperCase());
}

export function compareWithQueries(tu: TranslationUnit, input: Input, tally: Tally): void {
  const places = run(input);
  queries.forEach(({ nodeClass, method, ofType }, i) => {
    const [yes, no] = [places[2 * i] as Set<string>, places[2 * i + 1] as Set<string>];
    const ofClass = (cmonster as unknown as Record<string, typeof Decl>)[nodeClass] as typeof Decl;
    const byPlace = new Map<string, [Node, Getter, unknown][]>();
    for (const node of tu.find(ofClass as never, undefined, { implicit: true, instantiations: true }) as Node[]) {
      const { file, line, column } = node.beginLoc.spelling ?? {};
      const place = `${line}:${column}`;
      if (file !== tu.mainFile || node.beginLoc.isMacro || yes.has(place) === no.has(place)) continue;
      const subject = ofType ? (node as unknown as ValueDecl).type : node;
      if (!subject) continue;
      const kind = kindNumber(subject.kind);
      const getter = gettersOf(kind).find((one) => one.method === method && isReadable(kind, one));
      if (!getter) throw new Error(`a ${subject.kind} has no ${method}`);
      // What a static method is has another meaning than what its storage class is.
      if (getter.owner === 'CXXMethodDecl' && nodeClass === 'FunctionDecl') continue;
      const known = byPlace.get(place) ?? [];
      byPlace.set(place, known);
      known.push([node, getter, read(subject, getter)]);
    }
    for (const [place, nodes] of byPlace) {
      // The tree has nodes that matchers do not visit: implicit ones, and redeclarations by instantiation.
      if (nodes.some(([, , value]) => value !== nodes[0]?.[2])) continue;
      const expected = yes.has(place);
      for (const [node, getter, actual] of nodes) {
        tally.count('clang-query', getter, node.kind, actual);
        if (actual !== expected) tally.differ(getter, `${node}`, `clang-query: ${expected}, here: ${actual}`);
      }
    }
  });
}

/** Where each matcher matches in the file itself, `line:column`. */
function run({ file, arguments: args }: Input): Set<string>[] {
  const commands = [
    'set traversal AsIs',
    'set output diag',
    ...queries.flatMap(({ yes, no }) => [`match ${yes}`, `match ${no}`]),
  ];
  const { stdout: output } = spawnSync(
    'clang-query-19',
    [...commands.flatMap((command) => ['-c', command]), file, '--', ...args],
    { encoding: 'utf8', maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const results = output.split(/^\d+ match(?:es)?\.$/m).slice(0, -1);
  if (results.length !== 2 * queries.length)
    throw new Error(`clang-query gave ${results.length} results: ${output.slice(0, 300)}`);
  return results.map((text) => {
    const found = new Set<string>();
    for (const match of text.matchAll(/^(.*):(\d+):(\d+): note: "root" binds here$/gm))
      if (match[1] === file) found.add(`${match[2]}:${match[3]}`);
    return found;
  });
}
