/** A script, understood: its headers read, its functions numbered, its text bundled. Nothing is compiled yet. */
import { MrhookerError } from '../error.js';
import type { Declaration } from '../headers/model.js';
import { didYouMean } from '../headers/nearest.js';
import { clangArguments, Headers, headerSource, overloadNames } from '../headers/reader.js';
import { type HeaderSpecifier, type Language, parseSpecifier } from '../headers/specifier.js';
import { forwarded } from '../stub/forwarded.js';
import { type Analysis, analyse, type ImportUse, type Place, placeText } from './analyse.js';
import { type Bundle, bundleOutline, bundleScript, type Script, scriptName, type VirtualModules } from './bundle.js';
import { ModuleWriter } from './modules.js';
import { NATIVE_HEADERS, type NativeName, nativeDeclarations } from './natives.js';
import { type PlannedName, Planner, type Unit } from './plan.js';
import { type UnusedImport, unusedImports } from './unused-imports.js';

/** What a compiler is told. */
export interface HeaderFlags {
  /** Where relative paths of flags start. */
  cwd: string;
  /** Folders for headers, `-I`. */
  includes?: readonly string[];
  /** `NAME` or `NAME=VALUE`, `-D`. */
  defines?: readonly string[];
}

/** All that is known before anything is compiled. */
export interface Prepared {
  analysis: Analysis;
  units: Unit[];
  bundle: Bundle;
  inputs: string[];
}

export async function prepare(scripts: readonly Script[], options: HeaderFlags): Promise<Prepared> {
  const outline = await bundleOutline(scripts);
  const names = scripts.map(scriptName).join(', ');
  const analysis = analyse(outline.code, outline.map, names);
  const unused = await unusedImports(scripts, outline.inputs, analysis.imports);
  for (const { specifier } of unused) if (!analysis.imports.has(specifier)) analysis.imports.set(specifier, new Map());
  const units = await readHeaders(analysis, unused, scripts[0]?.path ?? options.cwd, options);
  const bundle = await bundleScript(scripts, modulesFor(analysis, units));
  const headers = units.flatMap((unit) => unit.declarations.files);
  return { analysis, units, bundle, inputs: [...new Set([...bundle.inputs, ...headers])] };
}

/** Parses the headers of each language once, and numbers what is used of them. */
async function readHeaders(
  analysis: Analysis,
  unused: readonly UnusedImport[],
  script: string,
  options: HeaderFlags,
): Promise<Unit[]> {
  const units: Unit[] = [];
  const natives = nativeDeclarations(analysis);
  const importerOf = (text: string, names: ReadonlyMap<string, ImportUse>): string =>
    [...names.values(), ...unused.filter(({ specifier }) => specifier === text)][0]?.at.file ?? script;
  const specifiers = [...analysis.imports].map(([text, names]) => parseSpecifier(text, importerOf(text, names)));
  let first = 0;
  for (const language of ['c', 'c++'] as const) {
    const own = specifiers.filter((specifier) => specifier.language === language);
    const declared = language === 'c' ? natives.names : [];
    if (own.length === 0 && declared.length === 0) continue;
    const unit = await readUnit(language, own, declared, natives.prelude, analysis, unused, first, options);
    first += unit.functions.length;
    units.push(unit);
  }
  return units;
}

