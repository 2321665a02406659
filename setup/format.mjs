// `npm run format`: puts every file into the project's format, and applies the linter's safe fixes.

import { clangFormat, cppFiles } from './cpp-files.mjs';
import { setupOrExit } from './setup.mjs';
import { capture, captureNode } from './shell.mjs';

await setupOrExit(['check']);
const results = [captureNode('@biomejs/biome/bin/biome', ['check', '--write', '--error-on-warnings'])];
const files = cppFiles();
if (files.length) results.push(capture(clangFormat, ['-i', ...files]));

for (const { output } of results) if (output) console.log(output);
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
