import { readFileSync } from 'node:fs';
import { root } from '../paths.mjs';
import { listFiles } from '../shell.mjs';

const dumpers = /JSONNodeDumper|TextNodeDumper|ASTDumper|(?:->|\.)\s*dump(?:Color|Pretty)?\s*\(/;

/** What `cmonster dump` prints comes from the columns, not from Clang's own dumpers: they are what it is compared with. */
export const noClangDumpers = {
  title: "the frontend uses none of Clang's dumpers",
  repair: 'take the use out: the frontend ships columns, TypeScript prints',
  problems() {
    const found = listFiles(['packages/cmonster/frontend/']).flatMap((path) =>
      /\.(cpp|h|inc|def|txt)$/.test(path)
        ? findDumpers(readFileSync(`${root}/${path}`, 'utf8')).map((line) => `${path}:${line}`)
        : [],
    );
    return found.length ? found.join('\n') : undefined;
  },
};

/**
 * @param {string} source C++
 * @returns {string[]} `line: text` of each use outside comments
 */
export function findDumpers(source) {
  const blanked = source.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '));
  return blanked.split('\n').flatMap((text, index) => (dumpers.test(text) ? `${index + 1}: ${text.trim()}` : []));
}
