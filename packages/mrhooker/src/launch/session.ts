// The file that the launcher and every process of a run share: docs/formats/mrhooker-session.md. The C side is
// runtime/src/session.h.

import { closeSync, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwritable } from '../error.js';
import { forwarded, internal } from '../stub/forwarded.js';
import type { SharedObject } from '../stub/manifest.js';

export const sessionMagic = 0x3148524d;
export const sessionVersion = 1;

/** Why a call ran no hook, in the order of `mr_reason`. The first one means that a hook ran. */
export const reasons = [
  'hooked',
  'before the runtime was ready',
  'made by a hook',
  "after the thread's end",
  'switched off',
  'switched off after faults',
  'filtered out',
  'too little stack',
  'no memory for the engine',
  'no hook in this thread',
  'the script failed',
] as const;
export type Reason = (typeof reasons)[number];

const reasonSlots = 16;
const page = 4096;
const headerSize = 240;
const processSize = 512;
const segmentHeader = 128;
const histogramBuckets = 64;
const nameSize = 256;

/** Flags of `mr_session`. */
const flags = { follow: 1, eager: 2 } as const;

export interface SessionOptions {
  /** Contents of the script's bytecode; none: functions only pass through. */
  bytecode?: Uint8Array;
  functionCount: number;
  shared: readonly SharedObject[];
  /** The objects that LD_PRELOAD begins with, joined by colons. */
  preload: string;
  /** Glob of the modules whose calls are hooked. */
  only?: string;
  /** Globs of functions that programs other than the command are to look for themselves. */
  globs?: readonly string[];
  follow?: boolean;
  eager?: boolean;
  /** How long a hook may run, in milliseconds. */
  timeLimit?: number;
  /** Bytes that a thread's engine may take. */
  memoryLimit?: number;
  /** Faults after which a hook is switched off. */
  faultLimit?: number;
  /** Milliseconds that a thread waits when its ring is full. */
  ringWait?: number;
  /** Standard streams that the command is to find closed: 0, 1, 2. */
  closed?: readonly number[];
  /** Bytes of a thread's ring, a power of two. */
  ringSize?: number;
  /** Functions that can be found by the globs. */
  names?: number;
  /** Threads that can be recorded at one time. */
  segments?: number;
}

export interface ProcessRecord {
  /** Where its record stands in the table. */
  index: number;
  pid: number;
  parent: number;
  /** CLOCK_MONOTONIC, nanoseconds. */
  start: bigint;
  /** Calls before the runtime was ready, or after a thread's end. */
  early: number;
  program: string;
}

export interface Segment {
  index: number;
  state: number;
  pid: number;
  tid: number;
  process: number;
  head: bigint;
  tail: bigint;
  dropped: number;
  name: string;
  /** Bytes that the engine of this thread has mapped. */
  engineBytes: number;
}

export const segmentStates = { free: 0, claimed: 1, live: 2, done: 3 } as const;

/** What one ring's record holds. */
export interface RawRecord {
  type: number;
  /** Index of the function during whose call it was made, or 0xffff. */
  function: number;
  /** CLOCK_MONOTONIC, nanoseconds. */
  time: bigint;
  body: Buffer;
}

const align = (size: number, to: number) => Math.ceil(size / to) * to;

