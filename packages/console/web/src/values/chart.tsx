// Lines over time or a count (uPlot), and bars for a number each of some names.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Tree } from '../../../src/values/pack.js';
import { dark } from '../state/settings.js';
import { formatCompact, formatNumber } from './format.js';
import { type Bars, barsOf, listOf, type Series, seriesOf } from './shape.js';

const colours = ['#0d9488', '#d97706', '#6366f1', '#db2777', '#65a30d', '#0284c7', '#dc2626', '#7c3aed'];

export function ChartView({ value, title }: { value: Tree; title?: string; size?: number }): JSX.Element {
  const values = listOf(value);
  const series = values && seriesOf(values);
  // Over time, lines; else what has names has bars.
  const bars = series?.time ? undefined : barsOf(value);
  if (bars) return <BarChart bars={bars} title={title} />;
  if (series) {
    return (
      <div class="charts">
        {byMagnitude(series).map((part) => (
          <LineChart key={part.lines.map(({ name }) => name).join()} series={part} title={title} />
        ))}
      </div>
    );
  }
  return <p class="dim">There are no numbers here to draw.</p>;
}

/** Percents and bytes in one picture would leave the percents a line on the ground. */
function byMagnitude(series: Series): Series[] {
  const sized = series.lines
    .map((line) => ({ line, size: Math.max(...line.y.map((y) => Math.abs(y ?? 0))) }))
    .sort((a, b) => a.size - b.size);
  const groups: (typeof sized)[] = [];
  for (const it of sized) {
    const group = groups.at(-1);
    const smallest = group?.find(({ size }) => size > 0)?.size;
    if (group && (smallest === undefined || it.size <= smallest * 500)) group.push(it);
    else groups.push([it]);
  }
  const order = series.lines;
  return groups.slice(0, 4).map((group) => ({
    ...series,
    lines: order.filter((line) => group.some((it) => it.line === line)),
  }));
}

function BarChart({ bars, title }: { bars: Bars; title: string | undefined }): JSX.Element {
  const all = useSignal(false);
  const largest = Math.max(...bars.values, Number.MIN_VALUE);
  const rows = bars.labels.map((label, index) => ({ label, value: bars.values[index]! }));
  const shown = all.value ? rows : rows.slice(0, 30);
  return (
    <figure class="bars">
      <table aria-label={title ?? (bars.name || 'chart')}>
        <tbody>
          {shown.map(({ label, value }) => (
            <tr key={label}>
              <th scope="row" title={label}>
                {label}
              </th>
              <td class="track" aria-hidden="true">
                <meter min={0} max={largest} value={value} />
              </td>
              <td class="right">{formatNumber(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown.length && (
        <button
          type="button"
          class="link"
          onClick={() => {
            all.value = true;
          }}
        >
          {rows.length - shown.length} more
        </button>
      )}
    </figure>
  );
}

function LineChart({ series, title }: { series: Series; title: string | undefined }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const names = series.lines.map(({ name }) => name).join('\n');
  const data: uPlot.AlignedData = [
    series.time ? series.x.map((milliseconds) => milliseconds / 1000) : series.x,
    ...series.lines.map(({ y }) => y),
  ];
  const isDark = dark.value;
  useEffect(() => {
    const parent = box.current!;
    const style = getComputedStyle(document.documentElement);
    const axis: uPlot.Axis = {
      stroke: style.getPropertyValue('--dim').trim(),
      grid: { stroke: style.getPropertyValue('--line').trim(), width: 1 },
      ticks: { stroke: style.getPropertyValue('--line').trim(), width: 1 },
      font: '11px "Inter Variable", sans-serif',
    };
    const made = new uPlot(
      {
        width: parent.clientWidth,
        height: 200,
        scales: { x: { time: series.time } },
        axes: [axis, { ...axis, size: 56, values: (_, ticks) => ticks.map(formatCompact) }],
        legend: { live: false },
        series: [
          { label: series.time ? 'time' : '#' },
          ...series.lines.map(({ name }, index) => ({
            label: name,
            stroke: colours[index % colours.length]!,
            width: 2,
            points: { show: series.x.length < 40, size: 5, fill: colours[index % colours.length]! },
            value: (_: uPlot, value: number | null) => (value === null ? '' : formatNumber(value)),
          })),
        ],
      },
      data,
      parent,
    );
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: parent.clientWidth, height: 200 }));
    resize.observe(parent);
    return () => {
      resize.disconnect();
      made.destroy();
    };
    // Made anew for other lines and colours only; more points are set below.
  }, [names, isDark, series.time]);
  useEffect(() => plot.current?.setData(data), [series.x.length]);
  const last = series.lines.map(({ name, y }) => `${name} ${formatNumber(y.at(-1) ?? 0)}`).join(', ');
  return (
    <div
      ref={box}
      class="lines"
      role="img"
      aria-label={`${title ?? 'chart'}: ${series.x.length} points; last: ${last}`}
    />
  );
}
