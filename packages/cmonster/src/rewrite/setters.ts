/** What `if.cond = …`, `decl.type = …` and the like do: codegen/tables/editable.ts says which there are. */
import {
  type BinaryOperator,
  CXXConstructExpr,
  CXXRecordDecl,
  CXXThrowExpr,
  EnumConstantDecl,
  FieldDecl,
  ForStmt,
  IfStmt,
  type NamedDecl,
  ReturnStmt,
  Stmt,
  type UnaryOperator,
  VarDecl,
} from '../ast/generated/index.js';
import { Node } from '../ast/node.js';
import { CmonsterError } from '../error.js';
import type { FileRange } from '../source/location.js';
import { type AnyCode, Code, type CodeValue } from './code.js';
import { attributesEnd, withSemicolon } from './extent.js';
import { copyOf, layOut, sourceOf } from './layout.js';
import { indentationAt, skipTrivia } from './lex.js';
import { binaryPrecedence, operandPrecedence, Precedence, requiredPrecedence } from './precedence.js';
import { assignName } from './rename.js';
import type { Request, Rewriter } from './rewriter.js';
import type { Copy, Piece } from './splice.js';
import * as statement from './statement.js';
import { assignCastType, assignReturnType, assignType } from './type-setters.js';
import { writtenNode } from './written-node.js';

type Assign = (rewriter: Rewriter, node: Node, value: AnyCode, property: string) => void;

/** Those that do not simply put code in the place of a child. */
const special: Readonly<Record<string, Assign>> = {
  'BinaryOperator.operator': assignBinaryOperator,
  'CStyleCastExpr.typeAsWritten': assignCastType,
  'ExplicitCastExpr.typeAsWritten': assignCastType,
  'FunctionDecl.returnType': assignReturnType,
  'NamedDecl.name': (rewriter, node, value) => assignName(rewriter, node as NamedDecl, String(value)),
  'TypedefNameDecl.underlyingType': assignType,
  'UnaryOperator.operator': assignUnaryOperator,
  'ValueDecl.type': assignType,
};

export function assign(rewriter: Rewriter, node: Node, property: string, value: AnyCode): void {
  const assigning = special[property];
  if (assigning) assigning(rewriter, node, value, property);
  else assignChild(rewriter, node, value, property);
}

/** `cond` of `IfStmt.cond`. */
function memberName(property: string): string {
  return property.slice(property.indexOf('.') + 1);
}

function assignChild(rewriter: Rewriter, node: Node, value: AnyCode, property: string): void {
  const member = memberName(property);
  const code = ended(Code.from(value), node, member);
  const child = writtenChild(node, member);
  if (node.is(VarDecl) && child?.is(CXXConstructExpr) && child.parenOrBraceRange.isValid && isAtName(node, child)) {
    // `T x(1);`: what is between the parentheses.
    const { file, begin, end } = rewriter.rangeOf(child.parenOrBraceRange, member);
    const { pieces } = layOut(code, file, indentationAt(file.bytes, begin));
    rewriter.stage(member, String(node), [{ file, begin: begin + 1, end: end - 1, pieces }]);
  } else if (child) statement.replace(rewriter, child, code, member);
  else addChild(rewriter, node, code, member);
}

/** A branch ends with a semicolon or a brace; the first part of a `for` has its semicolon already. */
function ended(code: Code, node: Node, member: string): Code {
  const last =
    code.values.length === 0 || (code.strings[code.values.length] as string).trim() !== ''
      ? code.strings[code.values.length]
      : undefined;
  if (node.is(ForStmt) && member === 'init') {
    return new Code([...code.strings.slice(0, -1), (last ?? '').replace(/;\s*$/, '')], code.values);
  }
  if (!/^(then|else|body)$/.test(member) || !node.is(Stmt)) return code;
  if (last === undefined || /[;}]\s*$/.test(last)) return code;
  return new Code([...code.strings.slice(0, -1), `${last};`], code.values);
}

function writtenChild(node: Node, member: string): Node | undefined {
  if (member === 'cond' && 'conditionVariable' in node && node.conditionVariable instanceof Node)
    return node.conditionVariable;
  const child = (node as Node & Record<string, unknown>)[member];
  if (!(child instanceof Node)) return undefined;
  // `T x;` is constructed all the same.
  if (node.is(VarDecl) && child.is(CXXConstructExpr) && !child.parenOrBraceRange.isValid && isAtName(node, child))
    return undefined;
  return writtenNode(child);
}

function isAtName(node: VarDecl, child: Node): boolean {
  return child.beginLoc.raw === node.location.raw;
}

