/** The books of a chaotic day: what the store says, what was posted, and what the agents wrote down that they did, compared. */
import { existsSync, readFileSync } from 'node:fs';
import type { Calls, StoredCall } from '../../../packages/igor/src/store/calls.js';

export interface Books {
  /** Calls that an instance said it had noted. */
  noted: number;
  /** Calls in the store. */
  stored: number;
  byKind: Record<string, Record<string, number>>;
  byStatus: Record<string, number>;
  /** Items of streams that were kept. */
  items: number;
  kills: Record<string, number>;
  stanzas: { passed: number; doubled: number; delayed: number };
  faults: Faults;
}

/** Ids of calls, each with what is wrong. */
export interface Faults {
  /** In the store and without an end, or noted and not in the store. */
  lost: string[];
  /** Posted more than once, or not at all; an item twice, with a gap before it, or fewer than the outcome says. */
  wronglyPosted: string[];
  /** Run at another agent than the one that was called. */
  wrongAgent: string[];
  /** Run more than once; or two calls where an idempotency key says that they are one. */
  runTwice: string[];
  /** An outcome that what happened contradicts, or one that says nothing of it. */
  guessed: string[];
}

export const noFaults: Faults = { lost: [], wronglyPosted: [], wrongAgent: [], runTwice: [], guessed: [] };

interface PostedOutcome {
  call: string;
  n: number;
  kind: string;
  status: string;
  right: boolean | null;
}

interface PostedItem {
  call: string;
  seq: number;
  right: boolean;
}

/** What an agent wrote down of a call. */
interface Run {
  n: string;
  wanted: string;
  by: string;
  begun: number;
  done: number;
}

/** @param log what the agents wrote @param noted ids of calls */
export async function compare(
  calls: Calls,
  log: string,
  noted: ReadonlySet<string>,
): Promise<Pick<Books, 'stored' | 'byKind' | 'byStatus' | 'items' | 'faults'>> {
  const rows = await calls.history({ limit: 1_000_000 });
  const outcomes = await postedTo<PostedOutcome>(calls, 'outcomes');
  const items = await postedTo<PostedItem>(calls, 'items');
  const runs = runsOf(log);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const byKind: Books['byKind'] = {};
  const byStatus: Record<string, number> = {};
  const faults: Faults = structuredClone(noFaults);
  const keyed = new Map<number, string>();
  for (const row of rows) {
    const { id, status = 'none' } = row;
    byStatus[status] = (byStatus[status] ?? 0) + 1;
    const { kind, n } = JSON.parse(row.context ?? '{}') as { kind: string; n: number };
    byKind[kind] = { ...byKind[kind], [status]: (byKind[kind]?.[status] ?? 0) + 1 };
    if (row.state !== 'ended') faults.lost.push(`${id} ${kind}: ${row.state}`);
    const posted = outcomes.get(id) ?? [];
    if (posted.length !== 1) faults.wronglyPosted.push(`${id} ${kind} ${status}: ${posted.length} outcomes`);
    const wrongItems = itemsFault(row, items.get(id) ?? [], kind, n);
    if (wrongItems) faults.wronglyPosted.push(`${id} ${kind} ${status}: ${wrongItems}`);
    const guess = contradiction(row, posted[0], runs.get(id));
    if (guess) faults.guessed.push(`${id} ${kind} ${status}: ${guess}`);
    if (kind === 'keyed') {
      if (keyed.has(n)) faults.runTwice.push(`${id}: the same key as ${keyed.get(n)}`);
      keyed.set(n, id);
    }
  }
  for (const id of noted) if (!byId.has(id)) faults.lost.push(`${id}: noted, and not in the store`);
  for (const [id, { wanted, by, begun }] of runs) {
    if (wanted !== `${by}@localhost`) faults.wrongAgent.push(`${id}: for ${wanted}, run by ${by}`);
    if (begun > 1) faults.runTwice.push(`${id}: run ${begun} times`);
  }
  return { stored: rows.length, byKind, byStatus, items: [...items.values()].flat().length, faults };
}

/** Why this outcome can't be; undefined when it can. */
function contradiction(row: StoredCall, posted: PostedOutcome | undefined, run: Run | undefined): string | undefined {
  const [begun, done] = [run?.begun ?? 0, run?.done ?? 0];
  if (posted && posted.status !== row.status) return `posted as ${posted.status}`;
  switch (row.status) {
    case 'ok':
      if (done !== 1) return `done ${done} times`;
      return posted?.right === false ? 'a wrong answer' : undefined;
    case 'unavailable':
      return begun > 0 ? 'it was begun' : undefined;
    // The methods stop when they are told to.
    case 'canceled':
    case 'deadline_exceeded':
      return done > 0 ? 'it was done' : undefined;
    case 'unknown_outcome':
      return undefined;
    default:
      return `an outcome that nothing here explains: ${row.message}`;
  }
}

function itemsFault(row: StoredCall, items: readonly PostedItem[], kind: string, n: number): string | undefined {
  const wrong = items.findIndex(({ seq, right }, index) => seq !== index || !right);
  if (wrong >= 0) return `item ${wrong} is ${JSON.stringify(items[wrong])}`;
  if (items.length !== row.items) return `${items.length} items posted, ${row.items} kept`;
  const wanted = kind === 'stream' ? n % 13 : 0;
  if (row.status === 'ok' && items.length !== wanted) return `${items.length} items of ${wanted}`;
  return undefined;
}

async function postedTo<Data extends { call: string }>(calls: Calls, channel: string): Promise<Map<string, Data[]>> {
  const posted = new Map<string, Data[]>();
  for (let after = 0; ; ) {
    const events = await calls.events(channel, after, 5000);
    if (events.length === 0) return posted;
    after = events.at(-1)?.seq ?? after;
    for (const { data } of events) {
      const parsed = JSON.parse(data) as Data;
      const known = posted.get(parsed.call);
      if (known) known.push(parsed);
      else posted.set(parsed.call, [parsed]);
    }
  }
}

function runsOf(log: string): Map<string, Run> {
  const runs = new Map<string, Run>();
  for (const line of existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []) {
    const [what, call, n, wanted, by] = line.split(' ') as [string, string, string, string, string];
    const run = runs.get(call) ?? { n, wanted, by, begun: 0, done: 0 };
    runs.set(call, run);
    if (what === 'begun') run.begun++;
    else run.done++;
    if (by !== run.by) run.by = `${run.by} and ${by}`;
  }
  return runs;
}
