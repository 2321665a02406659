/** What `run`, `find` and `replace` have in common: a script over units, its findings and changes printed, written, or counted. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { UnitCache } from '../cache/unit-cache.js';
import { CmonsterError } from '../error.js';
import { type Failure, renderFailure } from '../project/failure.js';
import type { JobFinding, JobResult, JobSettings, OutputPiece } from '../project/job.js';
import type { Disagreement, MergedFile } from '../project/merge.js';
import type { Project } from '../project/project.js';
import { type RunOutcome, runScript } from '../project/run.js';
import { builtin } from '../project/script.js';
import type { Unit } from '../project/unit.js';
import { UnusableScript } from '../project/worker-process.js';
import { baselineOf, readBaseline } from '../report/baseline.js';
import { Fingerprints } from '../report/fingerprint.js';
import { FindingRenderer, shownPath } from '../report/render.js';
import { sarifLog } from '../report/sarif.js';
import { applyChanges, digest, recover } from '../rewrite/apply.js';
import { unifiedDiff } from '../rewrite/diff.js';
import { applyEdits, type Edit } from '../rewrite/edit.js';
import { formatEdits } from '../rewrite/format.js';
import { isLeftByRename } from '../rewrite/left-by-rename.js';
import { version } from '../version.js';
import { Exit } from './exit-codes.js';
import { Output } from './output.js';
import { Progress } from './progress.js';

/** Failures at one place of the script that are shown in full. */
const MOST_ALIKE = 3;
/** Files that a list at the end names. */
const MOST_LISTED = 20;

export type Mode = 'summary' | 'diff' | 'write' | 'check';
export type Format = 'text' | 'json' | 'sarif';

export interface Execution {
  project: Project;
  settings: JobSettings;
  jobs: number;
  mode: Mode;
  format: Format;
  baseline: string | undefined;
  updateBaseline: boolean;
  allowErrors: boolean;
  /** Whether clang-format gets at what changes. */
  formatted: boolean;
  /** Whether the result is parsed before it is written. */
  verified: boolean;
  queue: string | undefined;
}

/** What the terminal shows is one person's; what a pipe gets is a program's. */
export function colourOn(stream: NodeJS.WriteStream): boolean {
  return pc.isColorSupported && stream.isTTY === true;
}

/** Runs, prints, writes. Gives the exit status. */
export async function execute(execution: Execution): Promise<Exit> {
  return new Executor(execution).run();
}

class Executor {
  private readonly execution: Execution;
  private readonly root = process.cwd();
  private readonly out = new Output();
  private readonly renderer: FindingRenderer;
  private readonly known: ReadonlySet<string>;
  private readonly fingerprints: Fingerprints;
  private readonly shown: JobFinding[] = [];
  /** What renames left as it was, until it is known whether that holds for every configuration. */
  private readonly left: JobFinding[] = [];
  /** Diagnostics that were shown. */
  private readonly said = new Set<string>();
  /** How often the script failed at a place. */
  private readonly failures = new Map<string, number>();
  private progress: Progress | undefined;
  /** What changes, in the end. */
  private files: readonly MergedFile[] = [];

  constructor(execution: Execution) {
    this.execution = execution;
    this.renderer = new FindingRenderer(this.root, colourOn(process.stdout));
    this.fingerprints = new Fingerprints(this.root);
    const { baseline, updateBaseline } = execution;
    this.known = baseline === undefined || updateBaseline ? new Set() : readBaseline(baseline);
  }

  async run(): Promise<Exit> {
    this.sayRecovered();
    this.sayFlags();
    const abort = new AbortController();
    const interrupt = (signal: NodeJS.Signals): void => abort.abort(new Interrupted(signal));
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    try {
      return await this.finish(await this.runAll(abort.signal), abort.signal);
    } catch (error) {
      return this.stopped(error);
    } finally {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    }
  }

  private async runAll(signal: AbortSignal): Promise<RunOutcome> {
    const { project, settings, jobs, allowErrors, queue } = this.execution;
    this.progress = Progress.on(process.stderr, project.units.length);
    try {
      return await runScript({
        units: project.units,
        database: project.database,
        settings,
        jobs,
        allowErrors,
        isKnown: ({ finding }) => this.known.size > 0 && this.known.has(this.fingerprints.of(finding)),
        queue,
        waiting: () => this.say(`no worker yet: start some with cmonster worker --queue ${queue}\n`),
        signal,
        loaded: (printed) => this.print(printed),
        progress: ({ file }) => this.progress?.advance(this.path(file)),
        result: (unit, result) => this.take(unit, result),
      });
    } finally {
      this.progress?.clear();
    }
  }

