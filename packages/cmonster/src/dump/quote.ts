/** Strings as JSON. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what has to be escaped
const UNSAFE = /["\\\u0000-\u001f\ud800-\udfff]/;

/** What needs no escape, nearly everything, costs one look. */
export function quote(text: string): string {
  return UNSAFE.test(text) ? JSON.stringify(text) : `"${text}"`;
}
