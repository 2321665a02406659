/** Documentation comments: what Clang's JSON dump says of each class. */
import type { Details } from './facts.js';
import { directions, renderKinds } from './names.js';
import { membersByKind, type NodeWriter, packedFields } from './node-writer.js';
import { quote } from './quote.js';

type CommentMembers = (w: NodeWriter, row: number, details: Details) => void;

export function commentWriter(): (w: NodeWriter, row: number, details: Details, id: string) => void {
  const f = packedFields('getRenderKind', 'isSelfClosing', 'isMalformed', 'getDirection', 'isDirectionExplicit');
  const text =
    (key: string): CommentMembers =>
    (w, _, details) =>
      w.string(key, (details[0] ?? '') as string);
  const args = (w: NodeWriter, details: Details): void => {
    const texts = (details[1] ?? []) as readonly string[];
    if (texts.length > 0) w.member('args', `[${texts.map(quote).join(',')}]`);
  };
  const parameter = (w: NodeWriter, details: Details): void => {
    if (typeof details[0] === 'string') w.string('param', details[0]);
  };
  const byKind = membersByKind<CommentMembers>({
    TextComment: text('text'),
    InlineCommandComment(w, at, details) {
      w.string('name', (details[0] ?? '') as string);
      w.oneOf('renderKind', renderKinds, w.field(at, f.getRenderKind));
      args(w, details);
    },
    HTMLStartTagComment(w, at, details) {
      w.string('name', (details[0] ?? '') as string);
      w.flag('selfClosing', w.field(at, f.isSelfClosing));
      w.flag('malformed', w.field(at, f.isMalformed));
      const attributes = (details[1] ?? []) as readonly (readonly [string, string])[];
      if (attributes.length === 0) return;
      // Pairs in a list, not an object: so Clang shows them.
      const shown = attributes.map(([name, value]) => `[["name",${quote(name)}],["value",${quote(value)}]]`);
      w.member('attrs', `[${shown.join(',')}]`);
    },
    HTMLEndTagComment: text('name'),
    BlockCommandComment(w, _, details) {
      w.string('name', (details[0] ?? '') as string);
      args(w, details);
    },
    ParamCommandComment(w, at, details) {
      w.oneOf('direction', directions, w.field(at, f.getDirection));
      w.flag('explicit', w.field(at, f.isDirectionExplicit));
      parameter(w, details);
      if (typeof details[1] === 'number') w.member('paramIdx', details[1]);
    },
    TParamCommandComment(w, _, details) {
      parameter(w, details);
      const positions = (details[1] ?? []) as readonly number[];
      if (positions.length > 0) w.member('positions', `[${positions.join(',')}]`);
    },
    VerbatimBlockComment(w, _, details) {
      w.string('name', (details[0] ?? '') as string);
      w.string('closeName', (details[1] ?? '') as string);
    },
    VerbatimBlockLineComment: text('text'),
    VerbatimLineComment: text('text'),
  });
  return (w, at, details, id) => {
    w.out += `{"id":${id},"kind":"${w.kindName(at)}"`;
    w.location('loc', w.b(at));
    w.range(at);
    byKind[w.kindOf(at)]?.(w, at, details);
  };
}
