// The frames of docs/formats/igor-rpc.md, pinned: stanza in, frame out, and back.
import { expect, test } from 'vitest';
import { type Frame, readAnnouncement, readFrames, writeAnnouncement, writeFrames } from './frames.js';
import { type Element, StanzaParser } from './xml.js';

function read(xml: string): Element {
  let found: Element | undefined;
  const take = (stanza: Element) => {
    found = stanza;
  };
  const parser = new StanzaParser({ opened: () => {}, stanza: take, closed: () => {} }, { stanza: 1e6, depth: 16 });
  parser.write(`<stream>${xml}`);
  if (!found) throw new Error('no stanza');
  return found;
}

const about = "call='c1' method='disk.v1.Disk/Usage' context='e30' request='ab'";
const fields = { call: 'c1', method: 'disk.v1.Disk/Usage', context: 'e30', request: 'ab' };

const pinned: [string, Frame][] = [
  ["<renew epoch='1764000000000'/>", { type: 'renew', epoch: 1_764_000_000_000 }],
  ["<describe hash='ab' offset='0'/>", { type: 'describe', hash: 'ab', offset: 0 }],
  [
    "<descriptor hash='ab' offset='0' total='3'>AQID</descriptor>",
    { type: 'descriptor', hash: 'ab', offset: 0, total: 3, payload: Buffer.from([1, 2, 3]) },
  ],
  [
    "<invoke call='c1' method='disk.v1.Disk/Usage' context='e30' timeout='30000' credit='16'><payload>CgQvdmFy</payload></invoke>",
    {
      type: 'invoke',
      call: 'c1',
      method: 'disk.v1.Disk/Usage',
      context: 'e30',
      timeout: 30_000,
      credit: 16,
      payload: Buffer.from('\n\u0004/var'),
    },
  ],
  ["<accepted call='c1'/>", { type: 'accepted', call: 'c1' }],
  [
    `<outcome ${about} status='ok'><payload>AQ==</payload></outcome>`,
    { type: 'outcome', ...fields, status: 'ok', payload: Buffer.from([1]) },
  ],
  [
    `<outcome ${about} status='not_found'><message>no &lt;such&gt; folder</message></outcome>`,
    { type: 'outcome', ...fields, status: 'not_found', message: 'no <such> folder', payload: undefined },
  ],
  [
    `<outcome ${about} status='ok' items='3'/>`,
    { type: 'outcome', ...fields, status: 'ok', items: 3, payload: undefined },
  ],
  [`<item ${about} seq='0'><payload></payload></item>`, { type: 'item', ...fields, seq: 0, payload: Buffer.alloc(0) }],
  [
    `<item ${about} seq='1' chunked='200000'/>`,
    { type: 'item', ...fields, seq: 1, chunked: 200_000, payload: undefined },
  ],
  [
    `<progress ${about}><payload>e30=</payload></progress>`,
    { type: 'progress', ...fields, payload: Buffer.from('{}') },
  ],
  ["<committed call='c1'/>", { type: 'committed', call: 'c1' }],
  ["<rejected call='c1' reason='expired'/>", { type: 'rejected', call: 'c1', reason: 'expired' }],
  ["<credit call='c1' received='7' upto='23'/>", { type: 'credit', call: 'c1', received: 7, upto: 23 }],
  ["<cancel call='c1'/>", { type: 'cancel', call: 'c1' }],
  [
    "<chunk call='c1' of='item' item='4' seq='0' total='3'>AQID</chunk>",
    { type: 'chunk', call: 'c1', of: 'item', item: 4, seq: 0, total: 3, payload: Buffer.from([1, 2, 3]) },
  ],
];

test.each(pinned)('%s', (xml, frame) => {
  const whole = `<igor xmlns='urn:monsterlab:igor:1'>${xml}</igor>`;
  expect(writeFrames([frame])).toBe(whole);
  const [found] = readFrames(read(whole));
  const defined = Object.fromEntries(Object.entries(found ?? {}).filter(([, value]) => value !== undefined));
  const wanted = Object.fromEntries(Object.entries(frame).filter(([, value]) => value !== undefined));
  expect(defined).toEqual(wanted);
});

test.each([
  "<invoke call='c1'/>",
  "<invoke call='c 1' method='m' context='c' timeout='1'><payload/></invoke>",
  "<invoke call='c1' method='m' context='c' timeout='soon'><payload/></invoke>",
  "<invoke call='c1' method='m' context='c' timeout='1'/>",
  "<invoke call='c1' method='m' context='c' timeout='1'><payload>A</payload></invoke>",
  "<invoke call='c1' method='m' context='c' timeout='1' chunked='99999999'/>",
  "<rejected call='c1' reason='whatever'/>",
  "<committed call='0123456789012345678901234567890123456789012345678901234567890123456789'/>",
])('%s is refused', (xml) => {
  expect(() => readFrames(read(`<igor xmlns='urn:monsterlab:igor:1'>${xml}</igor>`))).toThrow(
    /not as igor's format says/,
  );
});

test('an announcement, and what is unknown in it', () => {
  const agent = {
    epoch: 1_764_000_000_000,
    lease: 9000,
    version: '1.4.0',
    hash: 'ab'.repeat(32),
    draining: false,
    services: ['disk.v1.Disk'],
    facts: { os: 'Debian <12>' },
  };
  const xml = writeAnnouncement(agent);
  expect(xml).toBe(
    `<agent xmlns='urn:monsterlab:igor:1' epoch='1764000000000' lease='9000' version='1.4.0' hash='${'ab'.repeat(32)}'><service name='disk.v1.Disk'/><fact name='os'>Debian &lt;12&gt;</fact></agent>`,
  );
  expect(readAnnouncement(read(xml))).toEqual(agent);
  expect(readAnnouncement(read(xml.replace('<service', "<weather sun='yes'/><service")))).toEqual(agent);
  expect(() => readAnnouncement(read(xml.replace(/hash='[^']*'/, "hash='../..'")))).toThrow(/SHA-256/);
});
