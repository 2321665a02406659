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
