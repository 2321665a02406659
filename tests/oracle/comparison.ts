/** Two dumps of one AST, side by side, node by node. */
import { NODE_END, type NodeBegin, type NodeEvent } from './json-nodes.js';

export interface Difference {
  /** From the root to the member. */
  path: string;
  expected: string;
  actual: string;
  /** `file:line` of the node, as far as known. */
  where: string;
}

/** Members whose value names an entity. */
const IDS = new Set(
  ['id', 'previousDecl', 'firstRedecl', 'parentDeclContextId', 'typeAliasDeclId', 'referencedMemberDecl']
    .concat(['labelDeclId', 'declId', 'targetLabelDeclId', 'temp'])
    .map((name) => `"${name}"`),
);
const NO_ENTITY = '"0x0"';
const ENTITY = /^"0x[0-9a-f]+"$/;
const MOST_REPORTED = 200;

export class Comparison {
  /** How many there are; `differences` holds the first ones. */
  count = 0;
  readonly differences: Difference[] = [];
  nodes = 0;
  /** The two sides' names of one entity. */
  private readonly actualOf = new Map<string, string>();
  private readonly expectedOf = new Map<string, string>();
  private readonly path: { kind: string; place: number; children: number }[] = [];
  private file = '';
  private line = '';
  /** Nodes that only one side has are skipped up to their end. */
  private skipExpected = 0;
  private skipActual = 0;

  /** Takes one event of each side; says which side's next one it wants: nodes that only one has are passed over. */
  step(expected: NodeEvent, actual: NodeEvent): 'both' | 'expected' | 'actual' {
    if (this.skipExpected > 0) {
      this.skipExpected += expected === NODE_END ? -1 : 1;
      return 'expected';
    }
    if (this.skipActual > 0) {
      this.skipActual += actual === NODE_END ? -1 : 1;
      return 'actual';
    }
    if (expected === NODE_END && actual === NODE_END) {
      this.path.pop();
      return 'both';
    }
    if (actual === NODE_END) {
      this.report('', describe(expected as NodeBegin), 'no such node');
      this.skipExpected = 1;
      return 'expected';
    }
    if (expected === NODE_END) {
      this.report('', 'no such node', describe(actual));
      this.skipActual = 1;
      return 'actual';
    }
    this.begin(expected, actual);
    return 'both';
  }

  private begin(expected: NodeBegin, actual: NodeBegin): void {
    this.nodes++;
    const above = this.path[this.path.length - 1];
    const place = above ? above.children++ : 0;
    this.path.push({ kind: kindOf(expected.tokens), place, children: 0 });
    this.follow(expected.tokens);
    if (expected.label !== actual.label) {
      this.report('children', expected.label || 'no children', actual.label || 'no children');
    }
    this.members(expected.tokens, actual.tokens);
  }

  private members(expected: string[], actual: string[]): void {
    let key = '';
    const length = Math.min(expected.length, actual.length);
    for (let i = 0; i < length; i++) {
      const a = expected[i] as string;
      const b = actual[i] as string;
      if (IDS.has(key) && ENTITY.test(a) && ENTITY.test(b)) {
        key = '';
        if (!this.sameEntity(a, b)) this.report(memberPath(expected, i), a, `${b}, another entity`);
        continue;
      }
      key = a;
      if (a !== b && !sameText(a, b)) {
        // What follows would be out of step.
        this.report(memberPath(expected, i), around(expected, i), around(actual, i));
        return;
      }
    }
    if (expected.length !== actual.length) {
      this.report(memberPath(expected, length), around(expected, length), around(actual, length));
    }
  }

  private sameEntity(expected: string, actual: string): boolean {
    if (expected === NO_ENTITY || actual === NO_ENTITY) return expected === actual;
    const known = this.actualOf.get(expected);
    if (known !== undefined) return known === actual;
    if (this.expectedOf.has(actual)) return false;
    this.actualOf.set(expected, actual);
    this.expectedOf.set(actual, expected);
    return true;
  }

  private follow(tokens: readonly string[]): void {
    for (let i = 0; i + 1 < tokens.length; i++) {
      if (tokens[i] === '"line"') this.line = tokens[i + 1] as string;
      else if (tokens[i] === '"file"' && tokens[i + 2] === '"line"') this.file = tokens[i + 1] as string;
    }
  }

  report(member: string, expected: string, actual: string): void {
    this.count++;
    if (this.differences.length >= MOST_REPORTED) return;
    const nodes = this.path.map(({ kind, place }, depth) => (depth === 0 ? kind : `[${place}]${kind}`)).join('');
    this.differences.push({
      path: member ? `${nodes}.${member}` : nodes,
      expected,
      actual,
      where: this.file ? `${this.file.slice(1, -1)}:${this.line}` : 'no place',
    });
  }
}

function kindOf(tokens: readonly string[]): string {
  const at = tokens.indexOf('"kind"');
  return at < 0 ? '(no kind)' : (tokens[at + 1] as string).slice(1, -1);
}

function describe(node: NodeBegin): string {
  return `a ${kindOf(node.tokens)}: ${node.tokens.join(' ').slice(0, 200)}`;
}

/** Clang prints some dependent types with the address of an expression: `decltype(0x55d1c0ffee00...[0x55d1c0ffee40])`. */
const ADDRESS = /\b0x[0-9a-f]{9,16}\b/g;

/** One text, escaped in two ways. */
function sameText(expected: string, actual: string): boolean {
  const a = expected.replace(ADDRESS, '0x');
  const b = actual.replace(ADDRESS, '0x');
  if (a === b) return true;
  if (a[0] !== '"' || b[0] !== '"' || (!a.includes('\\') && !b.includes('\\'))) return false;
  try {
    return JSON.parse(a) === JSON.parse(b);
  } catch {
    return false;
  }
}

function around(tokens: readonly string[], at: number): string {
  return at >= tokens.length
    ? 'no more members'
    : tokens
        .slice(Math.max(0, at - 1), at + 3)
        .join(' ')
        .slice(0, 300);
}

/** The keys that lead to a token. */
function memberPath(tokens: readonly string[], at: number): string {
  const keys: string[] = [];
  const objects: boolean[] = [];
  let key = '';
  let expectKey = true;
  for (let i = 0; i < at && i < tokens.length; i++) {
    const token = tokens[i] as string;
    if (token === '{' || token === '[') {
      keys.push(key);
      objects.push(token === '{');
      expectKey = token === '{';
      key = '';
    } else if (token === '}' || token === ']') {
      keys.pop();
      objects.pop();
      expectKey = objects.length === 0 || objects[objects.length - 1] === true;
      key = '';
    } else if (expectKey) {
      key = token.slice(1, -1);
      expectKey = false;
    } else {
      key = '';
      expectKey = objects.length === 0 || objects[objects.length - 1] === true;
    }
  }
  return [...keys, key].filter(Boolean).join('.');
}
