/** What a script hears while a file is preprocessed: docs/formats/protocol.md, "Events". */

/** Where something is, as `#line` presents it; in a macro's expansion, where the outermost macro is used. */
export interface PresumedPlace {
  file: string;
  /** From 1. */
  line: number;
  /** From 1, in bytes. */
  column: number;
}

export interface PreprocessorEvents {
  /** `text`: name, parameters and body. */
  macroDefined: PresumedPlace & { name: string; text: string };
  /** `wasDefined`: false where there was no such macro. */
  macroUndefined: PresumedPlace & { name: string; wasDefined: boolean };
  macroExpanded: PresumedPlace & { name: string; arguments: string[] };
  /** `value`: undefined where it is not looked at, as after the branch that is taken, and for `else` and `endif`. */
  conditional: PresumedPlace & { directive: string; condition: string; value: boolean | undefined };
  /** Lines left out by conditionals, up to `endLine`. */
  skipped: PresumedPlace & { endLine: number };
  /** The place is that of the directive; of the main file, nowhere. */
  fileEntered: PresumedPlace & { path: string; isSystem: boolean };
  fileLeft: PresumedPlace & { path: string; isSystem: boolean };
  comment: PresumedPlace & { text: string };
}

export type PreprocessorEvent = keyof PreprocessorEvents;

const fields: Record<PreprocessorEvent, readonly string[]> = {
  macroDefined: ['name', 'text'],
  macroUndefined: ['name', 'wasDefined'],
  macroExpanded: ['name', 'arguments'],
  conditional: ['directive', 'condition', 'value'],
  skipped: ['endLine'],
  fileEntered: ['path', 'isSystem'],
  fileLeft: ['path', 'isSystem'],
  comment: ['text'],
};

export const eventNames = Object.keys(fields) as readonly PreprocessorEvent[];

export function isEventName(name: string): name is PreprocessorEvent {
  return name in fields;
}

export function placeOf(args: readonly unknown[]): PresumedPlace {
  return { file: String(args[0]), line: Number(args[1]), column: Number(args[2]) };
}

export function readEvent<E extends PreprocessorEvent>(name: E, args: readonly unknown[]): PreprocessorEvents[E] {
  const event: Record<string, unknown> = { ...placeOf(args) };
  fields[name].forEach((field, i) => {
    event[field] = args[3 + i];
  });
  return event as unknown as PreprocessorEvents[E];
}
