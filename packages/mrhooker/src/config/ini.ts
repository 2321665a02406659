/** INI: `[section]`, `key = value`, comments behind `;` or `#` at a line's begin. */
import { MrhookerError } from '../error.js';

export interface IniValue {
  value: string;
  line: number;
}
/** Sections by name, then keys. Names keep their dots: `[hooks.ts]` is one section. */
export type Ini = Map<string, Map<string, IniValue>>;

/** @throws MrhookerError `config`: a line that is none of these, a key outside of a section */
export function parseIni(text: string, file: string): Ini {
  const ini: Ini = new Map();
  let section: Map<string, IniValue> | undefined;
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith(';') || line.startsWith('#')) continue;
    const at = `${file}:${index + 1}`;
    const header = /^\[(.+)\]$/.exec(line)?.[1]?.trim();
    if (header !== undefined) {
      section = ini.get(header) ?? new Map<string, IniValue>();
      ini.set(header, section);
      continue;
    }
    const equals = line.indexOf('=');
    if (equals <= 0) throw new MrhookerError('config', `${at}: '${line}' is neither a [section] nor KEY = VALUE`);
    if (!section) throw new MrhookerError('config', `${at}: '${line}' stands before any section: begin with [default]`);
    const value = line.slice(equals + 1).trim();
    section.set(line.slice(0, equals).trim(), { value: unquote(value), line: index + 1 });
  }
  return ini;
}

function unquote(value: string): string {
  return /^(["']).*\1$/.test(value) && value.length > 1 ? value.slice(1, -1) : value;
}
