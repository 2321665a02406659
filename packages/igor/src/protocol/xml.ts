/**
 * XML as XMPP uses it (RFC 6120, section 11): elements, attributes, text; no document types, comments, processing instructions.
 */
import { SaxesParser } from 'saxes';
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

/** Takes the characters of a stream as they come, and gives whole stanzas. Throws on what XMPP forbids; then it is unusable. */
export class StanzaParser {
  private readonly parser = new SaxesParser();
  private readonly stack: Element[] = [];
  private scopes: Record<string, string>[] = [{ '': '', xml: 'http://www.w3.org/XML/1998/namespace' }];
  /** Code units since the last stanza ended. */
  private pending = 0;

  constructor(events: StreamEvents, limits: XmlLimits) {
    const { parser, stack } = this;
    const refuse = (what: string) => () => {
      throw new IgorError('xmpp', `the other side sent ${what}, which XMPP forbids`);
    };
    parser.on('doctype', refuse('an XML document type'));
    parser.on('comment', refuse('an XML comment'));
    parser.on('processinginstruction', refuse('an XML processing instruction'));
    parser.on('error', (error) => {
      throw new IgorError('xmpp', `the other side sent XML that is not well-formed: ${error.message}`);
    });
    parser.on('opentag', ({ name, attributes }) => {
      if (stack.length >= limits.depth) throw new IgorError('xmpp', 'the other side nested elements too deeply');
      const scope = this.scopeOf(attributes as Record<string, string>);
      this.scopes.push(scope);
      const colon = name.indexOf(':');
      const ns = scope[colon < 0 ? '' : name.slice(0, colon)];
      if (ns === undefined) throw new IgorError('xmpp', `the other side used an undeclared prefix in ${name}`);
      const element = new Element(colon < 0 ? name : name.slice(colon + 1), ns, attributes as Record<string, string>);
      if (stack.length > 1) stack.at(-1)?.children.push(element);
      stack.push(element);
      if (stack.length === 1) {
        this.pending = 0;
        events.opened(element);
      }
    });
    parser.on('text', (text) => {
      const element = stack.at(-1);
      // Text directly in the stream is white space that keeps the connection alive.
      if (stack.length > 1 && element) element.text += text;
    });
    parser.on('cdata', (text) => {
      const element = stack.at(-1);
      if (stack.length > 1 && element) element.text += text;
    });
    parser.on('closetag', () => {
      const element = stack.pop() as Element;
      this.scopes.pop();
      if (stack.length === 0) events.closed();
      else if (stack.length === 1) {
        this.pending = 0;
        events.stanza(element);
      }
    });
    this.limits = limits;
  }

  private readonly limits: XmlLimits;

  write(text: string): void {
    this.pending += text.length;
    // Judged before parsing: a text this long without an end can only be a stanza that is too long. One write can hold many
    // short ones, so the limit leaves room for a whole read.
    if (this.pending > this.limits.stanza + 65_536) {
      throw new IgorError('xmpp', `the other side sent a stanza of more than ${this.limits.stanza} characters`);
    }
    this.parser.write(text);
    if (this.stack.length === 1) this.pending = 0;
  }

  private scopeOf(attributes: Record<string, string>): Record<string, string> {
    const outer = this.scopes.at(-1) as Record<string, string>;
    let scope = outer;
    for (const key in attributes) {
      if (key !== 'xmlns' && !key.startsWith('xmlns:')) continue;
      if (scope === outer) scope = Object.assign(Object.create(null), outer) as Record<string, string>;
      scope[key.slice(6)] = attributes[key] as string;
    }
    return scope;
  }
}
