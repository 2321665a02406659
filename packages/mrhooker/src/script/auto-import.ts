/** Scripts on the command line are short: what they name without declaring it is imported for them. */
import { type AnyNode, parse } from 'acorn';
import { MrhookerError } from '../error.js';
import { findHeaders } from '../headers/finder.js';
import type { Script } from './bundle.js';
import { unboundNames } from './unbound-names.js';

/** What of `mrhooker` needs no import. */
const LIBRARY = new Set(
  'hook call shared stack frameText process clock now env exists atExit record varargs alloc free pointer symbol sizeof offsetof types native fnType threadLocal inspect'.split(
    ' ',
  ),
);

/**
 * The script with imports for names that it declares nowhere: those of `mrhooker`, and functions of the C library's headers.
 * @throws MrhookerError `script`: a name that is nowhere
 */
export async function withImports(script: Script, includes: readonly string[]): Promise<Script> {
  if (script.text === undefined) return script;
  const free = await freeNames(script.text);
  const own = free.filter((name) => LIBRARY.has(name));
  const others = free.filter((name) => !LIBRARY.has(name) && !(name in globalThis));
  const imports = own.length > 0 ? [`import { ${own.join(', ')} } from 'mrhooker';`] : [];
  for (const { name, header, nearest } of others.length > 0 ? await findHeaders(others, includes) : []) {
    if (header === undefined) {
      const hint = nearest.length > 0 ? ` Did you mean ${nearest.map((other) => `'${other}'`).join(' or ')}?` : '';
      throw new MrhookerError('script', `-e: '${name}' is declared nowhere, in no header either.${hint}`);
    }
    imports.push(`import { ${name} } from 'c:${header}';`);
  }
  // Behind the script, for places in it to stay what they are.
  return imports.length > 0 ? { ...script, text: `${script.text}\n${imports.join('\n')}` } : script;
}

/** Names that are used and bound nowhere in the text; none when it does not compile, which is said later. */
async function freeNames(text: string): Promise<string[]> {
  const { transform } = await import('esbuild');
  let program: AnyNode;
  try {
    const { code } = await transform(text, { loader: 'ts', target: 'es2023', tsconfigRaw: {} });
    program = parse(code, { ecmaVersion: 'latest', sourceType: 'module' });
  } catch {
    return [];
  }
  return [...unboundNames(program)].sort();
}
