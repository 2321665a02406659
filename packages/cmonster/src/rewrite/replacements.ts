/** Edits as the YAML that clang-apply-replacements reads: clang::tooling::TranslationUnitReplacements. */
import { CmonsterError } from '../error.js';
import type { Edit } from './edit.js';

/** @param mainFile the translation unit's, as the document's title */
export function replacementsYaml(mainFile: string, edits: readonly Edit[]): string {
  const lines = [
    '---',
    `MainSourceFile: ${quoted(mainFile)}`,
    edits.length === 0 ? 'Replacements: []' : 'Replacements:',
  ];
  for (const edit of edits) {
    const { file, offset, length, text } = edit;
    if (text.includes('\ufffd') || /[\ud800-\udfff](?![\udc00-\udfff])/.test(text)) throw unspeakable(edit);
    lines.push(
      `  - FilePath: ${quoted(file)}`,
      `    Offset: ${offset}`,
      `    Length: ${length}`,
      `    ReplacementText: ${quoted(text)}`,
    );
  }
  return `${lines.join('\n')}\n...\n`;
}

function unspeakable({ file, offset }: Edit): CmonsterError {
  return new CmonsterError('EDIT_ENCODING', `the text at byte ${offset} cannot be said in YAML`, { file });
}

/** A double-quoted scalar on one line. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[\p{Cc}\u2028\u2029\ufeff]/gu, escaped)}"`;
}

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
