// What a value looks like decides how it is shown.
import type { ShowAs } from '../../../src/sandbox/protocol.js';
import { isTagged, type Tagged, type Tree } from '../../../src/values/pack.js';

export interface Record_ {
  [key: string]: Tree;
}

/** A plain object, or an object of a class. */
export function recordOf(tree: Tree): Record_ | undefined {
  if (tree === null || typeof tree !== 'object' || Array.isArray(tree)) return undefined;
  if (!isTagged(tree)) return tree as Record_;
  if (tree.$ === 'instance') return tree.v;
  if (tree.$ === 'object') return Object.fromEntries(tree.v);
  return undefined;
}

export function tag<Kind extends Tagged['$']>(tree: Tree, kind: Kind): Extract<Tagged, { $: Kind }> | undefined {
  return isTagged(tree) && tree.$ === kind ? (tree as Extract<Tagged, { $: Kind }>) : undefined;
}

/** Values of an array, or of a set. */
export function listOf(tree: Tree): Tree[] | undefined {
  return Array.isArray(tree) ? tree : tag(tree, 'set')?.v;
}

export interface Columns {
  names: string[];
  rows: Record_[];
}

/** What stands in a table: two or more objects that have at least half of their fields in common. */
export function columnsOf(values: readonly Tree[]): Columns | undefined {
  const rows = values.map(recordOf);
  if (rows.length === 0 || rows.some((row) => row === undefined)) return undefined;
  const counts = new Map<string, number>();
  for (const row of rows) for (const name of Object.keys(row!)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts.keys()];
  if (names.length === 0 || names.length > 40) return undefined;
  const filled = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return filled * 2 >= names.length * rows.length ? { names, rows: rows as Record_[] } : undefined;
}

export function numberOf(tree: Tree | undefined): number | undefined {
  if (typeof tree === 'number') return tree;
  if (tree === undefined || tree === null || typeof tree !== 'object') return undefined;
  const long = tag(tree, 'bigint');
  return long ? Number(long.v) : undefined;
}

export function timeOf(tree: Tree | undefined): number | undefined {
  if (tree === undefined || tree === null || typeof tree !== 'object') return undefined;
  return tag(tree, 'date')?.v ?? undefined;
}

export interface Series {
  /** Times, in milliseconds, or numbers. */
  x: number[];
  time: boolean;
  lines: { name: string; y: (number | null)[] }[];
}

export interface Bars {
  labels: string[];
  name: string;
  values: number[];
}

/** Lines over time or over a count. */
export function seriesOf(values: readonly Tree[]): Series | undefined {
  if (values.length < 2) return undefined;
  if (values.every((value) => numberOf(value) !== undefined)) {
    return {
      x: values.map((_, index) => index),
      time: false,
      lines: [{ name: 'value', y: values.map((it) => numberOf(it)!) }],
    };
  }
  const columns = columnsOf(values);
  if (!columns) return undefined;
  const { names, rows } = columns;
  const timeName = names.find((name) => rows.every((row) => timeOf(row[name]) !== undefined));
  const flat = rows.map((row) => numbersIn(row));
  const lineNames = [...new Set(flat.flatMap((row) => [...row.keys()]))].filter((name) =>
    flat.every((row) => row.has(name)),
  );
  if (lineNames.length === 0 || lineNames.length > 24) return undefined;
  return {
    x: timeName ? rows.map((row) => timeOf(row[timeName])!) : rows.map((_, index) => index),
    time: timeName !== undefined,
    lines: lineNames.map((name) => ({ name, y: flat.map((row) => row.get(name) ?? null) })),
  };
}

/** Numbers of a row, also those of lists in it (a processor each, say). */
function numbersIn(row: Record_): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const [name, value] of Object.entries(row)) {
    const number = numberOf(value);
    if (number !== undefined) numbers.set(name, number);
    for (const [index, item] of (Array.isArray(value) ? value : []).entries()) {
      const inner = numberOf(item);
      if (inner !== undefined) numbers.set(`${name}[${index}]`, inner);
    }
  }
  return numbers;
}