  private async finish(outcome: RunOutcome, signal: AbortSignal): Promise<Exit> {
    const { mode, format, settings, verified } = this.execution;
    for (const found of this.left) if (!outcome.merge.changes(found.finding.place)) this.find(found);
    this.files = this.formatted(outcome.merge.result);
    if (mode === 'diff' && format === 'text') await this.diff(this.files);
    this.report(outcome);
    if (settings.cache !== undefined && outcome.parsed > 0) new UnitCache(settings.cache).prune(true);
    let refused = false;
    if (verified && mode !== 'check') refused = !(await this.verify(signal));
    if (mode === 'write' && !refused) refused = !this.write(outcome);
    this.summary(outcome, refused);
    await this.out.flush();
    return this.status(outcome, refused);
  }

  /** The script itself is of no use, or somebody pressed Ctrl-C. */
  private stopped(error: unknown): Exit {
    this.progress?.clear();
    if (error instanceof Interrupted) {
      this.say(
        `interrupted: ${this.execution.mode === 'write' ? 'nothing was written' : 'not everything was looked at'}\n`,
      );
      return error.signal === 'SIGINT' ? Exit.INTERRUPTED : Exit.TERMINATED;
    }
    if (!(error instanceof UnusableScript)) throw error;
    process.stderr.write(renderFailure(error.failure, '', colourOn(process.stderr)));
    const { code } = error.failure;
    return code === 'USAGE' || code === 'PATTERN' ? Exit.USAGE : Exit.FAILED;
  }

  // --- While it runs ------------------------------------------------------------------------------------------------

  private take(unit: Unit, result: JobResult): void {
    this.print(result.output);
    for (const { key, text } of result.diagnostics) {
      if (!this.said.has(key)) this.say(text, '');
      this.said.add(key);
    }
    if (result.failure) this.sayFailure(unit, result.failure);
    for (const found of result.findings) {
      if (isLeftByRename(found.finding)) this.left.push(found);
      else this.find(found);
    }
  }

  /** A script that fails at one place for hundreds of files says so for a few. */
  private sayFailure(unit: Unit, failure: Failure): void {
    const [{ file, line, column } = { file: '', line: 0, column: 0 }] = failure.frames;
    const key = `${file}:${line}:${column}`;
    const times = (this.failures.get(key) ?? 0) + 1;
    this.failures.set(key, times);
    if (times <= MOST_ALIKE || file === '') {
      this.say(renderFailure(failure, this.path(unit.file), colourOn(process.stderr)), '');
    } else if (times === MOST_ALIKE + 1) {
      this.say(
        `the same place, ${this.path(file)}:${line}:${column}, fails for more files, which are listed at the end\n`,
      );
    }
  }

  private find(found: JobFinding): void {
    this.shown.push(found);
    if (this.execution.format === 'text') this.tell(this.renderer.render(found.finding, found.fix));
  }

  private print(pieces: readonly OutputPiece[]): void {
    for (const { stream, text } of pieces) {
      this.progress?.clear();
      if (stream === 'stdout') this.tell(text);
      else process.stderr.write(text);
    }
  }

  /** To standard output, but where that is for programs: a diff, a report. */
  private tell(text: string): void {
    this.progress?.clear();
    if (this.execution.mode === 'diff' || this.execution.format !== 'text') process.stderr.write(text);
    else void this.out.write(text).then(() => this.out.flush());
  }

  private say(text: string, prefix = 'cmonster: '): void {
    this.progress?.clear();
    process.stderr.write(prefix + text);
  }

  private path(file: string): string {
    return shownPath(this.root, file);
  }

  private sayRecovered(): void {
    const { completed, skipped, undone } = recover();
    if (completed.length > 0)
      this.say(`finished what a run that was killed had begun to write: ${count(completed.length, 'file')}\n`);
    if (undone) this.say('removed what a run that was killed had left; it had changed nothing\n');
    for (const file of skipped)
      this.say(`${this.path(file)} was changed since a run was killed that was to change it: left as it is\n`);
  }

