/** Payloads that are too large for one stanza: cut up on one side, put together on the other. */
import { IgorError } from '../error.js';
import { type Chunk, chunkSize, type Frame, largestPayload } from './frames.js';

/** How many chunks may be on their way at a time. */
export const chunkWindow = 4;

type Chunked = Extract<Frame, { type: 'invoke' | 'outcome' | 'item' }>;

export function isLarge(frame: Frame): frame is Chunked & { payload: Uint8Array } {
  return 'payload' in frame && (frame.payload?.length ?? 0) > chunkSize;
}

/** The chunks that go ahead of a frame, and the frame without its payload. */
export function split(frame: Chunked & { payload: Uint8Array }): { chunks: Chunk[]; frame: Chunked } {
  const { payload, call, type } = frame;
  const total = payload.length;
  if (total > largestPayload) {
    throw new IgorError('resource_exhausted', `a payload of ${total} bytes is more than ${largestPayload}`);
  }
  const item = type === 'item' ? frame.seq : undefined;
  const chunks: Chunk[] = [];
  for (let start = 0, seq = 0; start < total; start += chunkSize, seq++) {
    chunks.push({
      type: 'chunk',
      call,
      of: type,
      item,
      seq,
      total,
      payload: payload.subarray(start, start + chunkSize),
    });
  }
  return { chunks, frame: { ...frame, payload: undefined, chunked: total } };
}

interface Partial {
  parts: (Uint8Array | undefined)[];
  missing: number;
  total: number;
  touched: number;
}

/** A payload whose next chunk does not come is forgotten after so many milliseconds. */
const patience = 60_000;

/** What has come so far, within a budget of memory. */
export class ChunkAssembler {
  private readonly partials = new Map<string, Partial>();
  private held = 0;

  /** @param budget bytes, of all payloads together */
  constructor(private readonly budget: number) {}

  /** @throws IgorError `resource_exhausted`, `invalid_argument` */
  add(from: string, chunk: Chunk): void {
    const { total, seq, payload } = chunk;
    const count = Math.ceil(total / chunkSize);
    const size = seq === count - 1 ? total - seq * chunkSize : chunkSize;
    if (total > largestPayload) throw new IgorError('resource_exhausted', `a payload of ${total} bytes`);
    if (seq >= count || payload.length !== size)
      throw new IgorError('invalid_argument', `chunk ${seq} of ${count} has ${payload.length} bytes`);
    const key = keyOf(from, chunk.of, chunk.call, chunk.item);
    let partial = this.partials.get(key);
    if (partial && partial.total !== total) {
      this.drop(key, partial);
      partial = undefined;
    }
    if (!partial) {
      this.sweep();
      if (this.held + total > this.budget)
        throw new IgorError('resource_exhausted', 'too many large payloads at a time');
      partial = { parts: new Array<undefined>(count).fill(undefined), missing: count, total, touched: 0 };
      this.partials.set(key, partial);
      this.held += total;
    }
    partial.touched = Date.now();
    if (partial.parts[seq] === undefined) {
      partial.parts[seq] = payload;
      partial.missing--;
    }
  }

  /** The frame with its payload. Undefined when chunks are missing: then all of them must be sent again. */
  complete<F extends Frame>(from: string, frame: F): F | undefined {
    if (!('chunked' in frame) || frame.chunked === undefined) return frame;
    const key = keyOf(from, frame.type, frame.call, frame.type === 'item' ? frame.seq : undefined);
    const partial = this.partials.get(key);
    if (!partial || partial.missing > 0 || partial.total !== frame.chunked) return undefined;
    this.drop(key, partial);
    return { ...frame, payload: Buffer.concat(partial.parts as Uint8Array[]), chunked: undefined };
  }

  private drop(key: string, partial: Partial): void {
    this.partials.delete(key);
    this.held -= partial.total;
  }

  private sweep(): void {
    const before = Date.now() - patience;
    for (const [key, partial] of this.partials) if (partial.touched < before) this.drop(key, partial);
  }
}

const keyOf = (from: string, of: string, call: string, item: number | undefined) =>
  `${from} ${of} ${call} ${item ?? ''}`;

/** Sends chunks, a few at a time, until one fails. @param send resolves when the other side has one */
export async function sendChunks(chunks: readonly Chunk[], send: (chunk: Chunk) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    try {
      for (let chunk = chunks[next++]; chunk; chunk = chunks[next++]) await send(chunk);
    } finally {
      next = chunks.length;
    }
  };
  await Promise.all(Array.from({ length: chunkWindow }, lane));
}
