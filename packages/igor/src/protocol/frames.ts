/** The frames of docs/formats/igor-rpc.md: what an `<igor/>` in an IQ holds. */
import { type CallCode, IgorError, isCallCode } from '../error.js';
import { type Element, escapeXml, tag } from './xml.js';

export const nsIgor = 'urn:monsterlab:igor:1';

/** Of one payload in one stanza, in bytes. Larger ones go in chunks. */
export const chunkSize = 49_152;
/** Of a payload in all. */
export const largestPayload = 64 * 1024 * 1024;
export const mostFrames = 256;

export type Status = 'ok' | CallCode;
export const rejections = ['forged', 'expired', 'rebound', 'retired', 'replayed', 'unknown'] as const;
export type Rejection = (typeof rejections)[number];

interface WithPayload {
  payload: Uint8Array | undefined;
  /** The payload's size in bytes, when it went ahead in chunks. */
  chunked?: number | undefined;
}

export interface Renew {
  type: 'renew';
  epoch: number;
}
export interface Describe {
  type: 'describe';
  hash: string;
  offset: number;
}
export interface Descriptor {
  type: 'descriptor';
  hash: string;
  offset: number;
  total: number;
  payload: Uint8Array;
}
export interface Invoke extends WithPayload {
  type: 'invoke';
  call: string;
  method: string;
  context: string;
  timeout: number;
  credit?: number | undefined;
}
export interface Accepted {
  type: 'accepted';
  call: string;
}
/** What an agent says of a call: which, with its context, and the SHA-256 of the request that it got. */
export interface About {
  call: string;
  method: string;
  context: string;
  request: string;
}
export interface OutcomeFrame extends About, WithPayload {
  type: 'outcome';
  status: Status;
  message?: string | undefined;
  items?: number | undefined;
}
export interface ItemFrame extends About, WithPayload {
  type: 'item';
  seq: number;
}
export interface ProgressFrame extends About {
  type: 'progress';
  payload: Uint8Array;
}
export interface Committed {
  type: 'committed';
  call: string;
}
export interface Rejected {
  type: 'rejected';
  call: string;
  reason: Rejection;
}
export interface Credit {
  type: 'credit';
  call: string;
  received: number;
  upto: number;
}
export interface Cancel {
  type: 'cancel';
  call: string;
}
export interface Chunk {
  type: 'chunk';
  call: string;
  of: 'invoke' | 'outcome' | 'item';
  item?: number | undefined;
  seq: number;
  total: number;
  payload: Uint8Array;
}

export type Frame =
  | Renew
  | Describe
  | Descriptor
  | Invoke
  | Accepted
  | OutcomeFrame
  | ItemFrame
  | ProgressFrame
  | Committed
  | Rejected
  | Credit
  | Cancel
  | Chunk;

type Kind = 'id' | 'text' | 'number' | 'number?' | 'status' | 'of' | 'rejection';

/** Attributes of each frame, and where its payload stands: in an element of its own, or as the frame's text. */
const shapes: Record<Frame['type'], { attributes: Record<string, Kind>; payload?: 'element' | 'text' }> = {
  renew: { attributes: { epoch: 'number' } },
  describe: { attributes: { hash: 'text', offset: 'number' } },
  descriptor: { attributes: { hash: 'text', offset: 'number', total: 'number' }, payload: 'text' },
  invoke: {
    attributes: {
      call: 'id',
      method: 'text',
      context: 'text',
      timeout: 'number',
      credit: 'number?',
      chunked: 'number?',
    },
    payload: 'element',
  },
  accepted: { attributes: { call: 'id' } },
  outcome: {
    attributes: {
      call: 'id',
      method: 'text',
      context: 'text',
      request: 'text',
      status: 'status',
      items: 'number?',
      chunked: 'number?',
    },
    payload: 'element',
  },
  item: {
    attributes: { call: 'id', method: 'text', context: 'text', request: 'text', seq: 'number', chunked: 'number?' },
    payload: 'element',
  },
  progress: { attributes: { call: 'id', method: 'text', context: 'text', request: 'text' }, payload: 'element' },
  committed: { attributes: { call: 'id' } },
  rejected: { attributes: { call: 'id', reason: 'rejection' } },
  credit: { attributes: { call: 'id', received: 'number', upto: 'number' } },
  cancel: { attributes: { call: 'id' } },
  chunk: { attributes: { call: 'id', of: 'of', item: 'number?', seq: 'number', total: 'number' }, payload: 'text' },
};

const longest = { id: 64, text: 8192 };

/** The `<igor/>` around frames. */
export function writeFrames(frames: readonly Frame[]): string {
  let inner = '';
  for (const frame of frames) inner += writeFrame(frame);
  return `<igor xmlns='${nsIgor}'>${inner}</igor>`;
}

function writeFrame(frame: Frame): string {
  const { attributes, payload } = shapes[frame.type];
  const fields = frame as unknown as Record<string, string | number | undefined>;
  let xml = `<${frame.type}`;
  for (const name in attributes) {
    const value = fields[name];
    if (value !== undefined) xml += ` ${name}='${typeof value === 'number' ? value : escapeXml(value)}'`;
  }
  const bytes = (frame as { payload?: Uint8Array }).payload;
  let inner = '';
  if (payload === 'text' && bytes) inner = base64(bytes);
  else if (payload === 'element' && bytes) inner = `<payload>${base64(bytes)}</payload>`;
  if (frame.type === 'outcome' && frame.message !== undefined) inner += tag('message', {}, escapeXml(frame.message));
  return inner === '' ? `${xml}/>` : `${xml}>${inner}</${frame.type}>`;
}

