// Which of Clang's arguments a caller may give, and a compile_commands.json may hold: those that say how the source is
// to be read. Whatever loads code (-fplugin, -load), runs another program, writes a file, or reads one outside of the tree
// is refused.
// https://clang.llvm.org/docs/ClangCommandLineReference.html
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { IgorError } from 'igor';
import { type AllowedFolder, isInside } from './folders.js';

const plain =
  /^(?:-D.+|-U\w+|-std=[\w+]+|-W[\w-]*(?:=[\w-]*)?|-w|-O[\dsgz]?|-g\w*|-m(?:32|64|arch=[\w.+-]+|tune=[\w.+-]+|[a-z]+[\w.-]*)|-pthread|-pedantic(?:-errors)?|-ansi|-nostdinc(?:\+\+)?|-undef|-E|-c|--target=[\w.-]+|-fno-[\w-]+|-f(?:exceptions|rtti|signed-char|unsigned-char|short-enums|PIC|pic|PIE|pie|permissive|ms-extensions|blocks|char8_t|coroutines|concepts|openmp|wrapv|strict-aliasing|common|freestanding|hosted|gnu\w*|visibility=\w+|visibility-[\w-]+|stack-protector[\w-]*|function-sections|data-sections|diagnostics-[\w=-]+|template-depth=\d+|constexpr-[\w-]+=\d+|builtin|omit-frame-pointer|math-errno|fast-math|trapping-math|lax-vector-conversions\w*|sanitize=[\w,-]+|macro-backtrace-limit=\d+|message-length=\d+|color-diagnostics|delayed-template-parsing|declspec|approxfunc|unroll-loops|inline-functions|tree-\w+|plt|semantic-interposition|zero-initialized-in-bss))$/;
const withPath = /^(-I|-isystem|-iquote|-idirafter|-include|-imacros|-isysroot|--sysroot=|-F)(.*)$/;
const takesNext = new Set(['-x', '-D', '-U', '-std', '-target', '-arch']);
const languages = /^(?:c|c\+\+|objective-c|objective-c\+\+|c-header|c\+\+-header|cuda|none)$/;

/** Where anybody may look for headers. */
const publicFolders = ['/usr/include', '/usr/local/include', '/usr/lib', '/usr/share'];

/**
 * Clang's arguments as a caller may give them.
 * @param directory against which their relative paths are meant
 * @throws IgorError `permission_denied`, naming the argument
 */
export function checkArguments(args: readonly string[], folder: AllowedFolder, directory = folder.path): string[] {
  const expanded = args.flatMap((arg) => (arg.startsWith('@') ? responseFile(arg, folder, directory) : [arg]));
  for (let index = 0; index < expanded.length; index++) {
    const arg = expanded[index]!;
    if (takesNext.has(arg)) {
      const next = expanded[++index];
      if (next === undefined || next.startsWith('-') || (arg === '-x' && !languages.test(next)))
        throw refused(`${arg} ${next ?? ''}`);
      continue;
    }
    const path = withPath.exec(arg);
    if (path) {
      const value = path[2] || (arg.endsWith('=') ? '' : expanded[++index]);
      checkPath(arg, value, folder, directory);
      continue;
    }
    if (!plain.test(arg) && !/^-x(?:c|c\+\+|objective-c|objective-c\+\+)$/.test(arg)) throw refused(arg);
  }
  return expanded;
}

/**
 * What a project's own compile_commands.json asks for. It was written by a build, which is trusted less than the agent's
 * owner and more than a caller: only what runs code or leads out is refused.
 * @throws IgorError `permission_denied`
 */
export function checkBuildArguments(args: readonly string[], folder: AllowedFolder, directory: string): void {
  for (const [index, arg] of args.entries()) {
    if (arg.startsWith('@')) checkBuildArguments(responseFile(arg, folder, directory), folder, directory);
    if (
      /^-f(?:pass-)?plugin|^-load$|^-add-plugin$|^-plugin|^--?config|^-B|^--gcc-toolchain|^-fuse-ld|^-wrapper$|^-specs=|^-fmodule-file|^-ivfsoverlay/.test(
        arg,
      )
    ) {
      throw refused(arg);
    }
    if (
      /^-X(?:clang|preprocessor|assembler|linker)$|^-mllvm$/.test(arg) &&
      /^-load|plugin|^-opt-bisect/.test(args[index + 1] ?? '')
    ) {
      throw refused(`${arg} ${args[index + 1]}`);
    }
  }
}

function checkPath(arg: string, value: string | undefined, { path: base }: AllowedFolder, directory: string): void {
  if (!value) throw refused(arg);
  const path = resolve(directory, value);
  const known = [base, ...publicFolders].some((folder) => isInside(folder, path));
  if (!known) throw refused(value === arg ? arg : `${arg} ${value}`.replace(`${value} ${value}`, value));
}

/** Its arguments, one level deep. */
function responseFile(arg: string, { path: base }: AllowedFolder, directory: string): string[] {
  const path = resolve(directory, arg.slice(1));
  if (!isInside(base, path)) throw refused(arg);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new IgorError('not_found', `${arg}: no such file`);
  }
  const found = [...text.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double?.replace(/\\(.)/g, '$1') ?? single ?? bare ?? '',
  );
  const nested = found.find((it) => it.startsWith('@'));
  if (nested) throw refused(nested);
  return found;
}

function refused(arg: string): IgorError {
  return new IgorError('permission_denied', `this agent does not take the argument ${arg.trim()}`);
}
