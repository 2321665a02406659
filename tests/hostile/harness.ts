/** Runs hostile inputs through everything that a script would do with a tree, and looks for what they leave behind. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { CmonsterError, type CmonsterErrorCode, type Node, type ParseOptions, TranslationUnit } from 'cmonster';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { dumpJson } from '../../packages/cmonster/src/dump/json.js';
import { awaitDeathSync } from '../../packages/cmonster/src/frontend/death.js';

/** Milliseconds in which an input must have given a result or a TIMEOUT. */
export const TIME_LIMIT = 20_000;
/** What killing an overdue child, and saying so, may take beyond the limit on a busy machine. */
const GRACE = 4_000;
/** How many nodes are looked at closely: the texts of nested nodes add up to the square of their depth. */
const SAMPLE = 30;
/** How many characters of the JSON dump are made. */
const DUMPED = 1_000_000;
/** Larger trees are not dumped. */
const DUMPABLE = 150_000;

export type Outcome = 'parsed' | CmonsterErrorCode;

const everything = { implicit: true, instantiations: true, typeLocs: true };

/**
 * A folder for the inputs of one file of tests. Around each test it demands that no frontend is left, that no temporary file is,
 * and that a harmless file still parses.
 */
export class Workshop {
  folder = '';
  private readonly marker = `hostile-${process.pid}-${Math.random().toString(36).slice(2)}`;

  constructor() {
    beforeAll(() => {
      this.folder = mkdtempSync(join(tmpdir(), 'hostile-'));
      mkdirSync(this.temporary);
      // Other tests run beside this one: its children are known by their environment, its temporary files by their folder.
      process.env.TMPDIR = this.temporary;
      process.env.CMONSTER_TEST = this.marker;
      this.write('harmless.c', 'int answer(void) { return 42; }\n');
    });
    afterEach(async () => {
      await this.nothingLeft();
      expect(surviveSync(join(this.folder, 'harmless.c'))).toBe('parsed');
      await this.nothingLeft();
    });
    afterAll(() => {
      delete process.env.TMPDIR;
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  private get temporary(): string {
    return join(this.folder, 'tmp');
  }

  write(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** The frontends of these tests that have not ended, and the processes they left. A zombie has ended, and is Node's to reap. */
  frontends(): number[] {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && pid !== process.pid)
      .filter((pid) => {
        try {
          const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
          const state = stat[stat.lastIndexOf(')') + 2];
          const isFrontend = stat.includes('(cmonster-front');
          return isFrontend && state !== 'Z' && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(this.marker);
        } catch {
          return false;
        }
      });
  }

  /** Kills the frontends, and waits until they have ended: until then one may still hear a question. */
  killFrontends(): void {
    const pids = this.frontends();
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    for (const pid of pids) expect(awaitDeathSync(pid, 5_000), `the end of ${pid}`).toBeDefined();
  }

  async nothingLeft(): Promise<void> {
    // A killed process is gone a moment later; a large one takes some time to give back its memory.
    for (let waited = 0; waited < 5_000 && this.frontends().length > 0; waited += 20) await sleep(20);
    expect(this.frontends(), 'frontends left').toEqual([]);
    const left = readdirSync(this.temporary).filter((name) => name.startsWith('cmonster-'));
    expect(left, 'temporary files left').toEqual([]);
  }
}

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

const limits = (options: ParseOptions): ParseOptions => ({
  timeLimit: TIME_LIMIT,
  questionTimeLimit: TIME_LIMIT,
  ...options,
});

/** Parses, then reads all of it. Anything but a result or a typed error that names the file fails the test. */
export async function survive(file: string, options: ParseOptions = {}): Promise<Outcome> {
  const started = performance.now();
  try {
    using tu = await TranslationUnit.parse(file, limits(options));
    inTime(started, options);
    readAll(tu);
    return 'parsed';
  } catch (error) {
    return typed(error, file);
  }
}

/** The same, blocking. */
export function surviveSync(file: string, options: ParseOptions = {}): Outcome {
  const started = performance.now();
  try {
    using tu = TranslationUnit.parseSync(file, limits(options));
    inTime(started, options);
    readAll(tu);
    return 'parsed';
  } catch (error) {
    return typed(error, file);
  }
}

function inTime(started: number, { timeLimit = TIME_LIMIT }: ParseOptions): void {
  expect(performance.now() - started, 'milliseconds to parse').toBeLessThan(timeLimit + GRACE);
}

/** The code of an error that a user can act on; any other error is thrown on. */
export function typed(error: unknown, file: string): CmonsterErrorCode {
  if (!(error instanceof CmonsterError)) throw error;
  expect(error.message).toContain(basename(file));
  expect(error.message.length).toBeGreaterThan(basename(file).length + 10);
  return error.code;
}

/** What curious scripts would do: every node in two views, ancestors, texts, tokens, locations, printed forms, the dump. */
export function readAll(tu: TranslationUnit): void {
  let last: Node = tu.root;
  let written = 0;
  for (const node of tu.walk()) {
    written++;
    last = node;
  }
  expect(last.ancestors.at(-1) ?? tu.root).toBe(tu.root);
  const sample: Node[] = [];
  const step = Math.max(1, Math.floor(tu.snapshot.rows / SAMPLE));
  let all = 0;
  for (const node of tu.walk(everything)) if (all++ % step === 0) sample.push(node);
  expect(all).toBeGreaterThanOrEqual(written);
  for (const node of sample) look(node);
  for (const diagnostic of tu.diagnostics.slice(0, 3)) expect(diagnostic.render()).toContain(diagnostic.message);
  // It begins with asking for all that no column holds.
  if (tu.snapshot.rows > DUMPABLE) return;
  let dumped = 0;
  for (const piece of dumpJson(tu, everything)) {
    dumped += piece.length;
    if (dumped > DUMPED) break;
  }
  expect(dumped).toBeGreaterThan(0);
}

function look(node: Node): void {
  const { length } = node.text;
  expect(node.range.begin.toString()).toBeTypeOf('string');
  expect(node.children.length).toBeLessThanOrEqual(node.tu.snapshot.rows);
  expect(node.toString()).toContain(node.kind);
  // Of larger ones the printed form is indented to gigabytes.
  if (length > 10_000) return;
  expect(node.tokens.length).toBeLessThanOrEqual(length);
  expect(node.macro.length).toBeGreaterThanOrEqual(0);
  node.print();
  node.evaluate();
}
