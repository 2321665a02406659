/** A use of a macro, expanded one macro after the other. */
import type { Macro, MacroExpansion, PreprocessorFacts } from './facts.js';
import { format } from './format.js';
import { Preprocessor, type PreprocessorOptions } from './preprocessor.js';
import type { PreprocessorToken } from './token.js';

export interface ExpansionStep {
  /** The macro that this step expands; the last one of a use is that with nothing left to expand. */
  macro: Macro;
  /** What is there after it. */
  text: string;
}

/** A use that takes more is not shown to its end. */
const MOST_STEPS = 100;

/**
 * Each step is Clang's: it reads the use with one macro more defined than before, so that the last one is the whole expansion.
 * What an argument holds comes before the macro that gets it, as in C, unless that one spells or joins its arguments. Macros that
 * a script answers are not taken apart.
 */
export function expansionSteps(
  facts: PreprocessorFacts,
  use: MacroExpansion,
  options: PreprocessorOptions = {},
): ExpansionStep[] {
  const steps: ExpansionStep[] = [];
  const known = new Map<string, Macro>();
  let text = use.range.text;
  while (known.size < MOST_STEPS) {
    const macro = nextMacro(facts, use, text, known, options);
    if (!macro) break;
    known.set(macro.name, macro);
    const next = expand(use, [...known.values()], options);
    // A name that is not expanded where it stands: the macro's own, or without its arguments.
    if (next !== text) steps.push({ macro, text: next });
    text = next;
  }
  return steps;
}

/** The macro to expand next; none when nothing is left. */
function nextMacro(
  facts: PreprocessorFacts,
  use: MacroExpansion,
  text: string,
  known: ReadonlyMap<string, Macro>,
  options: PreprocessorOptions,
): Macro | undefined {
  using preprocessor = lone('', options);
  const tokens = preprocessor.tokenize(text);
  const macroAt = (at: number): Macro | undefined => {
    const token = tokens[at] as PreprocessorToken;
    if (!/^[\p{L}_$]/u.test(token.text) || token.kind === 'string_literal' || known.has(token.text)) return undefined;
    const macro = definitionAt(facts, use, token.text);
    if (!macro || macro.isBuiltin || macro.isScripted) return undefined;
    return macro.isFunctionLike && tokens[at + 1]?.kind !== 'l_paren' ? undefined : macro;
  };
  for (let at = 0; at < tokens.length; at++) {
    const macro = macroAt(at);
    if (!macro) continue;
    if (!macro.isFunctionLike || macro.tokens.some(({ kind }) => kind === 'hash' || kind === 'hashhash')) return macro;
    const end = endOfCall(tokens, at + 1);
    // The first in its arguments: of those inside of these, the search goes on there.
    const inside = tokens.findIndex((_, i) => i > at + 1 && i < end && macroAt(i) !== undefined);
    if (inside < 0) return macro;
    at = inside - 1;
  }
  return undefined;
}

/** The parenthesis that closes the one at `open`. */
function endOfCall(tokens: readonly PreprocessorToken[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const { kind } = tokens[at] as PreprocessorToken;
    if (kind === 'l_paren') depth++;
    else if (kind === 'r_paren' && --depth === 0) return at;
  }
  return tokens.length;
}

/** What a name is defined as where the use stands. */
function definitionAt(facts: PreprocessorFacts, use: MacroExpansion, name: string): Macro | undefined {
  if (use.macro?.name === name) return use.macro;
  const { file, offset = 0 } = use.location;
  const before = ({ location }: Macro): boolean => location.file !== file || (location.offset ?? 0) < offset;
  return facts.definitions(name).findLast(before);
}

function expand(use: MacroExpansion, macros: readonly Macro[], options: PreprocessorOptions): string {
  const definitions = macros.map((macro) => {
    const head = macro.isFunctionLike ? macro.name : `${macro.name} `;
    return `#define ${head}${macro.text.replace(/\\?\r?\n/g, ' ')}\n`;
  });
  // For __FILE__ and __LINE__.
  const { line, file } = use.location.presumed ?? { line: 1, file: '' };
  const place = `#line ${line} "${file.replace(/[\\"]/g, '\\$&')}"\n`;
  using preprocessor = lone(`${definitions.join('')}${place}${use.range.text}\n`, options);
  return format(preprocessor.tokens()).trim();
}

/** A preprocessor that knows nothing but this text. */
function lone(text: string, { arguments: args = [], ...options }: PreprocessorOptions): Preprocessor {
  const language = args.flatMap((arg, i) =>
    /^-(std=|x.)/.test(arg) ? [arg] : arg === '-x' ? [arg, args[i + 1] ?? ''] : [],
  );
  const name = 'expansion.c';
  return new Preprocessor(name, { ...options, arguments: ['-w', '-undef', ...language], unsaved: { [name]: text } });
}