async function readUnit(
  language: Language,
  specifiers: readonly HeaderSpecifier[],
  natives: readonly NativeName[],
  prelude: string,
  analysis: Analysis,
  unused: readonly UnusedImport[],
  first: number,
  { cwd, includes = [], defines = [] }: HeaderFlags,
): Promise<Unit> {
  const flags = [...includes.map((path) => `-I${path}`), ...defines.map((define) => `-D${define}`)];
  const all = natives.length > 0 ? [...NATIVE_HEADERS, ...specifiers] : specifiers;
  const headerOptions = { language, arguments: flags, cwd, ...(natives.length > 0 && { prelude }) };
  using headers = await Headers.open(all, headerOptions);
  const wanted = specifiers.map((specifier) => ({
    specifier,
    names: analysis.imports.get(specifier.text) ?? NO_NAMES,
  }));
  for (const { specifier, names } of wanted) {
    for (const [name, { at }] of names) requireName(headers, name, specifier.text, at);
    for (const { specifier: text, name, at } of unused)
      if (text === specifier.text) requireName(headers, name, text, at);
  }
  const declarations = await headers.declare([
    ...wanted.flatMap(({ names }) => [...names.keys()]),
    ...natives.map(({ name }) => name),
  ]);
  const planner = new Planner(declarations, first);
  const modules = new Map<string, PlannedName[]>();
  for (const { specifier, names } of wanted) {
    const planned = [...names].map(([name, use]) => {
      requireUse(declarations.names[name], name, use);
      return planner.add(name, use.hooked, wantsAliases(use));
    });
    modules.set(specifier.text, planned);
  }
  for (const { name, key, hooked } of natives) modules.set(key, [planner.add(name, hooked)]);
  return {
    language,
    source: headerSource(all, headerOptions),
    arguments: [...clangArguments(headerOptions), ...specifiers.flatMap((specifier) => specifier.arguments)],
    declarations,
    functions: planner.finish(),
    redirects: planner.redirects,
    modules,
  };
}

function requireName(headers: Headers, name: string, specifier: string, at: Place): void {
  if (headers.has(name)) return;
  const hint = didYouMean(name, headers.names);
  throw new MrhookerError('function', `${placeText(at)}: '${specifier}' declares no '${name}'.${hint}`);
}

/** Unless each hook on it says otherwise. */
function wantsAliases({ hooks }: ImportUse): boolean {
  return hooks.length === 0 || hooks.some(({ aliases }) => aliases);
}

const NO_NAMES: ReadonlyMap<string, ImportUse> = new Map();

/** What a header has of a name may be no function, or one that cannot be hooked so. */
function requireUse(declaration: Declaration | undefined, name: string, { at, hooks }: ImportUse): void {
  if (declaration?.kind === 'overloads') {
    const list = overloadNames(declaration.functions);
    const example = `{ ${list[0]?.replaceAll("'", '"')} as … }`;
    throw new MrhookerError(
      'function',
      `${placeText(at)}: '${name}' has ${list.length} overloads, import one of them as ${example}: ${list.join(', ')}`,
    );
  }
  const [hooked] = hooks;
  if (!hooked) return;
  const refuse = (why: string): never => {
    throw new MrhookerError('function', `${placeText(hooked.at)}: ${name} can't be hooked: ${why}`);
  };
  if (declaration?.kind !== 'function') {
    const kinds: Record<string, string> = { macro: 'a macro', type: 'a type', variable: 'a variable' };
    throw refuse(`it is ${kinds[declaration?.kind ?? ''] ?? 'a constant'}, and nothing is called`);
  }
  const { inline, symbol } = declaration.function;
  if (inline === 'static') refuse('its body is in the header, and becomes a part of each caller');
  const returning = forwarded.has(symbol) && hooks.find(({ returns }) => returns);
  if (returning) {
    throw new MrhookerError(
      'function',
      `${placeText(returning.at)}: ${name} can't be replaced, and has no leave: it looks at who calls it, or doesn't return as others do. ` +
        `hook(${name}, { enter(…) { … } }) sees its calls`,
    );
  }
}

function modulesFor(analysis: Analysis, units: readonly Unit[]): VirtualModules {
  const modules: Record<string, string> = {};
  const natives: string[] = [];
  const imports: string[] = [];
  for (const unit of units) {
    const own = `mrhooker:headers/${unit.language}`;
    const writer = new ModuleWriter(unit);
    for (const [specifier, names] of unit.modules) {
      if (specifier.startsWith('native ') || specifier.startsWith('fnType ')) {
        const identifier = writer.declared(names[0] as PlannedName);
        imports.push(`import { ${identifier} } from ${JSON.stringify(own)};\n`);
        natives.push(`${JSON.stringify(specifier)}: () => ${identifier}`);
      } else {
        modules[specifier] = writer.reexports(names, own);
      }
    }
    modules[own] = writer.text;
  }
  const ids = analysis.shared.map(({ kind, name }, id) => `${JSON.stringify(`${kind} ${name}`)}: ${id}`);
  modules['#mrhooker/shared'] = `export default { ${ids.join(', ')} };\n`;
  modules['#mrhooker/natives'] = `${imports.join('')}export default { ${natives.join(', ')} };\n`;
  return modules;
}
