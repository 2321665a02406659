/** Tokens as text that has the same tokens again. */

/** What is formatted: a token of any kind that this package knows. */
export interface Formattable {
  readonly kind: string;
  readonly text: string;
  readonly isStartOfLine?: boolean;
  readonly hasLeadingSpace?: boolean;
}

/** Every token that is made of punctuation, with the two that start a comment. */
const punctuators = (
  '[ ] ( ) { } . ... .* -> ->* ++ -- & &= && * *= + += - -= ~ ! != / /= % %= < <= << <<= <=> > >= >> >>= ^ ^= ^^ | |= || ' +
  '? : :: ; = == , # ## #@ <<< >>> @ <: :> <% %> %: %:%: // /*'
).split(' ');
/** What they begin with: two tokens that together begin one must not touch. */
const beginnings = new Set(punctuators.flatMap((text) => [...text].map((_, i) => text.slice(0, i + 1))));

const WORD = /[\p{L}\p{N}_$\\]/u;
const NUMBER = /^\.?\d/;

/** Whether the two would be read as something else without a space between them. */
export function needsSpace(left: string, right: string): boolean {
  const last = left.at(-1);
  const first = right[0];
  if (last === undefined || first === undefined) return false;
  // A number goes on with letters, digits, points, and signs behind an exponent; a quote may separate its digits.
  if (NUMBER.test(left))
    return WORD.test(first) || first === '.' || /['"]/.test(first) || (/[+-]/.test(first) && /[eEpP]$/.test(left));
  if (WORD.test(last)) return WORD.test(first) || first === '"' || first === "'";
  // A suffix of a literal; a header's name is no token but in its directive.
  if (last === '"' || last === "'") return WORD.test(first);
  if (last === '.' && /\d/.test(first)) return true;
  return (
    beginnings.has(left + first) ||
    (left === '?' && first === '?') ||
    (left === '<' && right.startsWith('::')) ||
    (left === '<:' && first === ':')
  );
}

/**
 * The tokens as text: with the line breaks and spaces they had, and with a space wherever two would otherwise be read as one. Read
 * again it has the same tokens.
 */
export function format(tokens: Iterable<Formattable>): string {
  let text = '';
  let last = '';
  for (const token of tokens) {
    if (token.text === '') continue;
    if (text !== '') {
      if (token.isStartOfLine) text += '\n';
      else if (token.hasLeadingSpace || needsSpace(last, token.text)) text += ' ';
    }
    text += token.text;
    // Only what follows a comment to the end of its line would belong to it.
    if (token.kind === 'comment' && token.text.startsWith('//')) text += '\n';
    last = token.text;
  }
  return text;
}
