/**
 * Edits in the body of a macro. What stands there stands for something at each use of the macro; so each use must ask for the
 * same change, and what is asked for by some of them only is refused when the result is made.
 */
import { Expr } from '../ast/generated/index.js';
import { Node } from '../ast/node.js';
import type { TranslationUnit } from '../ast/translation-unit.js';
import { CmonsterError } from '../error.js';
import type { FileRange, Location } from '../source/location.js';
import { macroUses } from '../source/written.js';
import { Code, type CodeLike, type CodeValue, isMetavariable } from './code.js';
import { analyse } from './code-syntax.js';
import { lineEnding } from './lex.js';
import { Precedence, precedenceOf, requiredPrecedence } from './precedence.js';
import { frozenError } from './problem.js';
import type { Rewriter } from './rewriter.js';
import type { Splice } from './splice.js';

/** What uses of a macro have asked for. */
export interface Ballot {
  macro: string;
  range: FileRange;
  splices: readonly Splice[];
  /** The expansions that ask for it: Clang's FileIDs. */
  votes: Set<number>;
}

/** Puts code in the place of what is written in the macro's body for a node. */
export function replaceInDefinition(
  rewriter: Rewriter,
  node: Node,
  code: CodeLike,
  ballots: Map<string, Ballot>,
): void {
  const { tu } = node;
  const expansion = expansionOf(rewriter, node);
  const range = inBody(tu, node, expansion.entry);
  if (!range) throw notInBody(node);
  rewriter.rangeOf(range, 'replaceWith');
  const { text, binding } = bodyText(Code.from(code), tu, expansion.entry);
  const required = node.is(Expr) ? requiredPrecedence(node) : Precedence.any;
  // A definition ends with its line.
  const spliced = text.replace(/\r?\n/g, ` \\${lineEnding(range.file.bytes)}`);
  const pieces = [binding < required ? `(${spliced})` : spliced];
  const { file, begin, end } = range;
  const splices = rewriter.stage('replaceWith', `${node} in the definition of ${expansion.macro}`, [
    { file, begin, end, pieces },
  ]);
  const key = `${file.index}:${begin}:${end}`;
  const ballot = ballots.get(key) ?? { macro: expansion.macro, range, splices, votes: new Set<number>() };
  ballot.votes.add(expansion.entry);
  ballots.set(key, ballot);
}

/** Refuses a change of a macro's body that not all of its uses have asked for. */
export function ensureUnanimous(tu: TranslationUnit, ballots: Iterable<Ballot>): void {
  for (const { macro, range, votes } of ballots) {
    const others = usesOf(tu, range).filter(({ entry }) => !votes.has(entry));
    if (others.length === 0) continue;
    const message = `the macro ${macro} is used here too, where the change of its definition was not asked for`;
    throw frozenError(
      'replaceWith',
      `the definition of ${macro}`,
      others.map(({ location }) => ({ reason: 'macro-body' as const, message, location })),
    );
  }
}

function notInBody(node: Node): CmonsterError {
  return new CmonsterError(
    'EDIT_TARGET',
    `${node} is not written in the body of one macro: it has no place in a definition`,
  );
}

/** The innermost macro whose body a node begins in. */
function expansionOf(rewriter: Rewriter, node: Node): { entry: number; macro: string } {
  const { sourceManager } = rewriter.tu;
  const written = rewriter.writtenNode(node, 'replaceWith');
  let raw = written.beginLoc.raw;
  while (sourceManager.isMacroArg(raw)) raw = sourceManager.immediateBegin(raw);
  if (!sourceManager.isMacroId(raw)) throw notInBody(node);
  const name = macroUses(rewriter.tu, raw)[0]?.name ?? '';
  return { entry: sourceManager.entryOf(raw), macro: name };
}

/** What stands for a node in the body that an expansion came from: of an argument, the parameter's name. */
function inBody(tu: TranslationUnit, node: Node, entry: number): FileRange | undefined {
  const begin = spelledIn(tu, node.beginLoc, entry, false);
  const end = spelledIn(tu, node.endLoc, entry, true);
  if (begin === undefined || end === undefined) return undefined;
  const from = tu.location(begin).spelling;
  const to = tu.location(end).spelling;
  if (!from || !to || from.file !== to.file || to.offset < from.offset) return undefined;
  return { file: from.file, begin: from.offset, end: to.offset + tu.location(end).tokenLength };
}

function spelledIn(tu: TranslationUnit, { raw }: Location, entry: number, isEnd: boolean): number | undefined {
  const { sourceManager } = tu;
  let at = raw;
  while (sourceManager.isMacroId(at)) {
    if (sourceManager.entryOf(at) === entry) return sourceManager.immediateSpelling(at);
    at = isEnd ? sourceManager.immediateEnd(at) : sourceManager.immediateBegin(at);
  }
  return undefined;
}

/** Code as it reads in the body. */
function bodyText({ strings, values }: Code, tu: TranslationUnit, entry: number): { text: string; binding: number } {
  const inCode = (value: CodeValue) =>
    value instanceof Node
      ? { kind: 'expression' as const, binding: bindingInBody(value) }
      : { kind: 'text' as const, binding: Precedence.primary, text: String(value) };
  const { binding, required } = analyse(strings, values.map(inCode));
  let text = strings[0] as string;
  values.forEach((value, at) => {
    text += valueText(value, tu, entry, required[at] as number) + (strings[at + 1] as string);
  });
  return { text, binding };
}

/** A parameter may stand for anything but a comma between two operands. */
function bindingInBody(node: Node): number {
  return node.beginLoc.isMacroArgExpansion ? Precedence.assignment : precedenceOf(node);
}

function valueText(value: CodeValue, tu: TranslationUnit, entry: number, required: number): string {
  if (value instanceof Node) {
    const range = inBody(tu, value, entry);
    if (!range) throw notInBody(value);
    const text = range.file.slice(range.begin, range.end);
    return bindingInBody(value) < required ? `(${text})` : text;
  }
  if (typeof value === 'object' && (Array.isArray(value) || isMetavariable(value) || 'begin' in value)) {
    throw new CmonsterError('EDIT_TARGET', 'code for the definition of a macro holds nodes and text');
  }
  return String(value);
}

const EXPANSION = 1;

/** The expansions of a macro that hold what is written in a range of its body. */
function usesOf(tu: TranslationUnit, { file, begin }: FileRange): { entry: number; location: Location }[] {
  const { slocA, slocC, slocFlags, slocOffset } = tu.snapshot;
  const place = file.location(begin).raw;
  const uses: { entry: number; location: Location }[] = [];
  for (let entry = 0; entry < slocOffset.length; entry++) {
    if (!((slocFlags[entry] as number) & EXPANSION) || slocC[entry] === 0) continue;
    const spelled = slocA[entry] as number;
    const length = (slocOffset[entry + 1] ?? Number.POSITIVE_INFINITY) - (slocOffset[entry] as number);
    if (spelled <= place && place < spelled + length) {
      const raw = ((slocOffset[entry] as number) | 0x80000000) >>> 0;
      uses.push({ entry, location: tu.location(tu.sourceManager.fileLoc(raw)) });
    }
  }
  return uses;
}
