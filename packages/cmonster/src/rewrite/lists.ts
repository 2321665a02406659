/** Where the lists of a node are written. */
import {
  CallExpr,
  CXXBaseSpecifier,
  CXXConstructExpr,
  CXXConstructorDecl,
  CXXCtorInitializer,
  CXXDefaultArgExpr,
  CXXOperatorCallExpr,
  CXXRecordDecl,
  Decl,
  EnumConstantDecl,
  EnumDecl,
  Expr,
  FunctionDecl,
  FunctionTypeLoc,
  InitListExpr,
  ParmVarDecl,
  TemplateDecl,
} from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import { CmonsterError } from '../error.js';
import type { FileRange, Location } from '../source/location.js';
import { bracesOf } from './block.js';
import { attributesEnd, isTemplateParameter } from './extent.js';
import { elementsBetween, isBlank, isNewline, skipTrivia } from './lex.js';
import type { ListPlace } from './list.js';
import type { Rewriter } from './rewriter.js';
import { writtenNode } from './written-node.js';

/** The list that a node is an element of: its owner, the getter's name, and the element's number as it is written. */
export function listOf(node: Node): { owner: Node; of: string; number: number } | undefined {
  const { parent } = node;
  if (!parent) return undefined;
  const at = (of: string, elements: readonly Node[]) => {
    const number = elements.findIndex((element) => element === node || writtenNode(element) === node);
    return number < 0 ? undefined : { owner: parent, of, number };
  };
  if (node.is(ParmVarDecl) && parent.is(FunctionDecl)) return at('FunctionDecl.parameters', parent.parameters);
  if (node.is(EnumConstantDecl) && parent.is(EnumDecl)) return at('EnumDecl.enumerators', parent.enumerators);
  if (isTemplateParameter(node) && parent.is(TemplateDecl))
    return at('TemplateDecl.templateParameters', parent.templateParameters);
  if (node.is(CXXBaseSpecifier)) {
    const owner = node.parentIn({ typeLocs: true });
    const number = owner?.is(CXXRecordDecl) ? (owner.bases?.indexOf(node) ?? -1) : -1;
    return owner && number >= 0 ? { owner, of: 'CXXRecordDecl.bases', number } : undefined;
  }
  if (node.is(CXXCtorInitializer) && parent.is(CXXConstructorDecl))
    return at('CXXConstructorDecl.inits', writtenInits(parent));
  if (node.is(Expr) && parent.is(CallExpr)) return at('CallExpr.arguments', writtenArguments(parent));
  if (node.is(Expr) && parent.is(CXXConstructExpr)) return at('CXXConstructExpr.arguments', writtenArguments(parent));
  if (node.is(Expr) && parent.is(InitListExpr)) return at('InitListExpr.inits', parent.children);
  return undefined;
}

export function listPlace(rewriter: Rewriter, owner: Node, of: string): ListPlace {
  const place = find(rewriter, owner, of);
  if (place) return place;
  throw new CmonsterError('EDIT_TARGET', `${owner} has no list of ${listName(of)} in the source`);
}

/** `arguments` of `CallExpr.arguments`. */
export function listName(of: string): string {
  return of.slice(of.indexOf('.') + 1);
}

function find(rewriter: Rewriter, owner: Node, of: string): ListPlace | undefined {
  if (owner.is(CXXOperatorCallExpr)) return owner.operator === 'OO_Call' ? callPlace(rewriter, owner) : undefined;
  if (owner.is(CallExpr)) return callPlace(rewriter, owner);
  if (owner.is(CXXConstructExpr)) return constructPlace(rewriter, owner);
  if (owner.is(FunctionDecl) && of === 'FunctionDecl.parameters') return parameterPlace(rewriter, owner);
  if (owner.is(CXXConstructorDecl)) return initPlace(rewriter, owner);
  if (owner.is(EnumDecl)) return enumeratorPlace(rewriter, owner);
  if (owner.is(CXXRecordDecl) && of === 'CXXRecordDecl.bases') return basePlace(rewriter, owner);
  if (owner.is(TemplateDecl)) return templateParameterPlace(rewriter, owner);
  if (owner.is(InitListExpr)) return initListPlace(rewriter, owner);
  return undefined;
}

function writtenArguments(call: CallExpr | CXXConstructExpr): Expr[] {
  const all: readonly Expr[] = call.arguments;
  // Of an object that is called, the first argument is the object.
  const own = call.is(CXXOperatorCallExpr) ? all.slice(1) : all;
  return own.filter((argument) => !argument.is(CXXDefaultArgExpr));
}

function ranges(rewriter: Rewriter, nodes: readonly Node[], operation: string): FileRange[] {
  if (nodes.length === 0) return [];
  return rewriter.rangesOf(nodes, operation).map(({ file, begin, end }, at) => {
    // Attributes behind a declarator belong to it.
    return { file, begin, end: nodes[at]?.is(Decl) ? attributesEnd(file.bytes, end) : end };
  });
}

/** Elements between brackets that must stay. */
function between(
  file: FileRange['file'],
  elements: readonly FileRange[],
  open: number,
  close: number,
  areExpressions: boolean,
): ListPlace {
  const first = elements[0]?.begin ?? close;
  const last = elements[elements.length - 1]?.end ?? close;
  return {
    file,
    elements,
    whenFilled: { begin: open, end: close, before: '', after: '' },
    whenEmptied: { begin: first, end: last, text: '' },
    areExpressions,
  };
}

