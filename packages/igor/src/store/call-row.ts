/** A call as SQL has it, the same in SQLite and Postgres but for how channels are written. */
import type { Status } from '../protocol/frames.js';
import type { CallState, HistoryFilter, StoredCall } from './calls.js';

/** In a column, a state is its number here. */
export const states: readonly CallState[] = ['queued', 'open', 'ended'];

export interface CallRow {
  id: string;
  agent: string;
  method: string;
  user: string | null;
  state: number;
  started: number;
  deadline: number;
  timeout: number;
  credit: number;
  context: string | null;
  request: Uint8Array;
  request_hash: string;
  queue_until: number | null;
  key: string | null;
  epoch: number | null;
  items: number;
  status: string | null;
  message: string | null;
  response: Uint8Array | null;
  ended: number | null;
}

export function callOfRow(row: CallRow, channels: string[]): StoredCall {
  return {
    id: row.id,
    agent: row.agent,
    method: row.method,
    user: row.user ?? undefined,
    state: states[row.state] as CallState,
    started: row.started,
    deadline: row.deadline,
    timeout: row.timeout,
    credit: row.credit,
    context: row.context ?? undefined,
    request: row.request,
    requestHash: row.request_hash,
    queueUntil: row.queue_until ?? undefined,
    key: row.key ?? undefined,
    epoch: row.epoch ?? undefined,
    items: row.items,
    status: (row.status ?? undefined) as Status | undefined,
    message: row.message ?? undefined,
    response: row.response ?? undefined,
    ended: row.ended ?? undefined,
    channels,
  };
}

/** The conditions of a filter, each with its value, for those that were given. `"user"` is a word of SQL, so it is quoted. */
export function conditionsOf({ agent, method, user, state, before }: HistoryFilter): [string, string | number][] {
  const all: [string, string | number | undefined][] = [
    ['agent =', agent],
    ['method =', method],
    ['"user" =', user],
    ['state =', state && states.indexOf(state)],
    ['started <', before],
  ];
  return all.filter((each): each is [string, string | number] => each[1] !== undefined);
}
