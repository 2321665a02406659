/** Whether two translation units say the same: their trees, parentheses left out. */
import {
  BinaryOperator,
  CompoundStmt,
  DeclRefExpr,
  MemberExpr,
  NamedDecl,
  type Node,
  ParenExpr,
  type TranslationUnit,
  UnaryOperator,
} from 'cmonster';

/** One line for each node of the main file, in order. */
export function meaning(tu: TranslationUnit): string[] {
  const lines: string[] = [];
  for (const node of tu.walk()) {
    if (node.is(ParenExpr)) continue;
    lines.push(`${depthOf(node)} ${node.kind} ${detail(node)}`);
  }
  return lines;
}

function depthOf(node: Node): number {
  return node.ancestors.filter((ancestor) => !ancestor.is(ParenExpr)).length;
}

function detail(node: Node): string {
  if (node.is(BinaryOperator) || node.is(UnaryOperator)) return node.opcode;
  if (node.is(DeclRefExpr)) return node.decl.is(NamedDecl) ? node.decl.name : '';
  if (node.is(MemberExpr)) return node.memberDecl.name;
  if (node.is(NamedDecl)) return node.name;
  if (/Literal$/.test(node.kind)) return node.text;
  return node.is(CompoundStmt) ? `${node.children.length}` : '';
}
