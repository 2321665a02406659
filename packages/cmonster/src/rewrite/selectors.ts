/**
 * Parts of the source that are no nodes, as ranges: `tu.rewriter.replace(select.name(decl), 'x')`. In the spirit of Clang's
 * RangeSelector, with its names where it has one. Each throws EDIT_TARGET when there is no such part, and EDIT_FROZEN when
 * it can't be edited.
 */
import {
  type CallExpr,
  CXXConstructExpr,
  type Decl,
  DeclRefExpr,
  type FunctionDecl,
  FunctionTypeLoc,
  type IfStmt,
  MemberExpr,
  NamedDecl,
  type TemplateDecl,
  TemplateSpecializationTypeLoc,
} from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import { CmonsterError } from '../error.js';
import type { FileRange, Location } from '../source/location.js';
import { bracesOf } from './block.js';
import { attachedComment, withSemicolon } from './extent.js';
import { skipTrivia } from './lex.js';
import { typeBegin } from './type-setters.js';

function at(node: Node, begin: Location, end: Location, what: string): FileRange {
  if (!begin.isValid || !end.isValid) throw missing(node, what);
  return node.tu.rewriter.rangeOf(node.tu.range(begin.raw, end.raw), what);
}

function missing(node: Node, what: string): CmonsterError {
  return new CmonsterError('EDIT_TARGET', `${node} has no ${what} in the source`);
}

function inside({ file, begin, end }: FileRange): FileRange {
  return { file, begin: begin + 1, end: end - 1 };
}

function source(node: Node, what: string): FileRange {
  return node.tu.rewriter.rangeOf(node.tu.rewriter.writtenNode(node, what), what);
}

/** The name of a declaration, or of what an expression refers to: without qualifiers and template arguments. */
function name(node: Node): FileRange {
  if (node.is(NamedDecl)) return at(node, node.location, node.location, 'name');
  if (node.is(DeclRefExpr)) return at(node, node.location, node.location, 'name');
  if (node.is(MemberExpr)) return at(node, node.memberLoc, node.memberLoc, 'name');
  throw missing(node, 'name');
}

/** The member that a member expression names: `x` in `a->x`. */
function member(node: MemberExpr): FileRange {
  return at(node, node.memberLoc, node.memberLoc, 'member');
}

/** What is between the parentheses of a function's parameters. */
function parameterList(fn: FunctionDecl): FileRange {
  const [typeLoc] = fn.find(FunctionTypeLoc, undefined, { typeLocs: true });
  if (!typeLoc) throw missing(fn, 'parameter list');
  return inside(at(fn, typeLoc.lParenLoc, typeLoc.rParenLoc, 'parameter list'));
}

/** What is between the parentheses of a call or a construction. */
function callArgs(call: CallExpr | CXXConstructExpr): FileRange {
  if (call.is(CXXConstructExpr)) {
    const { parenOrBraceRange } = call;
    return inside(at(call, parenOrBraceRange.begin, parenOrBraceRange.end, 'argument list'));
  }
  const callee = source(call.callee, 'argument list');
  const close = at(call, call.rParenLoc, call.rParenLoc, 'argument list');
  const open = skipTrivia(callee.file.bytes, callee.end);
  if (callee.file !== close.file || callee.file.bytes[open] !== 40) throw missing(call, 'argument list');
  return { file: close.file, begin: open + 1, end: close.begin };
}

/** What is between braces: of a body, a class, an enumeration, a namespace. */
function statements(node: Node): FileRange {
  const { file, open, close } = bracesOf(node.tu.rewriter, node, 'braces');
  return { file, begin: open, end: close };
}

/** From the opening brace to the closing one. */
function braces(node: Node): FileRange {
  const { file, begin, end } = statements(node);
  return { file, begin: begin - 1, end: end + 1 };
}

/** From `else` to the end of what follows it. */
function elseBranch(node: IfStmt): FileRange {
  const branch = node.else;
  if (!branch) throw missing(node, 'else branch');
  const { file, begin } = at(node, node.elseLoc, node.elseLoc, 'else branch');
  return { file, begin, end: withSemicolon(branch, source(branch, 'else branch')).end };
}

/** What stands between two nodes. */
function between(first: Node, second: Node): FileRange {
  const a = source(first, 'between');
  const b = source(second, 'between');
  if (a.file !== b.file || a.end > b.begin) {
    throw new CmonsterError('EDIT_TARGET', `${first} does not stand before ${second} in one file`);
  }
  return { file: a.file, begin: a.end, end: b.begin };
}

/** From the beginning of one node to the end of another. */
function enclose(first: Node, second: Node): FileRange {
  const a = source(first, 'enclose');
  const b = source(second, 'enclose');
  if (a.file !== b.file || a.begin > b.end) {
    throw new CmonsterError('EDIT_TARGET', `${first} does not stand before ${second} in one file`);
  }
  return { file: a.file, begin: a.begin, end: b.end };
}

/** What is between `<` and `>` of what a name or a type is given. */
function templateArgumentList(node: Node): FileRange {
  const found = node.is(TemplateSpecializationTypeLoc)
    ? node
    : node.find(TemplateSpecializationTypeLoc, undefined, { typeLocs: true })[0];
  if ((node.is(DeclRefExpr) || node.is(MemberExpr)) && node.lAngleLoc.isValid) {
    return inside(at(node, node.lAngleLoc, node.rAngleLoc, 'template argument list'));
  }
  if (!found) throw missing(node, 'template argument list');
  return inside(at(node, found.lAngleLoc, found.rAngleLoc, 'template argument list'));
}

/** What is between `<` and `>` behind `template`. */
function templateParameterList(node: TemplateDecl): FileRange {
  const { templateParameters } = node;
  const [first] = templateParameters;
  const last = templateParameters.at(-1);
  if (!first || !last) throw missing(node, 'template parameter list');
  return enclose(first, last);
}

/** Specifiers and attributes before the type of a declaration: `static inline `, with the blanks behind them. */
function specifiers(decl: Decl): FileRange {
  const { file, begin, end } = source(decl, 'specifiers');
  return { file, begin, end: typeBegin(file.bytes, begin, end) };
}

/** The comments directly above a declaration or a statement. */
function comment(node: Node): FileRange {
  const found = attachedComment(source(node, 'comment'));
  if (!found) throw missing(node, 'comment');
  return found;
}

/** The bytes of a statement or declaration, with the semicolon that ends it. */
function statement(node: Node): FileRange {
  const written = node.tu.rewriter.writtenNode(node, 'statement');
  return withSemicolon(written, source(written, 'statement'));
}

export const select = {
  name,
  member,
  parameterList,
  callArgs,
  statements,
  braces,
  elseBranch,
  between,
  enclose,
  templateArgumentList,
  templateParameterList,
  specifiers,
  comment,
  statement,
} as const;
