/** `` native`…` `` and `` fnType`…` ``: what a script declares itself becomes C behind its headers. */
import { MrhookerError } from '../error.js';
import type { HeaderSpecifier } from '../headers/specifier.js';
import { type Analysis, placeText } from './analyse.js';

export interface NativeName {
  /** What it is called in C. */
  name: string;
  /** How the script finds it: its kind and its text. */
  key: string;
  /** Used for more than a call, so that it could be hooked. */
  hooked: boolean;
}

/** What declarations may use without asking. */
export const NATIVE_HEADERS: readonly HeaderSpecifier[] = ['stdint.h', 'stddef.h', 'stdbool.h', 'sys/types.h'].map(
  (name) => ({
    text: `c:${name}`,
    include: `<${name}>`,
    language: 'c',
    arguments: [],
  }),
);

export function nativeDeclarations({ natives }: Analysis): { names: NativeName[]; prelude: string } {
  const names = new Map<string, NativeName>();
  const lines: string[] = [];
  for (const { kind, text, at, hooked } of natives) {
    const key = `${kind} ${text}`;
    const known = names.get(key);
    if (known) {
      known.hooked ||= hooked;
      continue;
    }
    const plain = text.trim().replace(/;$/, '');
    if (kind === 'fnType') {
      const name = `mr_fn_${names.size}`;
      names.set(key, { name, key, hooked });
      lines.push(`typedef __typeof__(${plain}) ${name};`);
      continue;
    }
    const name = /([A-Za-z_]\w*)\s*\(/.exec(plain)?.[1];
    if (name === undefined) {
      throw new MrhookerError(
        'script',
        `${placeText(at)}: native\`${text}\` declares no function: write it as C does, native\`int f(int)\``,
      );
    }
    names.set(key, { name, key, hooked });
    lines.push(`extern ${plain};`);
  }
  return { names: [...names.values()], prelude: lines.map((line) => `${line}\n`).join('') };
}
