/** Command lines as a POSIX shell and as GCC's response files split them. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const BLANK = /\s/;

/**
 * Words as `sh` makes them of a command without expansions: quotes and backslashes, nothing else. Response files follow the same
 * rules (libiberty's buildargv).
 */
export function splitCommandLine(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (BLANK.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === '\\') {
      // A backslash at a line's end joins the lines.
      const next = text[++at] ?? '';
      word = (word ?? '') + (next === '\n' ? '' : next);
    } else if (char === "'") {
      const end = text.indexOf("'", at + 1);
      word = (word ?? '') + text.slice(at + 1, end < 0 ? text.length : end);
      at = end < 0 ? text.length : end;
    } else if (char === '"') {
      let quoted = '';
      for (at++; at < text.length && text[at] !== '"'; at++) {
        if (text[at] === '\\' && /["\\$`\n]/.test(text[at + 1] ?? '')) at++;
        quoted += text[at];
      }
      word = (word ?? '') + quoted;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** Response files that name each other in a circle end here. */
const DEEPEST = 20;

/** Puts the words of `@file` in its place. One that cannot be read stays as it is, as with GCC and Clang. */
export function expandResponseFiles(words: readonly string[], directory: string, depth = 0): string[] {
  return words.flatMap((word) => {
    if (!word.startsWith('@') || word.length === 1 || depth >= DEEPEST) return [word];
    let text: string;
    try {
      text = readFileSync(resolve(directory, word.slice(1)), 'utf8');
    } catch {
      return [word];
    }
    return expandResponseFiles(splitCommandLine(text), directory, depth + 1);
  });
}
