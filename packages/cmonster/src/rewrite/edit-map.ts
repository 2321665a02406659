/** From places in a file to places in what edits make of it. */
import { byFile, type Edit } from './edit.js';

/** Code that is longer is not compared word by word. */
const MOST_WORDS = 400;
const WORD = /[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu;

export class EditMap {
  /** Sorted, apart. */
  private readonly edits: readonly Edit[];
  private readonly bytes: Uint8Array;
  /** Words of replaced code that are in the new code as well: old offset → offset in the result. */
  private readonly kept = new Map<number, number>();

  /** One for each file that is edited. `bytesOf` gives what the file was. */
  static byFile(edits: readonly Edit[], bytesOf: (path: string) => Uint8Array | undefined): Map<string, EditMap> {
    const maps = new Map<string, EditMap>();
    for (const [path, list] of byFile(edits)) maps.set(path, new EditMap(list, bytesOf(path) ?? new Uint8Array(0)));
    return maps;
  }

  constructor(edits: readonly Edit[], bytes: Uint8Array) {
    this.edits = edits;
    this.bytes = bytes;
    let shift = 0;
    for (const edit of edits) {
      if (edit.length > 0) this.align(edit, shift);
      shift += Buffer.byteLength(edit.text) - edit.length;
    }
  }

  /** Where a byte went; undefined for one that is there no more. */
  toResult(offset: number): number | undefined {
    let shift = 0;
    for (const edit of this.edits) {
      if (edit.offset > offset) break;
      if (offset < edit.offset + edit.length) return this.kept.get(offset);
      shift += Buffer.byteLength(edit.text) - edit.length;
    }
    return offset + shift;
  }

  /** Finds the longest row of words that old and new code have in common. A name in the place of a name is the same name. */
  private align(edit: Edit, shift: number): void {
    const old = words(Buffer.from(this.bytes.subarray(edit.offset, edit.offset + edit.length)).toString());
    const fresh = words(edit.text);
    const at = edit.offset + shift;
    if (old.length === 1 && fresh.length === 1) {
      this.kept.set(edit.offset, at);
      return;
    }
    if (old.length > MOST_WORDS || fresh.length > MOST_WORDS) return;
    const width = fresh.length + 1;
    const common = new Uint16Array((old.length + 1) * width);
    for (let i = old.length - 1; i >= 0; i--) {
      for (let j = fresh.length - 1; j >= 0; j--) {
        common[i * width + j] =
          old[i]?.text === fresh[j]?.text
            ? (common[(i + 1) * width + j + 1] as number) + 1
            : Math.max(common[(i + 1) * width + j] as number, common[i * width + j + 1] as number);
      }
    }
    for (let i = 0, j = 0; i < old.length && j < fresh.length; ) {
      const a = old[i] as Word;
      const b = fresh[j] as Word;
      if (a.text === b.text) {
        this.kept.set(edit.offset + a.offset, at + b.offset);
        i++;
        j++;
      } else if ((common[(i + 1) * width + j] as number) >= (common[i * width + j + 1] as number)) i++;
      else j++;
    }
  }
}

interface Word {
  text: string;
  /** In bytes. */
  offset: number;
}

function words(text: string): Word[] {
  const ascii = Buffer.byteLength(text) === text.length;
  return [...text.matchAll(WORD)].map((match) => ({
    text: match[0],
    offset: ascii ? match.index : Buffer.byteLength(text.slice(0, match.index)),
  }));
}
