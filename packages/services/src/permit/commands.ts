// Which commands may be run. What is compared is what is executed: the program's file as it resolves, and its arguments one
// by one. There is no shell between, so a semicolon is a semicolon.
import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { IgorError } from 'igor';
import type { Settings } from '../settings.js';

export interface AllowedCommand {
  program: string;
  arguments: readonly string[];
}

export class Commands {
  constructor(private readonly settings: Settings) {}

  list(): AllowedCommand[] {
    return (this.settings.commands ?? []).map(([program = '', ...rest]) => ({ program, arguments: rest }));
  }

  /**
   * @param command its first word may be the name of an allowed program instead of its path
   * @returns the same, with the program's path
   * @throws IgorError `permission_denied`, `invalid_argument`
   */
  check(command: readonly string[]): [program: string, ...args: string[]] {
    const [name, ...args] = command;
    if (!name) throw new IgorError('invalid_argument', 'a command needs a program');
    if (command.some((word) => word.includes('\0')))
      throw new IgorError('invalid_argument', 'a word holds a zero byte');
    const found = this.list().find((allowed) => isProgram(allowed.program, name) && fits(allowed.arguments, args));
    if (!found) {
      throw new IgorError(
        'permission_denied',
        `this agent does not allow the command ${command.map((it) => JSON.stringify(it)).join(' ')}`,
      );
    }
    return [found.program, ...args];
  }
}

/** By its name, by its path, or by a path that leads to the same file. */
function isProgram(allowed: string, name: string): boolean {
  if (!name.includes('/')) return basename(allowed) === name;
  if (name === allowed) return true;
  try {
    // Only the last part may differ by a link: a program like busybox does what its name says.
    return basename(name) === basename(allowed) && realpathSync(name) === realpathSync(allowed);
  } catch {
    return false;
  }
}

function fits(patterns: readonly string[], args: readonly string[]): boolean {
  const open = patterns.at(-1) === '**';
  const fixed = open ? patterns.slice(0, -1) : patterns;
  if (open ? args.length < fixed.length : args.length !== fixed.length) return false;
  return fixed.every((pattern, index) => isLike(args[index]!, pattern));
}

/** `*` stands for any characters. Takes as long as the word is, whatever it holds: no regular expression. */
function isLike(word: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return word === pattern;
  if (!word.startsWith(first) || !word.endsWith(last) || word.length < first.length + last.length) return false;
  let at = first.length;
  const end = word.length - last.length;
  for (const part of rest) {
    const found = word.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** Names that change what a program is, whatever the settings say. */
const never =
  /^(?:LD_|DYLD_|GLIBC_TUNABLES$|MALLOC_|NODE_|PYTHON|PERL|RUBY|LUA_|JAVA_TOOL_OPTIONS$|_JAVA_OPTIONS$|BASH_|ENV$|IFS$|PATH$|HOME$|SHELL$|SHELLOPTS$|PROMPT_COMMAND$|PS4$|ZDOTDIR$|EDITOR$|VISUAL$|PAGER$|LESS|MANPAGER$|GIT_|SSH_|GCC_EXEC_PREFIX$|COMPILER_PATH$|CPATH$|CCACHE_|GCONV_PATH$|LOCPATH$|NLSPATH$|HOSTALIASES$|RESOLV|TERMINFO|XDG_|MRHOOKER|MONSTERLAB|IGOR)/;

/** Whether a caller may ever set it. */
export const isHarmless = (name: string): boolean => /^\w+$/.test(name) && !never.test(name);

/** What a command's environment is: a small one of ours, and what the caller adds. @throws IgorError `permission_denied` */
export function environmentOf(settings: Settings, added: Record<string, string>): Record<string, string> {
  for (const [name, value] of Object.entries(added)) {
    if (!settings.environment?.includes(name) || !isHarmless(name) || value.includes('\0')) {
      throw new IgorError('permission_denied', `this agent does not let a caller set ${JSON.stringify(name)}`);
    }
  }
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    HOME: process.env.HOME ?? '/',
    ...added,
  };
}
