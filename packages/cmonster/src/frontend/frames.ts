/** Frames out of a stream of chunks: the asynchronous half of the protocol. */
import type { Readable } from 'node:stream';
import { CmonsterError } from '../error.js';
import { FRAME_HEADER, Frame } from './protocol.js';

export interface FrameData {
  type: number;
  payload: Uint8Array;
}

/** A frame larger than this is no frame. */
export const MAX_FRAME = 2 ** 30;

/** Throws when five bytes cannot be the start of a frame: the other side is no frontend, or is out of step. */
export function checkFrameHeader(type: number, length: number): void {
  if (type < Frame.READY || type > Frame.EVENT || length > MAX_FRAME) {
    throw new CmonsterError(
      'PROTOCOL',
      `the frontend sent garbage instead of a message (type ${type}, ${length} bytes)`,
    );
  }
}

export class FrameStream {
  private chunks: Buffer[] = [];
  private size = 0;
  private ended = false;
  private wake: (() => void) | undefined;

  constructor(stream: Readable) {
    const notify = (): void => {
      this.wake?.();
      this.wake = undefined;
    };
    const end = (): void => {
      this.ended = true;
      notify();
    };
    stream.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.size += chunk.length;
      notify();
    });
    stream.on('end', end);
    stream.on('close', end);
  }

  /** The next frame, undefined at the end of the stream. */
  async next(): Promise<FrameData | undefined> {
    const header = await this.peek(FRAME_HEADER);
    if (!header) return undefined;
    const length = header.readUInt32LE(0);
    const type = header[4] as number;
    checkFrameHeader(type, length);
    const bytes = await this.peek(FRAME_HEADER + length);
    if (!bytes) return undefined;
    const rest = bytes.subarray(FRAME_HEADER + length);
    this.chunks = rest.length > 0 ? [rest] : [];
    this.size = rest.length;
    return { type, payload: bytes.subarray(FRAME_HEADER, FRAME_HEADER + length) };
  }

  private async peek(size: number): Promise<Buffer | undefined> {
    while (this.size < size) {
      if (this.ended) return undefined;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const [first] = this.chunks;
    const all = this.chunks.length === 1 && first ? first : Buffer.concat(this.chunks);
    this.chunks = [all];
    return all;
  }
}
