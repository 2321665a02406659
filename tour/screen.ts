// What the tour draws with. On a terminal with colour; elsewhere plain text of the same words.
import type { Node } from 'cmonster';
import pc from 'picocolors';

const terminal = process.stdout.isTTY === true;
export const colours = pc.createColors(terminal && pc.isColorSupported);
const width = Math.max(60, Math.min(process.stdout.columns ?? 100, 110));

export function print(...lines: string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

export function title(text: string, about: string): void {
  const rule = '─'.repeat(Math.max(3, width - text.length - 4));
  print('', `${colours.cyan('──')} ${colours.bold(text)} ${colours.cyan(rule)}`, colours.dim(about), '');
}

export function heading(text: string): void {
  print('', colours.bold(text));
}

/** The text as it shows: without the escapes that colour it. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what the escapes begin with
  return text.replace(/\u001b\[[0-9;]*m/g, '');
}

/** Columns of cells; a column whose name starts with `>` is of numbers, aligned right. Without names there is no head. */
export function table(rows: readonly (readonly string[])[], names: readonly string[]): void {
  const head = names.map((name) => colours.dim(name.replace(/^>/, '')));
  const all = head.some((name) => plain(name) !== '') ? [head, ...rows] : rows;
  const widths = names.map((_, column) => Math.max(...all.map((row) => plain(row[column] ?? '').length)));
  for (const row of all) {
    const cells = names.map((name, column) => {
      const cell = row[column] ?? '';
      const space = ' '.repeat((widths[column] as number) - plain(cell).length);
      return name.startsWith('>') ? space + cell : cell + space;
    });
    print(clip(`  ${cells.join('  ')}`.trimEnd()));
  }
}

/** Nothing wraps: a line ends with the screen. */
function clip(line: string): string {
  if (!terminal || plain(line).length <= width) return line;
  let shown = 0;
  let at = 0;
  while (shown < width - 1) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what the escapes begin with
    const code = /^\u001b\[[0-9;]*m/.exec(line.slice(at));
    at += code ? code[0].length : 1;
    if (!code) shown++;
  }
  return `${line.slice(0, at)}…${colours.reset('')}`;
}

/** A bar for a share of the largest. */
export function bar(value: number, largest: number, length = 28): string {
  const eighths = Math.round((value / largest) * length * 8);
  const full = '█'.repeat(Math.floor(eighths / 8));
  const rest = eighths % 8;
  return colours.cyan(`${full}${rest > 0 ? '▏▎▍▌▋▊▉'[rest - 1] : ''}` || '▏');
}

export function number(value: number, digits = 0): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** The lines that a node stands on, with the node underlined. */
export function frame(node: Node, label = ''): void {
  const range = node.range.fileRange ?? node.range.expansionRange;
  if (!range) return;
  const { file, begin, end } = range;
  const first = file.lineOf(begin);
  const last = Math.min(file.lineOf(end), first + 3);
  print(`  ${colours.dim(`${base(file.name)}:${first}:${file.columnOf(begin)}`)}`);
  for (let line = Math.max(1, first - 1); line <= last + 1; line++) {
    const [from, to] = file.lineSpan(line);
    if ((line < first || line > last) && file.line(line).trim() === '') continue;
    const gutter = colours.dim(`${String(line).padStart(7)} │ `);
    print(clip(`${gutter}${file.slice(from, to).replaceAll('\t', ' ')}`));
    const left = Math.max(from, begin);
    const right = Math.min(to, end);
    if (line < first || line > last || right <= left) continue;
    const indent = ' '.repeat(Math.max(0, left - from, file.line(line).search(/\S/)));
    const carets = '^'.repeat(right - from - indent.length);
    print(
      clip(
        `${colours.dim('        │ ')}${indent}${colours.yellow(`${carets} ${line === last ? label : ''}`)}`.trimEnd(),
      ),
    );
  }
}

export function base(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Says what takes its time while it does, where somebody watches. */
export async function during<T>(what: string, job: Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return job;
  const started = performance.now();
  const show = (): void => {
    const dots = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
    const seconds = (performance.now() - started) / 1000;
    process.stderr.write(`\r\u001b[2K${dots[Math.floor(seconds * 10) % dots.length]} ${what} ${seconds.toFixed(1)} s`);
  };
  const timer = setInterval(show, 100);
  try {
    return await job;
  } finally {
    clearInterval(timer);
    process.stderr.write('\r\u001b[2K');
  }
}
