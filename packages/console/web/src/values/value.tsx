// A value in the way that fits its shape, and the other ways a click away.
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ShowAs } from '../../../src/sandbox/protocol.js';
import type { Tree } from '../../../src/values/pack.js';
import { ChartView } from './chart.js';
import { imageOf, listOf, tag, waysToShow } from './shape.js';
import { TableView } from './table.js';
import { LongText, preview, RootView } from './tree.js';

interface Props {
  value: Tree;
  as?: ShowAs | undefined;
  title?: string | undefined;
  /** More may come. */
  growing?: boolean;
  /** Of a list that grows: how long it is now. */
  size?: number;
}

export function ValueView({ value, as, title, growing = false, size = 0 }: Props): JSX.Element {
  const found = useMemo(() => waysToShow(value, growing), [value, growing, size < 5 ? size : 5]);
  const ways = as && !found.includes(as) ? [as, ...found] : found;
  const [picked, pick] = useState<ShowAs>();
  const way = picked ?? as ?? ways[0]!;
  return (
    <div class="value">
      {(title || ways.length > 1) && (
        <div class="value-head">
          <span class="value-title">{title}</span>
          {ways.length > 1 && (
            <fieldset class="ways">
              <legend class="sr-only">show as</legend>
              {ways.map((it) => (
                <button key={it} type="button" aria-pressed={it === way} onClick={() => pick(it)}>
                  {it}
                </button>
              ))}
            </fieldset>
          )}
        </div>
      )}
      <Way way={way} value={value} title={title} size={size} />
    </div>
  );
}

function Way({
  way,
  value,
  title,
  size,
}: {
  way: ShowAs;
  value: Tree;
  title: string | undefined;
  size: number;
}): JSX.Element {
  switch (way) {
    case 'table':
      return <TableView values={listOf(value) ?? [value]} size={size} {...(title && { title })} />;
    case 'chart':
      return <ChartView value={value} size={size} {...(title && { title })} />;
    case 'image':
      return <ImageView value={value} title={title} />;
    case 'text':
      return <TextView value={value} />;
    default:
      return <RootView value={value} size={size} />;
  }
}

function TextView({ value }: { value: Tree }): JSX.Element {
  const cut = value !== null && typeof value === 'object' && !Array.isArray(value) ? tag(value, 'cut') : undefined;
  const text = typeof value === 'string' ? value : (cut?.v ?? preview(value, 100_000));
  // A diff is coloured as one.
  if (/^(?:diff |--- )/m.test(text) && /^@@ /m.test(text)) return <DiffView text={text} />;
  return (
    <pre class="text">
      <LongText text={text} />
    </pre>
  );
}

function DiffView({ text }: { text: string }): JSX.Element {
  return (
    <pre class="text diff">
      {text.split('\n').map((line, index) => {
        const kind = /^(?:diff |index |--- |\+\+\+ )/.test(line)
          ? 'file'
          : line.startsWith('@@')
            ? 'place'
            : line.startsWith('+')
              ? 'added'
              : line.startsWith('-')
                ? 'removed'
                : '';
        return (
          <span key={index} class={kind}>
            {`${line}\n`}
          </span>
        );
      })}
    </pre>
  );
}

function ImageView({ value, title }: { value: Tree; title: string | undefined }): JSX.Element {
  const image = imageOf(value);
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!image) return undefined;
    const bytes = Uint8Array.from(atob(image.base64), (char) => char.charCodeAt(0));
    const made = URL.createObjectURL(new Blob([bytes], { type: image.type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [image?.base64]);
  if (!image) return <p class="dim">These bytes are no picture that a browser knows.</p>;
  return url ? <img src={url} alt={title ?? `a picture (${image.type})`} /> : <span />;
}
