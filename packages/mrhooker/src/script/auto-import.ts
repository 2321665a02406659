/** Scripts on the command line are short: what they name without declaring it is imported for them. */
import { type AnyNode, parse } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import { MrhookerError } from '../error.js';
import { findHeaders } from '../headers/finder.js';
import type { Script } from './bundle.js';

/** What of `mrhooker` needs no import. */
const LIBRARY = new Set(
  'hook call shared stack frameText process clock now env exists atExit record varargs alloc free pointer symbol sizeof offsetof types native fnType threadLocal inspect'.split(
    ' ',
  ),
);

/**
 * The script with imports for names that it declares nowhere: those of `mrhooker`, and functions of the C library's headers.
 * @throws MrhookerError `script`: a name that is nowhere
 */
export async function withImports(script: Script, includes: readonly string[]): Promise<Script> {
  if (script.text === undefined) return script;
  const free = await freeNames(script.text);
  const own = free.filter((name) => LIBRARY.has(name));
  const others = free.filter((name) => !LIBRARY.has(name) && !(name in globalThis));
  const imports = own.length > 0 ? [`import { ${own.join(', ')} } from 'mrhooker';`] : [];
  for (const { name, header, nearest } of others.length > 0 ? await findHeaders(others, includes) : []) {
    if (header === undefined) {
      const hint = nearest.length > 0 ? ` Did you mean ${nearest.map((other) => `'${other}'`).join(' or ')}?` : '';
      throw new MrhookerError('script', `-e: '${name}' is declared nowhere, in no header either.${hint}`);
    }
    imports.push(`import { ${name} } from 'c:${header}';`);
  }
  // Behind the script, for places in it to stay what they are.
  return imports.length > 0 ? { ...script, text: `${script.text}\n${imports.join('\n')}` } : script;
}

/** Names that are used and bound nowhere in the text; none when it does not compile, which is said later. */
async function freeNames(text: string): Promise<string[]> {
  const { transform } = await import('esbuild');
  let program: AnyNode;
  try {
    const { code } = await transform(text, { loader: 'ts', target: 'es2023', tsconfigRaw: {} });
    program = parse(code, { ecmaVersion: 'latest', sourceType: 'module' });
  } catch {
    return [];
  }
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
  return [...used].filter((name) => !bound.has(name)).sort();
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
