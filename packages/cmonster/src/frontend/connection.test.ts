import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CmonsterError } from '../error.js';
import type { Child } from './child.js';
import { Connection, type ConnectionOptions, type Parsed } from './connection.js';
import { deathOf } from './death.js';
import type { ParseRequest } from './messages.js';
import { Encoder, Frame, wireResolver } from './protocol.js';

const request: ParseRequest = {
  arguments: ['a.c'],
  scope: 'all',
  unsaved: { 'a.c': new Uint8Array(100_000) },
  callbacks: [],
  typeLocs: true,
  comments: true,
};

const options: ConnectionOptions = {
  frontend: fileURLToPath(new URL('fixtures/fake-frontend.mjs', import.meta.url)),
  cwd: '/',
  memoryLimit: 1000,
  channel: 'stdio',
  file: 'a.c',
  parseTimeLimit: 20_000,
  askTimeLimit: 20_000,
};

function questions(...operations: number[]): Uint8Array {
  const encoder = new Encoder();
  const frame = encoder.beginFrame(Frame.ASK);
  encoder.u32(operations.length);
  for (const operation of operations) {
    encoder.u32(operation);
    encoder.u32(0);
    encoder.u32(0);
  }
  encoder.endFrame(frame);
  return encoder.take();
}

function ask(connection: Connection, ...operations: number[]): unknown[] {
  const answer = connection.ask(questions(...operations));
  return operations.map(() => answer?.values.value(wireResolver));
}

type Session = { connection: Connection; parsed: Parsed };
type Open = (mode: string, extra?: Partial<ConnectionOptions>) => Promise<Session>;

let opened: Connection[] = [];

const openAsync: Open = async (mode, extra = {}) => {
  process.env.FAKE_MODE = mode;
  const connection = await Connection.open({ ...options, ...extra });
  opened.push(connection);
  return { connection, parsed: await connection.parse(request) };
};
const openBlocking: Open = async (mode, extra = {}) => {
  process.env.FAKE_MODE = mode;
  const connection = Connection.openSync({ ...options, ...extra });
  opened.push(connection);
  return { connection, parsed: connection.parseSync(request) };
};

async function failure(work: Promise<unknown> | (() => unknown)): Promise<CmonsterError> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    return error as CmonsterError;
  }
  throw new Error('nothing was thrown');
}

// A place for temporary files that nobody else uses: nothing may be left there.
const usualPlace = process.env.TMPDIR;
const place = mkdtempSync(join(tmpdir(), 'connection-test-'));

