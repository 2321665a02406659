// The runs of this tab, put together from what its channel says.
import { signal } from '@preact/signals';
import type { Place } from '../../../src/error.js';
import type { CallOutcome, PageEvent, RunEnd, RunStart } from '../../../src/runs/events.js';
import type { LogLevel, ShowAs } from '../../../src/sandbox/protocol.js';
import type { Tree } from '../../../src/values/pack.js';
import { ApiError, api } from '../api.js';
import { channel, listenPath } from '../boot.js';
import { sameShape } from '../values/shape.js';
import { chosen } from './agents.js';
import { listen } from './listen.js';

export interface Call {
  kind: 'call';
  call: number;
  agent: string;
  method: string;
  request?: Tree;
  place?: Place;
  /** Grows; `size` says how far. */
  items: Tree[];
  size: number;
  progress?: Tree;
  outcome?: CallOutcome;
}

export type Output =
  | { kind: 'show'; value: Tree; as?: ShowAs; title?: string }
  /** Values of the same shape, shown one after another. */
  | { kind: 'rows'; values: Tree[]; size: number; as?: ShowAs; title?: string }
  | { kind: 'log'; level: LogLevel; values: Tree[] }
  | { kind: 'muted' }
  | Call;

export interface Run {
  id: string;
  start: RunStart;
  outputs: Output[];
  end?: RunEnd;
  /** Opened by a link: not of this tab. */
  shared: boolean;
}

/** Newest first. */
export const runs = signal<Run[]>([]);
/** Whether the channel is open. */
export const listening = signal(false);
/** Why the last one could not be started. */
export const refused = signal<{ message: string; place?: Place } | undefined>(undefined);
/** Between Go! and the server's word, when that takes long enough to be seen. */
export const starting = signal(false);
let started: Promise<void> | undefined;

const byId = new Map<string, Run>();

function runOf(id: string): Run {
  let run = byId.get(id);
  if (!run) {
    const start: RunStart = { type: 'start', run: id, user: '', agents: [], code: '', at: Date.now(), until: 0 };
    run = { id, start, outputs: [], shared: false };
    byId.set(id, run);
  }
  return run;
}

/** Objects are replaced, not changed: what is drawn knows by that what is new. */
function updateCall(
  run: Run,
  { call, agent, method }: { call: number; agent: string; method: string },
  change: (known: Call) => Partial<Call>,
): void {
  const at = run.outputs.findIndex((output) => output.kind === 'call' && output.call === call);
  const known: Call = at < 0 ? { kind: 'call', call, agent, method, items: [], size: 0 } : (run.outputs[at] as Call);
  run.outputs[at < 0 ? run.outputs.length : at] = { ...known, ...change(known) };
}

/** @returns whether it is news */
function apply(event: PageEvent): boolean {
  const run = runOf(event.run);
  switch (event.type) {
    case 'start':
      // The answer to Go! says it, and the channel.
      if (run.start.until > 0) return false;
      run.start = event;
      break;
    case 'end':
      run.end = event;
      break;
    case 'show':
      addShown(run, event);
      break;
    case 'log':
      run.outputs.push({ kind: 'log', level: event.level, values: event.values });
      break;
    case 'muted':
      run.outputs.push({ kind: 'muted' });
      break;
    case 'call':
      updateCall(run, event, () => ({ request: event.request, ...(event.place && { place: event.place }) }));
      break;
    case 'outcome':
      updateCall(run, event, () => ({ outcome: event }));
      break;
    case 'item':
      updateCall(run, event, ({ items }) => ({ size: items.push(event.value) }));
      break;
    case 'progress':
      updateCall(run, event, () => ({ progress: event.value }));
      break;
    default:
      return false;
  }
  heard.add(run.id);
  return true;
}

