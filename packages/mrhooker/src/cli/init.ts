/** `mrhooker init send recv`: a script to begin with, which compiles. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { MrhookerError } from '../error.js';
import { findHeaders } from '../headers/finder.js';
import type { CFunction, CType } from '../headers/model.js';
import { Headers } from '../headers/reader.js';
import { parseSpecifier } from '../headers/specifier.js';
import { writeFileAtomically } from '../script/atomic.js';
import { COMPILER_OPTIONS, libraryTypes } from '../script/check.js';
import { CONSOLE_DECLARATION, declareHeaders, headerSpecifiers, withEarlier } from '../script/declare.js';
import { forwarded } from '../stub/forwarded.js';
import { parseFlags } from './flags.js';
import { TYPES_FILE } from './types.js';

const USAGE = `mrhooker init [-o SCRIPT.ts] [-I DIR] NAME…

Writes a script that hooks these functions and prints their calls: into hooks.ts, or what -o says ('-o -' is standard output).
Beside it go ${TYPES_FILE}, and a tsconfig.json where there is none, so that an editor completes what the headers have.
`;

export async function main(args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, { '-o': 'FILE', '--output': 'FILE' });
  if (flags.help || flags.rest.length === 0) {
    (flags.help ? process.stdout : process.stderr).write(USAGE);
    return flags.help ? 0 : 125;
  }
  const cwd = process.cwd();
  const output = flags.values['-o'] ?? flags.values['--output'] ?? 'hooks.ts';
  if (output !== '-' && existsSync(resolve(cwd, output))) {
    throw new MrhookerError('script', `${output} is there already: choose another with -o, or remove it`);
  }
  const includes = flags.includes.map((path) => resolve(cwd, path));
  const text = await scriptFor(flags.rest, includes, cwd);
  if (output === '-') {
    process.stdout.write(text);
    return 0;
  }
  const script = resolve(cwd, output);
  writeFileAtomically(script, text);
  const written = [output];
  const types = await declareHeaders(headerSpecifiers([script]), { cwd, includes, defines: flags.defines });
  const declarations = resolve(cwd, TYPES_FILE);
  writeFileAtomically(declarations, withEarlier(`${types}\n${CONSOLE_DECLARATION}`, declarations));
  written.push(TYPES_FILE);
  if (!existsSync(resolve(cwd, 'tsconfig.json'))) {
    const config = {
      compilerOptions: { ...COMPILER_OPTIONS, paths: { mrhooker: [libraryTypes()] } },
      include: ['*.ts'],
    };
    writeFileAtomically(resolve(cwd, 'tsconfig.json'), `${JSON.stringify(config, null, 2)}\n`);
    written.push('tsconfig.json');
  }
  process.stderr.write(`mrhooker: wrote ${written.join(', ')}. Now: mrhooker ${output} COMMAND\n`);
  return 0;
}

/** @throws MrhookerError `function`: a name that no header declares */
async function scriptFor(names: readonly string[], includes: readonly string[], cwd: string): Promise<string> {
  const found = await findHeaders(names, includes);
  const imports = new Map<string, string[]>();
  for (const { name, header, nearest } of found) {
    if (header === undefined) {
      const hint = nearest.length > 0 ? ` Did you mean ${nearest.map((other) => `'${other}'`).join(', ')}?` : '';
      throw new MrhookerError(
        'function',
        `no header declares '${name}'.${hint} With its folder: -I DIR; without any header: hook('${name}', …), see the guide`,
      );
    }
    imports.set(header, [...(imports.get(header) ?? []), name]);
  }
  const hooks: string[] = [];
  for (const [header, wanted] of imports) {
    const specifier = parseSpecifier(`c:${header}`, cwd);
    const options = { language: specifier.language, arguments: includes.map((path) => `-I${path}`), cwd };
    using headers = await Headers.open([specifier], options);
    const { names: declared } = await headers.declare(wanted);
    for (const name of wanted) {
      const declaration = declared[name];
      if (declaration?.kind === 'function') hooks.push(hookText(declaration.function));
      else throw new MrhookerError('function', `'${name}' of ${header} is no function that could be hooked`);
    }
  }
  const lines = [...imports].map(([header, wanted]) => `import { ${wanted.join(', ')} } from 'c:${header}';`);
  return `import { hook } from 'mrhooker';\n${lines.join('\n')}\n\n${hooks.join('\n')}`;
}

function hookText({ name, symbol, parameterNames, type }: CFunction): string {
  const taken = new Set([name, 'result', 'console', 'hook']);
  const names = parameterNames.map((parameter) =>
    taken.has(parameter) || isReserved(parameter) ? `${parameter}_` : parameter,
  );
  const list = names.join(', ');
  const shown = names.map((parameter, index) => `\${${valueText(parameter, type.parameters[index])}}`);
  if (type.variadic) shown.push('…');
  if (forwarded.has(symbol)) {
    return `hook(${name}, {\n  enter: (${list}) => console.log(\`${name}(${shown.join(', ')})\`),\n});\n`;
  }
  if (type.result.kind === 'void') {
    return `hook(${name}, (${list}) => {\n  console.log(\`${name}(${shown.join(', ')})\`);\n  ${name}(${list});\n});\n`;
  }
  return `hook(${name}, (${list}) => {
  const result = ${name}(${list}); // the original
  console.log(\`${name}(${shown.join(', ')}) = \${result}\`);
  return result;
});
`;
}

/** Text where C has `const char *`. */
function valueText(name: string, type: CType | undefined): string {
  const isText = type?.kind === 'pointer' && type.const && type.to.kind === 'integer' && type.to.char;
  return isText ? `${name}?.text()` : name;
}

function isReserved(name: string): boolean {
  try {
    new Function(`'use strict'; let ${name};`);
    return false;
  } catch {
    return true;
  }
}