  private sayFlags(): void {
    for (const { flag, replacement, why, count: times } of this.execution.project.notices) {
      const what = replacement === undefined ? 'is dropped' : `becomes ${replacement}`;
      this.say(`note: ${flag} ${what}: ${why} (${count(times, 'command')})\n`);
    }
  }

  /** The changes, with what clang-format makes of them. */
  private formatted(files: readonly MergedFile[]): readonly MergedFile[] {
    if (!this.execution.formatted) return files;
    return files.map((file) => ({ ...file, edits: formatEdits(this.bytesOf(file), file.edits, file.path) }));
  }

  /** Whether every file, parsed with all changes, means what it meant. */
  private async verify(signal: AbortSignal): Promise<boolean> {
    if (this.files.length === 0) return true;
    const { project, settings, jobs, allowErrors } = this.execution;
    const directory = mkdtempSync(join(tmpdir(), 'cmonster-verify-'));
    const progress = Progress.on(process.stderr, project.units.length, 'files verified');
    const failed: { unit: Unit; failure: Failure }[] = [];
    try {
      const path = join(directory, 'edits.json');
      writeFileSync(path, JSON.stringify(this.files.flatMap(({ edits }) => edits)));
      await runScript({
        units: project.units,
        database: project.database,
        settings: { ...settings, script: builtin('verify'), arguments: [path] },
        jobs,
        allowErrors,
        isKnown: () => false,
        queue: undefined,
        waiting: () => {},
        signal,
        loaded: () => {},
        progress: ({ file }) => progress?.advance(this.path(file)),
        result: (unit, { failure }) => {
          if (failure) failed.push({ unit, failure });
        },
      });
    } finally {
      progress?.clear();
      rmSync(directory, { recursive: true, force: true });
    }
    for (const { unit, failure } of failed.slice(0, MOST_ALIKE)) {
      this.say(`${this.path(unit.file)}: ${failure.message}\n`);
    }
    if (failed.length > 0) this.say(`the changes do not hold in ${count(failed.length, 'file')}\n`);
    return failed.length === 0;
  }

  // --- At the end ---------------------------------------------------------------------------------------------------

  private async diff(files: readonly MergedFile[]): Promise<void> {
    for (const file of files) {
      const text = Buffer.from(unifiedDiff(this.bytesOf(file), file.edits, this.path(file.path)));
      await this.out.writeBytes(
        colourOn(process.stdout) ? Buffer.from(coloured(text.toString('latin1')), 'latin1') : text,
      );
    }
  }

  private report(outcome: RunOutcome): void {
    const { format, baseline, updateBaseline } = this.execution;
    if (updateBaseline && baseline !== undefined) {
      writeFileSync(
        baseline,
        baselineOf(
          outcome.findings.map(({ finding }) => finding),
          this.root,
        ),
      );
      this.say(`${baseline} now holds ${count(outcome.findings.length, 'finding')}\n`);
    }
    if (format === 'text') return;
    const problems = outcome.failed.map(({ unit, result }) => ({
      file: unit.file,
      message: result.failure?.message ?? '',
    }));
    const value =
      format === 'sarif'
        ? sarifLog(this.shown, { root: this.root, version, problems })
        : {
            version: 1,
            findings: this.shown.map(({ finding, fix }) => ({ ...finding, fix: fix ?? null })),
            edits: this.files.flatMap(({ edits }) => edits),
            disagreements: outcome.merge.disagreements,
            failed: problems,
          };
    void this.out.write(`${JSON.stringify(value, undefined, 2)}\n`);
  }

  /** What a file holds; throws when that is not what was parsed. */
  private bytesOf({ path, source }: MergedFile): Uint8Array {
    const bytes = readFileSync(path);
    if (digest(bytes) === source) return bytes;
    throw new CmonsterError(
      'FILE_CHANGED',
      `${this.path(path)} was changed by somebody else since it was parsed: run the same again. Nothing was changed.`,
    );
  }

  /** Whether all was written. */
  private write({ merge }: RunOutcome): boolean {
    if (merge.disagreements.length > 0) return false;
    try {
      applyChanges(
        this.files.map((file) => ({
          path: file.path,
          before: file.source,
          content: applyEdits(this.bytesOf(file), file.edits),
        })),
      );
      return true;
    } catch (error) {
      if (!(error instanceof CmonsterError)) throw error;
      this.say(`${error.message}\n`);
      return false;
    }
  }

