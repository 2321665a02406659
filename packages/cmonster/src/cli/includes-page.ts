/** A page that shows where the bytes of a translation unit come from. */
import type { Inclusion } from '../preprocessor/inclusion.js';

const WIDTH = 1200;
const ROW = 22;
/** Narrower than this in the picture, a file is drawn without its own inside. */
const NARROWEST = 1.5;
const CHARACTER = 6.6;

export function includesPage(root: Inclusion): string {
  const boxes: string[] = [];
  const depth = draw(root, 0, WIDTH, 0, boxes);
  const height = (depth + 1) * ROW;
  const title = escapeHtml(root.file.name);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Includes of ${title}</title>
<style>
  :root { color-scheme: light dark; --ink: light-dark(#1c2430, #e6e9ee); --quiet: light-dark(#5a6675, #9aa5b3); --paper: light-dark(#fff, #14181e); --line: light-dark(#d5dbe3, #303945) }
  body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1240px; margin: 2rem auto; padding: 0 1rem }
  h1 { font-size: 1.4rem; margin: 0 } p { color: var(--quiet); margin: .25rem 0 1rem }
  svg { width: 100%; height: auto; display: block; font: 11px ui-monospace, monospace }
  rect { stroke: var(--paper); stroke-width: 1 } g:hover > rect { opacity: .75 }
  .main { fill: #e8833a } .own { fill: #f0b56a } .system { fill: #7aa5d8 } text { fill: #10151c; pointer-events: none }
  .key { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin: 0 .3em 0 1em; vertical-align: -.05em }
  table { border-collapse: collapse; width: 100%; margin-top: 1.5rem; font-variant-numeric: tabular-nums }
  th, td { text-align: right; padding: .2rem .6rem; border-bottom: 1px solid var(--line) } th:first-child, td:first-child { text-align: left; overflow-wrap: anywhere }
  th { color: var(--quiet); font-weight: 600 }
</style>
<h1>Includes of ${title}</h1>
<p>${number(root.bytes)} bytes in ${number(root.count)} files, ${root.time.toFixed(1)} ms. As wide as the bytes read for it; below each file, what it includes.<span class="key" style="background:#e8833a"></span>the file<span class="key" style="background:#f0b56a"></span>its own headers<span class="key" style="background:#7aa5d8"></span>system headers</p>
<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Bytes by include">
${boxes.join('\n')}
</svg>
${table(root)}
</html>
`;
}

/** Draws a file and what it includes; gives the deepest row. */
function draw(inclusion: Inclusion, x: number, width: number, row: number, boxes: string[]): number {
  const { file, bytes, time, include } = inclusion;
  const kind = row === 0 ? 'main' : inclusion.isSystem ? 'system' : 'own';
  const place = include ? `\nincluded at ${include.location}` : '';
  const tip = `${file.name}\n${number(file.size)} bytes of its own, ${number(bytes)} with what it includes\n${time.toFixed(2)} ms${place}`;
  const room = Math.floor((width - 6) / CHARACTER);
  const name = file.name.replace(/^.*\//, '');
  const label = room < 3 ? '' : name.length <= room ? name : `${name.slice(0, room - 1)}…`;
  const text = label === '' ? '' : `<text x="${(x + 4).toFixed(1)}" y="${row * ROW + 15}">${escapeHtml(label)}</text>`;
  boxes.push(
    `<g><title>${escapeHtml(tip)}</title><rect class="${kind}" x="${x.toFixed(1)}" y="${row * ROW}" width="${width.toFixed(1)}" height="${ROW - 1}" rx="2"/>${text}</g>`,
  );
  let deepest = row;
  let at = x;
  for (const child of inclusion.children) {
    const part = bytes === 0 ? 0 : (child.bytes / bytes) * width;
    if (part >= NARROWEST) deepest = Math.max(deepest, draw(child, at, part, row + 1, boxes));
    at += part;
  }
  return deepest;
}

/** The files that cost most. */
function table(root: Inclusion): string {
  const files = new Map<string, { bytes: number; time: number; times: number }>();
  const add = (inclusion: Inclusion): void => {
    const known = files.get(inclusion.file.name) ?? { bytes: 0, time: 0, times: 0 };
    files.set(inclusion.file.name, {
      bytes: known.bytes + inclusion.file.size,
      time: known.time + inclusion.ownTime,
      times: known.times + 1,
    });
    inclusion.children.forEach(add);
  };
  add(root);
  const rows = [...files].sort(([, a], [, b]) => b.bytes - a.bytes).slice(0, 25);
  return `<table>
<tr><th>The largest files</th><th>bytes</th><th>of all</th><th>ms</th><th>entered</th></tr>
${rows
  .map(
    ([name, { bytes, time, times }]) =>
      `<tr><td>${escapeHtml(name)}</td><td>${number(bytes)}</td><td>${((100 * bytes) / Math.max(1, root.bytes)).toFixed(1)} %</td><td>${time.toFixed(2)}</td><td>${times}</td></tr>`,
  )
  .join('\n')}
</table>`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
