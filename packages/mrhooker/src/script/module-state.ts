/** Finds variables of a module that functions change: with an engine per thread they would not be what they seem. */
import type { AnyNode, Expression, Pattern, Program } from 'acorn';

export interface MutableState {
  name: string;
  /** `assigned`, or `changed by .push()`. */
  how: string;
  /** Where that happens. */
  node: AnyNode;
}

// biome-ignore format: a table
const CONTAINERS = new Set([
  'Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'Object', 'ArrayBuffer', 'DataView', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray',
  'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array',
]);
// biome-ignore format: a table
const CHANGING = new Set([
  'push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill', 'copyWithin', 'set', 'add', 'delete', 'clear',
]);

/** Only what runs in functions counts: what the module's own top level does is the same in each thread. */
export function mutableState(program: Program): MutableState[] {
  const finder = new Finder(program);
  finder.walk(program, 0, []);
  return finder.found;
}

class Finder {
  readonly found: MutableState[] = [];
  /** Variables of the module; whether what they hold can be changed in place. */
  private readonly variables = new Map<string, { container: boolean }>();

  constructor(program: Program) {
    for (const statement of program.body) {
      const node = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
      if (node?.type !== 'VariableDeclaration') continue;
      for (const { id, init } of node.declarations) {
        for (const name of boundNames(id)) this.variables.set(name, { container: init ? isContainer(init) : false });
      }
    }
  }

  /** @param depth how many functions are around; @param scopes names that hide those of the module */
  walk(node: AnyNode, depth: number, scopes: readonly ReadonlySet<string>[]): void {
    let [inner, around] = [depth, scopes];
    if (isFunction(node)) {
      inner = depth + 1;
      around = [...scopes, functionNames(node)];
    } else if (
      node.type !== 'Program' &&
      (node.type === 'BlockStatement' || node.type.startsWith('For') || node.type === 'CatchClause')
    ) {
      around = [...scopes, blockNames(node)];
    }
    if (inner > 0) this.check(node, around);
    for (const child of childrenOf(node)) this.walk(child, inner, around);
  }

  private check(node: AnyNode, scopes: readonly ReadonlySet<string>[]): void {
    const stateOf = (name: string) => (scopes.some((scope) => scope.has(name)) ? undefined : this.variables.get(name));
    const report = (name: string, how: string) => this.found.push({ name, how, node });
    const target = (pattern: AnyNode) => {
      if (pattern.type === 'MemberExpression') {
        const name = rootName(pattern);
        if (name !== undefined && stateOf(name)?.container) report(name, 'changed');
        return;
      }
      for (const name of boundNames(pattern as Pattern)) if (stateOf(name)) report(name, 'assigned');
    };
    if (node.type === 'AssignmentExpression') target(node.left);
    else if (node.type === 'UpdateExpression') target(node.argument);
    else if (
      (node.type === 'ForInStatement' || node.type === 'ForOfStatement') &&
      node.left.type !== 'VariableDeclaration'
    ) {
      target(node.left);
    } else if (node.type === 'UnaryExpression' && node.operator === 'delete') target(node.argument);
    else if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression') {
      const { object, property } = node.callee;
      if (property.type !== 'Identifier' || !CHANGING.has(property.name)) return;
      const name = rootName(object as AnyNode);
      if (name !== undefined && stateOf(name)?.container) report(name, `changed by .${property.name}()`);
    }
  }
}

function isContainer(init: Expression): boolean {
  if (init.type === 'ArrayExpression' || init.type === 'ObjectExpression') return true;
  if (init.type === 'NewExpression' || init.type === 'CallExpression') {
    return init.callee.type === 'Identifier' && CONTAINERS.has(init.callee.name);
  }
  return false;
}

/** `a` of `a.b[c].d`. */
function rootName(node: AnyNode): string | undefined {
  let at = node;
  while (at.type === 'MemberExpression') at = at.object as AnyNode;
  return at.type === 'Identifier' ? at.name : undefined;
}

type FunctionNode = AnyNode & { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' };

function isFunction(node: AnyNode): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression'
  );
}

function functionNames(node: FunctionNode): Set<string> {
  const names = new Set(node.params.flatMap(boundNames));
  if (node.type === 'FunctionExpression' && node.id) names.add(node.id.name);
  collectVar(node.body, names);
  return names;
}

/** `var` belongs to the function, however deep it stands. */
function collectVar(node: AnyNode, names: Set<string>): void {
  if (isFunction(node)) return;
  if (node.type === 'VariableDeclaration' && node.kind === 'var') {
    for (const { id } of node.declarations) for (const name of boundNames(id)) names.add(name);
  }
  for (const child of childrenOf(node)) collectVar(child, names);
}

function blockNames(node: AnyNode): Set<string> {
  const names = new Set<string>();
  const declared = (child: AnyNode | null | undefined) => {
    if (child?.type === 'VariableDeclaration')
      for (const { id } of child.declarations) for (const name of boundNames(id)) names.add(name);
    if ((child?.type === 'FunctionDeclaration' || child?.type === 'ClassDeclaration') && child.id)
      names.add(child.id.name);
  };
  if (node.type === 'BlockStatement') node.body.forEach(declared);
  else if (node.type === 'ForStatement') declared(node.init as AnyNode | null);
  else if (node.type === 'ForInStatement' || node.type === 'ForOfStatement') declared(node.left as AnyNode);
  else if (node.type === 'CatchClause' && node.param) for (const name of boundNames(node.param)) names.add(name);
  return names;
}

function boundNames(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        boundNames(property.type === 'Property' ? property.value : property.argument),
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? boundNames(element) : []));
    case 'AssignmentPattern':
      return boundNames(pattern.left);
    case 'RestElement':
      return boundNames(pattern.argument);
    default:
      return [];
  }
}

function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const value of Object.values(node) as unknown[]) {
    if (Array.isArray(value)) children.push(...value.filter(isNode));
    else if (isNode(value)) children.push(value);
  }
  return children;
}

function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { type?: unknown }).type === 'string' &&
    'start' in value
  );
}
