/**
 * From a node to the one that stands in the source. Getters give Clang's own nodes, among them what Clang put around the
 * written ones, and what it made of templates.
 */
import type { Node } from '../ast/node.js';

/** The node that is written for this one: itself, or what an implicit cast or construction stands around; undefined for none. */
export function writtenNode(node: Node): Node | undefined {
  const { tu, index } = node;
  if (isWritten(node)) return node;
  const [child, ...others] = tu.view().childRows(index);
  if (child === undefined || others.length > 0) return undefined;
  const { begin, last } = tu.snapshot;
  if (begin[child] !== begin[index] || last[child] !== last[index]) return undefined;
  return tu.node(child) ?? undefined;
}

/** Whether it is neither of the compiler's making nor in an instantiation. */
function isWritten({ tu, index }: Node): boolean {
  if (tu.view().shows(index) || tu.view({ typeLocs: true }).shows(index)) return true;
  // Outside of the parsed scope a declaration has no place in any view until it is looked at.
  return !tu.snapshot.isExpanded(index) || tu.snapshot.parentOf(index) === 0;
}

/** Whether it is in an instantiation of a template, rather than in the template. */
export function isInstantiated(node: Node): boolean {
  const { tu, index } = node;
  const options = { implicit: true, typeLocs: true };
  return !tu.view(options).shows(index) && tu.view({ ...options, instantiations: true }).shows(index);
}