beforeEach(() => {
  opened = [];
  process.env.TMPDIR = place;
});
afterEach(async () => {
  for (const connection of opened) {
    connection.close();
    await (connection.child as Child).exit;
    expect(deathOf(connection.child.pid)).toBeDefined();
  }
  expect(readdirSync(place)).toEqual([]);
});
afterAll(() => {
  if (usualPlace === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usualPlace;
  rmSync(place, { recursive: true });
});

describe.each([
  ['with promises', openAsync],
  ['without the event loop', openBlocking],
])('a frontend %s', (_name, open) => {
  it('parses and answers', async () => {
    const { connection, parsed } = await open('');
    expect(parsed.snapshot.byteLength).toBe(1 << 20);
    expect(new Uint8Array(parsed.snapshot).every((byte) => byte === 0x5a)).toBe(true);
    expect(parsed.meta.request).toMatch(/^2 100\d\d\d$/);
    expect(ask(connection, 5)).toEqual([5]);
    expect(ask(connection, 1, 2, 3)).toEqual([1, 2, 3]);
    connection.close();
    await (connection.child as Child).exit;
  });

  it('answers calls in the middle of a parse', async () => {
    const calls: unknown[] = [];
    const onCall = (name: string, args: unknown[]): string => {
      calls.push([name, args]);
      return 'thanks';
    };
    const { parsed } = await open('call-parse', { onCall });
    expect(calls).toEqual([['hello', ['world']]]);
    expect(parsed.meta.returned).toBe('thanks');
  });

  it('answers calls in the middle of a question, and questions in the middle of a call', async () => {
    const { connection } = await open('', {
      onCall: () => {
        const [connection] = opened;
        return [ask(connection as Connection, 41)[0] as number, ask(connection as Connection, 42)[0] as number];
      },
    });
    expect(ask(connection, 1, 0xca11, 3)).toEqual([1, [41, 42], 3]);
  });

  it('is reported when it dies', async () => {
    for (const mode of ['exit-start', 'exit-parse']) {
      expect(await failure(open(mode))).toMatchObject({ code: 'FRONTEND_CRASHED', file: 'a.c' });
    }
    for (const mode of ['crash-start', 'crash-parse']) {
      const error = await failure(open(mode));
      expect(error).toMatchObject({ code: 'FRONTEND_CRASHED' });
      expect(error.message).toContain('SIGSEGV');
      expect(error.message).toContain('a lot went wrong');
    }
    expect(await failure(open('crash-snapshot'))).toMatchObject({ code: 'FRONTEND_CRASHED' });
    expect(await failure(open('oom-parse'))).toMatchObject({ code: 'OUT_OF_MEMORY' });
  });

  it('is reported when it dies of a question', async () => {
    const { connection } = await open('crash-ask');
    const error = await failure(() => ask(connection, 1));
    expect(error).toMatchObject({ code: 'FRONTEND_CRASHED', file: 'a.c' });
    expect(error.message).toContain('SIGSEGV while answering a question');
    expect(connection.isOpen).toBe(false);
  });

  it.each(['start', 'parse'])('is killed when it hangs or is stopped at %s', async (when) => {
    for (const how of ['hang', 'stop']) {
      const error = await failure(open(`${how}-${when}`, { parseTimeLimit: 1000 }));
      expect(error).toMatchObject({ code: 'TIMEOUT', file: 'a.c' });
      expect(error.message).toContain('longer than 1 s');
    }
  });

  it('is killed when it talks without end', async () => {
    const busy = { parseTimeLimit: 700, onCall: () => null, onEvent: () => {} };
    for (const mode of ['events-parse', 'calls-parse']) {
      expect(await failure(open(mode, busy))).toMatchObject({ code: 'TIMEOUT', file: 'a.c' });
    }
  });

  it('is killed when a question takes too long', async () => {
    for (const mode of ['hang-ask', 'stop-ask']) {
      const { connection } = await open(mode, { askTimeLimit: 300 });
      const begin = Date.now();
      expect(await failure(() => ask(connection, 1))).toMatchObject({ code: 'TIMEOUT' });
      expect(Date.now() - begin).toBeLessThan(3000);
    }
  });

  it('is not believed when it talks nonsense', async () => {
    for (const mode of ['garbage-start', 'garbage-parse', 'old']) {
      expect(await failure(open(mode))).toMatchObject({ code: 'PROTOCOL', file: 'a.c' });
    }
    const { connection } = await open('garbage-ask');
    expect(await failure(() => ask(connection, 1))).toMatchObject({ code: 'PROTOCOL' });
    expect(await failure(open('', { schemaHash: 8 }))).toMatchObject({ code: 'PROTOCOL' });
  });

  it('says what it cannot parse', async () => {
    const error = await failure(open('failed'));
    expect(error).toMatchObject({ code: 'INPUT_UNREADABLE', message: 'a.c: no such file or directory' });
  });

  it('may give answers of any size', async () => {
    const { connection } = await open('large-ask');
    expect(ask(connection, 1)).toEqual([1]);
    expect(ask(connection, 2)).toEqual([2]);
  });

  it('is missing, or no program', async () => {
    expect(await failure(open('', { frontend: '/nowhere/at/all' }))).toMatchObject({ code: 'FRONTEND_START' });
    expect(await failure(open('', { frontend: '/etc/passwd' }))).toMatchObject({ code: 'FRONTEND_START' });
    expect(await failure(open('', { cwd: '/nowhere/at/all' }))).toMatchObject({ code: 'FRONTEND_START' });
  });
});

it('is killed when it does not take what it is told', async () => {
  // More than the FIFO holds, written where no timer has its turn.
  process.env.FAKE_MODE = 'stop-request';
  const limits = { ...options, channel: 'fifo', parseTimeLimit: 1500 } as const;
  const connection = await Connection.open(limits);
  opened.push(connection);
  expect(await failure(connection.parse(request))).toMatchObject({ code: 'TIMEOUT' });
});

it('sees the end of a child without the event loop', () => {
  process.env.FAKE_MODE = '';
  const connection = Connection.openSync(options);
  opened.push(connection);
  process.kill(connection.child.pid, 'SIGTERM');
  const waitUntil = Date.now() + 5000;
  while (!deathOf(connection.child.pid) && Date.now() < waitUntil) {}
  if (process.platform === 'linux') {
    expect(readFileSync(`/proc/${connection.child.pid}/stat`, 'latin1')).toContain(' Z ');
  }
  expect(deathOf(connection.child.pid)).toEqual({ exitCode: null, signal: 'SIGTERM' });
});
