/** A script over a whole project, in one process: what it stages in any of the translation units counts. */
import type { ParseOptions } from '../ast/options.js';
import type { TranslationUnit } from '../ast/translation-unit.js';
import { emptyResult, type JobResult, type JobSettings } from './job.js';
import { Project } from './project.js';
import { collect, noteErrors, parseUnit } from './run-unit.js';
import type { ProjectScript } from './script.js';
import type { Unit } from './unit.js';

/** Remembers what it parsed, until the script is done with it. */
class RunProject extends Project {
  private readonly settings: JobSettings;
  private readonly open = new Map<TranslationUnit, JobResult>();
  private readonly results: ReadonlyMap<Unit, JobResult>;

  constructor(units: readonly Unit[], database: string | undefined, settings: JobSettings) {
    super(database, units, [], {});
    this.settings = settings;
    this.results = new Map(units.map((unit) => [unit, emptyResult()]));
  }

  override async parse(unit: Unit, options: ParseOptions = {}): Promise<TranslationUnit> {
    const known = this.results.get(unit) ?? this.resultOf(unit);
    const tu = await parseUnit(unit, this.settings, known.refusedFlags, options);
    known.cached = tu.isCached;
    noteErrors(tu, known, this.settings);
    this.open.set(tu, known);
    const dispose = tu.dispose.bind(tu);
    tu.dispose = (): void => {
      this.finish(tu);
      dispose();
    };
    return tu;
  }

  /** A unit that the script made itself, or copied. */
  private resultOf(unit: Unit): JobResult {
    for (const [other, result] of this.results) if (other.file === unit.file) return result;
    return emptyResult();
  }

  private finish(tu: TranslationUnit): void {
    const result = this.open.get(tu);
    this.open.delete(tu);
    if (!result) return;
    const { edits, findings, sources } = result;
    collect(tu, result, this.settings);
    result.edits = [...edits, ...result.edits];
    result.findings = [...findings, ...result.findings];
    result.sources = { ...sources, ...result.sources };
  }

  /** One result for each unit, in their order. */
  end(): JobResult[] {
    for (const tu of [...this.open.keys()]) tu.dispose();
    return this.units.map((unit) => this.results.get(unit) as JobResult);
  }
}

export async function runProject(
  script: ProjectScript,
  units: readonly Unit[],
  database: string | undefined,
  settings: JobSettings,
): Promise<JobResult[]> {
  const project = new RunProject(units, database, settings);
  await script(project);
  return project.end();
}
