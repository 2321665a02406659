// Programs on this machine: run, traced, hooked.
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IgorError } from 'igor';
import { defineService, type ServedService } from 'igor/agent';
import type { CallJson } from 'mrhooker/node';
import { Process } from '../descriptors.js';
import { frontend } from '../frontend.js';
import type { Command } from '../generated/monsterlab/v1/process_pb.js';
import { command } from '../own-program.js';
import { Commands, environmentOf } from '../permit/commands.js';
import { Folders } from '../permit/folders.js';
import { checkSettings, type Settings } from '../settings.js';
import type { ProcessEvent } from './events.js';
import { follow } from './log-file.js';
import { type Launch, Running } from './running.js';
import { traceArguments } from './trace-arguments.js';

const usualCalls = 1000;
const mostCalls = 100_000;
const longestScript = 1 << 20;

/** Lines of `mrhooker --json` and `mrhooker trace --json`. */
type HookLine =
  | CallJson
  | { type: 'record'; time: number; pid: number; tid: number; value: unknown }
  | { type: 'log'; text: string }
  | { type: 'fault'; text: string }
  | { type: 'note'; text: string }
  | {
      type: 'end';
      functions: { name: string; seen: number }[];
      shared?: { kind: string; name: string; entries?: unknown; buckets?: unknown }[];
    };

export function processes(settings: Settings = {}): ServedService {
  checkSettings(settings);
  const commands = new Commands(settings);
  const folders = new Folders(settings);
  const running = new Running();

  const launchOf = (given: Command | undefined): Launch => {
    if (!given) throw new IgorError('invalid_argument', 'say which command');
    const [program, ...args] = commands.check(given.command);
    const { user } = given;
    if (user && !settings.users?.includes(user)) {
      throw new IgorError('permission_denied', `this agent does not run commands as ${JSON.stringify(user)}`);
    }
    const cwd = given.folder ? folders.folder(given.folder).path : (folders.list()[0]?.path ?? '/');
    return { program, args, cwd, env: environmentOf(settings, given.environment), input: given.input, user };
  };

  /** @param optionsOf mrhooker, up to the command that is hooked; given a folder, and those that say where to write */
  async function* hooked(
    launch: Launch,
    optionsOf: (folder: string, output: readonly string[]) => string[],
    signal: AbortSignal,
    onLine: (line: HookLine) => ProcessEvent | undefined,
  ) {
    if (launch.user)
      throw new IgorError('failed_precondition', 'hooks can only be set in commands that run as the agent itself');
    // It reads headers through cmonster.
    await frontend.ready(signal);
    const folder = await mkdtemp(join(tmpdir(), 'monsterlab-hooks-'));
    try {
      const log = join(folder, 'log');
      const options = optionsOf(folder, ['--json', '-o', log]);
      let end: (HookLine & { type: 'end' }) | undefined;
      const tell = async (line: string, put: (event: ProcessEvent) => Promise<void>): Promise<void> => {
        const parsed = readLine(line);
        if (parsed?.type === 'end') end = parsed;
        const event = parsed && onLine(parsed);
        if (event) await put(event);
      };
      yield* running.run(
        {
          ...launch,
          program: process.execPath,
          args: [...command('mrhooker'), ...options, launch.program, ...launch.args],
          env: { ...launch.env, NO_COLOR: '1' },
        },
        signal,
        async function* (exit) {
          if (!end && (exit.code === 125 || exit.code === 126)) {
            throw new IgorError('failed_precondition', 'the command could not be hooked; why is among its output');
          }
          yield* histograms(end);
          const calls = Object.fromEntries(
            (end?.functions ?? []).filter(({ seen }) => seen > 0).map(({ name, seen }) => [name, seen]),
          );
          yield { case: 'exit', value: { ...exitOf(exit), calls } } as ProcessEvent;
        },
        (put) => follow(log, (line) => tell(line, put)),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  return defineService(Process, {
    commands() {
      return {
        commands: commands.list().map(({ program, arguments: patterns }) => ({ program, arguments: [...patterns] })),
        scripts: settings.scripts ?? false,
      };
    },

    run({ run }, { signal }) {
      return running.run(launchOf(run), signal, (exit) => [{ case: 'exit', value: exitOf(exit) }]);
    },

    trace({ run, functions, headers, limit }, { signal }) {
      const most = Math.min(limit || usualCalls, mostCalls);
      const options = traceArguments(functions, headers, most);
      let first: number | undefined;
      return hooked(
        launchOf(run),
        (_folder, output) => ['trace', ...output, ...options],
        signal,
        (line) => {
          if (line.type !== 'call') return saidBy(line);
          first ??= line.time;
          return {
            case: 'call',
            value: {
              function: line.function,
              arguments: line.arguments.map(({ text }) => text),
              result: line.resultText,
              error: line.error ?? '',
              duration: (line.duration ?? 0) * 1e6,
              at: (line.time - first) * 1e3,
              thread: line.tid,
              pid: line.pid,
            },
          };
        },
      );
    },

    hook({ run, script }, { signal }) {
      if (!settings.scripts) {
        throw new IgorError(
          'permission_denied',
          'this agent takes no scripts; its owner can allow them by the setting scripts',
        );
      }
      if (!script || script.length > longestScript)
        throw new IgorError('invalid_argument', 'a script is missing, or too long');
      return hooked(
        launchOf(run),
        (folder, output) => {
          const file = join(folder, 'hooks.ts');
          writeFileSync(file, script, { mode: 0o600 });
          return [...output, file];
        },
        signal,
        saidBy,
      );
    },

    stop({ id }) {
      return { stopped: running.stop(id) };
    },
  });
}

/** What hooks print, record, or do wrong. */
function saidBy(line: HookLine): ProcessEvent | undefined {
  if (line.type === 'record') return { case: 'said', value: JSON.stringify(line.value) };
  return 'text' in line ? { case: 'said', value: line.text } : undefined;
}

function exitOf({ code, signal, duration }: { code: number | null; signal: string; duration: number }) {
  return { ...(code === null ? {} : { code }), signal, duration };
}

function readLine(line: string): HookLine | undefined {
  try {
    return JSON.parse(line) as HookLine;
  } catch {
    return undefined;
  }
}

/** What hooks counted: shared maps, histograms and counters. */
function* histograms(end: (HookLine & { type: 'end' }) | undefined): Generator<ProcessEvent> {
  for (const { name, ...shared } of end?.shared ?? []) {
    const buckets = Object.values(shared)
      .filter((it) => typeof it === 'object' && it !== null)
      .flatMap((it) => bucketsOf(it as object));
    if (buckets.length > 0) yield { case: 'histogram', value: { name, buckets } };
  }
}

function bucketsOf(entries: object): { label: string; count: bigint }[] {
  const pairs: [unknown, unknown][] = Array.isArray(entries)
    ? entries.map((it: unknown) => (Array.isArray(it) ? [it[0], it.at(-1)] : fromRecord(it as Record<string, unknown>)))
    : Object.entries(entries);
  return pairs
    .filter(([, count]) => Number.isFinite(Number(count)))
    .slice(0, 1000)
    .map(([label, count]) => ({ label: String(label), count: BigInt(Math.round(Number(count))) }));
}

function fromRecord(entry: Record<string, unknown>): [unknown, unknown] {
  const { key, value, count, from, to, low, high, label } = entry;
  const range = [from ?? low, to ?? high].filter((it) => it !== undefined).join('–');
  return [label ?? key ?? range, value ?? count];
}
