// What an ELF file imports and exports, and what it asks to be loaded.

import { readFileSync } from 'node:fs';
import { MrhookerError } from '../error.js';

export interface ElfSymbol {
  name: string;
  /** STT_*: 2 is a function, 1 data, 10 an indirect function. */
  type: number;
  defined: boolean;
  /** A weak reference may stay unresolved. */
  weak: boolean;
}

export interface ElfFile {
  /** 64-bit and for x86-64. */
  native: boolean;
  /** The loader it asks for; without one it is static, or a library. */
  interpreter?: string;
  needed: string[];
  symbols: ElfSymbol[];
  bindNow: boolean;
  symbolic: boolean;
  /** Names that calls from this object are looked up for, those that it defines itself included. */
  lookedUp: ReadonlySet<string>;
}

/** @throws MrhookerError `target`: it points outside of itself */
function read<T>(path: string, parse: (file: Buffer) => T): T {
  const file = readFileSync(path);
  try {
    return parse(file);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new MrhookerError('target', `${path}: a damaged ELF file`, { cause: error });
  }
}

/** Reads an ELF file's dynamic part; undefined when it is none, or may not be read. */
export function readElf(path: string): ElfFile | undefined {
  try {
    return read(path, parseElf);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined;
    throw error;
  }
}

function parseElf(file: Buffer): ElfFile | undefined {
  if (file.length < 64 || file.readUInt32LE(0) !== 0x464c457f) return undefined;
  const empty: ElfFile = {
    native: false,
    needed: [],
    symbols: [],
    bindNow: false,
    symbolic: false,
    lookedUp: new Set(),
  };
  if (file[4] !== 2 || file.readUInt16LE(18) !== 62) return empty;
  const text = (at: number) => file.toString('latin1', at, file.indexOf(0, at));
  const long = (at: number) => Number(file.readBigUInt64LE(at));
  const headers = long(32);
  const loads: { offset: number; address: number; size: number }[] = [];
  let interpreter: string | undefined;
  let dynamic = { offset: 0, size: 0 };
  for (let i = 0; i < file.readUInt16LE(56); i++) {
    const at = headers + i * file.readUInt16LE(54);
    const type = file.readUInt32LE(at);
    const load = { offset: long(at + 8), address: long(at + 16), size: long(at + 32) };
    if (type === 1) loads.push(load);
    if (type === 2) dynamic = load;
    if (type === 3) interpreter = text(load.offset);
  }
  const place = (address: number) => {
    const load = loads.find((load) => address >= load.address && address < load.address + load.size);
    return load ? load.offset + address - load.address : 0;
  };
  const entries = new Map<number, number>();
  const neededAt: number[] = [];
  for (let at = dynamic.offset; at + 16 <= dynamic.offset + dynamic.size; at += 16) {
    const tag = long(at);
    if (!tag) break;
    if (tag === 1) neededAt.push(long(at + 8));
    else entries.set(tag, long(at + 8));
  }
  const strings = place(entries.get(5) ?? 0);
  const flags = entries.get(30) ?? 0;
  return {
    native: true,
    ...(interpreter !== undefined && { interpreter }),
    needed: neededAt.map((at) => text(strings + at)),
    symbols: readSymbols(file, place, entries, strings, text),
    bindNow: (flags & 8) !== 0 || ((entries.get(0x6ffffffb) ?? 0) & 1) !== 0,
    symbolic: (flags & 2) !== 0 || entries.has(16),
    lookedUp: readReferences(file, place, entries, strings, text),
  };
}

/** Through the procedure linkage table or the global offset table. */
function readReferences(
  file: Buffer,
  place: (address: number) => number,
  entries: ReadonlyMap<number, number>,
  strings: number,
  text: (at: number) => string,
): Set<string> {
  const names = new Set<string>();
  const symbols = place(entries.get(6) ?? 0);
  const tables: [number, number][] = [
    [23, 2], // DT_JMPREL, DT_PLTRELSZ
    [7, 8], // DT_RELA, DT_RELASZ
  ];
  for (const [table, size] of tables) {
    const begin = entries.get(table);
    if (begin === undefined || !symbols || !strings) continue;
    const at = place(begin);
    for (let entry = at; entry + 24 <= at + (entries.get(size) ?? 0); entry += 24) {
      const type = file.readUInt32LE(entry + 8);
      const index = file.readUInt32LE(entry + 12);
      // R_X86_64_64, GLOB_DAT, JUMP_SLOT
      if (index && (type === 1 || type === 6 || type === 7))
        names.add(text(strings + file.readUInt32LE(symbols + index * 24)));
    }
  }
  return names;
}

/** Functions that an executable has for itself: those in its full symbol table, which a stripped one lacks. */
export function ownFunctions(path: string): Set<string> {
  return read(path, parseFunctions);
}

function parseFunctions(file: Buffer): Set<string> {
  const names = new Set<string>();
  if (file.length < 64 || file.readUInt32LE(0) !== 0x464c457f || file[4] !== 2) return names;
  const long = (at: number) => Number(file.readBigUInt64LE(at));
  const headers = long(40);
  const size = file.readUInt16LE(58);
  for (let i = 0; headers && i < file.readUInt16LE(60); i++) {
    const section = headers + i * size;
    if (section + size > file.length || file.readUInt32LE(section + 4) !== 2) continue; // SHT_SYMTAB
    const strings = long(headers + file.readUInt32LE(section + 40) * size + 24);
    const begin = long(section + 24);
    for (let entry = begin; entry + 24 <= begin + long(section + 32); entry += 24) {
      if ((file[entry + 4]! & 15) !== 2 || !file.readUInt16LE(entry + 6)) continue;
      const at = strings + file.readUInt32LE(entry);
      names.add(file.toString('latin1', at, file.indexOf(0, at)));
    }
  }
  return names;
}

function readSymbols(
  file: Buffer,
  place: (address: number) => number,
  entries: ReadonlyMap<number, number>,
  strings: number,
  text: (at: number) => string,
): ElfSymbol[] {
  const table = entries.get(6);
  if (table === undefined || !strings) return [];
  const at = place(table);
  // Linkers put the strings right behind the symbols; otherwise a hash table knows how many there are.
  const end = strings > at ? at + Math.floor((strings - at) / 24) * 24 : at + symbolCount(file, place, entries) * 24;
  const symbols: ElfSymbol[] = [];
  for (let entry = at + 24; entry + 24 <= end; entry += 24) {
    const info = file[entry + 4]!;
    const section = file.readUInt16LE(entry + 6);
    const bind = info >> 4;
    if (bind === 0) continue;
    symbols.push({
      name: text(strings + file.readUInt32LE(entry)),
      type: info & 15,
      defined: section !== 0,
      weak: bind === 2,
    });
  }
  return symbols;
}

function symbolCount(file: Buffer, place: (address: number) => number, entries: ReadonlyMap<number, number>): number {
  const plain = entries.get(4);
  if (plain !== undefined) return file.readUInt32LE(place(plain) + 4);
  const gnu = entries.get(0x6ffffef5);
  if (gnu === undefined) return 0;
  const at = place(gnu);
  const [buckets, first, bloom] = [0, 4, 8].map((offset) => file.readUInt32LE(at + offset)) as [number, number, number];
  const bucketsAt = at + 16 + bloom * 8;
  let last = 0;
  for (let i = 0; i < buckets; i++) last = Math.max(last, file.readUInt32LE(bucketsAt + i * 4));
  if (last < first) return first;
  const chain = bucketsAt + buckets * 4;
  while (!(file.readUInt32LE(chain + (last - first) * 4) & 1)) last++;
  return last + 1;
}