/** A part that is not there yet. */
function addChild(rewriter: Rewriter, node: Node, code: Code, member: string): void {
  const range = rewriter.rangeOf(node, member);
  const at = (offset: number, before: string, after = ''): void => {
    const { file } = range;
    const { pieces, binding } = layOut(code, file, indentationAt(file.bytes, range.begin));
    const inner: Piece[] = binding < Precedence.assignment ? ['(', ...pieces, ')'] : pieces;
    const request: Request = {
      file,
      begin: offset,
      end: offset,
      pieces: [before, ...inner, after].filter((piece) => piece !== ''),
      side: 'after',
      anchor: range.begin,
    };
    rewriter.stage(member, String(node), [request]);
  };
  if (node.is(IfStmt) && member === 'else') addElse(rewriter, node, code);
  else if (node.is(ReturnStmt) || node.is(CXXThrowExpr)) at(range.end, ' ');
  else if (node.is(VarDecl) || node.is(FieldDecl) || node.is(EnumConstantDecl)) {
    at(attributesEnd(range.file.bytes, range.end), ' = ');
  } else if (node.is(ForStmt)) addForPart(range, node, member, at);
  else throw new CmonsterError('EDIT_TARGET', `${node} has no ${member} in the source that could be replaced`);
}

function addForPart(
  { file }: FileRange,
  node: ForStmt,
  member: string,
  at: (offset: number, before: string) => void,
): void {
  const { bytes } = file;
  const open = (node.lParenLoc.fileLoc.spelling?.offset ?? 0) + 1;
  const close = node.rParenLoc.fileLoc.spelling?.offset ?? open;
  if (member === 'init') at(open, '');
  else if (member === 'inc') at(close, ' ');
  else {
    // Behind the first semicolon.
    const init = node.init && sourceOf(node.init).end;
    const first = init !== undefined && bytes[init - 1] === 59 ? init - 1 : skipTrivia(bytes, init ?? open);
    at(first + 1, ' ');
  }
}

/** An `else` belongs to the closest `if`: one that stands between gets braces around it. */
function addElse(rewriter: Rewriter, node: IfStmt, code: Code): void {
  const then = writtenNode(node.then) ?? node.then;
  const { file, begin, end } = withSemicolon(then, rewriter.rangeOf(then, 'else'));
  const { pieces } = layOut(code, file, indentationAt(file.bytes, rewriter.rangeOf(node, 'else').begin));
  const requests: Request[] = [];
  if (endsInOpenIf(then)) {
    requests.push({ file, begin, end: begin, pieces: ['{ '], side: 'before', anchor: end + 1 });
    requests.push({ file, begin: end, end, pieces: [' }'], side: 'after', anchor: begin - 1 });
  }
  requests.push({ file, begin: end, end, pieces: [' else ', ...pieces], side: 'after', anchor: begin - 2 });
  rewriter.stage('else', String(node), requests);
}

function endsInOpenIf(node: Node): boolean {
  for (let at: Node | undefined = node; at; ) {
    if (at.is(IfStmt) && !at.else) return true;
    const last: CodeValue | undefined = at.is(IfStmt)
      ? at.else
      : 'body' in at
        ? (at.body as Node | undefined)
        : undefined;
    at = last instanceof Node && !at.is(CXXRecordDecl) ? writtenNode(last) : undefined;
  }
  return false;
}

function assignBinaryOperator(rewriter: Rewriter, node: Node, value: AnyCode): void {
  const operation = node as BinaryOperator;
  const operator = String(value);
  const binding = binaryPrecedence(operator);
  if (binding === undefined)
    throw new CmonsterError('EDIT_TARGET', `'${operator}' is no operator between two operands`);
  const whole = rewriter.rangeOf(node, 'operator');
  const left = operandCopy(operation.lhs, operandPrecedence(operator, 'left'));
  const right = operandCopy(operation.rhs, operandPrecedence(operator, 'right'));
  const old = rewriter.rangeOf(node.tu.range(operation.operatorLoc.raw, operation.operatorLoc.raw), 'operator');
  const { file } = whole;
  const pieces: Piece[] = [
    left,
    { file, begin: left.end, end: old.begin },
    operator,
    { file, begin: old.end, end: right.begin },
    right,
  ];
  stageOperation(rewriter, node, whole, pieces, binding);
}

function operandCopy(node: Node, required: number): Copy {
  return copyOf(writtenNode(node) ?? node, required);
}

function assignUnaryOperator(rewriter: Rewriter, node: Node, value: AnyCode): void {
  const operation = node as UnaryOperator;
  const operator = String(value);
  const isStep = operator === '++' || operator === '--';
  const whole = rewriter.rangeOf(node, 'operator');
  if (operation.isPostfix() && isStep) {
    const operand = operandCopy(operation.subExpr, Precedence.postfix);
    const old = rewriter.rangeOf(node.tu.range(operation.operatorLoc.raw, operation.operatorLoc.raw), 'operator');
    const { file } = whole;
    stageOperation(
      rewriter,
      node,
      whole,
      [operand, { file, begin: operand.end, end: old.begin }, operator],
      Precedence.postfix,
    );
    return;
  }
  const operand = operandCopy(operation.subExpr, isStep ? Precedence.unary : Precedence.cast);
  const word = /\w$/.test(operator) ? `${operator} ` : operator;
  stageOperation(rewriter, node, whole, [word, operand], Precedence.unary);
}

function stageOperation(
  rewriter: Rewriter,
  node: Node,
  { file, begin, end }: FileRange,
  pieces: Piece[],
  binding: number,
): void {
  const operand = { binding, required: requiredPrecedence(node) };
  const kept = pieces.filter((piece) => typeof piece === 'string' || piece.end > piece.begin);
  rewriter.stage('operator', String(node), [{ file, begin, end, pieces: kept, operand }]);
}
