/**
 * Types as Clang prints them, asked of the frontend many at a time.
 *
 * Types are numbered in the order in which the rows meet them. Who reads one after another, as a walk does, gets those that follow in the
 * same message: ever more of them, as long as what came ahead turns out to be read.
 */
import { isAscii } from 'node:buffer';
import type { Snapshot } from '../frontend/snapshot.js';
import { writtenParts } from './registry.js';

/** In one message. */
const MOST = 8192;

export interface TypeTextsHost {
  readonly snapshot: Snapshot;
}

/**
 * Asks; gives the answer of the operation TYPE_TEXTS. When one of the types can't be printed: undefined, or for a single type an exception.
 */
export type AskTypeTexts = (types: Uint32Array, single: boolean) => Uint8Array | undefined;

export class TypeTexts {
  private readonly host: TypeTextsHost;
  private readonly ask: AskTypeTexts;
  private readonly written: () => Uint8Array;
  private readonly texts: (string | undefined)[] = [];
  /** By type: whether a node has it. The others are only met on the way from type to type. */
  private ofNodes: Uint8Array | undefined;
  /** How many types the next message asks for, and how often one was read since the last. */
  private ahead = 1;
  private reads = 0;

  /** @param written gives for each kind 1 when few look at such rows */
  constructor(host: TypeTextsHost, ask: AskTypeTexts, written = writtenParts) {
    this.host = host;
    this.ask = ask;
    this.written = written;
  }

  of(type: number): string {
    this.reads++;
    return this.texts[type] ?? this.fetch(type);
  }

  /** Asks for all of these at once. */
  prefetch(types: Iterable<number>): void {
    const missing = [...new Set(types)].filter((type) => type !== 0 && this.texts[type] === undefined);
    for (let at = 0; at < missing.length; at += MOST) this.fetchAll(Uint32Array.from(missing.slice(at, at + MOST)));
  }

  private fetch(type: number): string {
    this.ahead = this.reads * 2 >= this.ahead ? Math.min(this.ahead * 2, MOST) : Math.max(1, this.ahead >>> 1);
    this.reads = 0;
    this.fetchAll(this.ahead < 4 ? Uint32Array.of(type) : this.following(type));
    if (this.texts[type] === undefined)
      this.keep(Uint32Array.of(type), this.ask(Uint32Array.of(type), true) as Uint8Array);
    return this.texts[type] as string;
  }

  private following(type: number): Uint32Array {
    this.ofNodes ??= this.typesOfNodes();
    const { ofNodes, texts, ahead } = this;
    const wanted = new Uint32Array(ahead);
    wanted[0] = type;
    let count = 1;
    for (let at = type + 1; at < ofNodes.length && count < ahead; at++) {
      if (ofNodes[at] === 1 && texts[at] === undefined) wanted[count++] = at;
    }
    return wanted.subarray(0, count);
  }

  private typesOfNodes(): Uint8Array {
    const { rows, types, kind, type } = this.host.snapshot;
    const written = this.written();
    const found = new Uint8Array(types);
    for (let row = 1; row < rows; row++) if (written[kind[row] as number] !== 1) found[type[row] as number] = 1;
    found[0] = 0;
    return found;
  }

  /** One that Clang can't print costs the others further questions; it is left to fail when it is read. */
  private fetchAll(types: Uint32Array): void {
    const answer = this.ask(types, false);
    if (answer) this.keep(types, answer);
    if (answer || types.length === 1) return;
    const middle = types.length >>> 1;
    this.fetchAll(types.subarray(0, middle));
    this.fetchAll(types.subarray(middle));
  }

  private keep(types: Uint32Array, answer: Uint8Array): void {
    const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.length);
    const start = types.length * 4;
    // The texts are parts of one string: nothing is decoded one by one.
    const ascii = isAscii(bytes.subarray(start)) ? bytes.toString('latin1', start) : undefined;
    let from = 0;
    for (let i = 0; i < types.length; i++) {
      const to = bytes.readUInt32LE(i * 4);
      this.texts[types[i] as number] = ascii?.slice(from, to) ?? bytes.toString('utf8', start + from, start + to);
      from = to;
    }
  }
}