function base64(bytes: Uint8Array): string {
  return (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).toString(
    'base64',
  );
}

/** How many bytes a frame will take, roughly. */
export function frameSize(frame: Frame): number {
  const { payload, context } = frame as { payload?: Uint8Array; context?: string };
  return 400 + Math.ceil((payload?.length ?? 0) / 3) * 4 + (context?.length ?? 0);
}

/**
 * The frames of an `<igor/>`; those of a type that is not known are left out.
 * @throws IgorError `invalid_argument` when one is not as the format says
 */
export function readFrames(igor: Element): Frame[] {
  if (igor.children.length > mostFrames) throw malformed(`${igor.children.length} frames in one stanza`);
  const frames: Frame[] = [];
  for (const element of igor.children) {
    if (element.ns === nsIgor && Object.hasOwn(shapes, element.name)) frames.push(readFrame(element));
  }
  return frames;
}

function readFrame(element: Element): Frame {
  const type = element.name as Frame['type'];
  const { attributes, payload } = shapes[type];
  const frame: Record<string, unknown> = { type };
  for (const name in attributes) {
    frame[name] = readAttribute(element, name, attributes[name] as Kind);
  }
  if (payload === 'text') frame.payload = readBytes(element.text, type);
  else if (payload === 'element') {
    const inner = element.child('payload');
    frame.payload = inner && readBytes(inner.text, type);
    if (frame.chunked !== undefined) {
      if (inner) throw malformed(`<${type}/> has a payload and says that it came in chunks`);
      if ((frame.chunked as number) > largestPayload)
        throw malformed(`<${type}/> with a payload of ${frame.chunked} bytes`);
    } else if (!inner && (type === 'invoke' || type === 'item' || type === 'progress')) {
      throw malformed(`<${type}/> has no payload`);
    }
  }
  if (type === 'outcome') frame.message = element.child('message')?.text;
  return frame as unknown as Frame;
}

function readAttribute(element: Element, name: string, kind: Kind): string | number | undefined {
  const value = element.attribute(name);
  const where = () => `<${element.name} ${name}="${(value ?? '').slice(0, 40)}"/>`;
  if (value === undefined) {
    if (kind === 'number?') return undefined;
    throw malformed(`<${element.name}/> lacks ${name}`);
  }
  switch (kind) {
    case 'id':
      if (value.length > longest.id || !/^[\w-]+$/.test(value)) throw malformed(where());
      return value;
    case 'text':
      if (value.length > longest.text) throw malformed(`${name} of ${value.length} characters`);
      return value;
    case 'number':
    case 'number?':
      if (!/^\d{1,15}$/.test(value)) throw malformed(where());
      return Number(value);
    case 'status':
      if (value !== 'ok' && !isCallCode(value)) throw malformed(where());
      return value;
    case 'of':
      if (value !== 'invoke' && value !== 'outcome' && value !== 'item') throw malformed(where());
      return value;
    case 'rejection':
      if (!(rejections as readonly string[]).includes(value)) throw malformed(where());
      return value;
  }
}

/** Node's decoder skips what is not base64; the length shows it. */
function readBytes(text: string, type: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (text.length % 4 !== 0 || bytes.length !== (text.length / 4) * 3 - padding) {
    throw malformed(`the payload of <${type}/> is not base64`);
  }
  return bytes;
}

function malformed(what: string): IgorError {
  return new IgorError('invalid_argument', `not as igor's format says: ${what}`);
}

/** The `<agent/>` in a presence. */
export interface Announcement {
  epoch: number;
  /** Milliseconds. */
  lease: number;
  version: string;
  hash: string;
  draining: boolean;
  services: string[];
  facts: Record<string, string>;
}

const mostServices = 200;
const mostFacts = 100;

export function writeAnnouncement(agent: Announcement): string {
  const services = agent.services.map((name) => tag('service', { name })).join('');
  const facts = Object.entries(agent.facts)
    .map(([name, value]) => tag('fact', { name }, escapeXml(value)))
    .join('');
  const { epoch, lease, version, hash } = agent;
  const draining = agent.draining ? 'true' : undefined;
  return tag('agent', { xmlns: nsIgor, epoch, lease, version, hash, draining }, services + facts);
}

/** @throws IgorError `invalid_argument` */
export function readAnnouncement(element: Element): Announcement {
  const number = (name: string) => readAttribute(element, name, 'number') as number;
  const text = (name: string) => readAttribute(element, name, 'text') as string;
  const hash = text('hash');
  if (!/^[0-9a-f]{64}$/.test(hash)) throw malformed('<agent/> with a hash that is not SHA-256');
  const services = element.children.filter(({ name }) => name === 'service');
  const facts = element.children.filter(({ name }) => name === 'fact');
  if (services.length > mostServices || facts.length > mostFacts)
    throw malformed('<agent/> with too many services or facts');
  return {
    epoch: number('epoch'),
    lease: Math.min(Math.max(number('lease'), 1000), 3_600_000),
    version: element.attribute('version')?.slice(0, 100) ?? '',
    hash,
    draining: element.attribute('draining') === 'true',
    services: services.map((service) => readAttribute(service, 'name', 'text') as string),
    facts: Object.fromEntries(
      facts.map((fact) => [(fact.attribute('name') ?? '').slice(0, 100), fact.text.slice(0, 1000)]),
    ),
  };
}
