/** Getters held against Clang's own JSON dump: its nodes and those of this project's dump come in the same order. */
import { type SpawnSyncOptionsWithStringEncoding, spawnSync } from 'node:child_process';
import { dumpJson, Location, Node, type TranslationUnit, TypeBase } from 'cmonster';
import { kindNumber } from '../../packages/cmonster/src/ast/registry.js';
import { gettersOf, isReadable, read } from './applicable.js';
import type { Input } from './corpus.js';
import { type JsonNode, rules } from './json-rules.js';
import type { Tally } from './tally.js';

interface RawNode {
  id?: string;
  kind?: string;
  inner?: RawNode[];
  array_filler?: RawNode[];
  [member: string]: unknown;
}

export function compareWithJson(tu: TranslationUnit, input: Input, tally: Tally): void {
  const options: SpawnSyncOptionsWithStringEncoding = {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'ignore'],
  };
  const args = ['-fsyntax-only', '-Xclang', '-ast-dump=json', ...input.arguments, input.file];
  const theirs = JSON.parse(spawnSync('clang-19', args, options).stdout) as RawNode;
  const mine = JSON.parse([...dumpJson(tu, { implicit: true, instantiations: true })].join('')) as RawNode;
  const rows = new Map<string, number>();
  const nodes: JsonNode[] = [];
  pair(theirs, mine, rows, nodes);
  const seen = new Set<number>();
  for (const node of nodes) {
    // What occurs again is shown again, or in short.
    if (node.row === 0 || seen.has(node.row) || (node.kind.endsWith('Decl') && !node.range)) continue;
    seen.add(node.row);
    check(tu, node, rows, tally);
  }
}

function pair(theirs: RawNode, mine: RawNode, rows: Map<string, number>, nodes: JsonNode[]): JsonNode {
  if (theirs.kind !== mine.kind) throw new Error(`the dumps differ: ${theirs.kind}, ${mine.kind}`);
  const inner = theirs.inner ?? theirs.array_filler ?? [];
  const others = mine.inner ?? mine.array_filler ?? [];
  if (inner.length !== others.length) throw new Error(`the dumps differ in the children of a ${theirs.kind}`);
  const row = mine.id && mine.kind ? Number.parseInt(mine.id, 16) : 0;
  const node = { ...theirs, kind: theirs.kind ?? '', row: row < 2 ** 32 ? row : 0, inner: [] as JsonNode[] };
  if (theirs.id && node.row !== 0 && !rows.has(theirs.id)) rows.set(theirs.id, node.row);
  nodes.push(node);
  for (let i = 0; i < inner.length; i++) node.inner.push(pair(inner[i] as RawNode, others[i] as RawNode, rows, nodes));
  return node;
}

function check(tu: TranslationUnit, node: JsonNode, rows: Map<string, number>, tally: Tally): void {
  const found = tu.node(node.row);
  if (!found) return;
  const subject = ('type' in found && found.constructor.name === '' ? found.type : found) as Node | TypeBase;
  const kind = kindNumber(node.kind);
  for (const getter of gettersOf(kind)) {
    const rule = rules.get(`${getter.owner}.${getter.method}`);
    if (!rule || !isReadable(kind, getter)) continue;
    const expected = rule(node);
    if (expected === undefined) continue;
    const actual = read(subject, getter);
    tally.count('JSON', getter, node.kind, actual);
    const difference = differs(expected, actual, rows);
    if (difference !== undefined) tally.differ(getter, `${subject}`, difference);
  }
}

/** How; undefined when the two agree. */
function differs(expected: unknown, actual: unknown, rows: Map<string, number>): string | undefined {
  const say = (wanted: unknown): string => `Clang: ${String(wanted)}, here: ${describe(actual)}`;
  if (typeof expected !== 'object' || expected === null) return expected === actual ? undefined : say(expected);
  const wanted = expected as Record<string, unknown>;
  if ('ends' in wanted)
    return String(actual).toLowerCase().endsWith(String(wanted.ends).toLowerCase()) ? undefined : say(wanted.ends);
  if ('text' in wanted) return String(actual ?? '') === wanted.text ? undefined : say(wanted.text);
  if ('type' in wanted) return actual instanceof TypeBase && `${actual}` === wanted.type ? undefined : say(wanted.type);
  if ('row' in wanted) return rowOf(actual) === wanted.row ? undefined : say(wanted.row);
  if ('id' in wanted) {
    const row = rows.get(wanted.id as string) ?? 0;
    // What the dump does not show at its place has no row there to compare with.
    return row === 0 || rowOf(actual) === row ? undefined : say(row);
  }
  const list = (actual as (Node | null)[]).map((item) => item?.index ?? 0);
  return list.join() === (wanted.rows as number[]).join() ? undefined : say(wanted.rows);
}

function rowOf(value: unknown): number {
  return value instanceof Node ? value.index : 0;
}

function describe(value: unknown): string {
  if (value instanceof Node) return `${value.index} (${value})`;
  if (value instanceof Location) return `${value}`;
  return Array.isArray(value) ? value.map((item) => item?.index).join() : String(value);
}
