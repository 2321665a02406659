/** What `--verify` does for each file: parses it with all the changes, and throws when they change more than they should. */
import { readFileSync, realpathSync } from 'node:fs';
import { type Edit, ensureVerified, type TranslationUnit } from '../../index.js';

/** By the real path of what they change. */
const changes = new Map<string, Edit[]>();
for (const edit of JSON.parse(readFileSync(process.argv[2] as string, 'utf8')) as Edit[]) {
  changes.set(edit.file, [...(changes.get(edit.file) ?? []), edit]);
}

/** Those of one file, under the name by which it was read: `../a.h`, or through a link. */
function changesOf(path: string): Edit[] {
  return changes.get(realPathOf(path))?.map((edit) => ({ ...edit, file: path })) ?? [];
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

export default async function (tu: TranslationUnit): Promise<void> {
  const paths = new Set(tu.files.filter(({ kind }) => kind === 'file').map(({ path }) => path));
  const edits = [...paths].flatMap(changesOf);
  if (edits.length > 0) await ensureVerified(tu, edits);
}