/** The byte of a bracket. */
function bracket(rewriter: Rewriter, node: Node, location: Location, operation: string): FileRange {
  return rewriter.rangeOf(node.tu.range(location.raw, location.raw), operation);
}

function callPlace(rewriter: Rewriter, call: CallExpr): ListPlace | undefined {
  if (!call.rParenLoc.isValid) return undefined;
  const elements = ranges(rewriter, writtenArguments(call), 'arguments');
  const close = bracket(rewriter, call, call.rParenLoc, 'arguments');
  if (close.file.bytes[close.begin] !== 41) return undefined;
  let open = close.begin;
  while (isBlank(close.file.bytes[open - 1])) open--;
  return between(close.file, elements, open, close.begin, true);
}

function constructPlace(rewriter: Rewriter, node: CXXConstructExpr): ListPlace | undefined {
  const { parenOrBraceRange } = node;
  if (!parenOrBraceRange.isValid) return undefined;
  const { file, begin, end } = rewriter.rangeOf(parenOrBraceRange, 'arguments');
  return between(file, ranges(rewriter, writtenArguments(node), 'arguments'), begin + 1, end - 1, true);
}

function parameterPlace(rewriter: Rewriter, fn: FunctionDecl): ListPlace | undefined {
  const [typeLoc] = fn.find(FunctionTypeLoc, undefined, { typeLocs: true });
  if (!typeLoc) return undefined;
  if (fn.parameters.length > 0 && !fn.hasWrittenPrototype()) {
    throw new CmonsterError('EDIT_TARGET', `${fn} is defined in the old style, its parameters behind the parentheses`);
  }
  const left = bracket(rewriter, fn, typeLoc.lParenLoc, 'parameters');
  const right = bracket(rewriter, fn, typeLoc.rParenLoc, 'parameters');
  const { file } = left;
  const elements = ranges(rewriter, fn.parameters, 'parameters');
  const place = between(file, elements, left.end, right.begin, false);
  const ellipsis =
    fn.isVariadic() && fn.ellipsisLoc.isValid ? bracket(rewriter, fn, fn.ellipsisLoc, 'parameters').begin : undefined;
  const first = elements[0]?.begin ?? left.end;
  if (ellipsis !== undefined) {
    place.whenFilled = { begin: ellipsis, end: ellipsis, before: '', after: ', ' };
    place.whenEmptied = { begin: first, end: ellipsis, text: '' };
  } else if (place.whenEmptied && fn.tu.language === 'C') place.whenEmptied.text = 'void';
  return place;
}

function enumeratorPlace(rewriter: Rewriter, node: EnumDecl): ListPlace {
  const { file, open, close } = bracesOf(rewriter, node, 'enumerators');
  const place = between(file, ranges(rewriter, node.enumerators, 'enumerators'), open, close, false);
  place.whenFilled = { begin: open, end: close, before: ' ', after: ' ' };
  return { ...place, whenEmptied: undefined };
}

function templateParameterPlace(rewriter: Rewriter, node: TemplateDecl): ListPlace | undefined {
  const elements = ranges(rewriter, node.templateParameters, 'templateParameters');
  const [first] = elements;
  if (!first) return undefined;
  return { ...between(first.file, elements, first.begin, first.begin, false), whenEmptied: undefined };
}

/** `: public A, B`: the colon comes and goes with them. */
function behindColon(
  elements: readonly FileRange[],
  file: FileRange['file'],
  place: number,
  areExpressions: boolean,
): ListPlace {
  const { bytes } = file;
  const [first] = elements;
  const last = elements[elements.length - 1];
  let begin = first?.begin ?? place;
  const blanks = (): void => {
    while (isBlank(bytes[begin - 1]) || isNewline(bytes[begin - 1])) begin--;
  };
  blanks();
  if (first && bytes[begin - 1] === 58) {
    begin--;
    blanks();
  }
  return {
    file,
    elements,
    whenFilled: { begin, end: begin, before: ' : ', after: '' },
    whenEmptied: last && { begin, end: last.end, text: '' },
    areExpressions,
  };
}

function basePlace(rewriter: Rewriter, record: CXXRecordDecl): ListPlace {
  const { file, open } = bracesOf(rewriter, record, 'bases');
  return behindColon(ranges(rewriter, record.bases ?? [], 'bases'), file, open - 1, false);
}

function writtenInits(node: CXXConstructorDecl): CXXCtorInitializer[] {
  return node.inits.filter((init) => init.isWritten()).sort((a, b) => a.sourceOrder - b.sourceOrder);
}

function initPlace(rewriter: Rewriter, node: CXXConstructorDecl): ListPlace | undefined {
  const { body } = node;
  if (!body) return undefined;
  const { file, open } = bracesOf(rewriter, body, 'inits');
  return behindColon(ranges(rewriter, writtenInits(node), 'inits'), file, open - 1, false);
}

/** Elements with their designators, which Clang leaves out of what they become. */
function initListPlace(rewriter: Rewriter, node: InitListExpr): ListPlace | undefined {
  const { lBraceLoc, rBraceLoc } = node;
  if (!lBraceLoc.isValid || !rBraceLoc.isValid) return undefined;
  const { file, begin, end } = rewriter.rangeOf(node.tu.range(lBraceLoc.raw, rBraceLoc.raw), 'inits');
  const open = skipTrivia(file.bytes, begin + 1);
  const elements = elementsBetween(file.bytes, begin + 1, end - 1).map((element) => ({ file, ...element }));
  return between(file, elements, Math.min(open, end - 1), end - 1, true);
}
