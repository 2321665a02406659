/** One file, one script: what a worker is asked, and what it answers. Plain data, the same for a process and for a queue. */

import type { Finding } from '../report/finding.js';
import type { Edit } from '../rewrite/edit.js';
import type { Failure } from './failure.js';
import type { Unit } from './unit.js';

/** What is the same for all jobs of a run. */
export interface JobSettings {
  /** Absolute. */
  script: string;
  /** What the script finds in process.argv.slice(2). */
  arguments: readonly string[];
  scope: 'main' | 'user' | 'all';
  /** Globs of what may be changed besides the main files, relative to `root`. */
  editable: readonly string[];
  root: string;
  /** Milliseconds, MiB; the parse's. */
  timeLimit: number | undefined;
  memoryLimit: number | undefined;
  /** Milliseconds that the script may take for one file. */
  scriptTimeLimit: number;
  /** Where snapshots are kept; undefined for nowhere. */
  cache: string | undefined;
  colour: boolean;
}

export interface JobFinding {
  finding: Finding;
  /** Undefined without a fix. */
  fix: Edit[] | undefined;
}

export interface OutputPiece {
  stream: 'stdout' | 'stderr';
  text: string;
}

/** What became of one file. */
export interface JobResult {
  /** What the script staged. */
  edits: Edit[];
  findings: JobFinding[];
  /** SHA-256 of each file that an edit or a fix is about, as it was parsed. */
  sources: Record<string, string>;
  /** What the script printed. */
  output: OutputPiece[];
  /** What Clang has to say, rendered, when the file has errors: with what each is known by, as headers are reached again. */
  diagnostics: { key: string; text: string }[];
  hasErrors: boolean;
  /** Flags that Clang refused and that were left out. */
  refusedFlags: string[];
  failure?: Failure;
  /** Whether the failure is of the script as a whole, and so of every file. */
  unusable?: boolean;
  /** Whether nothing had to be parsed. */
  cached: boolean;
}

export type ToWorker =
  | { type: 'start'; settings: JobSettings }
  | { type: 'job'; id: number; unit: Unit }
  /** All at once, for a script that takes a project; each unit is answered by a `done`. */
  | { type: 'project'; units: readonly Unit[]; database: string | undefined };

export type FromWorker =
  /** The script is loaded; `printed` is what it said meanwhile. */
  | { type: 'ready'; printed: OutputPiece[]; scriptKind: 'unit' | 'project' | 'none' }
  | { type: 'unusable'; failure: Failure; printed: OutputPiece[] }
  /** The parse is over: from here on the time is the script's. */
  | { type: 'parsed'; id: number }
  /** `spent`: the script left something behind in this process, so that it must not work on. */
  | { type: 'done'; id: number; result: JobResult; spent?: boolean };

export function emptyResult(): JobResult {
  return {
    edits: [],
    findings: [],
    sources: {},
    output: [],
    diagnostics: [],
    hasErrors: false,
    refusedFlags: [],
    cached: false,
  };
}
