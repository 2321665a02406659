/**
 * Edits that come from many translation units, made one set: a header is reached from many of them, and so is a file that is
 * compiled in several configurations. What all ask for is done once; what they disagree about is told, with both reasons.
 */
import { realpathSync } from 'node:fs';
import type { FindingPlace } from '../report/finding.js';
import { byFile, type Edit } from '../rewrite/edit.js';

/** What one translation unit asks for. */
export interface Contribution {
  edits: readonly Edit[];
  /** SHA-256 by file, as the unit was parsed. */
  sources: Readonly<Record<string, string>>;
}

export interface MergedFile {
  /** Without symbolic links: two ways to one file are one. */
  path: string;
  /** SHA-256 of the bytes that the edits are about. */
  source: string;
  edits: Edit[];
}

/** Two edits that cannot both be made, or one that is about other bytes than the others. */
export interface Disagreement {
  path: string;
  first: Edit;
  /** Undefined when the file itself differed between the two parses. */
  second: Edit;
  changed: boolean;
}

export class Merge {
  private readonly files = new Map<string, MergedFile>();
  readonly disagreements: Disagreement[] = [];
  private readonly realPaths = new Map<string, string>();

  /** Everything a unit asks for, taken in as far as it agrees with what is there already. */
  add({ edits, sources }: Contribution): void {
    for (const [path, list] of byFile(edits)) {
      const file = this.fileOf(path, sources[path] ?? '');
      for (const edit of list) this.place(file, sources[path] ?? '', edit);
    }
  }

  /** The same, but all or nothing: a fix that does not go with what is there is left out. Gives what stands against it. */
  addWhole({ edits, sources }: Contribution): Edit | undefined {
    for (const [path, list] of byFile(edits)) {
      const file = this.files.get(this.realPath(path));
      if (!file) continue;
      const source = sources[path] ?? '';
      for (const edit of list) {
        const other = file.source === source ? this.against(file, edit) : file.edits[0];
        if (other) return other;
      }
    }
    this.add({ edits, sources });
    return undefined;
  }

  /** Files with changes, in the order of their paths. */
  get result(): MergedFile[] {
    return [...this.files.values()].filter(({ edits }) => edits.length > 0).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Whether what is there becomes something else. */
  changes({ file, begin, end }: FindingPlace): boolean {
    const edits = this.files.get(this.realPath(file))?.edits ?? [];
    return edits.some(({ offset, length }) => offset < end && begin < offset + length);
  }

  private fileOf(path: string, source: string): MergedFile {
    const real = this.realPath(path);
    let file = this.files.get(real);
    if (!file) {
      file = { path: real, source, edits: [] };
      this.files.set(real, file);
    }
    return file;
  }

  private realPath(path: string): string {
    let real = this.realPaths.get(path);
    if (real === undefined) {
      try {
        real = realpathSync(path);
      } catch {
        // Gone meanwhile: writing it will say so.
        real = path;
      }
      this.realPaths.set(path, real);
    }
    return real;
  }

  private place(file: MergedFile, source: string, edit: Edit): void {
    if (file.source !== source) {
      this.disagreements.push({ path: file.path, first: file.edits[0] ?? edit, second: edit, changed: true });
      return;
    }
    const at = lowerBound(file.edits, edit);
    const same = file.edits[at];
    if (same && compare(same, edit) === 0 && same.text === edit.text) {
      same.origins.push(...edit.origins);
      return;
    }
    const other = this.against(file, edit);
    if (other) {
      this.disagreements.push({ path: file.path, first: other, second: edit, changed: false });
      return;
    }
    file.edits.splice(at, 0, { ...edit, file: file.path, origins: [...edit.origins] });
  }

  /** An edit that is there and cannot be together with the given one. */
  private against(file: MergedFile, edit: Edit): Edit | undefined {
    const at = lowerBound(file.edits, edit);
    // Those that are there lie apart, so only the neighbours can be in the way.
    for (const other of [file.edits[at - 1], file.edits[at], file.edits[at + 1]]) {
      if (!other || (compare(other, edit) === 0 && other.text === edit.text)) continue;
      if (overlap(other, edit)) return other;
    }
    return undefined;
  }
}

function compare(a: Edit, b: Edit): number {
  return a.offset - b.offset || a.length - b.length;
}

/** Different insertions at one place have no order, so they are in each other's way. */
function overlap(a: Edit, b: Edit): boolean {
  if (a.length === 0 && b.length === 0) return a.offset === b.offset;
  if (a.length === 0) return b.offset < a.offset && a.offset < b.offset + b.length;
  if (b.length === 0) return a.offset < b.offset && b.offset < a.offset + a.length;
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}

function lowerBound(edits: readonly Edit[], edit: Edit): number {
  let low = 0;
  let high = edits.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(edits[middle] as Edit, edit) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
