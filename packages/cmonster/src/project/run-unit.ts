/** A script over one translation unit. */
import { createHash } from 'node:crypto';
import { basename, extname } from 'node:path';
import type { ParseOptions } from '../ast/options.js';
import { TranslationUnit } from '../ast/translation-unit.js';
import { UnitCache } from '../cache/unit-cache.js';
import { CmonsterError } from '../error.js';
import { renderDiagnostics } from '../source/diagnostic.js';
import { pathMatcher } from '../source/path-matcher.js';
import type { SourceFile } from '../source/source-file.js';
import { failureOf } from './failure.js';
import { emptyResult, type JobResult, type JobSettings } from './job.js';
import type { UnitScript } from './script.js';
import { parseOptionsOf, type Unit } from './unit.js';

/** Flags that Clang refuses one after the other; more of them mean that something else is wrong. */
const MOST_REFUSED = 40;

/** By directory. Within a run a file that was looked at counts as unchanged; what is written is compared all the same. */
const caches = new Map<string, UnitCache>();

function cacheIn(directory: string): UnitCache {
  let cache = caches.get(directory);
  if (!cache) {
    cache = new UnitCache(directory, { once: true });
    caches.set(directory, cache);
  }
  return cache;
}

function editableBy({ editable, root }: JobSettings): (path: string) => boolean {
  const matchers = editable.map((pattern) => pathMatcher(pattern, root));
  return (path) => matchers.some((matches) => matches(path));
}

/** What Clang refused before, in this process: build systems give all files the same flags. */
const refusedBefore = new Set<string>();

/** Clang's driver names what it does not know; it is left out, and the rest is tried again. */
export async function parseUnit(
  unit: Unit,
  settings: JobSettings,
  refused: string[] = [],
  more: ParseOptions = {},
): Promise<TranslationUnit> {
  const options: ParseOptions = parseOptionsOf(unit);
  refused.push(...unit.arguments.filter((argument) => refusedBefore.has(argument)));
  for (;;) {
    const args = (options.arguments ?? []).filter((argument) => !refused.includes(argument));
    try {
      return await TranslationUnit.parse(unit.name, {
        ...more,
        ...options,
        arguments: args,
        scope: settings.scope,
        ...(settings.editable.length > 0 && { editable: editableBy(settings) }),
        ...(settings.cache !== undefined && { cache: cacheIn(settings.cache) }),
        ...(settings.timeLimit !== undefined && { timeLimit: settings.timeLimit }),
        ...(settings.memoryLimit !== undefined && { memoryLimit: settings.memoryLimit }),
      });
    } catch (error) {
      const unknown = unknownFlag(error);
      if (unknown === undefined || !args.includes(unknown) || refused.length >= MOST_REFUSED) throw error;
      refused.push(unknown);
      refusedBefore.add(unknown);
    }
  }
}

function unknownFlag(error: unknown): string | undefined {
  if (!(error instanceof CmonsterError) || error.code !== 'BAD_ARGUMENTS') return undefined;
  return /(?:unknown argument:?|unsupported option|does not support) '([^']+)'/.exec(error.message)?.[1];
}

/** Whatever goes wrong is in the result: one file never stops the others. */
export async function runUnit(
  script: UnitScript,
  unit: Unit,
  settings: JobSettings,
  parsed: () => void = () => {},
): Promise<JobResult> {
  const result = emptyResult();
  let tu: TranslationUnit | undefined;
  try {
    tu = await parseUnit(unit, settings, result.refusedFlags);
    result.cached = tu.isCached;
    parsed();
    noteErrors(tu, result, settings);
    await script(tu);
    collect(tu, result, settings);
  } catch (error) {
    result.failure = failureOf(error);
    // A script that failed half-way may have staged half of what belongs together.
    result.edits = [];
    result.findings = [];
  } finally {
    tu?.dispose();
  }
  return result;
}

export function noteErrors(tu: TranslationUnit, result: JobResult, { colour }: JobSettings): void {
  if (!tu.hasErrors) return;
  result.hasErrors = true;
  result.diagnostics = tu.diagnostics.map((diagnostic) => {
    const place = diagnostic.location.fileLoc.spelling;
    return {
      key: JSON.stringify([place?.file.path, place?.offset, diagnostic.message]),
      text: renderDiagnostics([diagnostic], tu.sourceManager, { colour }),
    };
  });
}

/** What a script staged and reported, as plain data. */
export function collect(tu: TranslationUnit, result: JobResult, settings: JobSettings): void {
  const check = basename(settings.script, extname(settings.script));
  result.edits = tu.edits;
  result.findings = tu.reports.map(({ finding, fix }) => ({
    finding: { ...finding, check: finding.check ?? check },
    fix: fix && tu.rewriter.trial(fix),
  }));
  const touched = new Set(
    [...result.edits, ...result.findings.flatMap(({ fix }) => fix ?? [])].map(({ file }) => file),
  );
  for (const path of touched) {
    const file = tu.files.find((candidate) => candidate.path === path) as SourceFile;
    result.sources[path] = createHash('sha256').update(file.bytes).digest('hex');
  }
}
