/** The part of a snapshot that is no column: docs/formats/snapshot.md, "Meta". */
import { CmonsterError } from '../error.js';
import type { SourceFileInfo } from '../source/source-file.js';
import { WireRef } from './protocol.js';

export interface DiagnosticRange {
  /** Raw locations. */
  begin: number;
  end: number;
  /** Whether `end` is where the last token starts, rather than one past the last byte. */
  tokenRange: boolean;
}

export interface DiagnosticInfo {
  level: 'ignored' | 'note' | 'remark' | 'warning' | 'error' | 'fatal';
  message: string;
  /** Raw; 0 without a place. */
  location: number;
  flag: string | undefined;
  /** A warning that -Werror made an error of. */
  promoted: boolean;
  category: string | undefined;
  ranges: DiagnosticRange[];
  fixIts: (DiagnosticRange & { code: string })[];
}

export interface Meta {
  mainFile: number;
  files: SourceFileInfo[];
  diagnostics: DiagnosticInfo[];
  language: string;
  languageStandard: string;
  target: string;
  pointerWidth: number;
  hasErrors: boolean;
  fatal: boolean;
  command: string[];
  times: Record<string, number>;
  clangVersion: string;
  /** One past the last location of the translation unit; Infinity when it isn't known. */
  nextOffset: number;
  /** Bytes of the locations' address space that the main file takes, where that is more than its own. */
  capacity: number | undefined;
}

type Wire = Record<string, unknown>;

export function readMeta(wire: Wire): Meta {
  const files = list(wire.files).map(fileInfo);
  const mainFile = Number(wire.mainFile);
  if (!(mainFile in files)) throw new CmonsterError('SNAPSHOT', "the frontend's snapshot does not name its main file");
  return {
    mainFile,
    files,
    diagnostics: list(wire.diagnostics).map(diagnosticInfo),
    language: String(wire.language ?? ''),
    languageStandard: String(wire.languageStandard ?? ''),
    target: String(wire.target ?? ''),
    pointerWidth: Number(wire.pointerWidth ?? 0),
    hasErrors: wire.hasErrors === true,
    fatal: wire.fatal === true,
    command: (Array.isArray(wire.command) ? wire.command : []).map(String),
    times: { ...((wire.times as Record<string, number> | undefined) ?? {}) },
    clangVersion: String(wire.clangVersion ?? ''),
    capacity: typeof wire.capacity === 'number' ? wire.capacity : undefined,
    nextOffset: typeof wire.nextOffset === 'number' ? wire.nextOffset : Number.POSITIVE_INFINITY,
  };
}

/** The list `files` of the meta, or of the operation SOURCES. */
export function readFiles(wire: unknown): SourceFileInfo[] {
  return list(wire).map(fileInfo);
}

function list(value: unknown): Wire[] {
  return Array.isArray(value) ? (value as Wire[]) : [];
}

function fileInfo(wire: Wire): SourceFileInfo {
  return {
    name: String(wire.name ?? ''),
    path: String(wire.path ?? ''),
    size: Number(wire.size ?? 0),
    kind: wire.kind === 'buffer' ? 'buffer' : 'file',
  };
}

function raw(value: unknown): number {
  return value instanceof WireRef ? value.first : 0;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function range(wire: Wire): DiagnosticRange {
  return { begin: raw(wire.begin), end: raw(wire.end), tokenRange: wire.tokenRange === true };
}

function diagnosticInfo(wire: Wire): DiagnosticInfo {
  return {
    level: String(wire.level) as DiagnosticInfo['level'],
    message: String(wire.message ?? ''),
    location: raw(wire.location),
    flag: text(wire.flag),
    promoted: wire.promoted === true,
    category: text(wire.category),
    ranges: list(wire.ranges).map(range),
    fixIts: list(wire.fixIts).map((fixIt) => ({ ...range(fixIt), code: String(fixIt.code ?? '') })),
  };
}
