/** Which functions a person means by `open*,read,connect`, for one program: those that it or its libraries call. */
import { resolve } from 'node:path';
import { MrhookerError } from '../error.js';
import { findHeaders } from '../headers/finder.js';
import { nearest } from '../headers/nearest.js';
import { Headers } from '../headers/reader.js';
import { parseSpecifier } from '../headers/specifier.js';
import { findCommand, inspectTarget } from '../launch/command.js';
import { globToExpression, isGlob, type LoadedObject, loadedObjects, namesFor } from '../launch/imports.js';
import { familyOf } from '../stub/aliases.js';
import { forwarded, isInternal } from '../stub/forwarded.js';
import { foundFunction, planFunction, resultCapture, type TracedFunction } from './plan.js';

export interface SelectOptions {
  patterns: readonly string[];
  command: readonly string[];
  /** Read before the usual ones. */
  headers: readonly string[];
  includes: readonly string[];
  cwd: string;
  /** Characters of texts and buffers. */
  limit: number;
  /** The programs that the command starts are traced, too. */
  follow: boolean;
}

/** Functions that only other programs call are described beforehand as long as they are no more: each costs time at the start. */
const MOST_OTHERS = 100;

export interface Selection {
  functions: TracedFunction[];
  /** Patterns that match nothing the program calls; what it loads or starts later may. */
  unmatched: string[];
}

/** @throws MrhookerError `function`: nothing matches; `command`, `target`: there is no such program, or hooks cannot reach it */
export async function selectFunctions(options: SelectOptions): Promise<Selection> {
  const { patterns, command, headers, includes, cwd, limit, follow } = options;
  const target = inspectTarget(findCommand(command[0] ?? ''));
  const objects = loadedObjects(target.path);
  const primary = new Set<string>();
  const unmatched: string[] = [];
  for (const pattern of patterns) {
    const names = namesFor([pattern], objects, new Set()).filter((name) => !isInternal(name));
    if (names.length === 0) unmatched.push(pattern);
    for (const name of names) primary.add(familyOf(name));
  }
  const described = new Map<string, TracedFunction>();
  for (const header of headers) {
    const functions = await describe(header, [...primary], includes, cwd, limit, true);
    for (const fn of functions) described.set(fn.name, fn);
  }
  const others = [...primary].filter((name) => !described.has(name));
  const later = new Set(follow ? laterNames(patterns, objects, primary) : []);
  const found = others.length + later.size > 0 ? await findHeaders([...others, ...later], includes, later) : [];
  // A name that neither the program nor any header has is a slip of the pen.
  const used = new Set(objects.flatMap(({ symbols }) => symbols.map(({ name }) => name)));
  for (const { name, header } of found) {
    if (header !== undefined && later.has(name)) primary.add(name);
    if (header !== undefined || used.has(name)) continue;
    primary.delete(name);
    unmatched.push(name);
  }
  // A program that is started later may call what a glob means.
  if (primary.size === 0 && !(follow && patterns.some(isGlob))) throw nothingMatches(options, objects);
  const byHeader = new Map<string, string[]>();
  for (const { name, header } of found) {
    if (header !== undefined) byHeader.set(header, [...(byHeader.get(header) ?? []), name]);
  }
  for (const [header, names] of byHeader) {
    for (const fn of await describe(header, names, includes, cwd, limit)) described.set(fn.name, fn);
  }
  return { functions: [...primary].map((name) => described.get(name) ?? foundFunction(name, limit)), unmatched };
}

/** What the loaded objects have for others to call: a program that is started later may. */
function laterNames(
  patterns: readonly string[],
  objects: readonly LoadedObject[],
  primary: ReadonlySet<string>,
): string[] {
  const globs = patterns.filter(isGlob).map(globToExpression);
  const exported = objects.flatMap(({ symbols }) =>
    symbols.flatMap(({ name, type, defined }) => (defined && (type === 2 || type === 10) ? [name] : [])),
  );
  const names = exported.filter((name) => globs.some((glob) => glob.test(name)) && !isInternal(name));
  const others = [...new Set(names.map(familyOf))].filter((name) => !primary.has(name));
  return others.length <= MOST_OTHERS ? others : [];
}

function nothingMatches({ patterns, command }: SelectOptions, objects: readonly LoadedObject[]): MrhookerError {
  const imported = objects.flatMap(({ symbols }) => symbols.filter(({ defined }) => !defined).map(({ name }) => name));
  const close = patterns.flatMap((pattern) => nearest(pattern.replaceAll(/[*?]/g, ''), [...new Set(imported)]));
  const hint = close.length > 0 ? ` Did you mean ${close.map((name) => `'${name}'`).join(', ')}?` : '';
  const list = patterns.map((pattern) => `'${pattern}'`).join(', ');
  return new MrhookerError(
    'function',
    `${list}: ${command[0]} and its libraries call no function of such a name.${hint}`,
  );
}

/**
 * Those of a header that can be hooked with their types; of one that does not compile by itself, none.
 * @param strict that is an error
 */
async function describe(
  header: string,
  names: readonly string[],
  includes: readonly string[],
  cwd: string,
  limit: number,
  strict = false,
): Promise<TracedFunction[]> {
  const specifier = parseSpecifier(`c:${header}`, cwd);
  const options = { language: specifier.language, arguments: includes.map((path) => `-I${resolve(cwd, path)}`), cwd };
  let headers: Headers;
  try {
    headers = await Headers.open([specifier], options);
  } catch (error) {
    if (!strict && error instanceof MrhookerError) return [];
    throw error;
  }
  using opened = headers;
  const declarations = await opened.declare(
    names.filter((name) => opened.has(name)),
    { skipUnusable: true },
  );
  return names.flatMap((name): TracedFunction[] => {
    const declaration = declarations.names[name];
    if (declaration?.kind !== 'function' || declaration.function.inline === 'static') return [];
    const fn = declaration.function;
    return [
      {
        name,
        header,
        parameters: planFunction(fn, declarations, limit),
        variadic: fn.type.variadic ?? false,
        returnsNothing: fn.type.result.kind === 'void',
        result: resultCapture(fn, limit),
        beginOnly: forwarded.has(fn.symbol),
        limit,
        records: declarations.records,
      },
    ];
  });
}
