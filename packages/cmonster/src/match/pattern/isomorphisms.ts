/**
 * Rules by which other code counts as the same: in the spirit of Coccinelle's standard.iso. They are applied to the pattern: it gets
 * alternatives.
 */
import type { CompiledPattern, PatternNode } from './pattern-node.js';

/**
 * - `null`: `x == NULL`, `NULL == x`, `!x`; `x != NULL`, `NULL != x`, and `x` as a condition. `x` must be a pointer.
 * - `commutative`: `a + b` and `b + a`, likewise `* & | ^ == !=`.
 * - `comparison`: `a < b` and `b > a`, `a <= b` and `b >= a`.
 * - `increment`: `x++`, `++x` and `x += 1` where the value is not used; likewise `--`.
 * - `access`: `p->f` and `(*p).f`; `p[i]` and `*(p + i)`.
 * - `braces`: a statement, and a block with nothing but it, below `if` and loops.
 */
export const ISOMORPHISMS = ['null', 'commutative', 'comparison', 'increment', 'access', 'braces'] as const;
export type IsomorphismName = (typeof ISOMORPHISMS)[number];

type ShapePattern = PatternNode & { is: 'shape' };

export function withIsomorphisms(
  pattern: CompiledPattern,
  chosen: boolean | readonly IsomorphismName[],
): CompiledPattern {
  if (chosen === false) return pattern;
  const names = new Set<IsomorphismName>(chosen === true ? ISOMORPHISMS : chosen);
  const roots = pattern.roots.map((root) => {
    const options = alternatives(root, names);
    const unused = pattern.form === 'statements' && names.has('increment') ? increments(options) : options;
    return oneOf(unused);
  });
  return { ...pattern, roots };
}

function oneOf(options: readonly PatternNode[]): PatternNode {
  return options.length === 1 ? (options[0] as PatternNode) : { is: 'either', options };
}

const make = (key: string, ...operands: (PatternNode | null)[]): PatternNode => ({ is: 'shape', key, operands });

const COMMUTATIVE = new Set(['+', '*', '&', '|', '^', '==', '!='].map((sign) => `binary ${sign}`));
const MIRRORED: Record<string, string> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };
const BODIES: Record<string, (count: number) => number[]> = {
  IfStmt: (count) => (count > 2 ? [count - 2, count - 1] : [count - 1]),
  ForStmt: (count) => [count - 1],
  WhileStmt: (count) => [count - 1],
  CXXForRangeStmt: (count) => [count - 1],
  DoStmt: () => [0],
};

function alternatives(given: PatternNode, names: ReadonlySet<IsomorphismName>): PatternNode[] {
  if (given.is !== 'shape') return [given];
  const pattern = withOperands(given, names);
  const { key, operands } = pattern;
  const [a, b] = operands as [PatternNode, PatternNode];
  const options: PatternNode[] = [pattern];
  if (names.has('null')) options.push(...nullTests(pattern));
  const sign = key.replace('binary ', '');
  if (names.has('commutative') && COMMUTATIVE.has(key) && options.length === 1) options.push(make(key, b, a));
  if (names.has('comparison') && key.startsWith('binary') && MIRRORED[sign])
    options.push(make(`binary ${MIRRORED[sign]}`, b, a));
  if (names.has('access')) options.push(...accesses(pattern));
  return options;
}

function withOperands(pattern: ShapePattern, names: ReadonlySet<IsomorphismName>): ShapePattern {
  const bodies = names.has('braces') ? (BODIES[pattern.key]?.(pattern.operands.length) ?? []) : [];
  const conditions = names.has('null') ? conditionsOf(pattern) : [];
  const operands = pattern.operands.map((operand, at) => {
    if (operand === null) return null;
    let options = alternatives(operand, names);
    if (bodies.includes(at)) options = options.flatMap((option) => [option, ...braces(option)]);
    if (conditions.includes(at)) options.push(...options.flatMap(asCondition));
    return oneOf(options);
  });
  return { ...pattern, operands };
}