/** A number for each of some names: `{ read: 12, write: 3 }`, a Map, or rows of one text and one number. */
export function barsOf(tree: Tree): Bars | undefined {
  const map = !Array.isArray(tree) && tree !== null && typeof tree === 'object' ? tag(tree, 'map') : undefined;
  if (map)
    return bars(map.v.map(([key, value]) => [typeof key === 'string' ? key : String(numberOf(key) ?? '?'), value]));
  const values = listOf(tree);
  if (values) {
    const columns = columnsOf(values);
    if (!columns) return undefined;
    const text = columns.names.filter((name) => columns.rows.every((row) => typeof row[name] === 'string'));
    const number = columns.names.filter((name) => columns.rows.every((row) => numberOf(row[name]) !== undefined));
    if (text.length !== 1 || number.length !== 1) return undefined;
    return bars(
      columns.rows.map((row) => [row[text[0]!] as string, row[number[0]!]!]),
      number[0]!,
    );
  }
  const record = recordOf(tree);
  return record && bars(Object.entries(record));
}

function bars(pairs: [string, Tree][], name = ''): Bars | undefined {
  const values = pairs.map(([, value]) => numberOf(value));
  if (pairs.length < 2 || pairs.length > 200 || values.some((value) => value === undefined || value < 0))
    return undefined;
  return { labels: pairs.map(([label]) => label), name, values: values as number[] };
}

const magics: [string, RegExp][] = [
  ['image/png', /^iVBORw0KGgo/],
  ['image/jpeg', /^\/9j\//],
  ['image/gif', /^R0lGOD/],
  ['image/webp', /^UklGR.{6}V0VCUF/],
  ['image/avif', /^.{5}GZ0eXBhdmlm|^AAAA.{4}ZnR5cGF2aWY/],
];

/** Of bytes that are a picture, by how they begin. SVG is none: it is text that could hold anything. */
export function imageOf(tree: Tree): { type: string; base64: string } | undefined {
  const bytes = tree !== null && typeof tree === 'object' && !Array.isArray(tree) ? tag(tree, 'bytes') : undefined;
  if (typeof bytes?.v !== 'string') return undefined;
  const [type] = magics.find(([, magic]) => magic.test(bytes.v as string)) ?? [];
  return type ? { type, base64: bytes.v } : undefined;
}

const isRising = (numbers: readonly number[]): boolean =>
  numbers.every((it, index) => index === 0 || it > numbers[index - 1]!);

/** All the ways in which a value can be shown, the best one first. */
export function waysToShow(tree: Tree, growing = false): ShowAs[] {
  if (imageOf(tree)) return ['image', 'tree'];
  if (typeof tree === 'string') return ['text'];
  const values = listOf(tree);
  if (values && values.length > 0) {
    const series = seriesOf(values);
    const table = columnsOf(values);
    const bar = barsOf(tree);
    // What has names or texts is looked up in a table; numbers as time goes by are a picture.
    const texts = table?.rows.some((row) => Object.values(row).some((item) => typeof item === 'string'));
    const over = series && !texts && (series.time ? isRising(series.x) : !table);
    if (over && (growing || values.length > 3)) return ['chart', ...(table ? (['table'] as const) : []), 'tree'];
    if (table) return ['table', ...(series || bar ? (['chart'] as const) : []), 'tree'];
    return ['tree', ...(series ? (['chart'] as const) : [])];
  }
  const numbers = barsOf(tree);
  if (tree !== null && typeof tree === 'object' && tag(tree, 'map')) return numbers ? ['chart', 'tree'] : ['tree'];
  return numbers ? ['tree', 'chart'] : ['tree'];
}

/** Objects with the same fields: what a loop shows, one after another. */
export function sameShape(a: Tree, b: Tree): boolean {
  if (numberOf(a) !== undefined) return numberOf(b) !== undefined;
  const [left, right] = [recordOf(a), recordOf(b)];
  if (!left || !right) return false;
  const names = Object.keys(left);
  return names.length > 0 && names.length === Object.keys(right).length && names.every((name) => name in right);
}
