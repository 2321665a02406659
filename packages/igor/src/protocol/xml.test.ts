import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import { type Element, escapeXml, StanzaParser, tag } from './xml.js';

const open = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='7'>";

function parse(...texts: string[]): Element[] {
  const stanzas: Element[] = [];
  const parser = new StanzaParser(
    { opened: () => {}, stanza: (stanza) => stanzas.push(stanza), closed: () => {} },
    { stanza: 10_000, depth: 6 },
  );
  for (const text of texts) parser.write(text);
  return stanzas;
}

test('stanzas come whole, however they are cut', () => {
  const text = `${open}<iq id='1'><a xmlns='urn:a'>x &amp; ä<b/></a></iq> <presence/>`;
  for (let cut = 1; cut < text.length; cut++) {
    const [iq, presence] = parse(text.slice(0, cut), text.slice(cut));
    const a = iq?.child('a', 'urn:a');
    expect([iq?.name, iq?.ns, a?.text, a?.child('b')?.name, presence?.name]).toEqual([
      'iq',
      'jabber:client',
      'x & ä',
      'b',
      'presence',
    ]);
  }
});

test('prefixes and default namespaces are the same', () => {
  const [iq] = parse(`${open}<c:iq xmlns:c='jabber:client' xmlns:i='urn:i'><i:igor><i:x/></i:igor></c:iq>`);
  expect(iq?.child('igor', 'urn:i')?.child('x')?.name).toBe('x');
  expect(() => parse(`${open}<nope:iq/>`)).toThrow(/undeclared prefix/);
});

test('what XMPP forbids is refused', () => {
  expect(() => parse('<!DOCTYPE a>')).toThrow(/document type/);
  expect(() => parse(`${open}<iq><!-- x --></iq>`)).toThrow(/comment/);
  expect(() => parse(`${open}<iq><?x y?></iq>`)).toThrow(/processing instruction/);
  expect(() => parse(`${open}<iq>&bomb;</iq>`)).toThrow(/not well-formed/);
  expect(() => parse(`${open}<iq></presence>`)).toThrow(/not well-formed/);
  expect(() => parse(`${open}${'<a>'.repeat(7)}`)).toThrow(/too deeply/);
  expect(() => parse(`${open}<iq>`, ...Array.from({ length: 100 }, () => 'x'.repeat(1000)))).toThrow(/more than 10000/);
  expect(parse(open, ...Array.from({ length: 100 }, () => `<iq>${'x'.repeat(1000)}</iq>`))).toHaveLength(100);
});

test('what is written is read as it was', () => {
  const text = `a<b>&"c'd\u0000\ud83d\ude00\n`;
  const [iq] = parse(open, tag('iq', { id: text, n: 5, none: undefined }, escapeXml(text)));
  expect(iq?.text).toBe(text.replace('\u0000', '\ufffd'));
  expect(iq?.attribute('n')).toBe('5');
  expect(iq?.attribute('none')).toBeUndefined();
  expect(iq?.attribute('toString')).toBeUndefined();
});

/** The same by a parser that somebody else wrote: a tree as JSON, or undefined when it objects. */
function byPeer(text: string): string | undefined {
  const parser = new SaxesParser({ fragment: false });
  const root: Plain = { name: '', attributes: {}, children: [], text: '' };
  const stack = [root];
  let isWhole = true;
  parser.on('error', () => {
    isWhole = false;
  });
  for (const event of ['doctype', 'comment', 'processinginstruction'] as const) {
    parser.on(event, () => {
      isWhole = false;
    });
  }
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes: attributes as Record<string, string>, children: [], text: '' };
    stack.at(-1)?.children.push(element);
    stack.push(element);
  });
  const take = (more: string) => {
    const top = stack.at(-1) as Plain;
    if (stack.length > 2) top.text += more;
    else if (more.trim() !== '') isWhole = false;
  };
  parser.on('text', take);
  parser.on('cdata', (more) => {
    if (stack.length <= 2) isWhole = false;
    take(more);
  });
  parser.on('closetag', () => void stack.pop());
  parser.write(text).close();
  return isWhole ? JSON.stringify(root.children[0]?.children) : undefined;
}

interface Plain {
  name: string;
  attributes: Record<string, string>;
  children: Plain[];
  text: string;
}

const plainOf = ({ name, attributes, children, text }: Element): Plain => ({
  name,
  attributes: { ...attributes },
  children: children.map(plainOf),
  text,
});

function byUs(text: string, cut: (length: number) => number): string | undefined {
  const stanzas: Plain[] = [];
  let isOver = false;
  const parser = new StanzaParser(
    {
      opened: () => {},
      stanza: (stanza) => stanzas.push(plainOf(stanza)),
      closed: () => {
        isOver = true;
      },
    },
    { stanza: 100_000, depth: 100 },
  );
  try {
    for (let at = 0; at < text.length; ) {
      const next = at + cut(text.length - at);
      parser.write(text.slice(at, next));
      at = next;
    }
  } catch {
    return undefined;
  }
  return isOver ? JSON.stringify(stanzas) : undefined;
}

test('what is read, and what is refused, is the same as with another parser, however it is cut', () => {
  let state = 12_345;
  const below = (limit: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % limit;
  };
  const pieces = [
    ...['<a>', '</a>', '<a/>', '<b >', '</b\n>', "<c d='e'>", '</c>', '<f g="h\'i" j=\'k"l\'/>', "<m n='1' n='2'/>"],
    ...[
      'text',
      ' ',
      '\r\n',
      '\r',
      '\n\t',
      '&amp;',
      '&lt;&gt;',
      '&#65;',
      '&#x1f600;',
      '&#0;',
      '&bomb;',
      '&',
      '&#xd800;',
    ],
    ...[
      ']]',
      ']]>',
      '>',
      '<![CDATA[<x>&amp;]]>',
      '<![CDATA[',
      '<!--',
      '-->',
      '<?pi?>',
      '<!DOCTYPE a>',
      '\u0001',
      'ä😀',
      '\uffff',
    ],
    ...[
      '<',
      '<1/>',
      '<a b=c/>',
      "<a b='<'/>",
      "<a b='&quot;\r\n&#10;'/>",
      '<é ü=""/>',
      '<x/ >',
      '<-/>',
      '=\'"',
      '/>',
      '</',
      'a',
    ],
  ];
  let read = 0;
  let refused = 0;
  for (let round = 0; round < 3000; round++) {
    // Mostly what belongs together, so that much of it is well-formed.
    const open: string[] = [];
    let inner = '';
    for (let count = below(9); count > 0; count--) {
      const piece = pieces[below(round % 3 === 0 ? pieces.length : 20)] as string;
      const opened = /^<(\w)( d='e'| )?>$/.exec(piece)?.[1];
      if (opened) open.push(opened);
      if (/^<\/\w\s?>$/.test(piece) && round % 3) {
        const name = open.pop();
        if (name) inner += `</${name}>`;
      } else inner += piece;
    }
    const text = `<?xml version='1.0'?><s><q>${inner}${open
      .reverse()
      .map((name) => `</${name}>`)
      .join('')}</q></s>`;
    const expected = byPeer(text);
    if (expected === undefined) refused++;
    else read++;
    expect(
      byUs(text, (length) => length),
      text,
    ).toBe(expected);
    expect(
      byUs(text, (length) => 1 + below(Math.min(length, 7))),
      text,
    ).toBe(expected);
  }
  expect(read).toBeGreaterThan(500);
  expect(refused).toBeGreaterThan(500);
});
