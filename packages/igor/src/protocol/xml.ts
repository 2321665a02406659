/**
 * XML as XMPP uses it (RFC 6120, section 11): elements, attributes, text; no document types, comments, processing instructions.
 */
import { IgorError } from '../error.js';

/** An element that was read. `ns` is its namespace, resolved; attributes keep their written names. */
export class Element {
  readonly children: Element[] = [];
  text = '';

  constructor(
    readonly name: string,
    readonly ns: string,
    readonly attributes: Readonly<Record<string, string>>,
  ) {}

  attribute(name: string): string | undefined {
    return Object.hasOwn(this.attributes, name) ? this.attributes[name] : undefined;
  }

  child(name: string, ns = this.ns): Element | undefined {
    return this.children.find((child) => child.name === name && child.ns === ns);
  }
}

const unsafe = /[&<>'"]|[^\t\n\r\x20-\ud7ff\ud800-\udfff\ue000-\ufffd]/g;
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&apos;', '"': '&quot;' };

/** Text for an attribute or between tags. What XML can't say at all becomes U+FFFD. */
export function escapeXml(text: string): string {
  return unsafe.test(text) ? text.replace(unsafe, (character) => entities[character] ?? '\ufffd') : text;
}

/** Writes an element. Attributes that are undefined are left out; `inner` is XML already. */
export function tag(name: string, attributes: Record<string, string | number | undefined>, inner = ''): string {
  let xml = `<${name}`;
  for (const key in attributes) {
    const value = attributes[key];
    if (value !== undefined) xml += ` ${key}='${typeof value === 'number' ? value : escapeXml(value)}'`;
  }
  return inner === '' ? `${xml}/>` : `${xml}>${inner}</${name}>`;
}

export interface StreamEvents {
  /** The stream's own opening tag. */
  opened(root: Element): void;
  stanza(stanza: Element): void;
  closed(): void;
}

export interface XmlLimits {
  /** Of one stanza, in UTF-16 code units as they arrive. */
  stanza: number;
  depth: number;
}

interface Open {
  /** As it was written, with its prefix. */
  name: string;
  element: Element;
  /** What prefixes stand for. */
  scope: Readonly<Record<string, string>>;
}

const nameStart =
  'A-Z_a-z\\xc0-\\xd6\\xd8-\\xf6\\xf8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c\\u200d\\u2070-\\u218f\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd\\u{10000}-\\u{effff}';
const namePart = `${nameStart}\\-.0-9\\xb7\\u0300-\\u036f\\u203f\\u2040`;
const name = `[:${nameStart}][:${namePart}]*`;
const openingTag = new RegExp(`<(${name})`, 'uy');
const attribute = new RegExp(`[ \\t\\r\\n]+(${name})[ \\t\\r\\n]*=[ \\t\\r\\n]*(?:'([^'<]*)'|"([^"<]*)")`, 'uy');
const closingTag = new RegExp(`^</(${name})[ \\t\\r\\n]*>$`, 'u');
const declaration = /^<\?xml[ \t\r\n][^<>]*\?>$/;
const blank = /^[ \t\r\n]*$/;
/** What no XML 1.0 document holds. Text comes out of UTF-8, so surrogates are in pairs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const forbidden = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;
/** The end of a text that the next characters may belong to: half a reference, half a line end, half of `]]>`. */
const undecided = /(?:&[^;&]{0,10}|\]{1,2}|\r)$/;
const reference = /&(?:#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}))|([a-z]{2,4}));|&/g;
const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', apos: "'", quot: '"' };

/** Takes the characters of a stream as they come, and gives whole stanzas. Throws on what XMPP forbids; then it is unusable. */
export class StanzaParser {
  private readonly stack: Open[] = [];
  private isOver = false;
  private isFirst = true;
  /** What has come and does not make sense yet: the begin of a tag, mostly. */
  private rest = '';
  /** How much of `rest` has been searched for the end of its tag, and the quote that is open there. */
  private searched = 0;
  private quote = '';
  /** Code units since the last stanza ended. */
  private pending = 0;

  constructor(
    private readonly events: StreamEvents,
    private readonly limits: XmlLimits,
  ) {}

  write(text: string): void {
    this.pending += text.length;
    // Judged before parsing: a text this long without an end can only be a stanza that is too long. One write can hold many
    // short ones, so the limit leaves room for a whole read.
    if (this.pending > this.limits.stanza + 65_536) {
      throw new IgorError('xmpp', `the other side sent a stanza of more than ${this.limits.stanza} characters`);
    }
    const all = this.rest === '' ? text : this.rest + text;
    let at = 0;
    while (at < all.length) {
      const next = all[at] === '<' ? this.markup(all, at) : this.text(all, at);
      if (next === at) break;
      at = next;
    }
    this.rest = at === all.length ? '' : all.slice(at);
    if (this.stack.length === 1) this.pending = this.rest.length;
  }

  /** Takes text up to the next tag, or as much of it as is certain. @returns the place behind it */
  private text(all: string, at: number): number {
    const open = all.indexOf('<', at);
    let raw = all.slice(at, open < 0 ? all.length : open);
    if (open < 0) raw = raw.slice(0, raw.length - (undecided.exec(raw.slice(-12))?.[0].length ?? 0));
    if (raw === '') {
      if (open >= 0 || all.length - at > 12) throw malformed('a reference without an end');
      return at;
    }
    if (this.stack.length > 1) {
      if (raw.includes(']]>')) throw malformed(']]> in a text');
      (this.stack.at(-1) as Open).element.text += plain(lines(raw));
      // Text directly in the stream is white space that keeps the connection alive.
    } else if (!blank.test(raw)) throw malformed('text outside of a stanza');
    return at + raw.length;
  }

  /** Takes a tag, if all of it is there. @returns the place behind it */
  private markup(all: string, at: number): number {
    if (all.startsWith('<!', at)) return this.section(all, at);
    const end = this.endOfTag(all, at);
    if (end < 0) return at;
    if (all[at + 1] === '/') this.close(all.slice(at, end));
    else if (all[at + 1] === '?') this.declare(all.slice(at, end));
    else this.open(all, at, end);
    this.isFirst = false;
    return end;
  }

  private endOfTag(all: string, at: number): number {
    for (let place = at + Math.max(this.searched, 1); ; ) {
      if (this.quote !== '') {
        const closing = all.indexOf(this.quote, place);
        if (closing < 0) break;
        this.quote = '';
        place = closing + 1;
      }
      special.lastIndex = place;
      const found = special.exec(all);
      if (!found) break;
      place = special.lastIndex;
      if (found[0] === '<') throw malformed('a < in a tag');
      if (found[0] === '>') {
        this.searched = 0;
        return place;
      }
      this.quote = found[0];
    }
    this.searched = all.length - at;
    return -1;
  }

  /** `<![CDATA[ … ]]>`; anything else that begins with `<!` is refused as soon as it can be told. */
  private section(all: string, at: number): number {
    const begin = '<![CDATA[';
    const head = all.slice(at, at + begin.length);
    if (head.startsWith('<!-')) throw refused('an XML comment');
    if (head.startsWith('<!D')) throw refused('an XML document type');
    if (!begin.startsWith(head)) throw malformed(`${head} in a stream`);
    if (head !== begin) return at;
    const end = all.indexOf(']]>', at + begin.length);
    if (end < 0) return at;
    if (this.stack.length < 2) throw malformed('text outside of a stanza');
    const text = lines(all.slice(at + begin.length, end));
    if (forbidden.test(text)) throw malformed('a character that XML does not have');
    (this.stack.at(-1) as Open).element.text += text;
    return end + 3;
  }

  private declare(tag: string): void {
    if (!this.isFirst || !declaration.test(tag)) throw refused('an XML processing instruction');
  }

  private open(all: string, at: number, end: number): void {
    const { stack, limits, events } = this;
    if (stack.length >= limits.depth) throw new IgorError('xmpp', 'the other side nested elements too deeply');
    if (this.isOver) throw malformed('a tag behind the end');
    openingTag.lastIndex = at;
    const qualified = openingTag.exec(all)?.[1];
    if (qualified === undefined) throw malformed(all.slice(at, at + 20));
    const outer = stack.at(-1)?.scope ?? { '': '', xml: 'http://www.w3.org/XML/1998/namespace' };
    let scope = outer;
    const attributes: Record<string, string> = {};
    let place = openingTag.lastIndex;
    for (;;) {
      attribute.lastIndex = place;
      const found = attribute.exec(all);
      if (!found) break;
      place = attribute.lastIndex;
      const key = found[1] as string;
      if (Object.hasOwn(attributes, key)) throw malformed(`${key} twice in a tag`);
      const raw = (found[2] ?? found[3]) as string;
      const value = plain(spacing.test(raw) ? lines(raw).replace(/[\t\n]/g, ' ') : raw);
      // As data, whatever it is called.
      if (key === '__proto__') Object.defineProperty(attributes, key, { value, enumerable: true });
      else attributes[key] = value;
      if (key !== 'xmlns' && !key.startsWith('xmlns:')) continue;
      if (scope === outer) scope = Object.assign(Object.create(null), outer) as Record<string, string>;
      (scope as Record<string, string>)[key.slice(6)] = value;
    }
    while (place < end && (all.charCodeAt(place) === 0x20 || spacing.test(all[place] as string))) place++;
    const isEmpty = all[place] === '/';
    if (place + (isEmpty ? 2 : 1) !== end) throw malformed(all.slice(at, Math.min(end, at + 40)));
    const colon = qualified.indexOf(':');
    const ns = scope[colon < 0 ? '' : qualified.slice(0, colon)];
    if (ns === undefined) throw new IgorError('xmpp', `the other side used an undeclared prefix in ${qualified}`);
    const element = new Element(colon < 0 ? qualified : qualified.slice(colon + 1), ns, attributes);
    if (stack.length > 1) (stack.at(-1) as Open).element.children.push(element);
    stack.push({ name: qualified, element, scope });
    if (stack.length === 1) events.opened(element);
    if (isEmpty) this.leave();
  }

  private close(tag: string): void {
    const written = tag.slice(2, -1);
    const expected = this.stack.at(-1)?.name;
    if (written !== expected && closingTag.exec(tag)?.[1] !== expected)
      throw malformed(`${tag.slice(0, 40)} for <${expected}>`);
    if (expected === undefined) throw malformed('a closing tag behind the end');
    this.leave();
  }

  private leave(): void {
    const { element } = this.stack.pop() as Open;
    if (this.stack.length === 0) {
      this.isOver = true;
      this.events.closed();
    } else if (this.stack.length === 1) {
      this.pending = 0;
      this.events.stanza(element);
    }
  }
}

/** What matters to whoever looks for the end of a tag. */
const special = /[<>'"]/g;
const spacing = /[\t\r\n]/;

/** Line ends as XML has them (section 2.11). */
const lines = (text: string): string => (text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text);

/** A text with what its references stand for. */
function plain(text: string): string {
  if (forbidden.test(text)) throw malformed('a character that XML does not have');
  if (!text.includes('&')) return text;
  return text.replace(
    reference,
    (whole, hex: string | undefined, decimal: string | undefined, word: string | undefined) => {
      const known = word === undefined ? undefined : Object.hasOwn(named, word) ? named[word] : undefined;
      if (known !== undefined) return known;
      const code = hex === undefined ? Number(decimal ?? Number.NaN) : Number.parseInt(hex, 16);
      const isCharacter = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
      const character = isCharacter ? String.fromCodePoint(code) : '\0';
      if (forbidden.test(character)) throw malformed(`${whole} in a text`);
      return character;
    },
  );
}

function malformed(what: string): IgorError {
  return new IgorError('xmpp', `the other side sent XML that is not well-formed: ${what}`);
}

function refused(what: string): IgorError {
  return new IgorError('xmpp', `the other side sent ${what}, which XMPP forbids`);
}
