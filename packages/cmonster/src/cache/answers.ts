/** What a frontend answered about one snapshot, by question: docs/formats/cache.md, "Answers". */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { RawAnswer } from '../frontend/connection.js';
import { Decoder } from '../frontend/protocol.js';

const MAGIC = 0x41554d43;
const HEADER = 12;
const KEY = 20;
const RECORD = KEY + 8;
/** A script that asks for more than this is better off asking again. */
const MOST_BYTES = 256 << 20;

export class Answers {
  private readonly path: string;
  private readonly save: (bytes: Uint8Array) => void;
  private readonly known: Map<string, { delta: Uint8Array | undefined; values: Uint8Array }>;
  /** Answers that made the snapshot longer decide what later questions mean: they are part of every later key. */
  private chain: Buffer = Buffer.alloc(0);
  private bytes = 0;
  private added = false;

  constructor(path: string, save: (bytes: Uint8Array) => void) {
    this.path = path;
    this.save = save;
    this.known = this.read();
  }

  /** The answer to a frame; undefined when it is not known. */
  recall(frame: Uint8Array): RawAnswer | undefined {
    const found = this.known.get(this.keyOf(frame));
    return found && { delta: found.delta, values: new Decoder(found.values) };
  }

  /** Keeps an answer that nobody has read from. Gives it, to be read. */
  remember(frame: Uint8Array, answer: RawAnswer): RawAnswer {
    if (this.bytes > MOST_BYTES) return answer;
    // Copies: the bytes are the connection's, and a Buffer's own slice would be a view.
    const delta = answer.delta && new Uint8Array(answer.delta);
    const values = new Uint8Array(answer.values.raw(answer.values.remaining));
    this.known.set(this.keyOf(frame), { delta, values });
    this.bytes += values.length + (delta?.length ?? 0);
    this.added = true;
    return { delta, values: new Decoder(values) };
  }

  /** Says that an answer with a delta was used. */
  advance(frame: Uint8Array): void {
    this.chain = createHash('sha1').update(this.chain).update(frame).digest();
  }

  private keyOf(frame: Uint8Array): string {
    return createHash('sha1').update(this.chain).update(frame).digest('binary');
  }

  /** Writes what is new. */
  flush(): void {
    if (!this.added) return;
    this.added = false;
    // Another process may have written its own meanwhile.
    for (const [key, answer] of this.read()) if (!this.known.has(key)) this.known.set(key, answer);
    const parts: Uint8Array[] = [];
    for (const [key, { delta, values }] of this.known) {
      const record = Buffer.alloc(RECORD);
      record.write(key, 0, 'latin1');
      record.writeUInt32LE(delta?.length ?? 0, KEY);
      record.writeUInt32LE(values.length, KEY + 4);
      parts.push(record, ...(delta ? [delta] : []), values);
    }
    const body = Buffer.concat(parts);
    const header = Buffer.alloc(HEADER);
    header.writeUInt32LE(MAGIC, 0);
    header.writeUInt32LE(this.known.size, 4);
    header.writeUInt32LE(crc32(body), 8);
    try {
      this.save(Buffer.concat([header, body]));
    } catch {
      // No room, no permission: asked again next time.
    }
  }

  private read(): Answers['known'] {
    const known: Answers['known'] = new Map();
    let bytes: Buffer;
    try {
      bytes = readFileSync(this.path);
    } catch {
      return known;
    }
    if (bytes.length < HEADER || bytes.readUInt32LE(0) !== MAGIC) return known;
    if (crc32(bytes.subarray(HEADER)) !== bytes.readUInt32LE(8)) return known;
    let at = HEADER;
    for (let left = bytes.readUInt32LE(4); left > 0; left--) {
      const key = bytes.toString('latin1', at, at + KEY);
      const deltaBytes = bytes.readUInt32LE(at + KEY);
      const valueBytes = bytes.readUInt32LE(at + KEY + 4);
      at += RECORD;
      const delta = deltaBytes === 0 ? undefined : bytes.subarray(at, at + deltaBytes);
      at += deltaBytes;
      known.set(key, { delta, values: bytes.subarray(at, at + valueBytes) });
      at += valueBytes;
    }
    this.bytes = bytes.length;
    return known;
  }
}
