// Rows of objects: columns can be sorted, and more rows asked for.
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Tree } from '../../../src/values/pack.js';
import { formatNumber } from './format.js';
import { columnsOf, numberOf, type Record_, timeOf } from './shape.js';
import { Leaf, preview } from './tree.js';

const most = 200;

interface Sort {
  name: string;
  down: boolean;
}

export function TableView({
  values,
  title,
  size,
}: {
  values: readonly Tree[];
  title?: string;
  size?: number;
}): JSX.Element {
  const [sort, setSort] = useState<Sort>();
  const [shown, setShown] = useState(most);
  const columns = useMemo(() => columnsOf(values), [values, size]);
  const rows = useMemo(() => {
    if (!columns || !sort) return columns?.rows ?? [];
    const order = sort.down ? -1 : 1;
    return [...columns.rows].sort((a, b) => order * compare(a[sort.name], b[sort.name]));
  }, [columns, sort]);
  if (!columns) return <span class="dim">no rows</span>;
  const numeric = columns.names.filter((name) =>
    rows.every((row) => row[name] === undefined || numberOf(row[name]) !== undefined),
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="table-box" tabIndex={0} aria-label={title ?? 'table'}>
      <table>
        <thead>
          <tr>
            {columns.names.map((name) => (
              <th
                key={name}
                scope="col"
                class={numeric.includes(name) ? 'right' : ''}
                aria-sort={sort?.name === name ? (sort.down ? 'descending' : 'ascending') : undefined}
              >
                <button type="button" onClick={() => setSort({ name, down: sort?.name === name && !sort.down })}>
                  {name}
                  <span aria-hidden="true" class="arrow">
                    {sort?.name === name ? (sort.down ? '↓' : '↑') : ''}
                  </span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map((row, index) => (
            <tr key={index}>
              {columns.names.map((name) => (
                <td key={name} class={numeric.includes(name) ? 'right' : ''}>
                  <Cell value={row[name]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown && (
        <button type="button" class="link" onClick={() => setShown(shown + 1000)}>
          {formatNumber(rows.length - shown)} more rows
        </button>
      )}
    </section>
  );
}

function Cell({ value }: { value: Tree | undefined }): JSX.Element | null {
  if (value === undefined) return null;
  if (typeof value === 'string') return <span title={value.length > 60 ? value : undefined}>{value}</span>;
  if (typeof value === 'number') return <span>{formatNumber(value)}</span>;
  if (value !== null && typeof value === 'object' && numberOf(value) === undefined && timeOf(value) === undefined) {
    const text = preview(value);
    return <span title={text}>{text}</span>;
  }
  return <Leaf value={value} />;
}

function compare(a: Record_[string] | undefined, b: Record_[string] | undefined): number {
  const [x, y] = [numberOf(a) ?? timeOf(a), numberOf(b) ?? timeOf(b)];
  if (x !== undefined && y !== undefined) return x - y;
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  const [left, right] = [typeof a === 'string' ? a : preview(a), typeof b === 'string' ? b : preview(b)];
  return left.localeCompare(right, 'en', { numeric: true });
}
