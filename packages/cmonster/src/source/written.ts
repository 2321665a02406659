/** What stands around a node in the source: the comment above it, the macros it came through. */
import type { Node } from '../ast/node.js';
import type { TranslationUnit } from '../ast/translation-unit.js';
import type { Macro } from '../preprocessor/facts.js';
import type { Location, Range } from './location.js';

/** A documentation comment. */
export interface Comment {
  /** As written, with its markers. */
  text: string;
  /** From its first byte to one past its last. */
  range: Range;
}

export function commentOf(node: Node): Comment | undefined {
  const answer = node.tu.questions.comment(node.index);
  return answer && { text: answer[0] as string, range: answer[1] as Range };
}

/** One step through a macro. */
export interface MacroUse {
  name: string;
  /** The definition, when it is known. */
  definition: Macro | undefined;
  /** Whether the node stands in an argument of the macro, rather than in its body. */
  isArgument: boolean;
  /** Where the macro is used; itself in a macro when the use came from another one's body. */
  location: Location;
}

/** The expansions that a location lies in, innermost first. */
export function macroUses(tu: TranslationUnit, raw: number): MacroUse[] {
  const { sourceManager } = tu;
  const uses: MacroUse[] = [];
  let at = raw;
  while (sourceManager.isMacroId(at)) {
    const isArgument = sourceManager.isMacroArg(at);
    // An argument's expansion begins inside the macro's body, where the parameter stands.
    const body = isArgument ? sourceManager.immediateBegin(at) : at;
    const use = sourceManager.immediateBegin(body);
    const name = sourceManager.immediateMacroName(at);
    uses.push({
      name,
      definition: tu.preprocessor.macroUsedAt(use, name),
      isArgument,
      location: sourceManager.location(use),
    });
    at = isArgument ? sourceManager.immediateSpelling(at) : use;
  }
  return uses;
}
