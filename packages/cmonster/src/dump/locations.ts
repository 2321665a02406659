/**
 * Source locations in the form of Clang's JSON dump: file and line only where they differ from those of the location that
 * was written before, wherever in the dump that was.
 */
import type { Snapshot } from '../frontend/snapshot.js';
import type { SourceFile } from '../source/source-file.js';
import type { SourceManager } from '../source/source-manager.js';
import { obviousTokenLength } from '../source/tokens.js';
import { quote } from './quote.js';

const EXPANSION = 1;
const HAS_LINE_ENTRIES = 16;

/** What all locations of one file entry (one inclusion of a file) have in common. */
interface Entry {
  start: number;
  file: SourceFile;
  bytes: Uint8Array;
  name: string;
  /** Of the buffer; #line may present another. */
  presumedName: string;
  includedFrom: string;
  hasLineEntries: boolean;
  tokens: TokenLengths;
}

/** The lengths of a file's tokens, by offset. */
class TokenLengths {
  private readonly tokens: () => Uint32Array;
  private table: Uint32Array | undefined;
  private last = 0;

  constructor(tokens: () => Uint32Array) {
    this.tokens = tokens;
  }

  /** 0 when no token starts there. */
  at(offset: number): number {
    this.table ??= this.tokens();
    const { table } = this;
    const count = table.length / 3;
    let low = 0;
    let high = count;
    // Locations come in clusters: near the last one first.
    const { last } = this;
    if (last < count && (table[last * 3] as number) <= offset) {
      low = last;
      const near = last + 16;
      if (near < count && (table[near * 3] as number) > offset) high = near;
    }
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((table[middle * 3] as number) <= offset) low = middle;
      else high = middle;
    }
    this.last = low;
    return table[low * 3] === offset ? (table[low * 3 + 1] as number) : 0;
  }
}

export class LocationWriter {
  private readonly snapshot: Snapshot;
  private readonly sources: SourceManager;
  private readonly entries: (Entry | undefined)[] = [];
  private readonly tokenLengths = new Map<SourceFile, TokenLengths>();
  private lastName = '';
  private lastPresumedName = '';
  private lastLine = 0;
  private lastPresumedLine = 0;

  constructor(snapshot: Snapshot, sources: SourceManager) {
    this.snapshot = snapshot;
    this.sources = sources;
  }

  /** The members of a location's object, without the braces. */
  location(raw: number): string {
    if (raw === 0) return '';
    if (raw < 0x80000000) return this.inFile(raw);
    const spelling = this.sources.spellingLoc(raw);
    const expansion = this.sources.expansionLoc(raw);
    if (spelling === expansion) return this.inFile(spelling);
    const spelled = this.inFile(spelling);
    const expanded = this.inFile(expansion);
    const argument = this.sources.isMacroArg(raw) ? `${expanded ? ',' : ''}"isMacroArgExpansion":true` : '';
    return `"spellingLoc":{${spelled}},"expansionLoc":{${expanded}${argument}}`;
  }

  range(begin: number, end: number): string {
    const first = this.location(begin);
    return `{"begin":{${first}},"end":{${this.location(end)}}}`;
  }

  private inFile(raw: number): string {
    const at = this.sources.entryOf(raw);
    if (at < 0) return '';
    const entry = this.entries[at] ?? this.makeEntry(at);
    const { file } = entry;
    const offset = raw - entry.start;
    const line = file.lineOf(offset);
    const column = file.columnOf(offset);
    let text = `"offset":${offset}`;
    if (this.lastName !== entry.name) text += `,"file":${quote(entry.name)},"line":${line}`;
    else if (this.lastLine !== line) text += `,"line":${line}`;
    let { presumedName, includedFrom } = entry;
    let presumedLine = line;
    if (entry.hasLineEntries) {
      const presumed = this.sources.presumed(raw);
      if (presumed) {
        presumedName = presumed.file;
        presumedLine = presumed.line;
        includedFrom = this.includedFrom(presumed.includedFrom.raw);
      }
    }
    if (presumedName !== entry.name && this.lastPresumedName !== presumedName) {
      text += `,"presumedFile":${quote(presumedName)}`;
    }
    if (line !== presumedLine && this.lastPresumedLine !== presumedLine) text += `,"presumedLine":${presumedLine}`;
    const length = obviousTokenLength(entry.bytes, offset) || entry.tokens.at(offset) || this.sources.tokenLength(raw);
    this.lastName = entry.name;
    this.lastPresumedName = presumedName;
    this.lastPresumedLine = presumedLine;
    this.lastLine = line;
    return `${text},"col":${column},"tokLen":${length}${includedFrom}`;
  }

  private makeEntry(at: number): Entry {
    const { slocA, slocB, slocFlags, slocOffset } = this.snapshot;
    const flags = slocFlags[at] as number;
    const file = this.sources.files[flags & EXPANSION ? 0 : (slocA[at] as number)] as SourceFile;
    let tokens = this.tokenLengths.get(file);
    if (!tokens) {
      tokens = new TokenLengths(() => this.sources.fileTokens(file.index));
      this.tokenLengths.set(file, tokens);
    }
    const entry: Entry = {
      start: slocOffset[at] as number,
      file,
      bytes: file.bytes,
      name: file.name,
      presumedName: file.name,
      includedFrom: this.includedFrom(slocB[at] as number),
      hasLineEntries: (flags & HAS_LINE_ENTRIES) !== 0,
      tokens,
    };
    this.entries[at] = entry;
    return entry;
  }

  private includedFrom(raw: number): string {
    const presumed = raw === 0 ? undefined : this.sources.presumed(raw);
    return presumed ? `,"includedFrom":{"file":${quote(presumed.file)}}` : '';
  }
}
