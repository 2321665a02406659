/** clang-format over what edits changed, and over nothing else. */
import { isUtf8 } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { CmonsterError } from '../error.js';
import { applyEdits, type Edit } from './edit.js';

export interface FormatOptions {
  /** As clang-format's `--style`: `file` (default: the closest .clang-format), `LLVM`, `{IndentWidth: 4}`, … */
  style?: string;
}

interface Stretch {
  begin: number;
  end: number;
}

const PROGRAMS = ['clang-format-19', 'clang-format'];

/**
 * The edits of a file, changed so that what they write is formatted.
 * @param bytes the file before
 * @param path decides language and style
 */
export function formatEdits(
  bytes: Uint8Array,
  edits: readonly Edit[],
  path: string,
  options: FormatOptions = {},
): Edit[] {
  if (edits.length === 0) return [];
  const after = applyEdits(bytes, edits);
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
  const stretches = changedStretches(edits, encoding);
  return compose(edits, stretches, formattings(after, stretches, path, options.style ?? 'file'), after, encoding);
}

/** Where each edit's text is in the new file; nothing is written for what is only taken out. */
function changedStretches(edits: readonly Edit[], encoding: BufferEncoding): Stretch[] {
  let shift = 0;
  return edits.map(({ offset, length, text }) => {
    const begin = offset + shift;
    const size = Buffer.byteLength(text, encoding);
    shift += size - length;
    return { begin, end: begin + size };
  });
}

function formattings(after: Uint8Array, stretches: readonly Stretch[], path: string, style: string): Edit[] {
  const ranges = stretches.flatMap(({ begin, end }) => [`--offset=${begin}`, `--length=${end - begin}`]);
  const args = [`--assume-filename=${path}`, `--style=${style}`, '--output-replacements-xml', ...ranges];
  for (const program of PROGRAMS) {
    const done = spawnSync(program, args, { input: after, maxBuffer: 1 << 30 });
    if (done.error && (done.error as NodeJS.ErrnoException).code === 'ENOENT') continue;
    if (done.error || done.status !== 0) {
      const reason = done.error?.message ?? done.stderr.toString('utf8').trim();
      throw new CmonsterError('USAGE', `${program} failed: ${reason}`, { file: path, cause: done.error });
    }
    return parseXml(done.stdout.toString('latin1'), path);
  }
  throw new CmonsterError(
    'USAGE',
    `formatting needs ${PROGRAMS[0]}, which was not found: install the package of that name`,
  );
}

const ENTITY: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** In Latin-1, so that a character is a byte. */
function parseXml(xml: string, file: string): Edit[] {
  const found: Edit[] = [];
  for (const [, offset, length, text] of xml.matchAll(
    /<replacement offset='(\d+)' length='(\d+)'>([^<]*)<\/replacement>/g,
  )) {
    const plain = (text as string).replace(/&(?:#(\d+)|(\w+));/g, (_, code, name) =>
      code ? String.fromCharCode(Number(code)) : (ENTITY[name] ?? ''),
    );
    found.push({ file, offset: Number(offset), length: Number(length), text: plain, origins: [] });
  }
  return found.sort((a, b) => a.offset - b.offset);
}

/** One change after the other, as one: what the second changes of the first's text, and beside it. */
function compose(
  first: readonly Edit[],
  places: readonly Stretch[],
  second: readonly Edit[],
  middle: Uint8Array,
  encoding: BufferEncoding,
): Edit[] {
  const composed: Edit[] = [];
  let one = 0;
  let two = 0;
  /** What the text before has gained: from the middle back to the start. */
  let shift = 0;
  while (one < first.length || two < second.length) {
    const a = places[one];
    const b = second[two];
    const begin = Math.min(a?.begin ?? Number.POSITIVE_INFINITY, b?.offset ?? Number.POSITIVE_INFINITY);
    let end = begin;
    let gained = 0;
    const origins: Edit['origins'] = [];
    const file = first[0]?.file ?? '';
    const inside: Edit[] = [];
    for (let grew = true; grew; ) {
      grew = false;
      const place = places[one];
      if (place && place.begin <= end) {
        const edit = first[one] as Edit;
        gained += place.end - place.begin - edit.length;
        end = Math.max(end, place.end);
        origins.push(...edit.origins);
        one++;
        grew = true;
      }
      const change = second[two];
      if (change && change.offset <= end) {
        inside.push({ ...change, offset: change.offset - begin });
        end = Math.max(end, change.offset + change.length);
        two++;
        grew = true;
      }
    }
    const text = Buffer.from(applyEdits(middle.subarray(begin, end), inside, false)).toString(encoding);
    composed.push({ file, offset: begin - shift, length: end - begin - gained, text, origins });
    shift += gained;
  }
  return composed;
}
