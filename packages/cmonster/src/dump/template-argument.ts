/** Template arguments, in the tree and in an expression. */
import type { Details } from './facts.js';
import { type Field, type NodeWriter, packedField } from './node-writer.js';

/** TemplateArgument::ArgKind */
const KIND = { Null: 0, Type: 1, Declaration: 2, NullPtr: 3, Integral: 4, Expression: 8, Pack: 9 } as const;

let kindField: Field | undefined;

/** What follows kind and range; `value` is the type, the declaration or the number. */
function members(w: NodeWriter, kind: number, value: number | bigint): void {
  switch (kind) {
    case KIND.Null:
      w.flag('isNull', true);
      break;
    case KIND.Type:
      w.type('type', value as number);
      break;
    case KIND.Declaration:
      w.declaration('decl', value as number);
      break;
    case KIND.NullPtr:
      w.flag('isNullptr', true);
      break;
    case KIND.Integral:
      w.member('value', value);
      break;
    case KIND.Expression:
      w.flag('isExpr', true);
      break;
    case KIND.Pack:
      w.flag('isPack', true);
      break;
  }
}

/** `details` are asked for when they are not given. */
export function templateArgumentMembers(w: NodeWriter, row: number, details?: Details): void {
  kindField ??= packedField('getKind');
  const kind = w.field(row, kindField);
  if (kind === KIND.Integral) {
    const known = details ?? w.facts.details([row]).get(row) ?? [];
    members(w, kind, (known[0] ?? 0) as number | bigint);
  } else members(w, kind, kind === KIND.Type ? w.typeOf(row) : w.a(row));
}

/** A row; `label` says how it came from the declaration in column `b`. */
export function writeTemplateArgument(w: NodeWriter, row: number, details: Details, label: string): void {
  w.out += '{"kind":"TemplateArgument"';
  const { begin, last } = w.snapshot;
  if (begin[row] !== 0 && last[row] !== 0) w.range(row);
  if (w.b(row) !== 0) w.declaration(label, w.b(row));
  templateArgumentMembers(w, row, details);
}

/** What the frontend sends for an argument that is no row. */
export type SentArgument = readonly [kind: number, range: readonly [number, number], value: number | bigint | null];

export function sentTemplateArgument(w: NodeWriter, [kind, [begin, end], value]: SentArgument): void {
  w.out += '{"kind":"TemplateArgument"';
  if (begin !== 0 && end !== 0) w.out += `,"range":${w.locations.range(begin, end)}`;
  members(w, kind, value ?? 0);
  w.out += '}';
}
