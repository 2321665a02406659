// Which files a source file embeds (C23's `#embed`). Clang keeps no account of them, as it does of what is included.

const starts = ['#', '%:', '??='];

/** @returns their paths as they are written, also where a condition leaves them out; undefined for one that a macro stands for */
export function embedsOf(source: string): (string | undefined)[] {
  const text = source.replace(/(?:\\|\?\?\/)[ \t\v\f]*\r?\n/g, '');
  const found: (string | undefined)[] = [];
  for (const start of starts) {
    for (let at = text.indexOf(start); at >= 0; at = text.indexOf(start, at + 1)) {
      const name = behindSpace(text, at + start.length);
      if (!/^embed\b/.test(text.slice(name, name + 6))) continue;
      const path = behindSpace(text, name + 'embed'.length);
      const end = { '"': '"', '<': '>' }[text[path] ?? ''];
      const line = text.slice(path + 1).split(/[\r\n]/, 1)[0] as string;
      found.push(end !== undefined && line.includes(end) ? line.slice(0, line.indexOf(end)) : undefined);
    }
  }
  return found;
}

/** Behind blanks and comments. */
function behindSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (' \t\v\f'.includes(text[at] ?? 'x')) at++;
    if (!text.startsWith('/*', at)) return at;
    const end = text.indexOf('*/', at + 2);
    if (end < 0) return text.length;
    at = end + 2;
  }
}
