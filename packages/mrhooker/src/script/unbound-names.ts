/** Names that a program uses and declares nowhere: not in the scope of their use, not in any other. */
import type { AnyNode } from 'acorn';
import { fullAncestor } from 'acorn-walk';

export function unboundNames(program: AnyNode): Set<string> {
  const used = new Set<string>();
  const bound = new Set<string>();
  fullAncestor(program, (node, _state, ancestors) => {
    const parent = (ancestors as AnyNode[]).at(-2);
    if (node.type === 'Identifier' && parent) {
      const key = parent.type === 'Property' && parent.key === node && !parent.computed && !parent.shorthand;
      const member = parent.type === 'MemberExpression' && parent.property === node && !parent.computed;
      if (!key && !member) used.add(node.name);
    }
    for (const name of namesBoundBy(node)) bound.add(name);
  });
  for (const name of bound) used.delete(name);
  return used;
}

function namesBoundBy(node: AnyNode): string[] {
  switch (node.type) {
    case 'VariableDeclarator':
      return patternNames(node.id);
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return [
        ...(node.type !== 'ArrowFunctionExpression' && node.id ? [node.id.name] : []),
        ...node.params.flatMap(patternNames),
      ];
    case 'ClassDeclaration':
      return node.id ? [node.id.name] : [];
    case 'CatchClause':
      return node.param ? patternNames(node.param) : [];
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
      return [node.local.name];
    default:
      return [];
  }
}

function patternNames(pattern: AnyNode): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        patternNames(property.type === 'Property' ? property.value : property),
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? patternNames(element) : []));
    case 'AssignmentPattern':
      return patternNames(pattern.left);
    case 'RestElement':
      return patternNames(pattern.argument);
    default:
      return [];
  }
}
