/** Names that scripts import from headers and never use: the bundler leaves them out, and a misspelt one would not be noticed. */
import { readFileSync } from 'node:fs';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { parse } from 'acorn';
import { SCHEME } from '../headers/specifier.js';
import type { HeaderImports, Place } from './analyse.js';
import type { Script } from './bundle.js';

export interface UnusedImport {
  specifier: string;
  name: string;
  at: Place;
}

/**
 * @param inputs files that went into the bundle; those of packages are their authors'
 * @param used what is left of the imports in the bundle
 */
export async function unusedImports(
  scripts: readonly Script[],
  inputs: readonly string[],
  used: HeaderImports,
): Promise<UnusedImport[]> {
  const texts = new Map(scripts.flatMap(({ path, text }) => (text === undefined ? [] : [[path, text] as const])));
  for (const path of inputs) {
    if (/\.[cm]?[jt]sx?$/.test(path) && !path.includes('/node_modules/')) texts.set(path, readFileSync(path, 'utf8'));
  }
  const found: UnusedImport[] = [];
  for (const [path, text] of texts) {
    if (!text.includes(SCHEME)) continue;
    for (const each of await importsOf(path, text)) {
      if (!used.get(each.specifier)?.has(each.name)) found.push(each);
    }
  }
  return found;
}

/** All that one file imports from headers; types, which are marked as such, are not among them. */
async function importsOf(path: string, text: string): Promise<UnusedImport[]> {
  const { transform } = await import('esbuild');
  const { code, map } = await transform(text, {
    loader: 'ts',
    target: 'es2023',
    sourcemap: 'external',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  const trace = new TraceMap(map);
  const found: UnusedImport[] = [];
  for (const node of parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true }).body) {
    if (node.type !== 'ImportDeclaration' || !String(node.source.value).startsWith(SCHEME)) continue;
    for (const specifier of node.specifiers) {
      if (specifier.type !== 'ImportSpecifier') continue;
      const { imported } = specifier;
      const name = imported.type === 'Identifier' ? imported.name : String(imported.value);
      const start = specifier.loc?.start ?? { line: 1, column: 0 };
      const { line, column } = originalPositionFor(trace, start);
      const at = { file: path, line: line ?? start.line, column: (column ?? start.column) + 1 };
      found.push({ specifier: String(node.source.value), name, at });
    }
  }
  return found;
}
