/** Flags for Clang stand anywhere on the command line, as with a compiler. */
import { CmonsterError } from '../error.js';

/** Commands that give files to Clang, and their own options with one dash. */
const OWN: Readonly<Record<string, RegExp>> = {
  dump: /^-h$/,
  run: /^-([hpa]|j\d*)$/,
  find: /^-([hp]|j\d*)$/,
  replace: /^-([hp]|j\d*)$/,
  preprocess: /^-[ho]$/,
  includes: /^-[ho]$/,
  macros: /^-h$/,
};
/** What is behind these is no flag, whatever it looks like. */
const TAKES_ANYTHING = /^(-a|--arg|-o|--output)$/;
/** Clang's, whose value may be the next word. */
const WITH_VALUE = new RegExp(
  `^-(${[
    '[IDUxFTLB]|M[FTQJ]|include|include-pch|imacros|isystem|iquote|idirafter|iprefix|iwithprefix|iwithprefixbefore|isysroot|iwithsysroot',
    'iframework|ivfsoverlay|c-isystem|cxx-isystem|resource-dir|working-directory|target|arch|Xclang|Xpreprocessor|Xlinker|Xassembler|mllvm',
  ].join('|')})$`,
);
const FLAG = /^-[A-Za-z]/;

/** What Clang calls standard input; yargs loses a `-`. */
export const STDIN = '<stdin>';

/** Puts Clang's flags behind `--`, in their order: `-UA -DA` isn't `-DA -UA`. */
export function withClangFlags(args: readonly string[]): string[] {
  const [command = ''] = args;
  const isOwn = OWN[command];
  if (!isOwn) return [...args];
  const end = args.indexOf('--');
  const own: string[] = [];
  const flags: string[] = [];
  const words = end < 0 ? args : args.slice(0, end);
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const isValue = TAKES_ANYTHING.test(words[at - 1] ?? '');
    if (isValue || isOwn.test(word)) own.push(word);
    else if (word === '-') own.push(STDIN);
    else if (!FLAG.test(word)) own.push(word);
    else if (!WITH_VALUE.test(word)) flags.push(word);
    else if (at + 1 === words.length) throw new CmonsterError('USAGE', `${word} lacks what belongs behind it`);
    else flags.push(word, words[++at] as string);
  }
  return [...own, '--', ...flags, ...(end < 0 ? [] : args.slice(end + 1))];
}
