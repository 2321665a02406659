/** Words of a sub-command: `-I`, `-D`, its own options, and what is left. */
import { MrhookerError } from '../error.js';
import { didYouMean } from '../headers/nearest.js';

export interface Flags {
  includes: string[];
  defines: string[];
  /** Of the sub-command's own options, by name. */
  values: Record<string, string>;
  rest: string[];
  help: boolean;
}

/** @param own options with a value, and what to call it */
export function parseFlags(args: readonly string[], own: Readonly<Record<string, string>>): Flags {
  const flags: Flags = { includes: [], defines: [], values: {}, rest: [], help: false };
  const known: Record<string, string> = { '-I': 'DIR', '--include': 'DIR', '-D': 'NAME', '--define': 'NAME', ...own };
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string;
    if (arg === '-h' || arg === '--help') flags.help = true;
    else if (!arg.startsWith('-') || arg === '-') flags.rest.push(arg);
    else {
      const [name, attached] = split(arg);
      const value = known[name];
      if (value === undefined)
        throw new MrhookerError('config', `there is no option '${name}'.${didYouMean(name, Object.keys(known))}`);
      const text = attached ?? args[++at];
      if (text === undefined) throw new MrhookerError('config', `${name} needs a value: ${name} ${value}`);
      if (name === '-I' || name === '--include') flags.includes.push(text);
      else if (name === '-D' || name === '--define') flags.defines.push(text);
      else flags.values[name] = text;
    }
  }
  return flags;
}

function split(arg: string): [string, string | undefined] {
  if (!arg.startsWith('--')) return arg.length > 2 ? [arg.slice(0, 2), arg.slice(2)] : [arg, undefined];
  const equals = arg.indexOf('=');
  return equals < 0 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)];
}

/**
 * What stands before `--`, and the command behind it.
 * @param usage what a person writes before it
 * @throws MrhookerError `config`: there is more than that, and no `--`
 */
export function splitCommand(
  args: readonly string[],
  usage: string,
): { own: readonly string[]; command: readonly string[] } {
  const at = args.indexOf('--');
  if (at >= 0) return { own: args.slice(0, at), command: args.slice(at + 1) };
  const second = args.findIndex((arg, index) => index > 0 && !arg.startsWith('-') && !args[index - 1]?.startsWith('-'));
  if (second >= 0) {
    throw new MrhookerError(
      'config',
      `put -- before the command: mrhooker ${usage} -- ${args.slice(second).join(' ')}`,
    );
  }
  return { own: args, command: [] };
}
