// What becomes of a large call when stanzas get lost: an agent's side that answers as a test wants it.
import { afterEach, expect, test } from 'vitest';
import { chunkSize, type Invoke, nsIgor } from '../protocol/frames.js';
import { IqError } from '../protocol/iq.js';
import { type Element, StanzaParser } from '../protocol/xml.js';
import { Outbox } from './outbox.js';

const to = 'mill@localhost/1';
const large: Invoke = {
  type: 'invoke',
  call: 'c1',
  method: 'disk.v1.Disk/Usage',
  context: 'e30',
  timeout: 20_000,
  payload: new Uint8Array(chunkSize + 1),
};
let outbox: Outbox;

afterEach(() => outbox.close());

function result(inner: string): Element {
  let found!: Element;
  const take = (stanza: Element) => {
    found = stanza;
  };
  const parser = new StanzaParser({ opened: () => {}, stanza: take, closed: () => {} }, { stanza: 1e6, depth: 16 });
  parser.write(`<stream><iq><igor xmlns='${nsIgor}'>${inner}</igor></iq>`);
  return found;
}

/** Sends the large call; `conditions` are what comes of the stanzas that go out, in order, and `accepted` of all behind them. */
async function sent(conditions: (string | undefined)[], attempt = 1): Promise<string[]> {
  const happened: string[] = [];
  await new Promise<void>((resolve) => {
    outbox = new Outbox({
      async ask(_to, xml) {
        const what = /<(chunk|invoke)\b/.exec(xml)?.[1] as string;
        const condition = conditions.shift();
        happened.push(condition ? `${what} ${condition}` : what);
        if (condition) throw new IqError(condition, condition);
        return result(what === 'invoke' ? "<accepted call='c1'/>" : '');
      },
      answered: () => resolve(),
      failed: (_to, error) => happened.push(String(error)),
      bounced: (_to, calls, condition, certain) => {
        happened.push(`bounced ${calls} ${condition}${certain ? ', certain' : ''}`);
        resolve();
      },
    });
    outbox.invoke(to, large, Date.now() + 20_000, attempt);
  });
  return happened;
}

test('chunks go ahead', async () => {
  expect(await sent([])).toEqual(['chunk', 'chunk', 'invoke']);
});

test('an agent that has lost a part gets everything again', async () => {
  const lost = [undefined, undefined, 'item-not-found'];
  const once = ['chunk', 'chunk', 'invoke item-not-found'];
  expect(await sent([...lost, ...lost])).toEqual([...once, ...once, 'chunk', 'chunk', 'invoke']);
});

test.each(['no-answer', 'no-connection'])('a chunk with %s is no reason to give the call up', async (silence) => {
  expect(await sent([undefined, silence])).toEqual(['chunk', `chunk ${silence}`, 'chunk', 'chunk', 'invoke']);
});

test('an agent that is not there was not called; not so when it may have been called before', async () => {
  const gone = ['service-unavailable', 'service-unavailable'];
  const chunks = gone.map((condition) => `chunk ${condition}`);
  expect(await sent([...gone])).toEqual([...chunks, 'bounced c1 service-unavailable, certain']);
  outbox.close();
  expect(await sent([...gone], 2)).toEqual([...chunks, 'bounced c1 service-unavailable']);
  outbox.close();
  const lost = [undefined, undefined, 'item-not-found'];
  expect((await sent([...lost, ...gone])).at(-1)).toBe('bounced c1 service-unavailable');
  outbox.close();
  const silent = [undefined, undefined, 'no-answer'];
  expect((await sent([...silent, ...gone])).at(-1)).toBe('bounced c1 service-unavailable');
});
