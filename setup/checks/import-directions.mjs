import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { root } from '../paths.mjs';
import { listFiles } from '../shell.mjs';

/** Which of the project's packages each may import. Dependencies point one way. */
const allowed = /** @type {Record<string, string[]>} */ ({
  cmonster: [],
  igor: [],
  mrhooker: ['cmonster'],
  services: ['igor', 'mrhooker', 'cmonster'],
  console: ['igor', 'services'],
});

/** Packages whose folders of src/ may not import each other in a circle. */
const layered = ['cmonster'];

/** Packages import each other only by name and only downwards; folders of a package form no cycle. */
export const importDirections = {
  title: 'import directions',
  repair:
    'move the code to the side that may know the other; the allowed directions are in setup/checks/import-directions.mjs',
  problems() {
    const files = listFiles([':(glob)packages/*/src/**/*.ts']).map((path) => ({
      path,
      imports: findImports(readFileSync(`${root}/${path}`, 'utf8')),
    }));
    const found = [...crossings(files), ...layered.flatMap((name) => folderCycles(files, name))];
    return found.length ? found.join('\n') : undefined;
  },
};

/** @typedef {{ specifier: string, line: number, typeOnly: boolean }} Import */
/** @typedef {{ path: string, imports: Import[] }} SourceFile */

/**
 * @param {string} source TypeScript
 * @returns {Import[]}
 */
export function findImports(source) {
  const statement =
    /^[ \t]*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?(['"])([^'"\n]+)\2|\bimport\(\s*(['"])([^'"\n]+)\4\s*\)/gm;
  // Comments, and texts that hold TypeScript: templates, strings with a quoted name in them.
  const other = /^[ \t]*\/\/.*|\/\*[\s\S]*?\*\/|`(?:\\[\s\S]|[^`\\])*`|"[^"\n]*'[^"\n]*"/gm;
  const blanked = source.replace(other, (text) => text.replace(/[^\n]/g, ' '));
  return [...blanked.matchAll(statement)].map(({ 0: text, 1: type, 3: fixed, 5: dynamic, index }) => ({
    specifier: fixed ?? dynamic,
    line: blanked.slice(0, index + text.search(/\S/)).split('\n').length,
    typeOnly: type !== undefined,
  }));
}

/**
 * @param {readonly SourceFile[]} files
 * @returns {string[]}
 */
export function crossings(files) {
  return files.flatMap(({ path, imports }) => {
    const own = packageOf(path);
    return imports.flatMap(({ specifier, line }) => {
      const where = `${path}:${line}`;
      if (specifier.startsWith('.')) {
        const target = posix.join(posix.dirname(path), specifier);
        return target.startsWith(`packages/${own}/`)
          ? []
          : `${where}: ${specifier} leaves its package; import it by name`;
      }
      const other = specifier.replace(/^@monsterlab\//, '').split('/')[0];
      // A test may use its own package as everybody else does.
      if (!(other in allowed) || (other === own && path.endsWith('.test.ts'))) return [];
      return allowed[own]?.includes(other) ? [] : `${where}: ${own} may not import ${other}`;
    });
  });
}

/**
 * Imports of types alone are no cycle: nothing of them is left when the program runs.
 * @param {readonly SourceFile[]} files
 * @param {string} name of a package
 * @returns {string[]} one line for each circle of folders
 */
export function folderCycles(files, name) {
  const base = `packages/${name}/src/`;
  /** @type {Map<string, Map<string, string>>} for each folder, the folders it imports, with one place that does */
  const edges = new Map();
  for (const { path, imports } of files) {
    const from = folderOf(path, base);
    if (!from || path.endsWith('.test.ts')) continue;
    for (const { specifier, line, typeOnly } of imports) {
      if (typeOnly || !specifier.startsWith('.')) continue;
      const to = folderOf(posix.join(posix.dirname(path), specifier), base);
      if (!to || to === from) continue;
      const targets = edges.get(from) ?? new Map();
      if (!targets.has(to)) targets.set(to, `${path}:${line}`);
      edges.set(from, targets);
    }
  }
  /** @type {string[]} */
  const found = [];
  const done = new Set();
  for (const folder of [...edges.keys()].sort()) visit(folder, []);
  return found;

  /**
   * @param {string} folder
   * @param {string[]} trail the folders on the way here
   */
  function visit(folder, trail) {
    const start = trail.indexOf(folder);
    if (start >= 0) {
      const circle = [...trail.slice(start), folder];
      const places = circle.slice(1).map((to, index) => edges.get(circle[index])?.get(to));
      found.push(`${name}: ${circle.join(' → ')} (${places.join(', ')})`);
      return;
    }
    if (done.has(folder)) return;
    for (const to of edges.get(folder)?.keys() ?? []) visit(to, [...trail, folder]);
    done.add(folder);
  }
}

/** @param {string} path */
const packageOf = (path) => path.split('/')[1];

/**
 * The first folder below src/; a file of src/ itself, such as index.ts, belongs to none.
 * @param {string} path
 * @param {string} base
 */
function folderOf(path, base) {
  if (!path.startsWith(base)) return undefined;
  const [folder, ...rest] = path.slice(base.length).split('/');
  return rest.length ? folder : undefined;
}
