/** Asks an agent for the descriptor of what it serves, part by part. */
import { IgorError } from '../error.js';
import { largestDescriptor } from '../protocol/descriptor.js';
import { nsIgor, readFrames, writeFrames } from '../protocol/frames.js';
import type { Element } from '../protocol/xml.js';

/** How long an agent has for a part, in milliseconds. */
const partTime = 10_000;

/** @throws IgorError `invalid_argument` when it answers something else; or what `ask` throws */
export async function fetchDescriptor(
  agent: string,
  hash: string,
  ask: (xml: string, timeout: number) => Promise<Element>,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let offset = 0, total = 1; offset < total; ) {
    const result = await ask(writeFrames([{ type: 'describe', hash, offset }]), partTime);
    const igor = result.child('igor', nsIgor);
    const part = igor && readFrames(igor).find((frame) => frame.type === 'descriptor');
    const fits = part?.hash === hash && part.offset === offset && part.total <= largestDescriptor;
    if (!fits || part.payload.length === 0) {
      throw new IgorError('invalid_argument', `${agent} answered with no such part of its descriptor`);
    }
    parts.push(part.payload);
    total = part.total;
    offset += part.payload.length;
  }
  return Buffer.concat(parts);
}
