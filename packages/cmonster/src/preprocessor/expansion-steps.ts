/** A use of a macro, expanded one macro after the other. */
import type { Macro, MacroExpansion, PreprocessorFacts } from './facts.js';
import { format } from './format.js';
import { Preprocessor, type PreprocessorOptions } from './preprocessor.js';

export interface ExpansionStep {
  /** The macro that this step expands; the last one of a use is that with nothing left to expand. */
  macro: Macro;
  /** What is there after it. */
  text: string;
}

/** A use that takes more is not shown to its end. */
const MOST_STEPS = 100;

/**
 * Each step is Clang's: it reads the text with one macro defined, the first that the text holds. Macros that a script answers are
 * not taken apart.
 */
export function expansionSteps(
  facts: PreprocessorFacts,
  use: MacroExpansion,
  options: PreprocessorOptions = {},
): ExpansionStep[] {
  const steps: ExpansionStep[] = [];
  // A macro's own name in its expansion stays.
  const finished = new Set<string>();
  let text = use.range.text;
  while (steps.length < MOST_STEPS) {
    const macro = firstMacro(facts, use, text, finished, options);
    if (!macro) break;
    const next = expandOne(text, macro, options);
    if (next.text === text || next.names.has(macro.name)) finished.add(macro.name);
    if (next.text !== text) steps.push({ macro, text: next.text });
    text = next.text;
  }
  return steps;
}

/** The definition of the leftmost name that is a macro where the use stands. */
function firstMacro(
  facts: PreprocessorFacts,
  use: MacroExpansion,
  text: string,
  finished: ReadonlySet<string>,
  options: PreprocessorOptions,
): Macro | undefined {
  for (const { name, isCalled } of namesIn(text, options)) {
    if (finished.has(name)) continue;
    const macro = use.macro?.name === name ? use.macro : facts.definitions(name).at(-1);
    if (!macro || macro.isBuiltin || macro.isScripted || (macro.isFunctionLike && !isCalled)) continue;
    return macro;
  }
  return undefined;
}

function namesIn(text: string, options: PreprocessorOptions): { name: string; isCalled: boolean }[] {
  using preprocessor = lone('', options);
  const tokens = preprocessor.tokenize(text);
  return tokens.flatMap((token, i) =>
    /^[\p{L}_$]/u.test(token.text) && token.kind !== 'string_literal'
      ? [{ name: token.text, isCalled: tokens[i + 1]?.kind === 'l_paren' }]
      : [],
  );
}

function expandOne(text: string, macro: Macro, options: PreprocessorOptions): { text: string; names: Set<string> } {
  const head = macro.isFunctionLike ? macro.name : `${macro.name} `;
  using preprocessor = lone(`#define ${head}${macro.text.replace(/\\?\r?\n/g, ' ')}\n${text}\n`, options);
  const tokens = [...preprocessor.tokens()];
  return { text: format(tokens).trim(), names: new Set(tokens.map((token) => token.text)) };
}

/** A preprocessor that knows nothing but this text. */
function lone(text: string, { arguments: args = [], ...options }: PreprocessorOptions): Preprocessor {
  const language = args.flatMap((arg, i) =>
    /^-(std=|x.)/.test(arg) ? [arg] : arg === '-x' ? [arg, args[i + 1] ?? ''] : [],
  );
  const name = 'expansion.c';
  return new Preprocessor(name, { ...options, arguments: ['-w', '-undef', ...language], unsaved: { [name]: text } });
}