function conditionsOf({ key }: ShapePattern): number[] {
  switch (key) {
    case 'IfStmt':
    case 'WhileStmt':
    case 'ConditionalOperator':
    case 'prefix !':
      return [0];
    case 'ForStmt':
    case 'DoStmt':
      return [1];
    case 'binary &&':
    case 'binary ||':
      return [0, 1];
    default:
      return [];
  }
}

function braces(body: PatternNode): PatternNode[] {
  if (body.is === 'shape' && body.key === 'CompoundStmt') {
    const [only] = body.operands;
    return body.operands.length === 1 && only && only.is !== 'list' ? [only] : [];
  }
  return [make('CompoundStmt', body)];
}

// --- Null pointers --------------------------------------------------------------------------------------------------

function nullTests(pattern: ShapePattern): PatternNode[] {
  const { key, operands } = pattern;
  if (key === 'prefix !') {
    const [of] = operands as [PatternNode];
    if (of.is === 'shape' && /^binary|^prefix !/.test(of.key)) return [];
    const pointer: PatternNode = { is: 'pointer', of };
    return [make('binary ==', pointer, { is: 'null' }), make('binary ==', { is: 'null' }, pointer)];
  }
  if (key !== 'binary ==' && key !== 'binary !=') return [];
  const tested = testedPointer(pattern);
  if (!tested) return [];
  const of: PatternNode = { is: 'pointer', of: tested };
  const tests = [make(key, of, { is: 'null' }), make(key, { is: 'null' }, of)];
  return key === 'binary ==' ? [...tests, make('prefix !', of)] : tests;
}

/** `x != NULL` where only its truth counts. */
function asCondition(pattern: PatternNode): PatternNode[] {
  if (pattern.is !== 'shape' || pattern.key !== 'binary !=') return [];
  const tested = testedPointer(pattern);
  return tested ? [{ is: 'pointer', of: tested }] : [];
}

function testedPointer({ operands }: ShapePattern): PatternNode | undefined {
  const [a, b] = operands as [PatternNode, PatternNode];
  return isNullPattern(b) ? a : isNullPattern(a) ? b : undefined;
}

function isNullPattern(pattern: PatternNode): boolean {
  if (pattern.is !== 'shape') return false;
  if (pattern.key === 'null') return true;
  const [operand] = pattern.operands;
  return (
    pattern.key === 'CStyleCastExpr' &&
    pattern.type?.is === 'compound' &&
    operand?.is === 'shape' &&
    operand.key === 'IntegerLiteral 0'
  );
}

// --- The others -----------------------------------------------------------------------------------------------------

function increments(options: readonly PatternNode[]): PatternNode[] {
  return options.flatMap((option) => {
    if (option.is !== 'shape') return [option];
    const change =
      /^(?:prefix|postfix) (\+\+|--)$/.exec(option.key)?.[1]?.[0] ?? /^binary ([+-])=$/.exec(option.key)?.[1];
    const [of, by] = option.operands;
    if (change === undefined || !of) return [option];
    if (by && !(by.is === 'shape' && by.key === 'IntegerLiteral 1')) return [option];
    const sign = change + change;
    return [
      make(`postfix ${sign}`, of),
      make(`prefix ${sign}`, of),
      make(`binary ${change}=`, of, make('IntegerLiteral 1')),
    ];
  });
}

function accesses({ key, operands, name }: ShapePattern): PatternNode[] {
  const [of, index] = operands as [PatternNode, PatternNode];
  const named = (member: PatternNode): PatternNode[] => [name ? { ...(member as ShapePattern), name } : member];
  if (key === 'member ->') return named(make('member .', make('prefix *', of)));
  if (key === 'member .' && of.is === 'shape' && of.key === 'prefix *')
    return named(make('member ->', of.operands[0] as PatternNode));
  if (key === 'index') return [make('prefix *', make('binary +', of, index))];
  if (key === 'prefix *' && of.is === 'shape' && of.key === 'binary +') return [make('index', ...of.operands)];
  return [];
}
