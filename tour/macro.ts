// Fifth stop: macros written in TypeScript, in the C file that uses them.
import { readFileSync } from 'node:fs';
import { Preprocessor } from 'cmonster';
import { timed } from './measure.js';
import { colours, heading, number, print } from './screen.js';

export function showMacros(file: string): void {
  heading('What a person writes:');
  print(...indented(readFileSync(file, 'utf8')));
  heading('What the compiler reads:');
  using preprocessor = new Preprocessor(file, { inlineMacros: true });
  const { result: text, milliseconds } = timed(() => preprocessor.text(['-P']));
  print(...indented(text.slice(text.lastIndexOf('int main'))));
  print('', `  in ${number(milliseconds)} ms`);
}

function indented(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${/^ts_(def|end)/.test(line) ? colours.cyan(line) : line}`);
}
