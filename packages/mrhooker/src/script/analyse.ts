/** What a bundled script imports, hooks, declares and shares, read off its syntax tree. */
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import {
  type AnyNode,
  type CallExpression,
  type Expression,
  type Identifier,
  type ImportDeclaration,
  type Program,
  parse,
} from 'acorn';
import { fullAncestor } from 'acorn-walk';
import { MrhookerError } from '../error.js';
import { SCHEME } from '../headers/specifier.js';
import type { SharedObject } from '../stub/manifest.js';
import { mutableState } from './module-state.js';
import { unboundNames } from './unbound-names.js';

export interface ImportUse {
  /** Whether it is used for more than a call, so that it could be hooked. */
  hooked: boolean;
  at: Place;
  /** Where `hook()` is called with it, as far as that can be seen; and whether the hook does more than look at the begin. */
  hooks: { at: Place; returns: boolean; aliases: boolean }[];
}

/** Names imported from headers, by specifier. */
export type HeaderImports = Map<string, Map<string, ImportUse>>;

export interface Analysis {
  imports: HeaderImports;
  /** Names and globs given to `hook()`. */
  patterns: string[];
  /** Texts of `` native`…` `` and `` fnType`…` ``. */
  natives: { kind: 'native' | 'fnType'; text: string; at: Place; hooked: boolean }[];
  shared: SharedObject[];
  /** Whether it does something besides hooking: it then runs when the process starts, not at the first call of a hook. */
  eager: boolean;
}

/** In the script's own source, for messages. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/** The script's module of hooks. */
const LIBRARY = 'mrhooker';
const SHARED_KINDS = new Set(['counter', 'histogram', 'map', 'set']);

/**
 * @param code a bundle of one script, with headers and this package left outside
 * @param map its source map
 * @throws MrhookerError `script`
 */
export function analyse(code: string, map: string, script: string): Analysis {
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
  const trace = new TraceMap(map);
  const placeOf = (node: AnyNode): Place => {
    const start = node.loc?.start ?? { line: 1, column: 0 };
    const found = originalPositionFor(trace, start);
    return { file: found.source ?? script, line: found.line ?? start.line, column: (found.column ?? start.column) + 1 };
  };
  const reader = new Reader(placeOf);
  reader.readImports(program);
  fullAncestor(program, (node, _state, ancestors) => reader.visit(node, ancestors as AnyNode[]));
  reader.finish();
  reader.requireDeclared(program);
  if (!reader.hooks) {
    throw new MrhookerError(
      'script',
      `${script} hooks nothing: import { hook } from 'mrhooker' and call hook(fn, …) with a function of a header`,
    );
  }
  const state = mutableState(program).find(({ node }) => !placeOf(node).file.includes('node_modules'));
  if (state) throw new MrhookerError('script', stateMessage(state.name, state.how, placeOf(state.node)));
  return reader.analysis;
}

