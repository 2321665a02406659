/** What is said over a connection: docs/formats/protocol.md, "Parse request" and "Calls". */
import { type Decoder, Encoder, Frame, type WireValue, wireResolver } from './protocol.js';

/** What a PARSE frame asks for. */
export interface ParseRequest {
  arguments: readonly string[];
  driver?: 'clang' | 'clang++';
  scope: 'main' | 'user' | 'all';
  unsaved: Readonly<Record<string, Uint8Array>>;
  callbacks: readonly string[];
  typeLocs: boolean;
  comments: boolean;
  /** A fresh directory: the parse is to leave a keeper there. */
  keep?: string;
  /** Bytes of the locations' address space for the main file, as an earlier parse's meta says. */
  capacity?: number;
  /** The main file's bytes; only where a parse is resumed. */
  text?: Uint8Array;
  /** `preprocess`: no parser; tokens, text and facts are asked for. */
  mode?: 'parse' | 'preprocess';
  /** What is to be answered by calls. */
  script?: ScriptRequest;
}

/** The entry `script` of a PARSE request: docs/formats/protocol.md, "Calls". */
export interface ScriptRequest {
  /** Directives that stand before the file; a macro whose body is the marker `__ts_` is answered by calls. */
  predefines: string;
  /** Whether macros may be defined in the source, between `ts_def` and `ts_end`. */
  inlineMacros: boolean;
  includes: boolean;
  /** Numbers of the macros that give the same for the same arguments. */
  pure: readonly number[];
  /** Pairs of a name space and a name; `*` for all. */
  pragmas: readonly (readonly [space: string, name: string])[];
  events: readonly string[];
}

export function encodeParse(request: ParseRequest): Uint8Array {
  const encoder = new Encoder(65536);
  const frame = encoder.beginFrame(Frame.PARSE);
  encoder.value({ ...request, script: request.script && { ...request.script } });
  encoder.endFrame(frame);
  return encoder.take();
}

/** For one message at a time: it is written before the next is encoded. */
const returned = new Encoder(4096);

export function encodeReturn(id: number, result: WireValue): Uint8Array {
  const encoder = returned;
  encoder.reset();
  const frame = encoder.beginFrame(Frame.RETURN);
  encoder.u32(id);
  encoder.value(result);
  encoder.endFrame(frame);
  return encoder.take();
}

export function callArguments(call: Decoder): [name: string, args: unknown[]] {
  const [name, ...args] = call.value(wireResolver) as unknown[];
  return [String(name), args];
}
