/**
 * A file's bytes in the program: `static const unsigned char logo[] = { EMBED("logo.png") };`
 *
 * cmonster preprocess main.c --script embed.ts -o main.i
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { PreprocessorHooks } from 'cmonster';

export default function (hooks: PreprocessorHooks): void {
  hooks.define('EMBED(path)', function (path) {
    // Beside the file that names it, as an include would be.
    const file = resolve(dirname(this.file), JSON.parse(String(path.expanded)) as string);
    return readFileSync(file).join(', ');
  });
}