  private summary(outcome: RunOutcome, refused: boolean): void {
    const { mode } = this.execution;
    const { merge, failed, withErrors, withheld, leftOut, refusedFlags } = outcome;
    for (const [flag, times] of refusedFlags)
      this.say(`note: ${flag} is unknown to Clang and was left out (${count(times, 'command')})\n`);
    for (const { finding, against } of leftOut) {
      this.say(
        `the fix at ${this.place(finding)} was left out: it overlaps ${this.editPlace(against)}. Run again for it\n`,
      );
    }
    for (const disagreement of merge.disagreements) this.say(this.disagreement(disagreement));
    const { files } = this;
    const edits = files.reduce((sum, file) => sum + file.edits.length, 0);
    if (files.length > 0 && !refused) {
      const what = `${count(edits, 'change')} in ${count(files.length, 'file')}`;
      if (mode === 'write') this.say(`${what} written\n`);
      else if (mode === 'check') this.say(`${what} to make\n`);
      else if (mode === 'summary') this.say(`${what}, not written: --diff shows them, --write makes them\n`);
    } else if (mode === 'write' && !refused) this.say('nothing to change\n');
    if (refused) this.say('nothing was written\n');
    if (outcome.known > 0) this.say(`${count(outcome.known, 'known finding')} hidden by the baseline\n`);
    this.list(
      failed.map(({ unit }) => unit),
      'failed',
    );
    const untouched = withErrors.filter((unit) => !withheld.includes(unit));
    this.list(untouched, 'with errors');
    this.list(
      withheld,
      'with errors, so that Clang knows only a part: not changed (--allow-errors changes them all the same)',
    );
  }

  private list(units: readonly Unit[], what: string): void {
    const names = [...new Set(units.map(({ file }) => this.path(file)))];
    if (names.length === 0) return;
    const shown = names.slice(0, MOST_LISTED).map((name) => `  ${name}\n`);
    if (names.length > MOST_LISTED) shown.push(`  … and ${names.length - MOST_LISTED} more\n`);
    this.say(`${count(names.length, 'file')} ${what}:\n${shown.join('')}`);
  }

  private disagreement({ path, first, second, changed }: Disagreement): string {
    const file = this.path(path);
    const asked = ({ origins }: Edit): string =>
      origins
        .map(({ unit, operation, place }) => `    ${operation} of ${place}, seen from ${this.path(unit)}\n`)
        .join('');
    if (changed) return `${file} was not the same for all who read it: it was changed while it was parsed\n`;
    return (
      `${file}: two translation units disagree about one place:\n` +
      `  ${this.editPlace(first)} becomes ${quoted(first.text)}\n${asked(first)}` +
      `  ${this.editPlace(second)} becomes ${quoted(second.text)}\n${asked(second)}`
    );
  }

  private place({ finding: { place } }: JobFinding): string {
    return `${this.path(place.file)}:${place.line}:${place.column}`;
  }

  private editPlace({ file, offset, length }: Edit): string {
    const before = readFileSync(file).subarray(0, offset).toString('latin1').split('\n');
    const place = `${this.path(file)}:${before.length}:${(before.at(-1) as string).length + 1}`;
    return length === 0 ? `${place} (inserted there)` : `${place} (${count(length, 'byte')})`;
  }

  private status({ merge, failed, withErrors }: RunOutcome, refused: boolean): Exit {
    if (refused || merge.disagreements.length > 0) return Exit.REFUSED;
    if (failed.length > 0 || withErrors.length > 0) return Exit.FAILED;
    if (this.execution.mode === 'check' && (this.shown.length > 0 || merge.result.length > 0)) return Exit.FOUND;
    return Exit.OK;
  }
}

class Interrupted extends Error {
  readonly signal: NodeJS.Signals;
  constructor(signal: NodeJS.Signals) {
    super(signal);
    this.signal = signal;
  }
}

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function quoted(text: string): string {
  const line = JSON.stringify(text);
  return line.length > 70 ? `${line.slice(0, 67)}…"` : line;
}

function coloured(diff: string): string {
  return diff
    .split('\n')
    .map((line) => {
      const code = /^(?:---|\+\+\+) /.test(line)
        ? '1'
        : line.startsWith('@@')
          ? '36'
          : line.startsWith('+')
            ? '32'
            : line.startsWith('-')
              ? '31'
              : '';
      return code === '' ? line : `\u001b[${code}m${line}\u001b[0m`;
    })
    .join('\n');
}
