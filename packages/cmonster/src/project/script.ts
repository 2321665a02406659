/** Loads a person's TypeScript, wherever it lies, with this package in reach. */
import { existsSync } from 'node:fs';
import { register } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { TranslationUnit } from '../ast/translation-unit.js';
import { CmonsterError } from '../error.js';
import { compiledScript } from './compiled-script.js';
import type { Project } from './project.js';

/**
 * Runs in the loader's thread, from its text, so that it is the same from TypeScript and from the compiled package.
 * `import 'cmonster'` is this very package, so that classes are the same objects on both sides; and a `.ts` file is a module even
 * where no package.json says so.
 */
const hooks = `
let entry;
export function initialize(data) { entry = data.entry; }
export async function resolve(specifier, context, next) {
  if (specifier === 'cmonster') return { url: entry, format: 'module', shortCircuit: true };
  const resolved = await next(specifier, context);
  if (/\\.tsx?(\\?|$)/.test(resolved.url) && !resolved.url.includes('/node_modules/')) return { ...resolved, format: 'module' };
  return resolved;
}
`;

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const entry = new URL(`../index.${extension}`, import.meta.url).href;

let registered = false;

async function registerLoader(): Promise<void> {
  if (registered) return;
  registered = true;
  const { register: registerTsx } = await import('tsx/esm/api');
  registerTsx();
  // Behind tsx, so that it is asked before tsx.
  register(`data:text/javascript,${encodeURIComponent(hooks)}`, { parentURL: import.meta.url, data: { entry } });
  process.setSourceMapsEnabled(true);
}

/**
 * The module's exports. What the script throws while it loads comes out as it is.
 * @param cache where compiled scripts are kept
 */
export async function loadScript(path: string, cache?: string): Promise<Record<string, unknown>> {
  const file = resolve(path);
  if (!existsSync(file)) throw new CmonsterError('USAGE', `there is no script '${path}'`);
  // This package's own are JavaScript already, once it is compiled.
  if (isOwnJavaScript(file)) return import(pathToFileURL(file).href);
  const compiled = cache === undefined ? undefined : await compiledScript(file, entry, cache);
  if (compiled === undefined) await registerLoader();
  else process.setSourceMapsEnabled(true);
  return import(pathToFileURL(compiled ?? file).href);
}

/** What a script's default export is called with. */
export type UnitScript = (tu: TranslationUnit) => unknown;
export type ProjectScript = (project: Project) => unknown;

const FOR_PROJECT = Symbol.for('cmonster.forProject');

/** Marks a script's default export as one that is called once, with the whole project: `export default forProject(…)`. */
export function forProject(script: ProjectScript): ProjectScript {
  return Object.assign(script, { [FOR_PROJECT]: true });
}

export function isForProject(script: unknown): script is ProjectScript {
  return typeof script === 'function' && FOR_PROJECT in script;
}

/** This package's own script of a name. */
export function builtin(name: string): string {
  return fileURLToPath(new URL(`./builtin/${name}.${extension}`, import.meta.url));
}

function isOwnJavaScript(file: string): boolean {
  return file.endsWith('.js') && file.startsWith(fileURLToPath(new URL('./builtin/', import.meta.url)));
}
