/**
 * Reads a JSON dump of an AST, of any size, in pieces: as a sequence of nodes. A node's members come before its children, so
 * it is known when its children begin.
 */

/** What a node's members are made of: `{`, `}`, `[`, `]`, keys and values, as they are written. Without commas and colons. */
export interface NodeBegin {
  tokens: string[];
  /** The key under which its children are; empty without children. */
  label: string;
}
export const NODE_END = null;
export type NodeEvent = NodeBegin | typeof NODE_END;

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

export class NodeReader {
  private rest: Buffer = Buffer.alloc(0);
  /** Depth inside of the node's own members. */
  private nested = 0;
  private tokens: string[] = [];
  private inMembers = false;
  /** The key just read was one of children. */
  private label = '';
  /** Whether the next string is a key; of the nesting levels whether each is an object. */
  private readonly objects: boolean[] = [];
  private expectKey = false;
  private done = false;

  /** The events that another piece completes. */
  feed(piece: Buffer): NodeEvent[] {
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, piece]) : piece;
    const events: NodeEvent[] = [];
    let at = 0;
    const end = bytes.length;
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte <= 32 || byte === 44 || byte === 58) {
        at++;
        continue;
      }
      if (byte === QUOTE) {
        const close = stringEnd(bytes, at + 1, end);
        if (close < 0) break;
        this.string(bytes.toString('latin1', at, close + 1));
        at = close + 1;
        continue;
      }
      switch (byte) {
        case OPEN_BRACE:
          this.openObject();
          at++;
          continue;
        case CLOSE_BRACE:
          this.closeObject(events);
          at++;
          continue;
        case OPEN_BRACKET:
          this.openArray(events);
          at++;
          continue;
        case CLOSE_BRACKET:
          this.closeArray();
          at++;
          continue;
      }
      let stop = at + 1;
      while (stop < end && isBare(bytes[stop] as number)) stop++;
      if (stop === end) break;
      this.value(bytes.toString('latin1', at, stop));
      at = stop;
    }
    this.rest = Buffer.from(bytes.subarray(at));
    return events;
  }

  /** Whether the document is complete. */
  get ended(): boolean {
    return this.done;
  }

  private string(text: string): void {
    if (!this.expectKey) {
      this.value(text);
      return;
    }
    this.expectKey = false;
    if (this.nested === 0 && (text === '"inner"' || text === '"array_filler"')) this.label = text.slice(1, -1);
    else this.tokens.push(text);
  }

  private value(text: string): void {
    this.tokens.push(text);
    this.expectKey = this.nested === 0 || this.objects[this.nested - 1] === true;
  }

  private openObject(): void {
    if (!this.inMembers) {
      // A node.
      this.inMembers = true;
      this.expectKey = true;
      this.tokens = [];
      this.label = '';
      return;
    }
    this.tokens.push('{');
    this.objects[this.nested++] = true;
    this.expectKey = true;
  }

  private closeObject(events: NodeEvent[]): void {
    if (this.inMembers && this.nested > 0) {
      this.tokens.push('}');
      this.leave();
      return;
    }
    // Members after the children would be a node that nobody expects: they are compared as one.
    if (this.inMembers) events.push({ tokens: this.tokens, label: '' });
    else if (this.tokens.length > 0) events.push({ tokens: this.tokens, label: 'behind its children' }, NODE_END);
    this.tokens = [];
    this.inMembers = false;
    events.push(NODE_END);
  }

  private openArray(events: NodeEvent[]): void {
    if (this.nested === 0 && this.label !== '' && this.inMembers) {
      events.push({ tokens: this.tokens, label: this.label });
      this.tokens = [];
      this.inMembers = false;
      this.label = '';
      return;
    }
    this.tokens.push('[');
    this.objects[this.nested++] = false;
    this.expectKey = false;
  }

  private closeArray(): void {
    if (this.nested > 0) {
      this.tokens.push(']');
      this.leave();
    }
  }

  private leave(): void {
    this.nested--;
    this.expectKey = this.nested === 0 || this.objects[this.nested - 1] === true;
  }
}

/** Where the string closes, -1 when that is not here. */
function stringEnd(bytes: Buffer, from: number, end: number): number {
  let at = bytes.indexOf(QUOTE, from);
  while (at >= 0 && at < end) {
    let slashes = 0;
    while (at - 1 - slashes >= from && bytes[at - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at;
    at = bytes.indexOf(QUOTE, at + 1);
  }
  return -1;
}

/** Digits, letters, signs: a number or a literal goes on. */
function isBare(byte: number): boolean {
  return byte > 32 && byte !== 44 && byte !== 93 && byte !== 125;
}
