/** Compact JSON with a line for each member. */

/** Deeper than this nothing is indented further: otherwise a deep tree would be mostly spaces. */
const DEEPEST = 40;

export class Indenter {
  private depth = 0;
  private inString = false;
  private escaped = false;
  private afterOpen = false;

  /** Takes the document in pieces. */
  indent(piece: string): string {
    let out = '';
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      const char = piece[at] as string;
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (char === '\\') this.escaped = true;
        else if (char === '"') this.inString = false;
        continue;
      }
      const closing = char === '}' || char === ']';
      if (this.afterOpen && !closing) {
        out += piece.slice(from, at) + this.newline();
        from = at;
      }
      const empty = this.afterOpen && closing;
      this.afterOpen = false;
      if (char === '"') this.inString = true;
      else if (char === '{' || char === '[') {
        this.depth++;
        this.afterOpen = true;
      } else if (closing) {
        this.depth--;
        if (empty) continue;
        out += piece.slice(from, at) + this.newline();
        from = at;
      } else if (char === ',') {
        out += piece.slice(from, at + 1) + this.newline();
        from = at + 1;
      } else if (char === ':') {
        out += `${piece.slice(from, at)}: `;
        from = at + 1;
      }
    }
    return out + piece.slice(from);
  }

  private newline(): string {
    return `\n${'  '.repeat(Math.min(this.depth, DEEPEST))}`;
  }
}