/** Tmpfs where there is one: a mapped file on a disk would be written back to it. */
function folder(): string {
  try {
    closeSync(openSync('/dev/shm', 'r'));
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

/** A session file, held open by the launcher. */
function segmentOf(index: number, header: Buffer): Segment {
  const end = header.indexOf(0, 32);
  return {
    index,
    state: header.readUInt32LE(0),
    pid: header.readUInt32LE(4),
    tid: header.readUInt32LE(8),
    process: header.readUInt32LE(12),
    head: header.readBigUInt64LE(16),
    dropped: Number(header.readBigUInt64LE(24)),
    name: header.toString('utf8', 32, Math.min(end < 0 ? 48 : end, 48)),
    engineBytes: Number(header.readBigUInt64LE(48)),
    tail: header.readBigUInt64LE(64),
  };
}

export class Session {
  readonly path: string;
  readonly #fd: number;
  /** With those that processes may find. */
  readonly functionCount: number;
  readonly #firstName: number;
  readonly #names: number;
  readonly #nameCapacity: number;
  readonly cellCount: number;
  readonly #totals: number;
  readonly #countsSize: number;
  readonly #processes: number;
  readonly #processCount: number;
  readonly #segments: number;
  readonly segmentCount: number;
  readonly #segmentSize: number;
  readonly #ringSize: number;
  readonly shared: readonly (SharedObject & { offset: number })[];
  #merges = 0;

  constructor(options: SessionOptions) {
    const { bytecode = new Uint8Array(), shared } = options;
    const { globs = [] } = options;
    this.#firstName = options.functionCount;
    this.#nameCapacity = globs.length > 0 ? (options.names ?? 1024) : 0;
    this.functionCount = options.functionCount + this.#nameCapacity;
    this.#ringSize = options.ringSize ?? 1 << 17;
    this.segmentCount = options.segments ?? 256;
    this.#processCount = 4096;

    let cells = 0;
    let position = align(headerSize, 64);
    const strings: [number, string][] = [];
    const place = (size: number, to = 8) => {
      position = align(position, to);
      const at = position;
      position += size;
      return at;
    };
    const string = (text: string) => {
      const at = place(Buffer.byteLength(text) + 1, 1);
      strings.push([at, text]);
      return at;
    };
    this.path = join(folder(), `mrhooker-${process.pid}-${Math.random().toString(36).slice(2, 10)}`);
    const bytecodeOffset = place(bytecode.length, 16);
    const sharedOffset = place(shared.length * 16, 16);
    const preload = string(options.preload);
    const path = string(this.path);
    const list = (texts: Iterable<string>) => string(`${[...texts].join('\0')}\0`);
    const lists = globs.length > 0 ? [list(globs), list(internal), list(forwarded)] : [0, 0, 0];
    const only = options.only === undefined ? 0 : string(options.only);
    const maps: { at: number; capacity: number; entries: number }[] = [];
    this.shared = shared.map((object) => {
      if (object.kind === 'counter') return { ...object, offset: cells++ };
      if (object.kind === 'histogram') {
        cells += histogramBuckets;
        return { ...object, offset: cells - histogramBuckets };
      }
      // Twice the slots, so that probing stays short when the table is full.
      const wanted = object.capacity ?? 1024;
      const capacity = 2 ** Math.ceil(Math.log2(Math.max(wanted, 8) * 2));
      const entries = align(wanted * 96, page);
      const at = place(64 + capacity * 8 + entries, page);
      maps.push({ at, capacity, entries });
      return { ...object, offset: at };
    });
    this.cellCount = cells;
    this.#countsSize = align((this.functionCount * reasonSlots + cells) * 8 + segmentHeader, page);
    this.#totals = place(this.#countsSize, page);
    this.#processes = place(this.#processCount * processSize, page);
    this.#names = place(this.#nameCapacity * nameSize, page);
    this.#segmentSize = this.#countsSize + align(this.#ringSize, page);
    this.#segments = place(this.segmentCount * this.#segmentSize, page);
    const fileSize = align(position, page);

    const header = Buffer.alloc(bytecodeOffset + bytecode.length + shared.length * 16 + 4096 + preloadLength(strings));
    header.writeUInt32LE(sessionMagic, 0);
    header.writeUInt32LE(sessionVersion, 4);
    const long = (value: number, at: number) => header.writeBigUInt64LE(BigInt(value), at);
    long(fileSize, 8);
    long(bytecodeOffset, 16);
    long(bytecode.length, 24);
    header.writeUInt32LE(this.functionCount, 32);
    header.writeUInt32LE(shared.length, 36);
    long(sharedOffset, 40);
    long(this.#totals, 48);
    long(this.#countsSize, 56);
    long(this.#processes, 64);
    header.writeUInt32LE(this.#processCount, 72);
    header.writeUInt32LE(processSize, 76);
    long(this.#segments, 80);
    header.writeUInt32LE(this.segmentCount, 88);
    header.writeUInt32LE(this.#segmentSize, 92);
    long(this.#ringSize, 96);
    header.writeUInt32LE((options.follow === false ? 0 : flags.follow) | (options.eager ? flags.eager : 0), 104);
    header.writeUInt32LE(options.timeLimit ?? 1000, 108);
    long(options.memoryLimit ?? 64 << 20, 112);
    header.writeUInt32LE(options.faultLimit ?? 10, 120);
    header.writeUInt32LE(options.ringWait ?? 500, 124);
    long(only, 128);
    long(preload, 136);
    long(path, 144);
    long(Number(process.hrtime.bigint()), 176);
    header.writeUInt32LE(
      (options.closed ?? []).reduce((bits, fd) => bits | (1 << fd), 0),
      188,
    );
    header.writeUInt32LE(this.#firstName, 196);
    long(this.#names, 200);
    for (const [index, at] of lists.entries()) long(at, 208 + index * 8);
    header.writeUInt32LE(this.#nameCapacity, 232);
    header.set(bytecode, bytecodeOffset);
    const kinds = { counter: 1, histogram: 2, map: 3, set: 3 };
    this.shared.forEach((object, index) => {
      const at = sharedOffset + index * 16;
      const map = maps.find(({ at }) => at === object.offset);
      header.writeUInt32LE(kinds[object.kind], at);
      header.writeUInt32LE(kinds[object.kind] === 3 ? (map?.capacity ?? 0) : 0, at + 4);
      long(object.offset, at + 8);
    });
    for (const [at, text] of strings) header.write(`${text}\0`, at);

    this.#fd = openSync(this.path, 'wx+', 0o600);
    try {
      ftruncateSync(this.#fd, fileSize);
      // What is written at any time has its pages from the begin, as a file system may fill up.
      this.#write(0, header.subarray(0, fileSize));
      this.#write(this.#totals, Buffer.alloc(this.#countsSize));
      for (const { at, capacity, entries } of maps) {
        const table = Buffer.alloc(64 + capacity * 8 + entries);
        table.writeUInt32LE(capacity, 0);
        table.writeUInt32LE(entries, 4);
        this.#write(at, table);
      }
    } catch (error) {
      this.remove();
      throw unwritable(this.path, error);
    }
  }

  #read(at: number, size: number): Buffer {
    const buffer = Buffer.allocUnsafe(size);
    let done = 0;
    while (done < size) {
      const count = readSync(this.#fd, buffer, done, size - done, at + done);
      if (!count) {
        buffer.fill(0, done);
        break;
      }
      done += count;
    }
    return buffer;
  }

  #write(at: number, bytes: Buffer) {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done, bytes.length - done, at + done);
  }

  #writeWord(at: number, value: number) {
    const word = Buffer.alloc(4);
    word.writeUInt32LE(value);
    this.#write(at, word);
  }

  /** Every process that shook hands, in the order of their records. */
  processes(): ProcessRecord[] {
    const found: ProcessRecord[] = [];
    const step = 16;
    const taken = Math.min(this.#read(184, 4).readUInt32LE(0), this.#processCount);
    for (let first = 0; first < taken; first += step) {
      const count = Math.min(step, taken - first);
      const records = this.#read(this.#processes + first * processSize, count * processSize);
      for (let i = 0; i < count; i++) {
        const record = records.subarray(i * processSize, (i + 1) * processSize);
        if (record.readUInt32LE(0) !== 1) continue; // killed while it was writing its record
        const end = record.indexOf(0, 40);
        found.push({
          index: first + i,
          pid: record.readUInt32LE(4),
          parent: record.readUInt32LE(8),
          start: record.readBigUInt64LE(16),
          early: Number(record.readBigUInt64LE(24)),
          program: record.toString('utf8', 40, end < 0 ? processSize : end),
        });
      }
    }
    return found;
  }

  /** Functions that processes found by the globs, by their number. */
  foundNames(): Map<number, string> {
    const found = new Map<number, string>();
    for (let i = 0; i < this.#nameCapacity; i++) {
      const entry = this.#read(this.#names + i * nameSize, nameSize);
      const state = entry.readUInt32LE(0);
      if (state === 0) break;
      // A process that was killed may have left one half-way.
      if (state === 2) found.set(this.#firstName + i, entry.toString('utf8', 4, entry.indexOf(0, 4)));
    }
    return found;
  }

  /** Segments in use, up to the first `limit` of the table. */
  segments(): Segment[] {
    const found: Segment[] = [];
    for (let index = 0; index < this.segmentCount; index++) {
      const header = this.#read(this.#segments + index * this.#segmentSize, segmentHeader);
      const state = header.readUInt32LE(0);
      // Segments are claimed from the front; behind the first that was never used there is none.
      if (state === segmentStates.free && !header.readUInt32LE(4)) break;
      if (state === segmentStates.free || state === segmentStates.claimed) continue;
      found.push(segmentOf(index, header));
    }
    return found;
  }

  /** The same segment as it is now: when its thread has ended, as it will stay. */
  again({ index }: Segment): Segment {
    return segmentOf(index, this.#read(this.#segments + index * this.#segmentSize, segmentHeader));
  }

  /** The records that a thread has written since the last time; the ring is free for new ones then. */
  drain(segment: Segment): RawRecord[] {
    const available = Number(segment.head - segment.tail);
    if (available <= 0) return [];
    const ring = this.#segments + (segment.index + 1) * this.#segmentSize - this.#ringSize;
    const begin = Number(segment.tail % BigInt(this.#ringSize));
    const first = Math.min(available, this.#ringSize - begin);
    let bytes = this.#read(ring + begin, first);
    if (first < available) bytes = Buffer.concat([bytes, this.#read(ring, available - first)]);
    const records: RawRecord[] = [];
    let at = 0;
    while (at + 16 <= bytes.length) {
      const size = bytes.readUInt32LE(at);
      if (size < 16 || at + size > bytes.length) break;
      records.push({
        type: bytes.readUInt16LE(at + 4),
        function: bytes.readUInt16LE(at + 6),
        time: bytes.readBigUInt64LE(at + 8),
        body: bytes.subarray(at + 16, at + size),
      });
      at += align(size, 8);
    }
    const word = Buffer.alloc(8);
    word.writeBigUInt64LE(segment.head);
    this.#write(this.#segments + segment.index * this.#segmentSize + 64, word);
    segment.tail = segment.head;
    return records;
  }

  #counts(at: number): BigUint64Array {
    const bytes = this.#read(at, (this.functionCount * reasonSlots + this.cellCount) * 8);
    return new BigUint64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  }

  /** Adds what the thread of a finished segment counted to the totals, and gives the segment back. */
  release(segment: Segment) {
    const at = this.#segments + segment.index * this.#segmentSize;
    const counts = this.#counts(at + segmentHeader);
    this.#writeWord(156, ++this.#merges);
    if (counts.some((count) => count !== 0n)) {
      const totals = this.#counts(this.#totals);
      counts.forEach((count, index) => {
        totals[index] = BigInt.asUintN(64, totals[index]! + count);
      });
      this.#write(this.#totals, Buffer.from(totals.buffer));
    }
    const blank = Buffer.alloc(segmentHeader + counts.byteLength - 4);
    // The process number stays, so that the table's end can be told.
    blank.writeUInt32LE(segment.pid, 0);
    this.#write(at + 4, blank);
    this.#writeWord(156, ++this.#merges);
    this.#writeWord(at, segmentStates.free);
  }

  /** Sums over all threads: for each function the calls by reason, and the cells of shared objects. */
  totals(): { calls: bigint[][]; cells: bigint[] } {
    const sum = this.#counts(this.#totals);
    for (const segment of this.segments()) {
      this.#counts(this.#segments + segment.index * this.#segmentSize + segmentHeader).forEach((count, index) => {
        sum[index] = BigInt.asUintN(64, sum[index]! + count);
      });
    }
    const calls = Array.from({ length: this.functionCount }, (_, i) => [
      ...sum.subarray(i * reasonSlots, i * reasonSlots + reasons.length),
    ]);
    return { calls, cells: [...sum.subarray(this.functionCount * reasonSlots)] };
  }

  /** The entries of a shared map: keys are bytes. */
  mapEntries(index: number): { entries: { key: Buffer; value: bigint }[]; overflow: number } {
    const at = this.shared[index]!.offset;
    const header = this.#read(at, 64);
    const capacity = header.readUInt32LE(0);
    const slots = this.#read(at + 64, capacity * 8);
    const base = at + 64 + capacity * 8;
    const entries: { key: Buffer; value: bigint }[] = [];
    for (let i = 0; i < capacity; i++) {
      const offset = Number(slots.readBigUInt64LE(i * 8));
      if (!offset) continue;
      const entry = this.#read(base + offset - 1, 24);
      entries.push({
        key: this.#read(base + offset - 1 + 24, entry.readUInt32LE(16)),
        value: entry.readBigUInt64LE(8),
      });
    }
    return { entries, overflow: header.readUInt32LE(12) };
  }

  /** Threads and processes for which there was no room, and whether there was none for functions that processes found. */
  unrecorded(): { threads: number; processes: number; functions: boolean } {
    const words = this.#read(160, 16);
    return {
      threads: Number(words.readBigUInt64LE(0)),
      processes: Number(words.readBigUInt64LE(8)),
      functions: (this.#read(236, 4).readUInt32LE(0) & 1) !== 0,
    };
  }

  /** `errno` when the command could not be executed, 0 otherwise. */
  startError(): number {
    return this.#read(192, 4).readUInt32LE(0);
  }

  /** Tells the threads that are still running that nobody reads any more. */
  abandon() {
    this.#writeWord(152, 1);
  }

  /** Processes that have it mapped keep it. */
  remove() {
    try {
      unlinkSync(this.path);
    } catch {}
    closeSync(this.#fd);
  }
}

function preloadLength(strings: readonly [number, string][]): number {
  return strings.reduce((sum, [, text]) => sum + Buffer.byteLength(text) + 1, 0);
}
