/** Whether two pieces of code say the same: what a metavariable means that occurs twice. */
import { Decl } from '../../ast/generated/index.js';
import { Node } from '../../ast/node.js';
import { TypeBase } from '../../ast/type-base.js';
import type { Bound } from '../bindings.js';
import { peel, shapeOf } from './shape.js';

export function sameCode(a: Bound, b: Bound): boolean {
  if (a === b) return true;
  if (a instanceof TypeBase || b instanceof TypeBase)
    return a instanceof TypeBase && b instanceof TypeBase && a.canonical === b.canonical;
  if (a instanceof Node && b instanceof Node) return sameNode(a, b);
  if (a instanceof Node || b instanceof Node) return false;
  return a.length === b.length && a.every((node, at) => sameNode(node, b[at] as Node));
}

function sameNode(given: Node, other: Node): boolean {
  const a = peel(given);
  const b = peel(other);
  if (a === b) return true;
  // A declaration, and a name that refers to it.
  if (a instanceof Decl !== b instanceof Decl) return a instanceof Decl ? refersTo(b, a) : refersTo(a, b as Decl);
  if (a instanceof Decl && b instanceof Decl) return sameEntity(a, b);
  const left = shapeOf(a);
  const right = shapeOf(b);
  if (left.key !== right.key || left.name !== right.name || left.operands.length !== right.operands.length)
    return false;
  if (!sameEntity(left.decl, right.decl)) return false;
  if ((left.type?.canonical ?? null) !== (right.type?.canonical ?? null)) return false;
  return left.operands.every((operand, at) => {
    const match = right.operands[at] ?? null;
    return operand === null || match === null ? operand === match : sameNode(operand, match);
  });
}

function refersTo(node: Node, decl: Node): boolean {
  return sameEntity(shapeOf(node).decl, decl);
}

/** Different declarations of one function or variable are one. */
function sameEntity(a: Node | null | undefined, b: Node | null | undefined): boolean {
  if (a === b || !a || !b) return (a ?? null) === (b ?? null);
  const first = (a as { canonicalDecl?: Node }).canonicalDecl;
  return first !== undefined && first === (b as { canonicalDecl?: Node }).canonicalDecl;
}
