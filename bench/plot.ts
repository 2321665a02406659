/** The picture of the results: how many times as long as the fastest way each way takes, on a logarithmic scale. */

export interface Bar {
  label: string;
  /** Times of the group's reference. */
  ratio: number;
  ours: boolean;
}

export interface Group {
  title: string;
  bars: readonly Bar[];
}

const width = 760;
const left = 250;
const right = 70;
const barHeight = 18;
const barGap = 5;
const titleHeight = 30;
const groupGap = 14;
const top = 64;
const bottom = 34;

/** Colours that hold on a white and on a black page; the text follows the reader's scheme. */
const style = `
    text { font: 13px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #1f2328; }
    .heading { font-weight: 600; font-size: 16px; }
    .title { font-weight: 600; }
    .small { font-size: 11px; fill: #59636e; }
    .grid { stroke: #8b949e; stroke-opacity: 0.3; }
    .ours { fill: #1a7f64; }
    .peer { fill: #8b949e; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .small { fill: #9198a1; }
      .ours { fill: #3fb68b; }
      .peer { fill: #6e7681; }
    }`;

export function plot(heading: string, subheading: string, groups: readonly Group[]): string {
  const most = Math.max(...groups.flatMap(({ bars }) => bars.map(({ ratio }) => ratio)));
  const scaleEnd = Math.log10(Math.max(10, most) * 1.15);
  // From 0.8: a bar of 1 must still be seen.
  const scaleBegin = Math.log10(0.5);
  const x = (ratio: number): number =>
    left + ((Math.log10(ratio) - scaleBegin) / (scaleEnd - scaleBegin)) * (width - left - right);

  const parts: string[] = [];
  let y = top;
  for (const { title, bars } of groups) {
    parts.push(`<text class="title" x="16" y="${y + 17}">${escaped(title)}</text>`);
    y += titleHeight;
    for (const { label, ratio, ours } of bars) {
      const length = Math.max(2, x(ratio) - left);
      const middle = y + barHeight / 2 + 4.5;
      parts.push(
        `<text x="${left - 10}" y="${middle}" text-anchor="end">${escaped(label)}</text>`,
        `<rect class="${ours ? 'ours' : 'peer'}" x="${left}" y="${y}" width="${round(length)}" height="${barHeight}" rx="2"/>`,
        `<text x="${round(left + length + 6)}" y="${middle}">${ratio.toFixed(ratio < 10 ? 2 : 1)} ×</text>`,
      );
      y += barHeight + barGap;
    }
    y += groupGap;
  }
  const height = y + bottom;
  const ticks = [1, 2, 5, 10, 20, 50, 100].filter((tick) => Math.log10(tick) <= scaleEnd);
  const grid = ticks.flatMap((tick) => [
    `<line class="grid" x1="${round(x(tick))}" x2="${round(x(tick))}" y1="${top}" y2="${y}"/>`,
    `<text class="small" x="${round(x(tick))}" y="${y + 16}" text-anchor="middle">${tick} ×</text>`,
  ]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(heading)}">
  <style>${style}
  </style>
  <text class="heading" x="16" y="28">${escaped(heading)}</text>
  <text class="small" x="16" y="46">${escaped(subheading)}</text>
  ${[...grid, ...parts].join('\n  ')}
</svg>
`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
