// How large is every struct, and how much of it is padding? A picture in the terminal.
//
//   npx cmonster run examples/padding.ts FILES… [-- CLANG ARGS]
//
// A character is a byte: letters are the fields, whose names stand below; dots are padding, and `^` is what a base class or the pointer to
// virtual functions takes.
import { RecordDecl, type RecordLayout, type TranslationUnit } from 'cmonster';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ROW = 64;
const letter = (number: number): string => LETTERS[number % LETTERS.length] as string;

export default function padding(tu: TranslationUnit): void {
  for (const record of tu.find(RecordDecl, (record) => record.isThisDeclarationADefinition())) {
    const { layout } = record;
    if (!layout || record.isUnion()) continue;
    const bytes = occupancy(layout);
    const empty = bytes.filter((byte) => byte === '.').length;
    // In C a struct often has its name by a typedef only.
    const name = record.name || record.typedefNameForAnonDecl?.name || '(unnamed)';
    console.log(
      `${record.location}: ${name}: ${layout.size} ${layout.size === 1 ? 'byte' : 'bytes'}${empty > 0 ? `, ${empty} of them padding` : ''}`,
    );
    let above = '';
    for (let at = 0; at < bytes.length; at += ROW) {
      const row = bytes.slice(at, at + ROW).join('');
      // Of rows that look the same, as of an array, the first is enough.
      if (row !== above) console.log(`${String(at).padStart(6)} ${row.replace(/(.{8})(?=.)/g, '$1 ')}`);
      above = row;
    }
    const names = layout.fields.map(({ field }, number) => `${letter(number)} ${field.name || '(unnamed)'}`);
    for (let at = 0; at < names.length; at += 6) console.log(`       ${names.slice(at, at + 6).join(', ')}`);
  }
}

/** For each byte the letter of the field that lies there: `^` for a base class or the pointer to virtual functions. */
export function occupancy(layout: RecordLayout): string[] {
  const bytes = new Array<string>(layout.size).fill('.');
  const occupy = (mark: string, offset: number, size: number): void => {
    for (let at = offset; at < Math.min(offset + size, bytes.length); at++) bytes[at] = mark;
  };
  if (layout.hasOwnVFPtr) occupy('^', 0, 8);
  for (const { base, offset } of layout.bases ?? []) {
    const inner = base.layout;
    if (inner && !base.isEmpty()) occupy('^', offset, inner.nonVirtualSize ?? inner.dataSize);
  }
  layout.fields.forEach(({ offset, size }, number) => {
    const first = Math.floor(offset / 8);
    occupy(letter(number), first, Math.ceil((offset + size) / 8) - first);
  });
  return bytes;
}
