/** Errors on their way from a worker to the terminal: with the place in the user's script, as plain data. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CmonsterError, type CmonsterErrorCode } from '../error.js';

export interface Failure {
  /** `TypeError`, `CmonsterError`, … */
  name: string;
  message: string;
  /** Of a CmonsterError. */
  code?: CmonsterErrorCode;
  /** The places of the script that the error came through, innermost first. */
  frames: ScriptFrame[];
  /** The whole stack, for CMONSTER_DEBUG. */
  stack?: string;
}

export interface ScriptFrame {
  /** Absolute. */
  file: string;
  /** From 1. */
  line: number;
  column: number;
  /** The function's name, where it has one. */
  name: string | undefined;
}

/** What is ours, or Node's, or a package's, is no place that a script's author can do something about. */
const own = new URL('../', import.meta.url);

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: 'thrown', message: String(error), frames: [] };
  const syntax = syntaxErrorOf(error);
  if (syntax) return syntax;
  const stack = error.stack ?? '';
  const { cause } = error;
  const because = cause instanceof Error && !error.message.includes(cause.message) ? ` (${cause.message})` : '';
  return {
    name: error.name,
    message: `${error.message}${because}`,
    ...(error instanceof CmonsterError && { code: error.code }),
    frames: framesOf(stack),
    stack,
  };
}

/** The frames of a stack that lie in the user's code. */
export function framesOf(stack: string): ScriptFrame[] {
  const frames: ScriptFrame[] = [];
  for (const line of stack.split('\n')) {
    const match = /^\s+at (?:(?:async )?(.*?) \()?(?:async )?((?:file:\/\/|\/).*?):(\d+):(\d+)\)?$/.exec(line);
    // The watcher's own question, asked where the script stands.
    if (!match || line.includes('(eval at ')) continue;
    const [, name, where, row, column] = match as unknown as [string, string | undefined, string, string, string];
    const file = where.startsWith('file:') ? fileURLToPath(where.replace(/\?.*$/, '')) : where;
    if (file.startsWith(fileURLToPath(own)) || file.includes('/node_modules/')) continue;
    frames.push({ file, line: Number(row), column: Number(column), name: name?.replace(/^Module\./, '') });
  }
  return frames;
}

/** What esbuild, which tsx compiles with, says of a script that it cannot read. */
function syntaxErrorOf(error: Error): Failure | undefined {
  const match = /^(.*?):(\d+):(\d+): ERROR: (.*)$/m.exec(error.message);
  if (!match || !/Transform failed/.test(error.message)) return undefined;
  const [, file, line, column, message] = match as unknown as [string, string, string, string, string];
  const place = { file: file.trim(), line: Number(line), column: Number(column) + 1, name: undefined };
  return { name: 'SyntaxError', message, frames: [place] };
}

/** How many lines of code stand above the one that failed. */
const CONTEXT = 2;

/** `codemod.ts:3:9: error: …`, the lines of code, and how it came there. */
export function renderFailure(failure: Failure, what: string, colour: boolean): string {
  const paint = (code: string, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const [first, ...others] = failure.frames;
  const kind = failure.name === 'CmonsterError' || failure.name === 'Error' ? '' : `${failure.name}: `;
  const place = first ? `${shown(first.file)}:${first.line}:${first.column}: ` : 'cmonster: ';
  const isNamed = what === '' || failure.message.startsWith(`${what}: `);
  const message = `${isNamed ? '' : `${what}: `}${kind}${failure.message}`;
  let text = `${paint('1', place)}${paint('1;31', 'error:')} ${paint('1', message)}\n`;
  if (first) text += scriptFrame(first, paint);
  for (const { file, line, column, name } of others.slice(0, 8)) {
    text += `    called from ${name === undefined || name === '' ? '' : `${name}, `}${shown(file)}:${line}:${column}\n`;
  }
  if (process.env.CMONSTER_DEBUG !== undefined && failure.stack !== undefined) text += `${failure.stack}\n`;
  return text;
}

function scriptFrame({ file, line, column }: ScriptFrame, paint: (code: string, text: string) => string): string {
  let lines: string[];
  try {
    lines = readFileSync(file, 'utf8').split('\n');
  } catch {
    return '';
  }
  let text = '';
  for (let at = Math.max(1, line - CONTEXT); at <= Math.min(line, lines.length); at++) {
    text += `${String(at).padStart(5)} | ${(lines[at - 1] as string).replaceAll('\t', ' ')}\n`;
  }
  return `${text}      | ${' '.repeat(column - 1)}${paint('1;32', '^')}\n`;
}

function shown(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : path;
}
