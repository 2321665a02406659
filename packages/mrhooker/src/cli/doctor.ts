/** `mrhooker doctor 'send,malloc' -- COMMAND`: which calls hooks will reach, before anything runs. */
import { createColors } from 'picocolors';
import { type Diagnosis, examine } from '../doctor/examine.js';
import { MrhookerError } from '../error.js';
import { parseFlags, splitCommand } from './flags.js';

const USAGE = `mrhooker doctor [--json] NAMES -- COMMAND [ARGS…]

Says which calls of these functions hooks will see in this command, and which not, and why. NAMES are separated by commas
and may have wildcards ('open*,read,SSL_*'). Nothing is run. The exit status is 0 when every function can be reached, 1 when
one can't.
`;

export async function main(args: readonly string[]): Promise<number> {
  const { own, command } = splitCommand(args, 'doctor send,malloc');
  const json = own.includes('--json');
  const flags = parseFlags(
    own.filter((argument) => argument !== '--json'),
    {},
  );
  const [names] = flags.rest;
  const [program] = command;
  if (flags.help || names === undefined || program === undefined) {
    (flags.help ? process.stdout : process.stderr).write(USAGE);
    return flags.help ? 0 : 125;
  }
  const patterns = names.split(',').filter(Boolean);
  if (patterns.length === 0)
    throw new MrhookerError('config', 'say which functions: mrhooker doctor send,malloc -- COMMAND');
  const diagnosis = examine(patterns, program);
  const colored = process.stdout.isTTY && !process.env.NO_COLOR;
  const text = json ? `${JSON.stringify(diagnosis, null, 2)}\n` : render(diagnosis, createColors(colored));
  process.stdout.write(text);
  return diagnosis.refused === undefined && diagnosis.functions.every(({ reachable }) => reachable) ? 0 : 1;
}

function render(diagnosis: Diagnosis, colors: ReturnType<typeof createColors>): string {
  if (diagnosis.refused !== undefined) return `${colors.red('✗')} ${diagnosis.refused}\n`;
  const lines = [`${diagnosis.target}, ${diagnosis.libraries.length} libraries`];
  for (const { name, reachable, callers, remarks } of diagnosis.functions) {
    const from = callers.length ? `: calls from ${callers.join(', ')}` : '';
    lines.push(`${reachable ? colors.green('✓') : colors.red('✗')} ${colors.bold(name)}${from}`);
    for (const remark of remarks) lines.push(`    ${remark}`);
  }
  for (const remark of diagnosis.remarks) lines.push(`${colors.yellow('!')} ${remark}`);
  return `${lines.join('\n')}\n`;
}
