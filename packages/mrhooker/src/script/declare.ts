/** TypeScript declarations for the headers that scripts import. */
import { lstatSync, readFileSync } from 'node:fs';
import { moduleDeclaration } from '../headers/dts.js';
import { Headers } from '../headers/reader.js';
import { parseSpecifier } from '../headers/specifier.js';
import type { HeaderFlags } from './prepare.js';

const GENERATED = '// Written by `mrhooker types`. C headers, as scripts import them.\n';

/** `console`, for projects whose `lib` and `types` bring none. */
export const CONSOLE_DECLARATION = "declare const console: import('mrhooker').Console;\n";

/** `c:…`, wherever a source file imports from; types alone count too. */
export function headerSpecifiers(files: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of files) {
    for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"](c:[^'"\n]+)['"]/g)) {
      if (specifier !== undefined && !found.has(specifier)) found.set(specifier, file);
    }
  }
  return found;
}

/**
 * @param specifiers with the file that each is imported from
 * @throws MrhookerError `header`
 */
export async function declareHeaders(specifiers: ReadonlyMap<string, string>, flags: HeaderFlags): Promise<string> {
  const texts: string[] = [];
  for (const [text, importer] of specifiers) {
    const specifier = parseSpecifier(text, importer);
    const arguments_ = [
      ...(flags.includes ?? []).map((path) => `-I${path}`),
      ...(flags.defines ?? []).map((define) => `-D${define}`),
    ];
    using headers = await Headers.open([specifier], {
      language: specifier.language,
      arguments: arguments_,
      cwd: flags.cwd,
    });
    const declarations = await headers.declare(headers.names, { skipUnusable: true });
    texts.push(moduleDeclaration(text, declarations));
  }
  return GENERATED + texts.map((text) => `\n${text}`).join('');
}

/** With what the file at the path, when it was written so, declares beside: for other scripts. */
export function withEarlier(text: string, path: string): string {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return text;
  const earlier = readFileSync(path, 'utf8');
  if (!earlier.startsWith(GENERATED)) return text;
  const title = (part: string) => part.slice(0, part.indexOf('\n'));
  const again = new Set(partsOf(text).map(title));
  return [text, ...partsOf(earlier).filter((part) => !again.has(title(part)))].join('\n');
}

function partsOf(text: string): string[] {
  return text
    .split(/^(?=declare )/m)
    .slice(1)
    .map((part) => `${part.trimEnd()}\n`);
}
