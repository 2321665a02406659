// The state machine of docs/formats/igor-rpc.md, run with the real application and the real agent's side, and a network between them that does
// anything.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  Application,
  defineService,
  field,
  newKeyRing,
  SqliteCalls,
  SqliteDirectory,
  service,
  silentLog,
  unary,
} from 'igor';
import { expect, vi } from 'vitest';
import { Journal } from '../../packages/igor/src/agent/journal.js';
import { Runner } from '../../packages/igor/src/agent/runner.js';
import { describeServices } from '../../packages/igor/src/protocol/descriptor.js';
import type { Frame, Invoke, OutcomeFrame } from '../../packages/igor/src/protocol/frames.js';
import { Random } from './chaos/random.js';
import { tempFolder } from './support/servers.js';

const One = service('one.v1.One', { run: unary({ n: field.int32 }, { n: field.int32 }) });
const folder = tempFolder('interleavings');
let worlds = 0;

export const events = [
  'deliver',
  'duplicate',
  'lose',
  'bounce',
  'resend',
  'finish',
  'tell',
  'tell again',
  'commit',
  'lose commit',
  'restart',
] as const;
export type Event = (typeof events)[number];

const turn = async () => {
  for (let index = 0; index < 4; index++) await new Promise((resolve) => setImmediate(resolve));
};

class World {
  readonly jid = 'a@localhost';
  private readonly file = join(folder, `${worlds++}.journal`);
  private readonly calls = new SqliteCalls(':memory:', 'written');
  private readonly directory = new SqliteDirectory(':memory:');
  readonly igor: Application;
  private journal!: Journal;
  private runner!: Runner;
  private release: () => void = () => {};
  private gate!: Promise<void>;
  runs = 0;
  /** On their way to the agent, to the start of it that they were sent to. */
  private invokes: { frame: Invoke; epoch: number }[] = [];
  /** The first one, to be sent again. */
  private sent: { frame: Invoke; epoch: number } | undefined;
  private delivered = false;
  private repeated = false;
  private owed: OutcomeFrame | undefined;
  private commits: string[] = [];
  call = '';

  constructor() {
    const gateway = {
      send: async ({ to, frames }: { to: string; frames: Frame[] }) => {
        const epoch = Number(to.split('/')[1]);
        for (const frame of frames) {
          if (frame.type !== 'invoke') continue;
          this.invokes.push({ frame, epoch });
          this.sent ??= { frame, epoch };
        }
      },
      describe: async () => {},
      presence: async () => {},
      post: async () => {},
      poke: async () => {},
      watch: async () => {},
    };
    this.igor = new Application({
      jid: 'igor.localhost',
      directory: this.directory,
      calls: this.calls,
      keys: newKeyRing(),
      gateway,
      origin: 'here',
    });
    this.igor.onOutcome('*', (outcome) => outcome.post('c', 'outcome', { status: outcome.status }));
  }

  async begin(): Promise<void> {
    const { bytes, hash } = describeServices([One]);
    await this.directory.putDescriptor(hash, bytes);
    await this.startAgent(hash);
    const call = this.igor.call(this.jid, 'one.v1.One/Run', { n: 1 }, { deadline: 10_000 });
    call.catch(() => {});
    await call.sent;
    this.call = call.id;
  }

  private async startAgent(hash = describeServices([One]).hash): Promise<void> {
    this.gate = new Promise((resolve) => {
      this.release = resolve;
    });
    const { gate } = this;
    const served = defineService(One, {
      run: async ({ n }) => {
        this.runs++;
        await gate;
        return { n };
      },
    });
    this.journal = new Journal(this.file, 'written');
    this.runner = new Runner({
      services: [served],
      journal: this.journal,
      caller: 'igor.localhost',
      limit: 10,
      log: silentLog,
      sendItems: async () => 'refused',
      sendProgress: () => {},
    });
    this.owed = this.journal.owed[0];
    const { epoch } = this.journal;
    const agent = { epoch, lease: 3_600_000, version: '', hash, draining: false, services: ['one.v1.One'], facts: {} };
    await this.igor.port().presence([{ from: `${this.jid}/${epoch}`, type: 'available', agent }]);
  }

