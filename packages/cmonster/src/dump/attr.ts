/** Attributes: what Clang's JSON dump says of each class. */
import type { Details } from './facts.js';
import { membersByKind, type NodeWriter, packedFields } from './node-writer.js';

type AttrMembers = (w: NodeWriter, details: Details) => void;

const texts =
  (...keys: string[]): AttrMembers =>
  (w, details) =>
    keys.forEach((key, i) => {
      if (typeof details[i] === 'string') w.string(key, details[i] as string);
    });

export function attrWriter(): (w: NodeWriter, row: number, details: Details) => void {
  const f = packedFields('isInherited', 'isImplicit');
  const byKind = membersByKind<AttrMembers>({
    AliasAttr: texts('aliasee'),
    CleanupAttr: (w, details) => w.declaration('cleanup_function', (details[0] ?? 0) as number),
    DeprecatedAttr: texts('message', 'replacement'),
    UnavailableAttr: texts('message'),
    SectionAttr: texts('section_name'),
    VisibilityAttr: texts('visibility'),
    TLSModelAttr: texts('tls_model'),
  });
  return (w, at, details) => {
    w.out += `{"id":${w.id(at)},"kind":"${w.kindName(at)}"`;
    w.range(at);
    w.flag('inherited', w.field(at, f.isInherited));
    w.flag('implicit', w.field(at, f.isImplicit));
    byKind[w.kindOf(at)]?.(w, details);
  };
}
