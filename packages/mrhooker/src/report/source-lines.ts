/**
 * Lines of source for frames of a native stack. A script marks them as `⟦module:position⟧` (src/target/call.ts); here, outside of the
 * target, there is time to read debug information.
 */
import { spawnSync } from 'node:child_process';

const MARK = /⟦([^⟧:]*):([0-9a-f]+)⟧/g;
/** The first that is there reads them. */
const READERS: readonly (readonly string[])[] = [
  ['llvm-symbolizer-19', '--output-style=GNU', '--no-inlines', '--functions=none'],
  ['addr2line'],
];
const TIME_LIMIT = 10_000;

export class SourceLines {
  /** By module, then position; empty for what no debug information tells. */
  readonly #known = new Map<string, Map<string, string>>();
  #reader: readonly string[] | undefined;
  #searched = false;

  /** Puts ` at file:line` in place of each mark, or nothing. */
  translate(lines: readonly string[]): readonly string[] {
    if (!lines.some((line) => line.includes('⟦'))) return lines;
    this.#read(lines);
    return lines.map((line) =>
      line.replace(MARK, (_whole, module: string, position: string) => this.#known.get(module)?.get(position) ?? ''),
    );
  }

  #read(lines: readonly string[]): void {
    const wanted = new Map<string, Set<string>>();
    for (const line of lines) {
      for (const [, module = '', position = ''] of line.matchAll(MARK)) {
        if (module === '' || this.#known.get(module)?.has(position)) continue;
        wanted.set(module, (wanted.get(module) ?? new Set<string>()).add(position));
      }
    }
    for (const [module, positions] of wanted) {
      const known = this.#known.get(module) ?? new Map<string, string>();
      this.#known.set(module, known);
      const list = [...positions];
      const found = this.#ask(module, list);
      for (const [index, position] of list.entries()) known.set(position, found[index] ?? '');
    }
  }

  /** A position is where a call returns to: the call itself is before it. */
  #ask(module: string, positions: readonly string[]): string[] {
    const addresses = positions.map((position) => `0x${(Number.parseInt(position, 16) - 1).toString(16)}`);
    const candidates = this.#searched ? (this.#reader ? [this.#reader] : []) : READERS;
    for (const reader of candidates) {
      const [command = '', ...options] = reader;
      const args = [...options, '-e', module, ...addresses];
      const { status, stdout } = spawnSync(command, args, {
        encoding: 'utf8',
        timeout: TIME_LIMIT,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      if (status !== 0) continue;
      [this.#reader, this.#searched] = [reader, true];
      return stdout.split('\n').map((line) => {
        const [, place] = /^(.*:[1-9]\d*)(?::\d+)?(?: \(discriminator \d+\))?$/.exec(line.trim()) ?? [];
        return place === undefined || place.startsWith('?') ? '' : ` at ${place.replace(/^.*\/\.\//, '')}`;
      });
    }
    this.#searched = true;
    return [];
  }
}