  async happen(event: Event): Promise<void> {
    const { epoch } = this.journal;
    const [first] = this.invokes;
    switch (event) {
      case 'deliver':
      case 'duplicate':
        if (!first) return;
        if (event === 'deliver') this.invokes.shift();
        if (first.epoch !== epoch) return;
        this.delivered = true;
        // Not awaited as a whole: the outcome comes when the method ends.
        this.runner
          .invoke(first.frame)
          .then((started) =>
            started?.outcome.then((outcome) => {
              if (first.epoch === this.journal.epoch) this.owed = outcome;
            }),
          )
          .catch(() => {
            // It was cut off by a restart.
          });
        break;
      case 'lose':
        this.invokes.shift();
        break;
      case 'bounce': {
        // The server gives a stanza back that it could not deliver.
        if (!first) return;
        this.invokes.shift();
        const certain = !this.delivered && !this.repeated;
        // A gateway does not repeat what has certainly not been run; the application decides.
        if (certain) this.sent = undefined;
        await this.igor.port().bounced({
          to: `${this.jid}/${first.epoch}`,
          calls: [this.call],
          condition: 'service-unavailable',
          certain,
        });
        break;
      }
      case 'resend':
        if (!this.sent) return;
        this.repeated = true;
        this.invokes.push(this.sent);
        break;
      case 'finish':
        this.release();
        break;
      case 'tell':
      case 'tell again': {
        if (!this.owed) return;
        for (let times = event === 'tell' ? 1 : 2; times > 0; times--) {
          const answers = await this.igor.port().frames({ from: `${this.jid}/${epoch}`, frames: [this.owed] });
          for (const answer of answers)
            if (answer.type === 'committed' || answer.type === 'rejected') this.commits.push(answer.call);
        }
        break;
      }
      case 'commit': {
        const call = this.commits.shift();
        if (call === undefined) return;
        if (this.owed?.call === call) this.owed = undefined;
        await this.runner.committed(call);
        break;
      }
      case 'lose commit':
        this.commits.shift();
        break;
      case 'restart':
        // What runs is cut off; what it would still do is nobody's any more.
        await this.journal.close();
        await this.startAgent();
        break;
    }
    await turn();
  }

  /** Lets everything come to an end, and the deadline pass; then compares. */
  async settle(schedule: readonly Event[]): Promise<void> {
    const what = schedule.join(', ');
    for (const event of ['finish', 'tell', 'commit', 'tell', 'commit'] as const) await this.happen(event);
    vi.setSystemTime(Date.now() + 60_000);
    await this.igor.port().overdue({ calls: [this.call] });
    for (const event of ['tell', 'commit', 'commit', 'commit'] as const) await this.happen(event);
    const row = await this.igor.callRecord(this.call);
    const posted = await this.igor.channels.events('c');
    expect(row?.state, what).toBe('ended');
    expect(
      posted.map(({ data }) => (data as { status: string }).status),
      what,
    ).toEqual([row?.status]);
    expect(this.runs, what).toBeLessThanOrEqual(1);
    expect(['ok', 'unavailable', 'unknown_outcome'], what).toContain(row?.status);
    if (row?.status === 'ok') expect(this.runs, what).toBe(1);
    if (row?.status === 'unavailable') expect(this.runs, what).toBe(0);
    // Nothing is owed for ever.
    expect(this.owed, what).toBeUndefined();
  }

  async end(): Promise<void> {
    await this.journal.close();
    await this.igor.close();
  }
}

/** One world, this schedule, and what became of the call. */
async function explore(schedule: readonly Event[]): Promise<string | undefined> {
  vi.setSystemTime(1_800_000_000_000);
  const world = new World();
  await world.begin();
  for (const event of schedule) await world.happen(event);
  await world.settle(schedule);
  const row = await world.igor.callRecord(world.call);
  await world.end();
  return row?.status;
}

/** How many schedules ended with which status. Time stands still but for what a schedule does with it. */
export async function exploreAll(schedules: Iterable<readonly Event[]>): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    for (const schedule of schedules) {
      const status = (await explore(schedule)) ?? 'none';
      seen[status] = (seen[status] ?? 0) + 1;
    }
  } finally {
    vi.useRealTimers();
    rmSync(folder, { recursive: true, force: true });
  }
  return seen;
}

export function* ordersOf(length: number): Generator<Event[]> {
  if (length === 0) yield [];
  else for (const rest of ordersOf(length - 1)) for (const event of events) yield [...rest, event];
}

export function* sample(count: number, seed: number): Generator<Event[]> {
  const random = new Random(seed);
  for (let index = 0; index < count; index++) {
    yield Array.from({ length: 3 + random.below(9) }, () => random.pick(events));
  }
}
