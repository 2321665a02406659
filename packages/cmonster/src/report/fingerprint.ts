/** What a finding is known by when lines around it come and go: its check, its message, its file, and the code it is about. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Finding } from './finding.js';
import { shownPath } from './render.js';

export class Fingerprints {
  private readonly root: string;
  private readonly lines = new Map<string, string[]>();
  private readonly seen = new Map<string, number>();

  constructor(root: string) {
    this.root = root;
  }

  /** 32 hexadecimal digits. The second of two that are otherwise the same gets another one than the first. */
  of({ check, message, place }: Finding): string {
    const code = (this.linesOf(place.file)[place.line - 1] ?? '').replace(/\s+/g, ' ').trim();
    const base = JSON.stringify([check ?? '', message, shownPath(this.root, place.file), code]);
    const count = this.seen.get(base) ?? 0;
    this.seen.set(base, count + 1);
    return createHash('sha256').update(`${base}#${count}`).digest('hex').slice(0, 32);
  }

  private linesOf(file: string): string[] {
    let lines = this.lines.get(file);
    if (!lines) {
      try {
        lines = readFileSync(file, 'latin1').split(/\r\n|\r|\n/);
      } catch {
        lines = [];
      }
      this.lines.set(file, lines);
    }
    return lines;
  }
}
