/** Tokens and facts of a file, and the same as Clang's own dumps have them. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Macro, Preprocessor, type PreprocessorToken } from 'cmonster';
import type { Input } from './corpus.js';

/** A token in a line: kind, text, flags, place. */
type Line = string;

interface Said {
  stdout: string;
  stderr: string;
}
function clang(args: readonly string[]): Promise<Said> {
  return new Promise((resolve) => {
    execFile('clang-19', args, { maxBuffer: 1 << 29, cwd: '/' }, (_, stdout, stderr) => resolve({ stdout, stderr }));
  });
}

const DUMPED =
  /^(\w+) '(.*?)'\t((?: \[(?:StartOfLine|LeadingSpace|ExpandDisabled)\])*)(?: \[UnClean='.*?'\])?\tLoc=<([^\n]*?)(?: <Spelling=[^\n]*)?>\n(?=\w+ '|$|[^\n]*\d+ (?:warning|error))/gms;

function* dumped(text: string): Generator<{ kind: string; text: string; flags: string; place: string }> {
  for (const [, kind = '', spelling = '', flags = '', place = ''] of text.matchAll(DUMPED)) {
    yield { kind, text: spelling, flags, place };
  }
}

const flagsOf = (isStart: boolean, isSpaced: boolean): string => `${isStart ? '^' : ''}${isSpaced ? '_' : ''}`;

/** What the parser would get: `clang -dump-tokens`. */
export async function clangTokens({ file, arguments: args }: Input): Promise<Line[]> {
  const { stderr } = await clang(['-w', '-fsyntax-only', ...args, '-Xclang', '-dump-tokens', file]);
  return [...dumped(stderr)]
    .filter(({ kind }) => kind !== 'eof')
    .map(
      ({ kind, text, flags, place }) =>
        `${kind} ${text} ${flagsOf(flags.includes('StartOfLine'), flags.includes('LeadingSpace'))} ${place}`,
    );
}

export function tokens(preprocessor: Preprocessor): Line[] {
  return [...preprocessor.tokens()].map(
    (token) => `${token.kind} ${token.text} ${flagsOf(token.isStartOfLine, token.hasLeadingSpace)} ${token.location}`,
  );
}

/** What stands between directives: `clang -dump-raw-tokens` of what they leave, `clang -E -fdirectives-only`. */
export async function clangUnexpanded({ file, arguments: args }: Input): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tokens-'));
  const left = join(folder, basename(file));
  await clang(['-E', '-P', '-w', ...args, '-fdirectives-only', file, '-o', left]);
  const { stderr } = await clang(['-w', '-fsyntax-only', ...args, '-Xclang', '-dump-raw-tokens', left]);
  rmSync(folder, { recursive: true });
  const texts: string[] = [];
  let isStart = false;
  let isDirective = false;
  for (const { kind, text, flags } of dumped(stderr)) {
    isStart ||= flags.includes('StartOfLine');
    if (kind === 'eof' || kind === 'comment' || (kind === 'unknown' && text.trim() === '')) continue;
    if (isStart) isDirective = kind === 'hash';
    if (!isDirective) texts.push(text);
    isStart = false;
  }
  return texts;
}

export function unexpanded(preprocessor: Preprocessor): string[] {
  return [...preprocessor.tokens({ expand: false })].map(String);
}

/** What is different when tokens are written, and the text read again: nothing. */
export function rewritten(
  preprocessor: Preprocessor,
): [PreprocessorToken | undefined, PreprocessorToken | undefined][] {
  return [true, false].flatMap((expand) => {
    const before = [...preprocessor.tokens({ expand })].filter(({ text }) => text !== '');
    const after = preprocessor.tokenize(preprocessor.format(before));
    const at = Array.from({ length: Math.max(before.length, after.length) }, (_, i) => i).find(
      (i) => before[i]?.kind !== after[i]?.kind || before[i]?.text !== after[i]?.text,
    );
    return at === undefined
      ? []
      : [[before[at], after[at]] as [PreprocessorToken | undefined, PreprocessorToken | undefined]];
  });
}

/** Definitions in order, those that are undefined again marked: `clang -E -dD`. */
export async function clangMacros({ file, arguments: args }: Input): Promise<string[]> {
  const { stdout } = await clang(['-E', '-P', '-dD', '-w', ...args, file]);
  const macros: string[] = [];
  const current = new Map<string, number>();
  for (const [, directive, name = '', rest = ''] of stdout.matchAll(/^#(define|undef) ([\w$\u0080-\uffff]+)(.*)$/gm)) {
    if (directive === 'define') {
      current.set(name, macros.length);
      macros.push(squeezed(`${name} ${rest}`));
    } else {
      const at = current.get(name);
      if (at !== undefined) macros[at] += ' undefined';
      current.delete(name);
    }
  }
  return macros;
}

export function macros({ facts }: Preprocessor): string[] {
  return facts.macros
    .filter((macro) => !macro.isBuiltin)
    .map((macro) => {
      const body = macro.tokens.map(({ text }) => text).join('');
      return `${squeezed(`${macro.name} ${parameters(macro)}${body}`)}${macro.undefinedAt.isValid ? ' undefined' : ''}`;
    });
}

function parameters({ isFunctionLike, text }: Macro): string {
  if (!isFunctionLike) return '';
  const plain = text.replace(/\/\*.*?\*\/|\\\s*\n/gs, ' ');
  return plain.slice(0, plain.indexOf(')') + 1);
}

/** Blanks and splices say nothing. */
function squeezed(text: string): string {
  return text.replace(/\\\s*\n|\s/g, '');
}

/** The first difference of two lists, in a line; undefined when they are equal. */
export function firstDifference(ours: readonly string[], theirs: readonly string[]): string | undefined {
  const length = Math.max(ours.length, theirs.length);
  for (let at = 0; at < length; at++) {
    if (ours[at] !== theirs[at]) return `${at} of ${theirs.length}: ${ours[at]} instead of ${theirs[at]}`;
  }
  return undefined;
}

/** Everything that is different for a file. */
export async function differences(input: Input): Promise<string[]> {
  using preprocessor = new Preprocessor(input.file, { arguments: ['-w', ...input.arguments], cwd: '/' });
  const found = [
    ['tokens', firstDifference(tokens(preprocessor), await clangTokens(input))],
    ['unexpanded', firstDifference(unexpanded(preprocessor), await clangUnexpanded(input))],
    ['format', rewritten(preprocessor).join(' becomes ') || undefined],
    ['macros', firstDifference(macros(preprocessor), await clangMacros(input))],
  ] as const;
  return found.flatMap(([what, difference]) =>
    difference === undefined ? [] : [`${input.file} ${what} ${difference}`],
  );
}
