/** What a script has to say about a place in the source: `tu.report(node, message, { fix })`. Plain data, so that it crosses processes. */
import type { Node } from '../ast/node.js';
import type { TranslationUnit } from '../ast/translation-unit.js';
import { type FileRange, Location, Range } from '../source/location.js';
import { macroUses } from '../source/written.js';

export const SEVERITIES = ['error', 'warning', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A stretch of a file. Offsets and columns count bytes; lines and columns start at 1. */
export interface FindingPlace {
  /** Absolute; for a buffer that is no file, its name. */
  readonly file: string;
  readonly begin: number;
  /** Exclusive, as `endLine` and `endColumn` are. */
  readonly end: number;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface FindingNote {
  readonly message: string;
  readonly place: FindingPlace;
}

export interface Finding {
  /** Which check says so: a name in kebab-case. */
  readonly check: string | undefined;
  readonly severity: Severity;
  readonly message: string;
  readonly place: FindingPlace;
  /** What explains it: the script's own notes, then the macros that the place came through. */
  readonly notes: readonly FindingNote[];
}

/** What can be pointed at. */
export type ReportTarget = Node | Range | Location | FileRange;

export interface ReportOptions {
  /** Stages edits as a script does anywhere else. They are the finding's fix: made when fixes are wanted, and only together. */
  fix?: () => void;
  /** A name for what is checked, such as `use-nullptr`; by default that of the script. */
  check?: string;
  /** `warning` by default. */
  severity?: Severity;
  notes?: readonly { at: ReportTarget; message: string }[];
}

/** A finding, with its fix still to be made. */
export interface Report {
  readonly finding: Finding;
  readonly fix: (() => void) | undefined;
}

export function reportAt(
  tu: TranslationUnit,
  target: ReportTarget,
  message: string,
  { fix, check, severity = 'warning', notes = [] }: ReportOptions,
): Report {
  const finding = {
    check,
    severity,
    message,
    place: placeOf(tu, target),
    notes: [
      ...notes.map(({ at, message }) => ({ message, place: placeOf(tu, at) })),
      ...macroNotes(tu, startOf(target)),
    ],
  };
  return { finding, fix };
}

/** As far as it is written: a place in a macro is where the macro is used, but for a macro's argument. */
export function placeOf(tu: TranslationUnit, target: ReportTarget): FindingPlace {
  const range = fileRangeOf(tu, target);
  if (!range) return { file: tu.mainFile.path, begin: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1 };
  const { file, begin, end } = range;
  return {
    file: file.path || file.name,
    begin,
    end,
    line: file.lineOf(begin),
    column: file.columnOf(begin),
    endLine: file.lineOf(end),
    endColumn: file.columnOf(end),
  };
}

function fileRangeOf(tu: TranslationUnit, target: ReportTarget): FileRange | undefined {
  if (isFileRange(target)) return target;
  if (target instanceof Location) return tokenAt(target);
  if (target instanceof Range) return target.fileRange ?? target.expansionRange;
  // A declaration is where its name is: its range may be a whole class.
  const name = nameLocation(target);
  if (name?.isValid) return tokenAt(name);
  return target.range.fileRange ?? target.range.expansionRange ?? tokenAt(tu.root.beginLoc);
}

function tokenAt(location: Location): FileRange | undefined {
  const { fileLoc } = location;
  const at = fileLoc.spelling;
  return at && { file: at.file, begin: at.offset, end: at.offset + fileLoc.tokenLength };
}

function nameLocation(node: Node): Location | undefined {
  if (!node.kind.endsWith('Decl')) return undefined;
  const { location } = node as Node & { location?: unknown };
  return location instanceof Location ? location : undefined;
}

function isFileRange(target: ReportTarget): target is FileRange {
  return !(target instanceof Range) && typeof (target as FileRange).begin === 'number';
}

function startOf(target: ReportTarget): Location | undefined {
  if (isFileRange(target)) return undefined;
  if (target instanceof Location) return target;
  if (target instanceof Range) return target.begin;
  return nameLocation(target) ?? target.beginLoc;
}

function macroNotes(tu: TranslationUnit, start: Location | undefined): FindingNote[] {
  if (!start?.isMacro) return [];
  return macroUses(tu, start.raw).flatMap(({ name, definition, isArgument }) =>
    definition?.location.isValid && !isArgument
      ? [{ message: `expanded from macro '${name}'`, place: placeOf(tu, definition.location) }]
      : [],
  );
}