/** What is shown one after another in the same shape belongs together: a table or a chart that grows. */
function addShown(run: Run, { value, as, title }: { value: Tree; as?: ShowAs; title?: string }): void {
  const options = { ...(as && { as }), ...(title && { title }) };
  const last = run.outputs.findLast((output) => output.kind !== 'call');
  if (last?.kind === 'show' && last.as === as && last.title === title && sameShape(last.value, value)) {
    run.outputs[run.outputs.indexOf(last)] = { kind: 'rows', values: [last.value, value], size: 2, ...options };
  } else if (last?.kind === 'rows' && last.as === as && last.title === title && sameShape(last.values[0]!, value)) {
    run.outputs[run.outputs.indexOf(last)] = { ...last, size: last.values.push(value) };
  } else {
    run.outputs.push({ kind: 'show', value, ...options });
  }
}

/** As they were drawn last. One of which nothing was heard since is the same object, and is not drawn again. */
const pictured = new Map<string, Run>();
const heard = new Set<string>();

/**
 * Most that is said soon after something else is drawn together with it: with the next picture, or, when a run only began, called
 * somebody or had its answer, a little later: what the code makes of that answer is on its way, and a picture that shows no more takes
 * the time in which the result could be drawn.
 */
const lull = 60;
let frame = 0;
let timer = 0;

function drawSoon(): void {
  // A page that can't be seen gets no animation frames.
  if (document.hidden) drawWithin(50);
  else frame ||= requestAnimationFrame(draw);
}

function drawWithin(milliseconds: number): void {
  timer ||= setTimeout(draw, milliseconds);
}

function draw(): void {
  cancelAnimationFrame(frame);
  clearTimeout(timer);
  frame = timer = 0;
  for (const id of heard) {
    const run = byId.get(id);
    if (run) pictured.set(id, { ...run, outputs: [...run.outputs] });
  }
  heard.clear();
  runs.value = [...pictured.values()].sort((a, b) => b.start.at - a.start.at);
}

export function takeEvents(events: PageEvent | PageEvent[]): void {
  const news = (Array.isArray(events) ? events : [events]).filter(apply);
  if (news.some(({ type }) => type === 'end')) draw();
  else if (news.some(isResult)) drawSoon();
  else if (news.length > 0) drawWithin(lull);
}

/** Whether a person waits for this. An outcome that comes when the code has ended is all that there will be. */
function isResult(event: PageEvent): boolean {
  if (event.type === 'outcome') return event.status !== 'ok' || byId.get(event.run)?.end !== undefined;
  return event.type !== 'start' && event.type !== 'call';
}

export function watchRuns(): void {
  listen(
    listenPath(channel),
    'run',
    (data) => takeEvents(data as PageEvent | PageEvent[]),
    (live) => {
      listening.value = live;
    },
  );
}

export function go(code: string): Promise<void> {
  started ??= start(code).finally(() => {
    started = undefined;
  });
  return started;
}

async function start(code: string): Promise<void> {
  const slow = setTimeout(() => {
    starting.value = true;
  }, lull);
  refused.value = undefined;
  try {
    takeEvents(await api.run(code, chosen.value));
  } catch (error) {
    const { message, place } = error as ApiError;
    refused.value = { message, ...(place && { place }) };
  } finally {
    clearTimeout(slow);
    starting.value = false;
  }
}

export async function stop(run: Run): Promise<void> {
  await api.stop(run.id).catch((error: ApiError) => {
    refused.value = { message: error.message };
  });
}

/** A run that a link leads to. */
export async function openShared(id: string): Promise<Run | undefined> {
  try {
    const { start, events } = await api.find(id);
    const run = runOf(id);
    if (run.outputs.length === 0 && !run.end) {
      run.shared = true;
      for (const event of events) apply(event);
    }
    run.start = start;
    heard.add(id);
    draw();
    return run;
  } catch (error) {
    refused.value = { message: error instanceof ApiError ? error.message : String(error) };
    return undefined;
  }
}

/** Its instance is gone, if it should have ended and has not said so. */
export function isLost(run: Run, now: number): boolean {
  return !run.end && run.start.until > 0 && now > run.start.until + 5000;
}

export function forgetRuns(): void {
  byId.clear();
  pictured.clear();
  draw();
}
