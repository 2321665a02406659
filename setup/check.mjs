// `npm run check`: everything that is checked without running the tests. One line for each check, and what repairs it.
//
// To add a check: write a file in checks/ that exports such an object, and put it in the list.

import { cppFormat } from './checks/cpp-format.mjs';
import { generatedFiles } from './checks/generated-files.mjs';
import { importDirections } from './checks/import-directions.mjs';
import { lint } from './checks/lint.mjs';
import { lockFile } from './checks/lock-file.mjs';
import { noClangDumpers } from './checks/no-clang-dumpers.mjs';
import { types } from './checks/types.mjs';
import { formatSeconds } from './progress.mjs';
import { setupOrExit } from './setup.mjs';

/**
 * @typedef {object} Check
 * @property {string} title
 * @property {string} repair what to do when it fails
 * @property {() => string | undefined} problems what is wrong, as text for a person; undefined when nothing is
 */

/** @type {readonly Check[]} */
const checks = [lint, cppFormat, types, importDirections, generatedFiles, noClangDumpers, lockFile];

await setupOrExit(['build', 'check']);

let failed = 0;
for (const { title, repair, problems } of checks) {
  const started = performance.now();
  const found = problems();
  const time = formatSeconds(performance.now() - started);
  if (found === undefined) {
    console.log(`ok      ${title}  (${time})`);
  } else {
    failed++;
    console.log(`FAILED  ${title}  (${time})\n${found.replace(/^/gm, '    ')}\n    repair: ${repair}`);
  }
}
console.log(failed ? `${failed} of ${checks.length} checks failed` : `all ${checks.length} checks are ok`);
process.exitCode = failed ? 1 : 0;
