/** A TypeScript string literal. */
export function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** A documentation comment of the non-empty paragraphs, or nothing. */
export function docComment(paragraphs: string[], indent = ''): string {
  const lines = paragraphs.map((p) => p.replace(/\s+/g, ' ').replace(/\*\//g, '* /').trim()).filter((p) => p !== '');
  if (lines.length === 0) return '';
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((l) => `${indent} * ${l}\n`).join('')}${indent} */\n`;
}

/** The page of a class in Clang's documentation. */
export function doxygen(qualified: string): string {
  const encoded = qualified.replace(/_/g, '__').replace(/::/g, '_1_1');
  return `https://clang.llvm.org/doxygen/class${encoded}.html`;
}

/** Up to the first full stop that ends a sentence. */
export function firstSentence(text: string): string {
  const end = /(?<!\b(?:e\.g|i\.e|etc|vs|cf))[.!?](?=\s+[A-Z"'(\\]|$)/.exec(text);
  return end ? text.slice(0, end.index + 1) : text;
}