export function placeText({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

function stateMessage(name: string, how: string, place: Place): string {
  return (
    `${placeText(place)}: '${name}' is ${how} at run time, but each thread and each forked child would have its own copy. ` +
    `What they have in common is in 'shared' (import { shared } from 'mrhooker'): shared.counter('${name}'), shared.map, shared.set, ` +
    `shared.histogram; what is meant to be a thread's own is threadLocal(() => …)`
  );
}

class Reader {
  readonly analysis: Analysis = { imports: new Map(), patterns: [], natives: [], shared: [], eager: false };
  hooks = false;
  private readonly placeOf: (node: AnyNode) => Place;
  /** Local names of what comes from headers: specifier and name; of a whole header, the name is `*`. */
  private readonly headers = new Map<string, { specifier: string; name: string }>();
  /** Local names of what comes from `mrhooker`; `*` for all of it. */
  private readonly library = new Map<string, string>();
  /** Variables that hold what the script declares itself. */
  private readonly declared = new Map<string, Analysis['natives'][number]>();
  /** What is given to `hook()` by its name. */
  private readonly hooked: Identifier[] = [];
  /** Names that are used for more than a call. */
  private readonly values = new Set<string>();

  constructor(placeOf: (node: AnyNode) => Place) {
    this.placeOf = placeOf;
  }

  readImports(program: Program): void {
    for (const node of program.body) {
      if (node.type === 'ImportDeclaration') this.readImport(node);
      if ((node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration') && node.source) {
        const from = String(node.source.value);
        if (from.startsWith(SCHEME)) {
          throw new MrhookerError(
            'script',
            `${placeText(this.placeOf(node))}: a script exports nothing; import from '${from}' where it is used`,
          );
        }
      }
    }
  }

  private readImport(node: ImportDeclaration): void {
    const from = String(node.source.value);
    for (const specifier of node.specifiers) {
      const local = specifier.local.name;
      const name =
        specifier.type === 'ImportSpecifier'
          ? specifier.imported.type === 'Identifier'
            ? specifier.imported.name
            : String(specifier.imported.value)
          : specifier.type === 'ImportNamespaceSpecifier'
            ? '*'
            : 'default';
      if (from === LIBRARY) this.library.set(local, name);
      if (!from.startsWith(SCHEME)) continue;
      if (name === 'default') {
        throw new MrhookerError(
          'script',
          `${placeText(this.placeOf(node))}: a header has no default export: import { … } from '${from}'`,
        );
      }
      this.headers.set(local, { specifier: from, name });
      if (name !== '*') this.use(from, name, false, node);
    }
    if (from.startsWith(SCHEME) && !this.analysis.imports.has(from)) this.analysis.imports.set(from, new Map());
  }

  visit(node: AnyNode, ancestors: readonly AnyNode[]): void {
    const parent = ancestors.at(-2);
    if (node.type === 'Identifier') this.identifier(node.name, node, parent, ancestors.at(-3));
    else if (node.type === 'CallExpression') this.call(node, ancestors);
    else if (node.type === 'TaggedTemplateExpression') {
      const tag = this.libraryName(node.tag);
      if (tag !== 'native' && tag !== 'fnType') return;
      const text = node.quasi.quasis.length === 1 ? node.quasi.quasis[0]?.value.cooked : undefined;
      if (typeof text !== 'string') throw this.error(node, `${tag}\`…\` takes no values: write the whole declaration`);
      const isVariable = parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier';
      const isCalled = isVariable || (parent !== undefined && isCallee(node, parent));
      const native = { kind: tag, text, at: this.placeOf(node), hooked: !isCalled } as const;
      this.analysis.natives.push(native);
      if (isVariable) this.declared.set((parent.id as { name: string }).name, native);
    }
  }

  /** When all uses have been seen. */
  finish(): void {
    for (const [name, native] of this.declared) native.hooked ||= this.values.has(name);
  }

  /** What is hooked by a name that nothing declares would be found out at the first call of a hook, which never comes. */
  requireDeclared(program: Program): void {
    const unbound = unboundNames(program);
    const node = this.hooked.find(({ name }) => unbound.has(name));
    if (node)
      throw this.error(
        node,
        `'${node.name}' is declared nowhere: import { ${node.name} } from the header that declares it ('c:stdlib.h')`,
      );
  }

  private identifier(name: string, node: AnyNode, parent: AnyNode | undefined, above: AnyNode | undefined): void {
    if (!parent || parent.type.startsWith('Import')) return;
    if (parent.type === 'MemberExpression' && parent.property === node && !parent.computed) return;
    if (parent.type === 'Property' && parent.key === node && !parent.computed && parent.value !== node) return;
    if (!isCallee(node, parent) && !(parent.type === 'VariableDeclarator' && parent.id === node)) this.values.add(name);
    const known = this.headers.get(name);
    if (!known) return;
    if (known.name !== '*') {
      this.use(known.specifier, known.name, !isCallee(node, parent), node);
      return;
    }
    // `socket.send(…)`: a member of a whole header.
    const member = parent.type === 'MemberExpression' && parent.object === node ? parent : undefined;
    const property = member && memberName(member.property as Expression, member.computed);
    if (!member || property === undefined) {
      throw this.error(
        node,
        `'${name}' is a whole header; use it as ${name}.NAME, so that it can be seen what is needed`,
      );
    }
    this.use(known.specifier, property, !(above && isCallee(member, above)), node);
  }

  private use(specifier: string, name: string, hooked: boolean, node: AnyNode): void {
    let names = this.analysis.imports.get(specifier);
    if (!names) {
      names = new Map();
      this.analysis.imports.set(specifier, names);
    }
    const known = names.get(name);
    names.set(name, {
      hooked: hooked || (known?.hooked ?? false),
      at: known?.at ?? this.placeOf(node),
      hooks: known?.hooks ?? [],
    });
  }

  private call(node: CallExpression, ancestors: readonly AnyNode[]): void {
    const name = this.libraryName(node.callee as Expression);
    const [first, second, third] = node.arguments;
    if (name === 'hook') {
      this.hooks = true;
      if (first?.type === 'Identifier') this.hooked.push(first);
      const fn = first?.type === 'Identifier' ? this.headers.get(first.name) : undefined;
      if (fn && fn.name !== '*') {
        this.use(fn.specifier, fn.name, true, first as AnyNode);
        const use = this.analysis.imports.get(fn.specifier)?.get(fn.name);
        use?.hooks.push({
          at: this.placeOf(node),
          returns: !onlyEnters(second as Expression | undefined),
          aliases: optionOf(third as Expression | undefined, 'aliases') !== false,
        });
      }
      const text = first && literalText(first as Expression);
      if (text !== undefined && !this.analysis.patterns.includes(text)) this.analysis.patterns.push(text);
    }
    const callee = node.callee;
    if (name === 'atExit' || isConsole(callee as Expression)) this.analysis.eager ||= !ancestors.some(isFunction);
    if (callee.type !== 'MemberExpression' || this.libraryName(callee.object as Expression) !== 'shared') return;
    const kind = memberName(callee.property as Expression, callee.computed);
    if (kind === undefined || !SHARED_KINDS.has(kind)) return;
    const text = first && literalText(first as Expression);
    if (text === undefined)
      throw this.error(node, `shared.${kind}() takes its name written as a literal: shared.${kind}('calls')`);
    this.share(
      { kind: kind as SharedObject['kind'], name: text, ...this.sharedOptions(second as Expression | undefined) },
      node,
    );
  }

  private share(object: SharedObject, node: AnyNode): void {
    const known = this.analysis.shared.find(({ kind, name }) => kind === object.kind && name === object.name);
    if (!known) this.analysis.shared.push(object);
    else if (known.capacity !== object.capacity) {
      throw this.error(node, `shared.${object.kind}('${object.name}') has two capacities`);
    }
  }

  private sharedOptions(node: Expression | undefined): Partial<SharedObject> {
    const options: Partial<SharedObject> = {};
    if (node?.type !== 'ObjectExpression') return options;
    for (const property of node.properties) {
      if (property.type !== 'Property') continue;
      const name = memberName(property.key as Expression, property.computed);
      const value = constantValue(property.value as Expression);
      if (name === 'capacity' && typeof value === 'number') options.capacity = value;
      else if (name === 'print' && typeof value === 'boolean') options.print = value;
      else if (name === 'capacity' || name === 'print') throw this.error(property, `${name} is written as a literal`);
    }
    return options;
  }

  /** What of `mrhooker` an expression names: `hook`, or `m.hook` of the whole. */
  private libraryName(node: Expression): string | undefined {
    if (node.type === 'Identifier') return this.library.get(node.name);
    if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier') return undefined;
    return this.library.get(node.object.name) === '*'
      ? memberName(node.property as Expression, node.computed)
      : undefined;
  }

  private error(node: AnyNode, message: string): MrhookerError {
    return new MrhookerError('script', `${placeText(this.placeOf(node))}: ${message}`);
  }
}

/** A literal of an object's property. */
function optionOf(options: Expression | undefined, name: string): unknown {
  if (options?.type !== 'ObjectExpression') return undefined;
  const property = options.properties.find(
    (each) => each.type === 'Property' && memberName(each.key as Expression, each.computed) === name,
  );
  return property?.type === 'Property' ? constantValue(property.value as Expression) : undefined;
}

/** `{ enter }`: the hook sees the call begin, and no more. */
function onlyEnters(handler: Expression | undefined): boolean {
  if (handler?.type !== 'ObjectExpression') return false;
  return handler.properties.every(
    (property) =>
      property.type === 'Property' &&
      ['enter', 'trace'].includes(memberName(property.key as Expression, property.computed) ?? ''),
  );
}

function isFunction({ type }: AnyNode): boolean {
  return type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression';
}

function isConsole(callee: Expression): boolean {
  return callee.type === 'MemberExpression' && callee.object.type === 'Identifier' && callee.object.name === 'console';
}

function isCallee(node: AnyNode, parent: AnyNode): boolean {
  return (parent.type === 'CallExpression' || parent.type === 'NewExpression') && parent.callee === node;
}

function memberName(property: Expression, computed: boolean): string | undefined {
  if (!computed && property.type === 'Identifier') return property.name;
  return literalText(property);
}

function literalText(node: Expression): string | undefined {
  const value = constantValue(node);
  return typeof value === 'string' ? value : undefined;
}

function constantValue(node: Expression): unknown {
  if (node.type === 'Literal') return node.value;
  if (node.type === 'TemplateLiteral' && node.quasis.length === 1) return node.quasis[0]?.value.cooked;
  // What a minifying bundler makes of true and false, and of large numbers.
  if (node.type === 'UnaryExpression' && node.operator === '!' && node.argument.type === 'Literal')
    return !node.argument.value;
  if (node.type === 'BinaryExpression' && node.operator === '*') {
    const [left, right] = [constantValue(node.left as Expression), constantValue(node.right)];
    return typeof left === 'number' && typeof right === 'number' ? left * right : undefined;
  }
  return undefined;
}
