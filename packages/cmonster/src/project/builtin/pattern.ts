/** The pattern that `cmonster find` and `cmonster replace` hand to their scripts. */
import { CmonsterError, type Pattern, parsePattern } from '../../index.js';

export interface PatternArguments {
  pattern: string;
  /** Of `replace`. */
  code?: string;
  isomorphisms: boolean;
}

export function patternArguments(): PatternArguments {
  return JSON.parse(process.argv[2] ?? '{}') as PatternArguments;
}

/** Throws, before any file is looked at, when it can be neither C nor C++. */
export function openPattern({ pattern: text, isomorphisms }: PatternArguments): Pattern {
  const pattern = parsePattern(text, { isomorphisms });
  try {
    return pattern.check('c');
  } catch (error) {
    if (!(error instanceof CmonsterError) || error.code !== 'PATTERN') throw error;
    try {
      return pattern.check('c++');
    } catch {
      throw error;
    }
  }
}
