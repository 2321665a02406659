// Positions in the bundled script, as the engine names them, in the person's own files.

import { SourceMap } from 'node:module';

/** Replaces every `script.js:line:column` in an engine's stack by the TypeScript place it was made from. */
export class Positions {
  readonly #map: SourceMap | undefined;

  constructor(sourceMap: string | undefined) {
    if (!sourceMap) return;
    try {
      this.#map = new SourceMap(JSON.parse(sourceMap));
    } catch {}
  }

  translate(stack: string): string {
    const map = this.#map;
    if (!map) return stack;
    return stack.replace(/script\.js:(\d+)(?::(\d+))?/g, (whole, line, column) => {
      const entry = map.findEntry(Number(line) - 1, column ? Number(column) - 1 : 0);
      return 'originalSource' in entry
        ? `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
        : whole;
    });
  }
}
