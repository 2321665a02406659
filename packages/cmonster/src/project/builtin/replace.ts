/** The script behind `cmonster replace`. */
import { CmonsterError, type TranslationUnit } from '../../index.js';
import { openPattern, patternArguments } from './pattern.js';

const given = patternArguments();
const pattern = openPattern(given);
const code = given.code ?? '';

export default function replace(tu: TranslationUnit): void {
  for (const match of tu.match(pattern)) {
    try {
      match.replaceWith(code);
    } catch (error) {
      // One place that cannot be changed is no reason to leave the others.
      if (!(error instanceof CmonsterError) || !error.code.startsWith('EDIT_')) throw error;
      tu.report(match.node, `not replaced: ${error.message}`);
    }
  }
}
