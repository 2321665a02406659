/** How a call reads: as in C, with names for numbers that have some. */
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import type { Colors } from '../report/colors.js';
import type { StackFrame } from '../target/native.js';
import type { Namer, Namers } from './constants.js';
import type { Captured, Told } from './decode.js';
import { ALL_ONES, isFailure } from './outcome.js';
import type { TracedFunction } from './plan.js';

export interface TraceCall {
  fn: TracedFunction;
  /** Seconds of a clock that never goes back. */
  begin: number;
  /** Seconds; undefined for a call of which only the begin is seen. */
  duration: number | undefined;
  pid: number;
  tid: number;
  args: readonly Captured[];
  result: Captured;
  /** The name of errno, when the call failed. */
  error: string | undefined;
  stack: readonly string[];
}

export function callOf({ fn, begin, length, result, errno, args, stack }: Told, pid: number, tid: number): TraceCall {
  const failed = errno !== 0 && isFailure(fn, result);
  return {
    fn,
    begin: begin / 1e9,
    duration: length === undefined ? undefined : length / 1e9,
    pid,
    tid,
    args,
    result,
    error: failed ? errorName(errno) : undefined,
    stack: stack.map(frameText),
  };
}

/** `tcp_send+0x1c (libcurl.so.4)`. */
function frameText({ module, symbol, offset }: StackFrame): string {
  const at = `+0x${offset.toString(16)}`;
  const file = module.slice(module.lastIndexOf('/') + 1);
  return symbol === null ? `${file}${at}` : `${symbol}${at} (${file})`;
}

/** The usual name of two: EAGAIN, not EWOULDBLOCK. */
const errorNames = new Map(
  Object.entries(constants.errno)
    .reverse()
    .map(([name, number]) => [number, name]),
);

function errorName(errno: number): string {
  return errorNames.get(errno) ?? `errno ${errno}`;
}

const messages = new Map([...getSystemErrorMap().values()].map(([name, message]) => [name, message]));

export class CallFormatter {
  private readonly namers: ReadonlyMap<string, ReadonlyMap<number, Namer>>;
  private readonly fields: ReadonlyMap<string, Namer>;
  private readonly colors: Colors;
  /** Where a call's time is counted from, in seconds. */
  private start: number | undefined;
  private processes = new Set<number>();

  constructor({ parameters, fields }: Namers, colors: Colors) {
    this.namers = parameters;
    this.fields = fields;
    this.colors = colors;
  }

  line(call: TraceCall): string {
    const { colors } = this;
    this.start ??= call.begin;
    this.processes.add(call.tid);
    const time = colors.dim(`${(call.begin - this.start).toFixed(6).padStart(10)}`);
    const thread = this.processes.size > 1 ? colors.dim(` [${call.tid}]`) : '';
    const stack = call.stack.map((frame) => `\n${' '.repeat(14)}${colors.dim(frame)}`).join('');
    return `${time}${thread} ${colors.cyan(call.fn.name)}(${this.arguments(call).join(', ')})${this.end(call)}${stack}`;
  }

  arguments({ fn, args }: TraceCall): string[] {
    const namers = this.namers.get(fn.name);
    return args.map((arg, index) => {
      const namer = namers?.get(index);
      if (namer && typeof arg === 'number') return namer(arg);
      const parameter = fn.parameters[index];
      if (parameter?.isAddress && typeof arg === 'object' && arg !== null && 'b' in arg) {
        return socketAddress(Buffer.from(arg.b, 'latin1'));
      }
      return this.value(arg, fn.name);
    });
  }

  private end({ result, error, duration, fn }: TraceCall): string {
    const { colors } = this;
    if (duration === undefined) return '';
    const time = colors.dim(` <${durationText(duration)}>`);
    const value = fn.returnsNothing ? '' : ` = ${this.value(result, fn.name)}`;
    if (error === undefined) return `${value}${time}`;
    const message = messages.get(error);
    return `${value} ${colors.red(error)}${message ? colors.dim(` (${message})`) : ''}${time}`;
  }

  private field(value: Captured, name: string, fn: string): string {
    const namer = typeof value === 'number' ? this.fields.get(name) : undefined;
    return namer ? namer(value as number) : this.value(value, fn);
  }

  value(value: Captured, fn: string): string {
    if (value === null) return 'NULL';
    if (typeof value !== 'object') return String(value);
    if ('i' in value) return value.i;
    if ('p' in value) return value.p === ALL_ONES && fn.startsWith('mmap') ? 'MAP_FAILED' : value.p;
    if ('bad' in value) return `${value.bad} (unreadable)`;
    if ('t' in value) return this.colors.green(`${JSON.stringify(value.t)}${value.cut ? '…' : ''}`);
    if ('b' in value) {
      const cut = value.n > value.b.length;
      return this.colors.green(`${bytesText(value.b, cut)}${cut ? '…' : ''}`);
    }
    if ('l' in value) return `[${value.l.map((item) => this.value(item, fn)).join(', ')}${value.cut ? ', …' : ''}]`;
    return `{${Object.entries(value.s)
      .map(([name, field]) => `${name}=${this.field(field, name, fn)}`)
      .join(', ')}}`;
  }
}

