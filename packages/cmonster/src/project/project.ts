/** A project as its build system compiles it. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ParseOptions } from '../ast/options.js';
import { TranslationUnit } from '../ast/translation-unit.js';
import { CmonsterError } from '../error.js';
import { pathMatcher } from '../source/path-matcher.js';
import { findDatabase, locateDatabase, readDatabase } from './compile-commands.js';
import { type FlagNotice, parseOptionsOf, type Unit, unitOf } from './unit.js';

export class Project {
  /** The compile_commands.json it was read from; undefined for files that were given by hand. */
  readonly database: string | undefined;
  /** Each file once for each way in which it is compiled. */
  readonly units: readonly Unit[];
  /** Flags that Clang has no use for, each once. */
  readonly notices: readonly FlagNotice[];
  /** What every parse takes besides the unit's own; the unit's win. */
  readonly options: ParseOptions;

  /** Reads compile_commands.json: `build/`, or the file itself. */
  static load(path: string, options: ParseOptions = {}): Project {
    const database = locateDatabase(path);
    const notices = new Map<string, FlagNotice>();
    const seen = new Set<string>();
    const units = readDatabase(database)
      .map((command) => unitOf(command, notices))
      .filter((unit) => isFirst(seen, unit));
    return new Project(database, units, [...notices.values()], options);
  }

  /** The one that a directory belongs to: its compile_commands.json is there, in `build`, or further up. */
  static find(from: string, options: ParseOptions = {}): Project | undefined {
    const database = findDatabase(from);
    return database === undefined ? undefined : Project.load(database, options);
  }

  /** Files without a database, all with the same arguments. */
  static ofFiles(files: readonly string[], args: readonly string[] = [], options: ParseOptions = {}): Project {
    const units = files.map(
      (name): Unit => ({ file: resolve(name), name, directory: process.cwd(), driver: 'clang', arguments: args }),
    );
    return new Project(undefined, units, [], options);
  }

  protected constructor(
    database: string | undefined,
    units: readonly Unit[],
    notices: readonly FlagNotice[],
    options: ParseOptions,
  ) {
    this.database = database;
    this.units = units;
    this.notices = notices;
    this.options = options;
  }

  /** The files, each once. */
  get files(): readonly string[] {
    return [...new Set(this.units.map(({ file }) => file))];
  }

  /**
   * The same project with fewer files: those whose path (absolute, or relative to `from`) is one of the given ones, lies below
   * one, or matches one as a glob. A path or glob that names nothing throws.
   */
  select(patterns: readonly string[], from = process.cwd()): Project {
    if (patterns.length === 0) return this;
    const chosen = new Set<Unit>();
    for (const pattern of patterns) {
      const matches = pathMatcher(pattern, from);
      const found = this.units.filter(({ file }) => matches(file));
      if (found.length === 0) throw this.nothing(pattern, from);
      for (const unit of found) chosen.add(unit);
    }
    return this.with(this.units.filter((unit) => chosen.has(unit)));
  }

  /** The same project with other units. */
  with(units: readonly Unit[]): Project {
    return new Project(this.database, units, this.notices, this.options);
  }

  private nothing(pattern: string, from: string): CmonsterError {
    const where = this.database === undefined ? 'the given files' : this.database;
    const what = existsSync(resolve(from, pattern))
      ? `'${pattern}' is not compiled by ${where}: a header is reached from the files that include it (--editable lets them change it)`
      : `'${pattern}' names none of the ${this.files.length} files of ${where}`;
    return new CmonsterError('USAGE', what);
  }

  /** Parses one of its units. */
  parse(unit: Unit, options: ParseOptions = {}): Promise<TranslationUnit> {
    return TranslationUnit.parse(unit.name, { ...this.options, ...options, ...parseOptionsOf(unit) });
  }

  /** Its translation units, one after the other; each is disposed of when the next one is asked for. */
  async *translationUnits(options: ParseOptions = {}): AsyncGenerator<TranslationUnit, void, void> {
    for (const unit of this.units) {
      const tu = await this.parse(unit, options);
      try {
        yield tu;
      } finally {
        tu.dispose();
      }
    }
  }
}

/** Some databases list a file twice in the same way. */
function isFirst(seen: Set<string>, unit: Unit): boolean {
  const key = JSON.stringify(unit);
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}
