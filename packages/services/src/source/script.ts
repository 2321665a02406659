// Scripts over a tree: `cmonster run`, in a process of its own. Whoever may send one may do what the agent's user may.
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { IgorError } from 'igor';
import { type Ended, lines } from '../child.js';
import { command } from '../own-program.js';
import type { Chosen } from './tree.js';

export interface ScriptLimits {
  seconds: number;
  megabytes: number;
}

/** What `cmonster run --json` writes: docs of cmonster say more. */
interface RunJson {
  findings: { severity: string; message: string; place: { file: string; line: number; column: number } }[];
  edits: { file: string }[];
  failed: { unit?: string; file?: string; message?: string }[];
}

export interface ScriptFinding {
  file: string;
  line: number;
  column: number;
  message: string;
  severity: string;
}

export interface ScriptResult {
  findings: ScriptFinding[];
  output: string[];
  /** Files that would change, below the folder. */
  files: string[];
  failed: { file: string; problem: string }[];
}

/** Runs it without changing a file, and says what it found and would change. */
export async function runScript(
  chosen: Chosen,
  script: string,
  limits: ScriptLimits,
  signal: AbortSignal,
): Promise<ScriptResult> {
  return withScript(script, async (path) => {
    const { text, ended } = await cmonster(chosen, path, ['--json'], limits, signal);
    // What the script itself prints stands before.
    const at = /^\{$/m.exec(text)?.index ?? -1;
    if (at < 0) throw scriptFailed(ended);
    const json = JSON.parse(text.slice(at)) as RunJson;
    const below = (file: string): string => relative(chosen.folder.path, file);
    return {
      findings: json.findings.map(({ severity, message, place }) => ({
        file: below(place.file),
        line: place.line,
        column: place.column,
        message,
        severity,
      })),
      output: [text.slice(0, at), ended.errors].join('').split('\n').filter(Boolean),
      files: [...new Set(json.edits.map(({ file }) => below(file)))],
      failed: json.failed.map(({ unit, file, message }) => ({
        file: file ?? unit ?? '',
        problem: message ?? 'failed',
      })),
    };
  });
}

export async function diffScript(
  chosen: Chosen,
  script: string,
  limits: ScriptLimits,
  signal: AbortSignal,
): Promise<string> {
  return withScript(script, async (path) => {
    const { text, ended } = await cmonster(chosen, path, ['--diff'], limits, signal);
    if (ended.code !== 0 && ended.code !== 1) throw scriptFailed(ended);
    const at = /^(?:diff |--- )/m.exec(text)?.index;
    return at === undefined ? '' : `${text.slice(at).trimEnd()}\n`;
  });
}

/** Changes the files, all or none. */
export async function writeScript(
  chosen: Chosen,
  script: string,
  limits: ScriptLimits,
  signal: AbortSignal,
): Promise<void> {
  await withScript(script, async (path) => {
    const { ended } = await cmonster(chosen, path, ['--write'], limits, signal);
    if (ended.code !== 0) throw scriptFailed(ended);
  });
}

/** Of a diff: what Apply must find again. */
export const hashOf = (diff: string): string => createHash('sha256').update(diff).digest('hex');

/** Files that a diff changes. */
export const filesOf = (diff: string): string[] =>
  [...diff.matchAll(/^\+\+\+ (?:b\/)?(.+)$/gm)].map(([, file]) => file!);

async function withScript<T>(script: string, work: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'monsterlab-script-'));
  try {
    const path = join(folder, 'script.ts');
    await writeFile(path, script, { mode: 0o600 });
    return await work(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function cmonster(
  { folder, files, arguments: args }: Chosen,
  script: string,
  flags: string[],
  { seconds, megabytes }: ScriptLimits,
  signal: AbortSignal,
): Promise<{ text: string; ended: Ended }> {
  const limits = [
    '--script-timeout',
    String(seconds),
    '--time-limit',
    String(seconds),
    '--memory-limit',
    String(megabytes),
  ];
  const names = files.map((file) => relative(folder.path, file));
  const given = args.length > 0 ? ['--', ...args] : [];
  const running = lines(
    process.execPath,
    [...command('cmonster'), 'run', script, ...names, ...flags, ...limits, ...given],
    {
      cwd: folder.path,
      signal,
      env: { ...process.env, NO_COLOR: '1' } as Record<string, string>,
    },
  );
  const text: string[] = [];
  let size = 0;
  for (;;) {
    const { value, done } = await running.next();
    if (done) return { text: text.join('\n'), ended: value };
    size += value.length + 1;
    if (size > 32 << 20) throw new IgorError('resource_exhausted', 'the script says more than 32 MiB');
    text.push(value);
  }
}

function scriptFailed({ code, signal, errors }: Ended): IgorError {
  const said = errors.trim().slice(-2000);
  return new IgorError('failed_precondition', said || `the script ended with ${signal ?? code}`);
}
