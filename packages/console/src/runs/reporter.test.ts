import type { JsonValue } from '@bufbuild/protobuf';
import { expect, it } from 'vitest';
import type { PageEvent } from './events.js';
import { Reporter } from './reporter.js';

const event = (type: string, text = '') => ({ type, run: 'r', text }) as unknown as PageEvent;

/** A reporter whose posts end when they are told to. */
function held() {
  const posted: string[][] = [];
  const release: (() => void)[] = [];
  const post = (_channel: string, _event: string, data: JsonValue) => {
    posted.push([data].flat().map((it) => (it as { type: string }).type));
    return new Promise<undefined>((resolve) => release.push(() => resolve(undefined)));
  };
  const reporter = new Reporter({ post }, 'page', (error) => {
    throw error;
  });
  return { reporter, posted, release };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

it('puts together what is said while a post is under way', async () => {
  const { reporter, posted, release } = held();
  for (const type of ['show', 'log', 'show']) {
    reporter.post(event(type));
    await soon();
  }
  expect(posted).toEqual([['show']]);
  release[0]!();
  await soon();
  expect(posted).toEqual([['show'], ['log', 'show']]);
});

it('says the end without waiting for a post that is under way, and with what was only mentioned', async () => {
  const { reporter, posted, release } = held();
  reporter.post(event('show'));
  await soon();
  reporter.mention(event('call'));
  let over = false;
  const ended = reporter.end(event('end')).then(() => {
    over = true;
  });
  await soon();
  expect(posted).toEqual([['show'], ['call', 'end']]);
  release[1]!();
  await soon();
  expect(over).toBe(false);
  release[0]!();
  await ended;
});

it('says the end behind what a person reads in order', async () => {
  const { reporter, posted, release } = held();
  reporter.post(event('log'));
  await soon();
  reporter.post(event('log'));
  const ended = reporter.end(event('end'));
  await soon();
  expect(posted).toEqual([['log']]);
  release[0]!();
  await soon();
  expect(posted).toEqual([['log'], ['log', 'end']]);
  release[1]!();
  await ended;
});
