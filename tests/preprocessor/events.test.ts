/** The order of events, against what Clang says by itself: -H (files entered, how deep), -dD (definitions), -dI (directives). */
import { execFile } from 'node:child_process';
import { Preprocessor } from 'cmonster';
import { expect, test } from 'vitest';
import { inPairs } from '../oracle/in-pairs.js';
import { type Input, realFiles } from './corpus.js';

function clang(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const options = { encoding: 'latin1', maxBuffer: 1 << 28, cwd: '/' } as const;
    execFile('clang-19', ['-E', '-w', ...args], options, (_, stdout, stderr) => resolve({ stdout, stderr }));
  });
}

/** `#define` and `#undef` in order, with the file that each is in, and the files entered and left. */
function definitions(printed: string): string[] {
  const said: string[] = [];
  let file = '';
  for (const line of printed.split('\n')) {
    const marker = /^# \d+ "(.*)"((?: \d)*)$/.exec(line);
    if (marker) {
      file = (marker[1] as string).replaceAll('\\\\', '\\');
      if (marker[2]?.startsWith(' 1')) said.push(`enter ${file}`);
      if (marker[2]?.startsWith(' 2')) said.push('leave');
    }
    const directive = /^#(define|undef) ([\w$]+)/.exec(line);
    if (directive && !/^<(built-in|command line)>$/.test(file)) said.push(`${directive[1]} ${directive[2]} in ${file}`);
  }
  // The compiler's own definitions are entered and left before the file.
  const own = said.findIndex((line) => line !== 'leave' && !/^enter <(built-in|command line)>$/.test(line));
  return own < 0 ? [] : said.slice(own);
}

/** The same by events. */
function heard(input: Input): { definitions: string[]; entered: string[]; directives: string[]; ends: string[] } {
  using preprocessor = new Preprocessor(input.file, { arguments: ['-w', ...input.arguments], cwd: '/' });
  const definitions: string[] = [];
  const entered: string[] = [];
  const ends: string[] = [];
  let depth = -1;
  preprocessor.on('fileEntered', ({ path }) => {
    depth++;
    ends.push(path);
    if (depth > 0) {
      definitions.push(`enter ${path}`);
      entered.push(`${'.'.repeat(depth)} ${path}`);
    }
  });
  preprocessor.on('fileLeft', ({ path }) => {
    depth--;
    expect(ends.pop()).toBe(path);
    if (depth >= 0) definitions.push('leave');
  });
  preprocessor.on('macroDefined', ({ name, file }) => definitions.push(`define ${name} in ${file}`));
  preprocessor.on('macroUndefined', ({ name, file }) => definitions.push(`undef ${name} in ${file}`));
  preprocessor.run();
  expect(depth).toBe(-1);
  const directives = preprocessor.facts.includes.map((include) => `${include}`);
  return { definitions, entered, directives, ends };
}

const inputs = await realFiles();

test('as Clang says it by itself', { timeout: 600_000 }, async () => {
  const different: string[] = [];
  let count = 0;
  await inPairs(
    inputs.filter((_, i) => i % 10 === 0),
    async (input) => {
      const [dD, dI] = [
        await clang('-dD', '-H', ...input.arguments, input.file),
        await clang('-dI', ...input.arguments, input.file),
      ];
      const ours = heard(input);
      const theirs = {
        definitions: definitions(dD.stdout),
        entered: dD.stderr.split('\n').filter((line) => /^\.+ /.test(line)),
        directives: [
          ...dI.stdout.matchAll(/^#(?:include|import|include_next)\s*(<.*>|".*") \/\* clang -E -dI \*\/$/gm),
        ].map(([, name]) => name as string),
      };
      for (const what of ['definitions', 'entered', 'directives'] as const) {
        count += theirs[what].length;
        if (JSON.stringify(ours[what]) === JSON.stringify(theirs[what])) continue;
        const at = theirs[what].findIndex((line, i) => ours[what][i] !== line);
        different.push(
          `${input.file}: ${what} ${at}: ${ours[what].slice(at, at + 3)} … in place of ${theirs[what].slice(at, at + 3)} …`,
        );
      }
    },
  );
  expect(different).toEqual([]);
  expect(count).toBeGreaterThan(10_000);
});
