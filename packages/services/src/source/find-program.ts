// A program of its own, started by find.ts: parses files one after another and writes what it found, a line of JSON each.
// Clang may crash or hang on hostile input; then this ends, and the agent goes on.
import { existsSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  CmonsterError,
  Node,
  type ParseOptions,
  type Pattern,
  Project,
  parsePattern,
  type TranslationUnit,
  type Unit,
} from 'cmonster';
import { IgorError } from 'igor';
import { isInside } from '../permit/folders.js';
import { embedsOf } from './embeds.js';

export interface FindJob {
  /** As they were allowed: nothing is looked up again. */
  units: Unit[];
  /** Folders, resolved: nothing is shown of a file that includes one from elsewhere. */
  readable: string[];
  pattern: string;
  limit: number;
  seconds: number;
  megabytes: number;
}

export interface FoundLine {
  found?: { file: string; line: number; column: number; text: string; bound: Record<string, string> };
  done?: { file: string; problem?: string };
  failed?: { code: string; message: string };
}

const say = (line: FoundLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const job = JSON.parse(await text(process.stdin)) as FindJob;

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  return value instanceof Node ? value.text : String(value);
}

/** Whoever writes into the tree may have it include, or embed, any file; what that says is not for whoever asks. @throws IgorError `permission_denied` */
function mustStayInside(tu: TranslationUnit): void {
  const isReadable = (path: string) => job.readable.some((folder) => isInside(folder, realpathSync(path)));
  for (const { path, text } of tu.files) {
    if (path === '') continue;
    if (!isReadable(path)) throw outside(`it includes ${path}, which is in no allowed folder`);
    for (const embedded of embedsOf(text)) {
      if (embedded === undefined) throw outside(`${path} embeds a file whose name is a macro's`);
      const whole = resolve(dirname(path), embedded);
      if (existsSync(whole) && !isReadable(whole)) throw outside(`it embeds ${whole}, which is in no allowed folder`);
    }
  }
}

const outside = (what: string) => new IgorError('permission_denied', `${what}: nothing of it is shown`);

/** @returns how many were told, with these */
function tell(tu: TranslationUnit, pattern: Pattern, file: string, before: number): number {
  let count = before;
  for (const match of tu.match(pattern)) {
    const { range, text: found, nodes } = match;
    const place = range
      ? { line: range.file.lineOf(range.begin), column: range.file.columnOf(range.begin) }
      : match.node.beginLoc;
    const bound = Object.fromEntries(Object.entries(nodes).map(([name, value]) => [name, textOf(value)]));
    say({ found: { file, line: place.line ?? 0, column: place.column ?? 0, text: found, bound } });
    if (++count >= job.limit) process.exit(0);
  }
  return count;
}

try {
  const pattern = parsePattern(job.pattern);
  const options: ParseOptions = { timeLimit: job.seconds * 1000, memoryLimit: job.megabytes };
  const project = Project.ofFiles([], [], options).with(job.units);
  let count = 0;
  for (const unit of project.units) {
    let problem: string | undefined;
    try {
      const tu = await project.parse(unit);
      try {
        mustStayInside(tu);
        count = tell(tu, pattern, unit.file, count);
      } finally {
        tu.dispose();
      }
    } catch (error) {
      if (error instanceof CmonsterError && error.code === 'PATTERN') throw error;
      problem = (error as Error).message;
    }
    say({ done: { file: unit.file, ...(problem && { problem }) } });
  }
} catch (error) {
  say({ failed: { code: (error as { code?: string }).code ?? 'internal', message: (error as Error).message } });
}