/** What was cut may end in the middle of a character. */
export const withoutHalf = (text: string): string => text.replace(/\ufffd$/, '');

/** As a string of C; what is no text, in hexadecimal. */
export function bytesText(latin1: string, cut = false): string {
  const whole = Buffer.from(latin1, 'latin1').toString('utf8');
  const text = cut ? withoutHalf(whole) : whole;
  if (!text.includes('\ufffd'))
    return JSON.stringify(text)
      .replaceAll(/\\u00([01][0-9a-f])/g, '\\x$1')
      .replaceAll('\u007f', '\\x7f');
  const escaped = [...latin1].map((character) => {
    const code = character.charCodeAt(0);
    if (character === '"' || character === '\\') return `\\${character}`;
    return code >= 32 && code < 127 ? character : `\\x${code.toString(16).padStart(2, '0')}`;
  });
  return `"${escaped.join('')}"`;
}

const FAMILIES: Readonly<Record<number, string>> = {
  0: 'AF_UNSPEC',
  1: 'AF_UNIX',
  2: 'AF_INET',
  10: 'AF_INET6',
  16: 'AF_NETLINK',
};

function socketAddress(bytes: Buffer): string {
  if (bytes.length < 2) return '{}';
  const family = bytes.readUInt16LE(0);
  const name = FAMILIES[family] ?? `family ${family}`;
  if (family === 2 && bytes.length >= 8) return `{${name} ${bytes.subarray(4, 8).join('.')}:${bytes.readUInt16BE(2)}}`;
  if (family === 10 && bytes.length >= 24) {
    const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(8 + index * 2).toString(16));
    const text = groups
      .join(':')
      .replace(/\b0(?::0)+\b/, '')
      .replace(/^:?$/, '::');
    return `{${name} [${/^:[^:]/.test(text) ? `:${text}` : /[^:]:$/.test(text) ? `${text}:` : text}]:${bytes.readUInt16BE(2)}}`;
  }
  if (family === 1) {
    const path = bytes.subarray(2).toString('latin1');
    const text = path.startsWith('\0') ? `@${path.slice(1)}` : path.replace(/\0.*$/s, '');
    return text === '' ? `{${name}}` : `{${name} ${bytesText(text)}}`;
  }
  return `{${name}}`;
}

export function durationText(seconds: number): string {
  if (seconds < 1e-6) return `${(seconds * 1e9).toFixed(0)} ns`;
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(seconds < 1e-5 ? 1 : 0)} µs`;
  if (seconds < 1) return `${(seconds * 1e3).toFixed(seconds < 1e-2 ? 1 : 0)} ms`;
  return `${seconds.toFixed(2)} s`;
}

/** For programs: what a line shows. A line of `mrhooker trace --json`. */
export interface CallJson {
  type: 'call';
  function: string;
  /** Seconds of a clock that never goes back. */
  time: number;
  pid: number;
  tid: number;
  /** As a line shows it, and the value: bytes are Latin-1 text, pointers hexadecimal text. */
  arguments: { name?: string; value: unknown; text: string }[];
  result: unknown;
  resultText: string;
  /** `ENOENT`, when it failed. */
  error?: string;
  /** Seconds; of a call that does not come back there is none. */
  duration?: number;
  stack?: readonly string[];
}

export function callJson(call: TraceCall, formatter: CallFormatter): string {
  const { fn, begin, duration, pid, tid, result, error, stack } = call;
  const names = formatter.arguments(call);
  const json: CallJson = {
    type: 'call',
    function: fn.name,
    time: begin,
    pid,
    tid,
    arguments: call.args.map((value, index) => {
      const name = fn.parameters[index]?.name;
      return { ...(name !== undefined && { name }), value: plain(value), text: names[index] ?? '' };
    }),
    result: plain(result),
    resultText: fn.returnsNothing ? '' : formatter.value(result, fn.name),
    ...(error !== undefined && { error }),
    ...(duration !== undefined && { duration }),
    ...(stack.length > 0 && { stack }),
  };
  return JSON.stringify(json);
}

/** Without the letters of the way: bytes are Latin-1 text, pointers hexadecimal text. */
function plain(value: Captured): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('i' in value) return value.i;
  if ('p' in value) return value.p;
  if ('bad' in value) return value.bad;
  if ('t' in value) return value.t;
  if ('b' in value) return value.b;
  if ('l' in value) return value.l.map(plain);
  return Object.fromEntries(Object.entries(value.s).map(([name, field]) => [name, plain(field)]));
}
