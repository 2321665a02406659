/** From an entry of compile_commands.json to what a parse takes. */
import { basename, resolve } from 'node:path';
import type { ParseOptions } from '../ast/options.js';
import type { CompileCommand } from './compile-commands.js';
import { decideFlag, type FlagRule } from './gcc-flags.js';

/** One file, compiled in one way. Plain data: it crosses processes. */
export interface Unit {
  /** Absolute. */
  readonly file: string;
  /** As the command names it: what messages show. */
  readonly name: string;
  readonly directory: string;
  readonly driver: 'clang' | 'clang++';
  /** For Clang: without the compiler, the input, and what only GCC understands. */
  readonly arguments: readonly string[];
}

/** A flag that was translated or dropped. */
export interface FlagNotice {
  flag: string;
  replacement: string | undefined;
  why: string;
  /** In how many commands. */
  count: number;
}

/** Programs that stand in front of a compiler. */
const WRAPPERS = /^(?:ccache|sccache|distcc|icecc|buildcache|env|time|nice)$/;
const COMPILER = /^(?:(.+)-)?(gcc|g\+\+|cc|c\+\+|clang|clang\+\+)(?:-[\d.]+)?(?:\.exe)?$/;
/** Their value is the next argument; a value may look like the input. */
const WITH_VALUE = new Set(
  (
    '-o -x -I -D -U -include -imacros -isystem -iquote -idirafter -iprefix -iwithprefix -iwithprefixbefore -isysroot -F ' +
    '-iframework -arch -target --target -Xclang -Xpreprocessor -Xassembler -Xlinker -mllvm -MF -MT -MQ -MJ -T -u -L -l -z ' +
    '-dumpbase -dumpdir -dumpbase-ext --param -gcc-toolchain --sysroot -ivfsoverlay -include-pch -cxx-isystem -stdlib++-isystem'
  ).split(' '),
);
/** Outputs, and what only belongs to them. */
const OUTPUT = new Set(['-c', '-S', '-E', '-M', '-MM', '-MG', '-MP', '-MD', '-MMD', '-MV']);
const OUTPUT_WITH_VALUE = new Set(['-o', '-MF', '-MT', '-MQ', '-MJ', '--serialize-diagnostics']);

export function unitOf(command: CompileCommand, notices: Map<string, FlagNotice>): Unit {
  const { directory } = command;
  const [compiler, rest] = withoutWrappers(command.arguments);
  const file = resolve(directory, command.file);
  const [, prefix, program] = COMPILER.exec(basename(compiler)) ?? [];
  const args: string[] = [];
  // A cross compiler says its target by its name. x86_64-linux-gnu-gcc, too, is usually just the machine's own.
  if (prefix !== undefined && /^\w+-/.test(prefix)) args.push(`--target=${prefix}`);
  let name = command.file;
  let literal = false;
  for (let at = 0; at < rest.length; at++) {
    const argument = rest[at] as string;
    if (!literal && argument === '--') {
      literal = true;
      continue;
    }
    if (literal || !argument.startsWith('-')) {
      // The input; should there be others, they are other entries' business.
      if (resolve(directory, argument) === file) name = argument;
      continue;
    }
    if (OUTPUT.has(argument) || /^-o./.test(argument) || /^-M[FTQJ]./.test(argument)) continue;
    if (OUTPUT_WITH_VALUE.has(argument)) {
      at++;
      continue;
    }
    const decision = decideFlag(argument);
    if (decision) {
      if (decision.rule.takesValue) at++;
      note(notices, argument, decision.rule, decision.replacement);
      if (decision.replacement !== undefined) args.push(decision.replacement);
      continue;
    }
    args.push(argument);
    if (WITH_VALUE.has(argument) && at + 1 < rest.length) args.push(rest[++at] as string);
  }
  return { file, name, directory, driver: program?.endsWith('++') ? 'clang++' : 'clang', arguments: args };
}

function withoutWrappers(words: readonly string[]): readonly [compiler: string, rest: readonly string[]] {
  let at = 0;
  while (at + 1 < words.length) {
    const word = words[at] as string;
    // env's assignments, and nice's options.
    if (WRAPPERS.test(basename(word)) || (at > 0 && /^\w+=/.test(word))) at++;
    else break;
  }
  const compiler = words[at] as string;
  // `gcc -E …` alone, or a wrapper that is the compiler: ccache installed under the compiler's name.
  return [compiler, words.slice(at + 1)];
}

function note(notices: Map<string, FlagNotice>, flag: string, rule: FlagRule, replacement: string | undefined): void {
  if (rule.silent) return;
  const known = notices.get(flag);
  if (known) known.count++;
  else notices.set(flag, { flag, replacement, why: rule.why, count: 1 });
}

/** What `TranslationUnit.parse` takes for it, beside the name. */
export function parseOptionsOf(unit: Unit): ParseOptions {
  return { arguments: unit.arguments, cwd: unit.directory, driver: unit.driver };
}
