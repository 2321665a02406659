// Writes a stub for names without a signature: an ELF file whose functions only say which record is theirs and go on to
// the runtime, registers untouched. docs/formats/mrhooker-stub.md has the record.

import { forwarded, functionFlags } from './forwarded.js';

const page = 4096;
const recordSize = 96;
const codeSize = 16;
const symbolSize = 24;
const relocationSize = 24;
const stubVersion = 1;

const tags = {
  gnuHash: 0x6ffffef5,
  strings: 5,
  symbols: 6,
  relocations: 7,
  relocationsSize: 8,
  relocationSize: 9,
  stringsSize: 10,
  symbolSize: 11,
  soname: 14,
  flags: 30,
} as const;

/** x86-64 relocations. */
const relocationTypes = { address: 1, relative: 8 } as const;

function gnuHash(name: string): number {
  let hash = 5381;
  for (const byte of Buffer.from(name)) hash = (Math.imul(hash, 33) + byte) >>> 0;
  return hash;
}

const align = (size: number, to: number) => Math.ceil(size / to) * to;

/**
 * @param names what to export, each once
 * @param firstIndex the index of the first name in the manifest's list of functions
 * @returns an ELF shared object
 */
export function namesStub(names: readonly string[], firstIndex: number): Buffer {
  // The hash table wants its symbols in the order of their buckets.
  const bucketCount = Math.max(1, Math.ceil((names.length + 1) / 4));
  const exported = [{ name: 'mrhooker_stub', record: -1 }, ...names.map((name, record) => ({ name, record }))]
    .map((entry) => ({ ...entry, hash: gnuHash(entry.name) }))
    .sort((a, b) => (a.hash % bucketCount) - (b.hash % bucketCount));
  const firstExported = 2;

  const strings = new Strings();
  const soname = strings.add('mrhooker-names.so');
  const entryName = strings.add('mrhooker_entry');
  for (const { name } of exported) strings.add(name);

  const bloomSize = 2 ** Math.ceil(Math.log2(Math.max(1, exported.length / 8)));
  const bloomShift = 6;
  const hashSize = 16 + bloomSize * 8 + bucketCount * 4 + exported.length * 4;
  const symbolCount = firstExported + exported.length;
  const relocationCount = names.length * 2 + 1;

  const hashAt = 64 + 4 * 56;
  const symbolsAt = align(hashAt + hashSize, 8);
  const stringsAt = symbolsAt + symbolCount * symbolSize;
  const relocationsAt = align(stringsAt + strings.size, 8);
  const codeAt = align(relocationsAt + relocationCount * relocationSize, page);
  const dataAt = align(codeAt + names.length * codeSize, page);
  const stubAt = dataAt + names.length * recordSize;
  const dynamicAt = stubAt + 16;
  const fileSize = dynamicAt + 16 * 16;

  const file = Buffer.alloc(fileSize);
  const long = (value: number, at: number) => file.writeBigUInt64LE(BigInt(value), at);

  // ELF header
  file.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  file.writeUInt16LE(3, 16); // ET_DYN
  file.writeUInt16LE(62, 18); // EM_X86_64
  file.writeUInt32LE(1, 20);
  long(64, 32);
  file.writeUInt16LE(64, 52);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(4, 56);
  const segment = (index: number, type: number, flags: number, at: number, size: number) => {
    const header = 64 + index * 56;
    file.writeUInt32LE(type, header);
    file.writeUInt32LE(flags, header + 4);
    long(at, header + 8);
    long(at, header + 16);
    long(at, header + 24);
    long(size, header + 32);
    long(size, header + 40);
    long(type === 2 ? 8 : page, header + 48);
  };
  segment(0, 1, 4, 0, relocationsAt + relocationCount * relocationSize);
  segment(1, 1, 5, codeAt, Math.max(1, names.length * codeSize));
  segment(2, 1, 6, dataAt, fileSize - dataAt);
  segment(3, 2, 6, dynamicAt, fileSize - dynamicAt);

  // Hash table
  file.writeUInt32LE(bucketCount, hashAt);
  file.writeUInt32LE(firstExported, hashAt + 4);
  file.writeUInt32LE(bloomSize, hashAt + 8);
  file.writeUInt32LE(bloomShift, hashAt + 12);
  const bucketsAt = hashAt + 16 + bloomSize * 8;
  const chainAt = bucketsAt + bucketCount * 4;
  exported.forEach(({ hash }, i) => {
    const wordAt = hashAt + 16 + (Math.floor(hash / 64) % bloomSize) * 8;
    const bits = (1n << BigInt(hash % 64)) | (1n << BigInt((hash >>> bloomShift) % 64));
    file.writeBigUInt64LE(file.readBigUInt64LE(wordAt) | bits, wordAt);
    const bucket = hash % bucketCount;
    if (!file.readUInt32LE(bucketsAt + bucket * 4)) file.writeUInt32LE(firstExported + i, bucketsAt + bucket * 4);
    const next = exported[i + 1];
    const isLast = !next || next.hash % bucketCount !== bucket;
    file.writeUInt32LE(((hash & ~1) | (isLast ? 1 : 0)) >>> 0, chainAt + i * 4);
  });

  // Symbols
  const symbol = (index: number, name: number, info: number, section: number, value: number, size: number) => {
    const at = symbolsAt + index * symbolSize;
    file.writeUInt32LE(name, at);
    file.writeUInt8(info, at + 4);
    file.writeUInt16LE(section, at + 6);
    long(value, at + 8);
    long(size, at + 16);
  };
  symbol(1, entryName, 0x10, 0, 0, 0);
  exported.forEach(({ name, record }, i) => {
    if (record < 0) symbol(firstExported + i, strings.add(name), 0x11, 3, stubAt, 16);
    else symbol(firstExported + i, strings.add(name), 0x12, 2, codeAt + record * codeSize, codeSize);
  });
  strings.copy(file, stringsAt);

  // Code and records
  let relocation = relocationsAt;
  const relocate = (at: number, type: number, symbolIndex: number, addend: number) => {
    long(at, relocation);
    file.writeUInt32LE(type, relocation + 8);
    file.writeUInt32LE(symbolIndex, relocation + 12);
    long(addend, relocation + 16);
    relocation += relocationSize;
  };
  relocate(stubAt + 8, relocationTypes.relative, 0, dataAt);
  names.forEach((name, i) => {
    const code = codeAt + i * codeSize;
    const record = dataAt + i * recordSize;
    file.write('\xf3\x0f\x1e\xfa\x4c\x8d\x1d', code, 'latin1'); // endbr64; lea record(%rip), %r11
    file.writeInt32LE(record - (code + 11), code + 7);
    file.write('\x41\xff\x23\xcc\xcc', code + 11, 'latin1'); // jmp *(%r11)
    relocate(record, relocationTypes.address, 1, 0);
    relocate(record + 16, relocationTypes.relative, 0, stringsAt + strings.add(name));
    file.writeUInt32LE(firstIndex + i, record + 48);
    file.writeUInt32LE(firstIndex + i, record + 52);
    const forward = forwarded.has(name) ? functionFlags.forward : 0;
    file.writeUInt32LE(functionFlags.hooked | functionFlags.generic | forward, record + 56);
  });
  file.writeUInt32LE(stubVersion, stubAt);
  file.writeUInt32LE(names.length, stubAt + 4);

  // Dynamic section
  const dynamic: [number, number][] = [
    [tags.soname, soname],
    [tags.gnuHash, hashAt],
    [tags.strings, stringsAt],
    [tags.symbols, symbolsAt],
    [tags.stringsSize, strings.size],
    [tags.symbolSize, symbolSize],
    [tags.relocations, relocationsAt],
    [tags.relocationsSize, relocationCount * relocationSize],
    [tags.relocationSize, relocationSize],
    [tags.flags, 8], // DF_BIND_NOW
  ];
  dynamic.forEach(([tag, value], i) => {
    long(tag, dynamicAt + i * 16);
    long(value, dynamicAt + i * 16 + 8);
  });
  return file;
}

class Strings {
  readonly #offsets = new Map<string, number>([['', 0]]);
  size = 1;

  add(text: string): number {
    const known = this.#offsets.get(text);
    if (known !== undefined) return known;
    const offset = this.size;
    this.#offsets.set(text, offset);
    this.size += Buffer.byteLength(text) + 1;
    return offset;
  }

  copy(to: Buffer, at: number) {
    for (const [text, offset] of this.#offsets) to.write(text, at + offset);
  }
}
