// The parts of a Markdown page that a machine can check.

export interface Block {
  language: string;
  /** Where a person is to save it: the second word behind the fence. */
  file: string | undefined;
  text: string;
  line: number;
}

/** The fenced blocks, in order. */
export function blocksOf(markdown: string): Block[] {
  const fence = /^```(\w+)[ \t]*(\S*)\n([\s\S]*?)^```$/gm;
  return [...markdown.matchAll(fence)].map((match) => ({
    language: match[1] as string,
    file: match[2] || undefined,
    text: match[3] as string,
    line: markdown.slice(0, match.index).split('\n').length,
  }));
}

/** Links to files of the repository, without what comes behind `#`. */
export function linksOf(markdown: string): string[] {
  const link = /\]\(([^)\s]+)\)|<img[^>]+src="([^"]+)"/g;
  return [...markdown.matchAll(link)]
    .map((match) => (match[1] ?? match[2] ?? '').replace(/#.*/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target));
}

/** The scripts in `npm start`, `npm test`, `npm run NAME`. */
export function npmScriptsOf(markdown: string): string[] {
  const names = [...markdown.matchAll(/`npm (?:run (?:--silent )?([\w:-]+)|(start|test))\b/g)];
  return [...new Set(names.map((match) => match[1] ?? (match[2] as string)))];
}
