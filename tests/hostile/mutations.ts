/** Random damage to real files. The same seed gives the same damage. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fetchDebianSource } from '../../setup/corpus.mjs';

/** xorshift32: enough chance for this, and the same everywhere. */
export class Chance {
  private state: number;
  constructor(seed: number) {
    this.state = (seed * 2654435761) >>> 0 || 1;
    for (let i = 0; i < 8; i++) this.below(2);
  }
  below(limit: number): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state % Math.max(1, limit);
  }
}

const tokens =
  '{ } ( ) [ ] < > << >> ; , : :: ? # ## \\ " \' /* */ // \n template typename operator struct enum auto ... '
    .split(' ')
    .concat([
      '#if 1\n',
      '#else\n',
      '#endif\n',
      '#define x',
      '#include "',
      'R"(',
      '__attribute__((',
      'decltype(',
      '\0',
      '\xff',
    ]);

/** One change of a file's bytes: damage as editors, networks, merges and machines make it. */
export function mutate(bytes: Buffer, chance: Chance): Buffer {
  const at = chance.below(bytes.length);
  const size = 1 + chance.below(1 << chance.below(10));
  const piece = bytes.subarray(at, at + size);
  const elsewhere = chance.below(bytes.length);
  const replace = (begin: number, end: number, by: Buffer): Buffer =>
    Buffer.concat([bytes.subarray(0, begin), by, bytes.subarray(end)]);
  switch (chance.below(8)) {
    case 0:
      return replace(at, at + size, Buffer.alloc(0));
    case 1:
      return replace(elsewhere, elsewhere, piece);
    case 2:
      return replace(elsewhere, elsewhere + size, piece);
    case 3:
      return bytes.subarray(0, at);
    case 4:
      return replace(at, at + 1, Buffer.from([chance.below(256)]));
    case 5:
      return replace(at, at, Buffer.from(tokens[chance.below(tokens.length)] as string, 'latin1'));
    case 6:
      return replace(at, at, Buffer.concat(Array.from({ length: 1 + chance.below(50) }, () => piece)));
    default: {
      const junk = Buffer.from(Array.from({ length: Math.min(size, 64) }, () => chance.below(256)));
      return replace(at, at + junk.length, junk);
    }
  }
}

export interface Original {
  path: string;
  arguments: readonly string[];
}

/** Sources of real projects, small enough to parse in a moment. */
export async function originals(largest: number): Promise<Original[]> {
  const zlib = await fetchDebianSource('zlib');
  const lua = join(await fetchDebianSource('lua5.4'), 'src');
  const fmt = await fetchDebianSource('fmtlib');
  const take = (folder: string, ending: RegExp, args: readonly string[]): Original[] =>
    readdirSync(folder)
      .filter((name) => ending.test(name) && statSync(join(folder, name)).size < largest)
      .sort()
      .map((name) => ({ path: join(folder, name), arguments: args }));
  return [
    ...take(zlib, /\.c$/, [`-I${zlib}`]),
    ...take(lua, /\.c$/, [`-I${lua}`]),
    ...take(join(fmt, 'src'), /\.cc$/, [`-I${join(fmt, 'include')}`, '-std=c++17']),
  ];
}

/** Several changes at once, the number of them by chance too. */
export function damaged(original: Original, seed: number): Buffer {
  const chance = new Chance(seed);
  let bytes: Buffer = readFileSync(original.path);
  for (let i = chance.below(6); i >= 0; i--) if (bytes.length > 0) bytes = mutate(bytes, chance);
  return bytes;
}
