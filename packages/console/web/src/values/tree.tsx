// Any value, to be opened level by level.
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { isTagged, type Tagged, type Tree } from '../../../src/values/pack.js';
import { formatBytes, formatDate, formatNumber } from './format.js';

const most = 100;

/** A value by itself: the first level stands open, and needs no name. */
export function RootView({ value }: { value: Tree; size?: number }): JSX.Element {
  const inner = childrenOf(value);
  if (!inner || inner.entries.length === 0) return <TreeView value={value} />;
  return (
    <div class="root">
      {inner.title && !Array.isArray(value) && <div class="leaf dim">{inner.title}</div>}
      <Entries entries={inner.entries} open={1} />
    </div>
  );
}

export function TreeView({
  value,
  open = 1,
  name,
}: {
  value: Tree;
  open?: number;
  name?: ComponentChildren;
}): JSX.Element {
  const inner = childrenOf(value);
  const label = name === undefined ? undefined : <span class="key">{name}: </span>;
  if (!inner || inner.entries.length === 0) {
    return (
      <div class="leaf">
        {label}
        <Leaf value={value} />
      </div>
    );
  }
  return <Branch label={label} value={value} inner={inner} open={open} />;
}

function Branch(props: { label: ComponentChildren; value: Tree; inner: Inner; open: number }): JSX.Element {
  const { label, value, inner } = props;
  const [open, setOpen] = useState(props.open > 0 && inner.entries.length <= most);
  return (
    <details class="branch" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {label}
        <span class="preview">{inner.title}</span> <span class="preview dim">{open ? '' : preview(value)}</span>
      </summary>
      {open && (
        <div class="children">
          <Entries entries={inner.entries} open={props.open - 1} />
        </div>
      )}
    </details>
  );
}

function Entries({ entries, open }: { entries: [string, Tree][]; open: number }): JSX.Element {
  const [shown, setShown] = useState(most);
  return (
    <>
      {entries.slice(0, shown).map(([key, item], index) => (
        <TreeView key={index} name={key} value={item} open={open} />
      ))}
      {entries.length > shown && (
        <button type="button" class="link" onClick={() => setShown(shown + 1000)}>
          {entries.length - shown} more
        </button>
      )}
    </>
  );
}

interface Inner {
  title: string;
  entries: [string, Tree][];
}

function childrenOf(value: Tree): Inner | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  if (Array.isArray(value))
    return { title: `[${value.length}]`, entries: value.map((item, index) => [String(index), item]) };
  if (!isTagged(value)) return { title: '', entries: Object.entries(value as { [key: string]: Tree }) };
  switch (value.$) {
    case 'map':
      return {
        title: `Map(${value.v.length})`,
        entries: value.v.map(([key, item]) => [typeof key === 'string' ? key : preview(key), item]),
      };
    case 'set':
      return { title: `Set(${value.v.length})`, entries: value.v.map((item, index) => [String(index), item]) };
    case 'instance':
      return { title: value.class || 'Object: null prototype', entries: Object.entries(value.v) };
    case 'object':
      return { title: '', entries: value.v };
    case 'error':
      return value.v ? { title: `${value.name}: ${value.message}`, entries: Object.entries(value.v) } : undefined;
    default:
      return undefined;
  }
}

/** Whether it has no parts to be shown one below another. */
export function isLeaf(value: Tree): boolean {
  return !childrenOf(value)?.entries.length;
}

/** How much of a text is drawn before a person asks for more, in characters. */
const longest = 4000;

export function LongText({ text }: { text: string }): JSX.Element {
  const [all, setAll] = useState(false);
  if (all || text.length <= longest) return <>{text}</>;
  return (
    <>
      {text.slice(0, longest)}
      <button type="button" class="link" onClick={() => setAll(true)}>
        {formatNumber(text.length - longest)} more characters
      </button>
    </>
  );
}

export function Leaf({ value }: { value: Tree }): JSX.Element {
  if (value === null) return <span class="nothing">null</span>;
  switch (typeof value) {
    case 'string':
      return value.includes('\n') ? (
        <pre class="text string">
          <LongText text={value} />
        </pre>
      ) : (
        <span class="string">
          <LongText text={JSON.stringify(value)} />
        </span>
      );
    case 'number':
      return <span class="number">{String(value)}</span>;
    case 'boolean':
      return <span class="number">{String(value)}</span>;
    default:
  }
  if (Array.isArray(value)) return <span class="dim">[]</span>;
  return isTagged(value) ? <TaggedLeaf value={value} /> : <span class="dim">{'{}'}</span>;
}

function TaggedLeaf({ value }: { value: Tagged }): JSX.Element {
  switch (value.$) {
    case 'undefined':
      return <span class="nothing">undefined</span>;
    case 'hole':
      return <span class="nothing">empty</span>;
    case 'number':
      return <span class="number">{value.v}</span>;
    case 'bigint':
      return <span class="number">{value.v}n</span>;
    case 'date':
      return value.v === null ? <span class="nothing">Invalid Date</span> : <time>{formatDate(value.v)}</time>;
    case 'bytes':
      return (
        <span>
          <span class="dim">{formatBytes(value.length)}</span> <span class="string hex">{hex(String(value.v))}</span>
        </span>
      );
    case 'function':
      return <span class="nothing">ƒ {value.v}</span>;
    case 'symbol':
    case 'regexp':
      return <span class="string">{value.v}</span>;
    case 'circular':
      return <span class="nothing">↑ contains itself</span>;
    case 'cut':
      return (
        <span>
          {value.v !== undefined && (
            <span class="string">
              <LongText text={JSON.stringify(value.v)} />
            </span>
          )}
          <span class="nothing">
            {' '}
            …{' '}
            {value.length !== undefined && `of ${formatNumber(value.length)} characters, the others were not sent here`}
          </span>
        </span>
      );
    case 'more':
      return <span class="nothing">… {value.v} more, not sent here</span>;
    case 'error':
      return (
        <span class="error-text">
          {value.name}: {value.message}
        </span>
      );
    default:
      return <span class="dim">{emptyOf[value.$] ?? '{}'}</span>;
  }
}

const emptyOf: Record<string, string> = { map: 'Map(0)', set: 'Set(0)' };

function hex(base64: string): string {
  const bytes = atob(base64.slice(0, 64));
  const digits = [...bytes].slice(0, 24).map((char) => char.charCodeAt(0).toString(16).padStart(2, '0'));
  return digits.join(' ') + (base64.length > 32 ? ' …' : '');
}

/** One line that gives an idea. */
export function preview(value: Tree, room = 80): string {
  if (value === null || typeof value !== 'object')
    return typeof value === 'string' ? JSON.stringify(value) : String(value);
  const inner = childrenOf(value);
  if (!inner) {
    const tagged = value as Tagged;
    if (tagged.$ === 'date') return tagged.v === null ? 'Invalid Date' : formatDate(tagged.v);
    if (tagged.$ === 'bytes') return formatBytes(tagged.length);
    if (tagged.$ === 'error') return `${tagged.name}: ${tagged.message}`;
    return 'v' in tagged ? String(tagged.v) : tagged.$;
  }
  const list = Array.isArray(value);
  const parts: string[] = [];
  let length = 0;
  for (const [key, item] of inner.entries) {
    const part = list ? preview(item, 24) : `${key}: ${preview(item, 24)}`;
    length += part.length + 2;
    if (length > room) {
      parts.push('…');
      break;
    }
    parts.push(part);
  }
  return list ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`;
}
