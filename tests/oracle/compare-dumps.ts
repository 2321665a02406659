/** Holds this project's JSON dump of a file against Clang's own. */
import { spawn } from 'node:child_process';
import { CmonsterError, dumpJson, TranslationUnit } from 'cmonster';
import { Comparison, type Difference } from './comparison.js';
import { type NodeEvent, NodeReader } from './json-nodes.js';

export interface DumpReport {
  file: string;
  /** `same`, `different`; or `unknown`: Clang's own dump failed or passed a limit. */
  outcome: 'same' | 'different' | 'unknown';
  count: number;
  differences: readonly Difference[];
  nodes: number;
  /** Why it is unknown. */
  cause?: string;
}

export interface Limits {
  /** For Clang's dump. */
  milliseconds: number;
  bytes: number;
}

export const LIMITS: Limits = { milliseconds: 60_000, bytes: 2 * 2 ** 30 };

/** What Clang may refuse too: arguments and files, not the source. */
const REFUSED = new Set<string>(['BAD_ARGUMENTS', 'INPUT_UNREADABLE']);

export interface Inputs {
  file: string;
  arguments: readonly string[];
  cwd?: string;
}

export async function compareDumps(inputs: Inputs, limits = LIMITS): Promise<DumpReport> {
  const { file } = inputs;
  const comparison = new Comparison();
  let tu: TranslationUnit;
  try {
    const { arguments: args, cwd } = inputs;
    const options = { arguments: args, scope: 'all', typeLocs: false, ...(cwd !== undefined && { cwd }) } as const;
    tu = await TranslationUnit.parse(file, options);
  } catch (error) {
    if (!(error instanceof CmonsterError)) throw error;
    let failed: string | undefined;
    if (REFUSED.has(error.code)) failed = await clangFails(inputs);
    // Some inputs are there to crash it (`#pragma clang __debug parser_crash`).
    else if (error.code === 'FRONTEND_CRASHED') failed = await clangFails(inputs, '-Xclang', '-ast-dump=json');
    if (failed) return unknown(file, `${failed}; here: ${error.code}`);
    comparison.report('', 'a tree', `${error.code}: ${error.message}`);
    return report(file, comparison);
  }
  try {
    const cause = await withClang(inputs, limits, comparison, tu);
    return cause === undefined ? report(file, comparison) : unknown(file, cause);
  } catch (error) {
    if (!(error instanceof CmonsterError)) throw error;
    const failed = await clangFails(inputs, '-Xclang', '-ast-dump=json');
    if (failed) return unknown(file, `${failed}; here: ${error.code}`);
    comparison.report('', 'a dump', `${error.code}: ${error.message}`);
    return report(file, comparison);
  } finally {
    tu.dispose();
  }
}

function report(file: string, { count, differences, nodes }: Comparison): DumpReport {
  return { file, outcome: count === 0 ? 'same' : 'different', count, differences, nodes };
}

function unknown(file: string, cause: string): DumpReport {
  return { file, outcome: 'unknown', count: 0, differences: [], nodes: 0, cause };
}

/**
 * Of an input for several machines (`-fopenmp-targets=`, CUDA, HIP) Clang's driver starts a compiler for each, and each dumps its tree,
 * the devices' first. The host's are compared, unless the arguments say which.
 */
export const HOST_ONLY = '--offload-host-only';

function clangArguments({ file, arguments: args }: Inputs, ...more: string[]): string[] {
  return ['-fsyntax-only', '-fno-crash-diagnostics', HOST_ONLY, ...more, ...args, file];
}

/** Why Clang itself does not get through the file; undefined when it does. */
async function clangFails(inputs: Inputs, ...more: string[]): Promise<string | undefined> {
  const child = spawn('clang-19', clangArguments(inputs, ...more), { cwd: inputs.cwd, stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.on('close', (status, name) => resolve([status, name])),
  );
  clearTimeout(timer);
  if (signal !== null) return `Clang died of ${signal}`;
  // Errors in the source give 1: with a dump they do not matter.
  return code === 0 || (code === 1 && more.length > 0) ? undefined : `Clang exits with ${code}`;
}

/** Gives why Clang's side could not be had. */
async function withClang(
  inputs: Inputs,
  limits: Limits,
  comparison: Comparison,
  tu: TranslationUnit,
): Promise<string | undefined> {
  const child = spawn('clang-19', clangArguments(inputs, '-Xclang', '-ast-dump=json'), {
    cwd: inputs.cwd,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise<[number | null, string | null]>((resolve) =>
    child.on('close', (code, signal) => resolve([code, signal])),
  );
  let cause: string | undefined;
  const timer = setTimeout(() => {
    cause = `its dump takes Clang more than ${limits.milliseconds / 1000} s`;
    child.kill('SIGKILL');
  }, limits.milliseconds);
  const reader = new NodeReader();
  const mine = new Mine(tu);
  let bytes = 0;
  let waiting: NodeEvent[] = [];
  try {
    for await (const piece of child.stdout as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > limits.bytes) {
        cause = `its dump by Clang is larger than ${limits.bytes / 2 ** 30} GiB`;
        break;
      }
      waiting = compareEvents(comparison, [...waiting, ...reader.feed(piece)], mine);
    }
  } finally {
    clearTimeout(timer);
    if (cause !== undefined) child.kill('SIGKILL');
  }
  const [code, signal] = await ended;
  if (cause !== undefined) return cause;
  // Clang's driver reports a crash of the compiler as 128 + signal, or 70 for an internal error.
  if (signal !== null || (code ?? 0) > 1) return `Clang's dump ended with ${signal ?? code}`;
  if (bytes === 0) return 'Clang dumps nothing';
  const missing = [...mine.rest()];
  if (missing.length > 0) comparison.report('', 'the end', `${missing.length} more events`);
  if (waiting.length > 0) comparison.report('', `${waiting.length} more events`, 'the end');
  return undefined;
}

/** This project's side, brought on as far as the other is. */
class Mine {
  private readonly pieces: Iterator<string>;
  private readonly reader = new NodeReader();
  private events: NodeEvent[] = [];
  private at = 0;

  constructor(tu: TranslationUnit) {
    this.pieces = dumpJson(tu, { implicit: true, instantiations: true })[Symbol.iterator]();
  }

  peek(): NodeEvent | undefined {
    while (this.at >= this.events.length) {
      const next = this.pieces.next();
      if (next.done) return undefined;
      this.events = this.reader.feed(Buffer.from(next.value));
      this.at = 0;
    }
    return this.events[this.at];
  }
  next(): void {
    this.at++;
  }
  *rest(): Generator<NodeEvent> {
    for (let event = this.peek(); event !== undefined; event = this.peek()) {
      yield event;
      this.next();
    }
  }
}

/** Gives Clang's events that this side has no counterpart for. */
function compareEvents(comparison: Comparison, expected: NodeEvent[], mine: Mine): NodeEvent[] {
  let at = 0;
  while (at < expected.length) {
    const actual = mine.peek();
    if (actual === undefined) return expected.slice(at);
    const wants = comparison.step(expected[at] as NodeEvent, actual);
    if (wants !== 'actual') at++;
    if (wants !== 'expected') mine.next();
  }
  return [];
}
