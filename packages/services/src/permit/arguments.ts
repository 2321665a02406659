// Which of Clang's arguments a caller may give, and a compile_commands.json may hold: those that say how the source is
// to be read. Whatever loads code (-fplugin, -load), runs another program, writes a file, or reads one outside of the tree
// is refused: what is not known to be harmless is.
// https://clang.llvm.org/docs/ClangCommandLineReference.html
import { readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { splitCommandLine } from 'cmonster';
import { IgorError } from 'igor';
import { isInside } from './folders.js';

/** Where a path in an argument may lead. */
export interface Reach {
  /** Against it relative paths are meant. Absolute. */
  directory: string;
  /** Folders, resolved. */
  folders: readonly string[];
}

const plain =
  /^(?:-D.+|-U\w+|-std=[\w+]+|-W[\w-]*(?:=[\w-]*)?|-w|-O[\dsgz]?|-g\w*|-m(?:32|64|arch=[\w.+-]+|tune=[\w.+-]+|(?!llvm|odule)[a-z]+[\w.-]*)|-pthread|-pedantic(?:-errors)?|-ansi|-nostdinc(?:\+\+)?|-undef|-E|-c|--target=[\w.-]+|-fno-[\w-]+|-f(?:exceptions|rtti|signed-char|unsigned-char|short-enums|PIC|pic|PIE|pie|permissive|ms-extensions|blocks|char8_t|coroutines|concepts|openmp|wrapv|strict-aliasing|common|freestanding|hosted|gnu\w*|visibility=\w+|visibility-[\w-]+|stack-protector[\w-]*|function-sections|data-sections|diagnostics-[\w=-]+|template-depth=\d+|constexpr-[\w-]+=\d+|builtin|omit-frame-pointer|math-errno|fast-math|trapping-math|lax-vector-conversions\w*|sanitize=[\w,-]+|macro-backtrace-limit=\d+|message-length=\d+|color-diagnostics|delayed-template-parsing|declspec|approxfunc|unroll-loops|inline-functions|tree-\w+|plt|semantic-interposition|zero-initialized-in-bss))$/;

/** What builds ask for besides: of the shape of a switch, without a path, and nothing that loads, records or writes. */
const ofBuilds =
  /^(?:-f(?!plugin|pass-plugin|module|build-session|profile|memory-profile|crash|time-trace|save|optimization-record|proc-stat|xray|sanitize-|thinlto|embed|rewrite|ms-runtime|debug-info|dump|cuda|offload|api-notes|apinotes|autolink|implicit-module|prebuilt|minimize|diagnostics-log|stack-usage|pch|validate-pch|use-linker|driver|test-|bootclasspath|encoding=)[\w-]+(?:=[\w,.+-]+)?|-f(?:debug|file|macro|coverage)-prefix-map=.*|-fdebug-compilation-dir=.*|-m(?!llvm|odule)[\w.-]+(?:=[\w.,+-]+)?|-Wp,-[DU][\w=,]+|-stdlib=[\w+]+|-nostdlib(?:inc|\+\+)?|-Qunused-arguments|-R[\w-]+(?:=[\w-]+)?|-g[\w-]+(?:=[\w-]+)?|-static-[\w+]+|-P|-C|-H|-trigraphs|-fsyntax-only|-W[\w-]+=[\w.-]+)$/;
const withPath =
  /^(-I|-isystem|-iquote|-idirafter|-include|-imacros|-isysroot|--sysroot=|-F|-cxx-isystem|-iframework)(.*)$/;
const takesNext = new Map<string, RegExp>([
  ['-x', /^(?:c|c\+\+|objective-c|objective-c\+\+|c-header|c\+\+-header|none)$/],
  ['-D', /^[^-]/],
  ['-U', /^\w+$/],
  // Clang looks for a file of settings by a target's name: it must not be a path.
  ['-target', /^[\w.-]+$/],
  ['-arch', /^\w+$/],
]);

/** Where anybody may look for headers. */
export const publicFolders = ['/usr/include', '/usr/local/include', '/usr/lib', '/usr/share'];

/**
 * Clang's arguments as a caller may give them.
 * @returns the same, response files replaced by what is in them
 * @throws IgorError `permission_denied`, naming the argument
 */
export function checkArguments(args: readonly string[], reach: Reach): string[] {
  const expanded = args.flatMap((arg) => (arg.startsWith('@') ? responseFile(arg, reach) : [arg]));
  checkEach(expanded, reach, (arg) => plain.test(arg));
  return expanded;
}

/**
 * What Clang is given for a file of a project's own compile_commands.json. That was written by a build, which knows more switches than
 * callers need; but who writes into the tree is not its owner, so paths lead no further.
 * @throws IgorError `permission_denied`
 */
export function checkBuildArguments(args: readonly string[], reach: Reach): void {
  checkEach(args, reach, (arg) => plain.test(arg) || ofBuilds.test(arg));
}

/**
 * What that file says as it is written. Much of it Clang is never given, an output's name for example; but what is meant to run code is
 * refused even so, rather than passed over, and no response file elsewhere is read.
 * @throws IgorError `permission_denied`
 */
export function checkBuildCommand(words: readonly string[], reach: Reach): void {
  for (const [index, word] of words.entries()) {
    if (word.startsWith('@')) checkBuildCommand(responseFile(word, reach), reach);
    if (/^-f(?:pass-)?plugin|^-load$|^-add-plugin$|^-plugin|^--?config|^-B|^-wrapper$|^-specs=|^-cc1/.test(word))
      throw refused(word);
    const next = words[index + 1] ?? '';
    if (/^-X(?:clang|preprocessor|assembler|linker)$|^-mllvm$/.test(word) && /^-load|plugin/.test(next))
      throw refused(`${word} ${next}`);
  }
}

function checkEach(args: readonly string[], reach: Reach, known: (arg: string) => boolean): void {
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    const value = takesNext.get(arg);
    if (value) {
      const next = args[++index];
      if (next === undefined || !value.test(next)) throw refused(`${arg} ${next ?? ''}`);
      continue;
    }
    // An argument of Clang's inner program is no other than one of its own.
    if (arg === '-Xclang') {
      const next = args[++index];
      if (next === undefined || !known(next)) throw refused(`${arg} ${next ?? ''}`);
      continue;
    }
    const path = withPath.exec(arg);
    if (path) {
      const given = path[2] || (arg.endsWith('=') ? '' : args[++index]);
      if (!given || !leadsInside(given, reach)) throw refused(path[2] ? arg : `${arg} ${given ?? ''}`);
      continue;
    }
    if (!known(arg) && !/^-x(?:c|c\+\+|objective-c|objective-c\+\+)$/.test(arg)) throw refused(arg);
  }
}

function leadsInside(path: string, { directory, folders }: Reach): boolean {
  const real = resolved(resolve(directory, path));
  return [...folders, ...publicFolders].some((folder) => isInside(folder, real));
}

/** As far as it is there, without links. */
function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(resolved(parent), basename(path));
  }
}

/** Its arguments, one level deep. */
function responseFile(arg: string, { directory, folders }: Reach): string[] {
  const path = resolved(resolve(directory, arg.slice(1)));
  if (!folders.some((folder) => isInside(folder, path))) throw refused(arg);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new IgorError('not_found', `${arg}: no such file`);
  }
  const words = splitCommandLine(text);
  const nested = words.find((it) => it.startsWith('@'));
  if (nested) throw refused(nested);
  return words;
}

function refused(arg: string): IgorError {
  return new IgorError('permission_denied', `this agent does not take the argument ${arg.trim()}`);
}
