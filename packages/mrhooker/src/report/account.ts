// The end of every run: calls seen = hooked + bypassed, by reason.

import { type Reason, reasons, type Session } from '../launch/session.js';
import type { Manifest, ManifestFunction } from '../stub/manifest.js';
import type { Colors } from './colors.js';

export interface FunctionAccount {
  name: string;
  /** The function whose other name this is. */
  aliasOf?: string;
  seen: number;
  hooked: number;
  bypassed: Partial<Record<Reason, number>>;
}

export interface Account {
  processes: { pid: number; parent: number; program: string }[];
  functions: FunctionAccount[];
  /** Calls made before the runtime was ready or after a thread's end; which functions they were isn't known. */
  early: number;
  /** Records that were given up because a ring stayed full. */
  dropped: number;
  /** Threads and processes that could not be recorded, and whether some functions of later programs could not. */
  unrecorded: { threads: number; processes: number; functions: boolean };
}

export function accountOf(
  session: Session,
  manifest: Manifest,
  { calls }: { calls: bigint[][] },
  dropped: number,
): Account {
  type Counted = Pick<ManifestFunction, 'name' | 'hooked' | 'family'> & { index: number; others?: number[] };
  // Processes that find one name at the same moment may count it under two numbers.
  const found = new Map<string, Counted & { others: number[] }>();
  for (const [index, name] of session.foundNames()) {
    const known = found.get(name);
    if (known) known.others.push(index);
    else found.set(name, { name, hooked: true, index, others: [] });
  }
  const all: Counted[] = [...manifest.functions.map((fn, index) => ({ ...fn, index })), ...found.values()];
  const functions = all.flatMap(({ name, hooked, family, index, others = [] }) => {
    const counts = (calls[index] ?? []).map((count, reason) =>
      others.reduce((sum, other) => sum + Number(calls[other]?.[reason] ?? 0), Number(count)),
    );
    const seen = counts.reduce((sum, count) => sum + count, 0);
    if (!hooked && !seen) return [];
    const bypassed = Object.fromEntries(reasons.flatMap((reason, i) => (i && counts[i] ? [[reason, counts[i]]] : [])));
    const aliasOf = family === undefined || family === index ? undefined : manifest.functions[family]?.name;
    return [{ name, ...(aliasOf && { aliasOf }), seen, hooked: counts[0] ?? 0, bypassed }];
  });
  const processes = session.processes();
  return {
    processes: processes.map(({ pid, parent, program }) => ({ pid, parent, program })),
    functions,
    early: processes.reduce((sum, { early }) => sum + early, 0),
    dropped,
    unrecorded: session.unrecorded(),
  };
}

const many = (calls: number): string => `${calls} call${calls === 1 ? '' : 's'}`;

export function accountLines(account: Account, colors: Colors, verbose: boolean): string[] {
  const lines: string[] = [];
  const seen = account.functions.filter((entry) => entry.seen);
  const say = (text: string) => lines.push(`${colors.dim('mrhooker:')} ${text}`);
  const shown = verbose ? seen : seen.filter((entry) => entry.seen !== entry.hooked);
  for (const { name, seen, hooked, bypassed } of shown) {
    const why = Object.entries(bypassed).map(([reason, count]) => `${count} ${reason}`);
    say(`${name}: ${many(seen)} = ${hooked} hooked${why.length ? ` + ${why.join(' + ')}` : ''}`);
  }
  const called = new Set(seen.map(({ name, aliasOf }) => aliasOf ?? name));
  const never = account.functions.flatMap(({ name, aliasOf }) => (aliasOf || called.has(name) ? [] : [name]));
  const total = seen.reduce((sum, entry) => sum + entry.seen, 0);
  const hooked = seen.reduce((sum, entry) => sum + entry.hooked, 0);
  const { length } = account.processes;
  say(
    `${many(total)} seen = ${hooked} hooked + ${total - hooked} bypassed, in ${length} process${length === 1 ? '' : 'es'}`,
  );
  if (account.early) say(`${account.early} more calls before the runtime was ready or after a thread's end`);
  if (never.length && never.length <= 20) say(`never called: ${never.join(', ')}`);
  if (account.dropped)
    say(colors.red(`${account.dropped} records were lost: they came faster than they could be read`));
  const { threads, processes, functions } = account.unrecorded;
  const without = (count: number, one: string, more: string) =>
    say(
      colors.red(
        `${count} ${count === 1 ? one : more} could not be hooked or recorded: no memory, or too many at a time`,
      ),
    );
  if (threads) without(threads, 'thread', 'threads');
  if (processes) without(processes, 'process', 'processes');
  if (functions)
    say(colors.red('not all functions that patterns mean in later programs are hooked: there are too many'));
  return lines;
}
