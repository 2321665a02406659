/** What `--verify` does for each file: parses it with all the changes, and throws when they change more than they should. */
import { readFileSync } from 'node:fs';
import { type Edit, ensureVerified, type TranslationUnit } from '../../index.js';

const edits = JSON.parse(readFileSync(process.argv[2] as string, 'utf8')) as Edit[];
const changed = new Set(edits.map(({ file }) => file));

export default async function (tu: TranslationUnit): Promise<void> {
  const own = new Set(tu.files.map(({ path }) => path).filter((path) => changed.has(path)));
  if (own.size > 0)
    await ensureVerified(
      tu,
      edits.filter(({ file }) => own.has(file)),
    );
}
