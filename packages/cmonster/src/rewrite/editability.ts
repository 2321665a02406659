/**
 * What may be edited. A range is editable as it stands, editable through the argument of a macro that it is written in, or
 * frozen, for a reason.
 */
import { Node } from '../ast/node.js';
import type { TranslationUnit } from '../ast/translation-unit.js';
import type { Macro } from '../preprocessor/facts.js';
import type { FileRange, Location, Position } from '../source/location.js';
import { Range } from '../source/location.js';
import { macroUses } from '../source/written.js';
import { isInstantiated, writtenNode } from './written-node.js';
import { writtenText } from './written-text.js';

/** Why a stretch of source cannot be edited. */
export type FrozenReason =
  /** The compiler added it: nothing is written for it. */
  | 'implicit'
  /** It is in an instantiation of a template: what is written is the template. */
  | 'instantiation'
  /** It came from the body of a macro. */
  | 'macro-body'
  /** It begins in a macro and ends outside of it, or in another one. */
  | 'macro-part'
  /** The preprocessor made its text, by ## or #. */
  | 'pasted'
  /** It is in a file that is not editable. */
  | 'outside'
  /** A conditional directive begins or ends inside of it. */
  | 'directive';

export interface FrozenPlace {
  reason: FrozenReason;
  /** A sentence. */
  message: string;
  /** Where it is, as Clang says it. */
  location: Location;
  /** The macro that it came from. */
  macro?: Macro | undefined;
}

/** How a range can be edited. */
export type Editability =
  | { kind: 'editable'; range: FileRange }
  | { kind: 'macro-argument'; range: FileRange; macro: string }
  | { kind: 'frozen'; place: FrozenPlace };

/** How what is written for a node, or in a range, can be edited. */
export function editabilityOf(tu: TranslationUnit, of: Node | Range): Editability {
  const range = of instanceof Range ? of : of.range;
  const frozen = (reason: FrozenReason, message: string, macro?: Macro): Editability => ({
    kind: 'frozen',
    place: { reason, message, location: range.begin, macro },
  });
  if (of instanceof Node && !writtenNode(of)) {
    if (!isInstantiated(of)) return frozen('implicit', 'the compiler added it: nothing is written for it');
    return frozen(
      'instantiation',
      `it is in an instantiation: edit the template itself, which stands at ${range.begin}`,
    );
  }
  if (!range.isValid) return frozen('implicit', 'the compiler added it: nothing is written for it');
  const text = writtenText(tu.sourceManager, range);
  if (!text) return frozenInMacro(tu, range);
  const { file } = text;
  if (file.kind === 'buffer') return frozenInBuffer(tu, range, file.name);
  if (!tu.isEditable(file)) {
    const kind = range.begin.isInSystemHeader ? 'a system header' : 'not among the editable files';
    return frozen('outside', `${file.name} is ${kind}`);
  }
  const [innermost] = macroUses(tu, range.begin.raw);
  return innermost?.isArgument && text.begin !== innermost.location.offset
    ? { kind: 'macro-argument', range: text, macro: innermost.name }
    : { kind: 'editable', range: text };
}

function frozenInMacro(tu: TranslationUnit, range: Range): Editability {
  for (const location of [range.begin, range.end]) {
    if (location.spelling?.file.name === '<scratch space>') return frozenInBuffer(tu, range, '<scratch space>');
  }
  const uses = [...macroUses(tu, range.begin.raw), ...macroUses(tu, range.end.raw)];
  const body = uses.find(({ isArgument }) => !isArgument);
  const use = body ?? uses[0];
  const reason = range.begin.isMacro && range.end.isMacro && body ? 'macro-body' : 'macro-part';
  const where = use?.definition ? `, defined at ${use.definition.location}` : '';
  const message =
    reason === 'macro-body'
      ? `it comes from the body of the macro ${use?.name}${where}; { macro: 'definition' } edits that, if every use of it agrees`
      : use
        ? `it is partly written in the macro ${use.name}${where}, and partly outside of it`
        : 'it begins in one file and ends in another';
  return { kind: 'frozen', place: { reason, message, location: range.begin, macro: use?.definition } };
}

function frozenInBuffer(tu: TranslationUnit, range: Range, name: string): Editability {
  const [use] = macroUses(tu, range.begin.raw);
  const message =
    name === '<scratch space>'
      ? `the preprocessor makes its text${use ? ` in the macro ${use.name}` : ''}, by ## or #`
      : `it is not in a file, but in ${name}`;
  const reason = name === '<scratch space>' ? 'pasted' : 'outside';
  return { kind: 'frozen', place: { reason, message, location: range.begin, macro: use?.definition } };
}

/** What a message says about a frozen place, with where the macro is defined. */
export function frozenLine({ location, message }: FrozenPlace): string {
  return `${location.isValid ? `${location}: ` : ''}${message}`;
}

export type { Position };
