/** Clang's own tests as inputs: those of its preprocessor, lexer, parser and modules, with the flags of their first RUN lines. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fetchDebianSource } from '../../setup/corpus.mjs';
import type { Input } from './corpus.js';

export const FOLDERS = [
  'Preprocessor',
  'Lexer',
  'Parser',
  'CXX',
  'Sema',
  'SemaCXX',
  'SemaObjC',
  'Modules',
  'Headers',
  'C',
];

/** What a RUN line is about in place of preprocessing, and what belongs to its output. */
const OTHER =
  /^(-verify.*|-fsyntax-only|-emit-.*|-E|-S|-c|-ast-.*|-dump-.*|-print-.*|-fixit.*|-fdiagnostics-.*|-fcolor.*|-M[MGDPV]*|-H|-v|-###|-w|-Eonly|-disable-.*|-O.|-g.*|-analyze.*|-fcxx-exceptions-x|-load|-plugin|-code-.*|-triple=.*|-ftime.*|-test-.*|-rewrite-.*|-index-.*|-fobjc-dispatch-method.*|-internal-.*|-header-include.*|-serialize-.*|-dependency-.*|-sys-header-deps|-detailed-.*|-error-.*|-ferror-limit.*|-trim-.*|-fno-caret.*|-no-opaque.*|-ccc-.*|-offload-.*|-mllvm)$/;
/** Those that have their value in the next word. */
const TWO = new Set(
  '-triple -target -source-date-epoch -x -o -I -D -U -F -include -imacros -isystem -iquote -idirafter -isysroot -iframework -target-cpu -target-feature -target-abi -MF -MT -MQ -mllvm -load -plugin -aux-triple -std -dependency-file -header-include-file -internal-isystem -internal-externc-isystem -iprefix -iwithprefix -iwithprefixbefore -ivfsoverlay -resource-dir -diagnostic-log-file -fdebug-compilation-dir -fmessage-length -ferror-limit -main-file-name -fvisibility -mrelocation-model -pic-level -mthread-model -mfloat-abi -ftabstop -code-completion-at -isystem-after'.split(
    ' ',
  ),
);

/** The words of the first command of a RUN line that is Clang's and reads this file alone. */
function words(text: string, file: string): string[] | undefined {
  const lines = [...text.matchAll(/RUN:[ \t]*((?:.*\\\r?\n.*RUN:)*.*)/g)].map((match) =>
    (match[1] as string).replace(/\\\r?\n.*?RUN:/g, ' ').trim(),
  );
  for (const line of lines) {
    const [command = ''] = line.split(/[|;]|&&|>|2>/);
    if (!/^(not )?(%clang|%clang_cc1|%clangxx)\s/.test(command) || !/%s\b/.test(command)) continue;
    const own = command.replaceAll('%S', dirname(file)).replaceAll('%itanium_abi_triple', 'x86_64-unknown-linux-gnu');
    const split = [...own.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replace(/["']/g, ''));
    // What an earlier command has made isn't there.
    if (split.some((word) => /%[tT{]|\.pcm|\.pch/.test(word) && !word.startsWith('-fmodules-cache-path'))) continue;
    return split;
  }
  return undefined;
}

function argumentsOf(text: string, file: string): string[] | undefined {
  const split = words(text, file);
  if (!split) return undefined;
  const isCc1 = split.some((word) => word === '%clang_cc1' || word === '-cc1');
  const result: string[] = [];
  const clang = (...args: string[]): void => {
    result.push(...(isCc1 ? args.flatMap((arg) => ['-Xclang', arg]) : args));
  };
  for (let at = 0; at < split.length; at++) {
    const word = split[at] as string;
    const value = split[at + 1] ?? '';
    if (word === 'not' || word === '-cc1' || word === '-Xclang' || /^%/.test(word)) continue;
    if (/^-triple=/.test(word)) result.push(`--target=${word.slice(8)}`);
    if (OTHER.test(word)) {
      if (TWO.has(word)) at++;
      continue;
    }
    if (!TWO.has(word)) {
      // Of a RUN line that names further files, only this one is of use.
      if (word.startsWith('-fmodules-cache-path') || !word.startsWith('-')) continue;
      clang(word);
      continue;
    }
    at++;
    if (word === '-triple' || word === '-target') result.push(`--target=${value}`);
    else if (word === '-x') result.push('-x', value);
    else if (word !== '-o' && !/^-M/.test(word)) clang(word, value);
  }
  return result;
}

async function testRoot(): Promise<string> {
  return join(process.env.PP_LLVM ?? (await fetchDebianSource('llvm-toolchain-19')), 'clang/test');
}

/** Those of one folder. */
export async function clangInputs(folder: string): Promise<Input[]> {
  const root = await testRoot();
  const inputs: Input[] = [];
  for (const path of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\.(c|cc|cpp|cppm|h|hpp|m|mm|S|cl|cu|hlsl)$/.test(path) || /Inputs\//.test(path)) continue;
    const file = join(root, folder, path);
    const args = argumentsOf(readFileSync(file, 'latin1'), file);
    if (args) inputs.push({ file, arguments: args });
  }
  return inputs;
}

/** All folders of Clang's tests that hold sources. */
export async function allFolders(): Promise<string[]> {
  const found = readdirSync(await testRoot(), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return found.map(({ name }) => name).sort();
}
