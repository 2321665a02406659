/** `c:sys/socket.h`, `c:./mine.h`, `c:zlib.h?pkg=zlib`: which header, in which language, with which flags. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { MrhookerError } from '../error.js';

export type Language = 'c' | 'c++';

export interface HeaderSpecifier {
  /** As the script says it. */
  text: string;
  /** What stands behind `#include`: `<sys/socket.h>`, or `"/path/mine.h"`. */
  include: string;
  language: Language;
  /** Flags that pkg-config gives for the packages named. */
  arguments: string[];
}

export const SCHEME = 'c:';

const CPP_EXTENSIONS = new Set(['.hpp', '.hh', '.hxx', '.h++', '']);

/**
 * @param importer the file that imports it: what `./` refers to
 * @throws MrhookerError `header`: malformed, missing beside the script, or a package that pkg-config does not know
 */
export function parseSpecifier(text: string, importer: string): HeaderSpecifier {
  const [path = '', query = ''] = splitQuery(text.slice(SCHEME.length));
  if (path === '') throw new MrhookerError('header', `'${text}' names no header: write it like 'c:sys/socket.h'`);
  if (/["<>\n]/.test(path)) throw new MrhookerError('header', `'${text}': a header's name has no quotes or brackets`);
  const relative = path.startsWith('./') || path.startsWith('../') || path.startsWith('/');
  const file = relative ? resolve(dirname(importer), path) : undefined;
  if (file !== undefined && !existsSync(file)) {
    throw new MrhookerError('header', `there is no header '${file}' ('${text}' in ${importer})`);
  }
  let language: Language = CPP_EXTENSIONS.has(extname(path)) ? 'c++' : 'c';
  const flags: string[] = [];
  for (const [key, value] of new URLSearchParams(query)) {
    if (key === 'pkg') flags.push(...packageFlags(value, text));
    else if (key === 'lang' && (value === 'c' || value === 'c++')) language = value;
    else
      throw new MrhookerError(
        'header',
        `'${text}': '${key}=${value}' is not known; there are pkg=NAME, lang=c and lang=c++`,
      );
  }
  return { text, include: file === undefined ? `<${path}>` : `"${file}"`, language, arguments: flags };
}

function splitQuery(text: string): [string, string] {
  const at = text.indexOf('?');
  // A plus is a plus: URLSearchParams takes it for a space.
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1).replaceAll('+', '%2B')];
}

function packageFlags(name: string, text: string): string[] {
  try {
    const flags = execFileSync('pkg-config', ['--cflags', name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return flags.split(/\s+/).filter((flag) => flag !== '');
  } catch (cause) {
    const { code, stderr } = cause as { code?: string; stderr?: string };
    const why = code === 'ENOENT' ? 'pkg-config is not installed' : `pkg-config says: ${(stderr ?? '').trim()}`;
    throw new MrhookerError('header', `'${text}': no flags for the package '${name}': ${why}`, { cause });
  }
}
