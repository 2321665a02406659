/**
 * `npm run chaos [-- --calls=N] [--minutes=M] [--seed=S] [--kills=MS]`: calls from four instances to three agents, while instances, agents, gateway, store
 * and XMPP server are killed in turn, and stanzas are delayed, doubled and reordered. Then the books are compared: what the store says, what was posted,
 * what the agents wrote down that they did.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { newKeyRing, Prosody, saveKeyRing, silentLog } from 'igor';
import { RedisCalls } from '../../../packages/igor/src/store/redis-calls.js';
import { accepts, freePort, tempFolder, until } from '../support/servers.js';
import { igorProcess, Process } from './processes.js';
import { DisorderlyProxy } from './proxy.js';
import { Random } from './random.js';

export interface ChaosOptions {
  calls: number;
  /** No further calls after so many minutes. */
  minutes?: number;
  seed: number;
  /** Milliseconds between two kills, on average. */
  killEvery: number;
  say?: (line: string) => void;
}

export interface Books {
  /** Calls that an instance said it had noted. */
  noted: number;
  /** Calls in the store. */
  stored: number;
  byStatus: Record<string, number>;
  /** In the store and without an end, or noted and not in the store. */
  lost: string[];
  /** Posted more than once, or not at all. */
  wronglyPosted: string[];
  /** Run at another agent than the one that was called. */
  wrongAgent: string[];
  /** Run more than once. */
  runTwice: string[];
  /** An outcome that what happened contradicts: `ok` and not run or with a wrong answer, `unavailable` and run. */
  guessed: string[];
  kills: Record<string, number>;
  stanzas: { passed: number; doubled: number; delayed: number };
}

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const agents = ['anvil', 'bellows', 'crucible'];

export async function chaos({ calls, minutes = 600, seed, killEvery, say = () => {} }: ChaosOptions): Promise<Books> {
  const random = new Random(seed);
  const folder = tempFolder('chaos');
  const log = join(folder, 'done.log');
  const prosody = new Prosody({ folder: join(folder, 'prosody'), log: silentLog });
  await prosody.start();
  const redisPort = await freePort();
  const redisArgs = ['--port', String(redisPort), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const redis = new Process(
    'redis',
    'redis-server',
    [...redisArgs, '--appendonly', 'yes', '--appendfsync', 'always'],
    {},
    redisPort,
  );
  await redis.start();
  const store = `redis://127.0.0.1:${redisPort}`;
  saveKeyRing(join(folder, 'keys.json'), newKeyRing());
  const ports = await Promise.all(Array.from({ length: 4 }, freePort));
  const gatewayPort = await freePort();
  const env = { IGOR_SECRET: 'chaos', IGOR_COMPONENT_SECRET: prosody.secret, CHAOS_LOG: log };
  const shared = ['--jid', prosody.component, '--log', 'error'];
  const gateway = igorProcess(
    'gateway',
    [
      ...[
        'gateway',
        ...shared,
        '--xmpp-component',
        `127.0.0.1:${prosody.componentPort}`,
        '--port',
        String(gatewayPort),
      ],
      ...ports.flatMap((port) => ['--instance', `http://127.0.0.1:${port}`]),
    ],
    env,
    gatewayPort,
  );
  const instances = ports.map((port, index) =>
    igorProcess(
      `instance ${index}`,
      [
        ...[
          'instance',
          ...shared,
          '--gateway',
          `http://127.0.0.1:${gatewayPort}`,
          '--app',
          file('app.mjs'),
          '--port',
          String(port),
        ],
        ...['--directory', store, '--calls', store, '--keys', join(folder, 'keys.json'), '--state', folder],
      ],
      env,
      port,
    ),
  );
  const disorder = { double: 0.05, delay: 0.1, longest: 150 };
  const proxies = agents.map(() => new DisorderlyProxy(() => prosody.clientPort, disorder, random));
  const served = await Promise.all(
    agents.map(async (name, index) => {
      prosody.setAccount(`${name}@localhost`, 'chaos');
      const port = await (proxies[index] as DisorderlyProxy).listen();
      const args = ['--app', prosody.component, '--account', `${name}@localhost`, '--server', `127.0.0.1:${port}`];
      const more = ['--service', file('service.mjs'), '--journal', join(folder, `${name}.journal`), '--log', 'error'];
      return igorProcess(`agent ${name}`, ['agent', ...args, ...more], {
        ...env,
        IGOR_PASSWORD: 'chaos',
        CHAOS_NAME: name,
      });
    }),
  );
  const everything = [redis, gateway, ...instances, ...served];
  let prosodyKills = 0;
  try {
    await Promise.all([...instances, ...served].map((each) => each.start()));
    await gateway.start();
    const calling = RedisCalls.open(store);
    const isThere = async (agent: string) =>
      (await fetch(`http://127.0.0.1:${ports[0]}/?n=0&agent=${agent}@localhost`)).status === 200;
    for (const agent of agents) {
      await until(agent, () => isThere(agent).catch(() => false)).catch((error) => {
        throw new Error(`${error}\n${everything.map(({ name, output }) => `${name}: ${output}`).join('\n')}`);
      });
    }
    await (await calling).close();

    say(`seed ${seed}: ${calls} calls`);
    let finished = false;
    const killers = async () => {
      while (!finished) {
        await new Promise((resolve) => setTimeout(resolve, killEvery * (0.5 + random.next())));
        if (finished) return;
        const victim = random.pick([
          gateway,
          redis,
          'prosody' as const,
          'cut' as const,
          ...instances,
          ...served,
          ...served,
        ]);
        if (victim === 'prosody') {
          prosodyKills++;
          try {
            if (prosody.pid) process.kill(prosody.pid, 'SIGKILL');
          } catch {
            // It is dead already, and not up again.
          }
        } else if (victim === 'cut') random.pick(proxies).cut();
        else await victim.killAndRestart(random.below(300));
      }
    };
    const killing = killers();
    const noted = new Set<string>();
    const end = Date.now() + minutes * 60_000;
    let next = 1;
    const lane = async () => {
      for (let n = next++; n <= calls && Date.now() < end; n = next++) {
        while (!(await note(n))) await new Promise((resolve) => setTimeout(resolve, 50));
        if (n % 1000 === 0) say(`${n} calls`);
      }
    };
    /** @returns whether an instance noted a call. One that was killed meanwhile may have: the store knows that. */
    const note = async (n: number): Promise<boolean> => {
      const [port, agent] = [random.pick(ports), random.pick(agents)];
      try {
        const limit = AbortSignal.timeout(15_000);
        const answer = await fetch(`http://127.0.0.1:${port}/?n=${n}&agent=${agent}@localhost`, { signal: limit });
        const { call } = (await answer.json()) as { call?: string };
        if (call) noted.add(call);
        return call !== undefined;
      } catch {
        return false;
      }
    };
    await Promise.all(Array.from({ length: 24 }, lane));
    finished = true;
    await killing;
    return await compare({ folder, store, log, noted, say, everything, prosodyKills, proxies });
  } finally {
    await Promise.all(everything.map((each) => each.stop()));
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await prosody.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Results {
  folder: string;
  store: string;
  log: string;
  noted: Set<string>;
  say: (line: string) => void;
  everything: readonly Process[];
  prosodyKills: number;
  proxies: readonly DisorderlyProxy[];
}

export async function compare({ store, log, noted, say, everything, prosodyKills, proxies }: Results): Promise<Books> {
  await until('the store', () => accepts(Number(new URL(store).port)));
  const calls = await RedisCalls.open(store);
  // The last deadline, the grace, and some time for a slow machine.
  await until('all calls to end', async () => (await calls.unfinished()).length === 0, 90_000).catch((error) =>
    say(String(error)),
  );
  const rows = await calls.history({ limit: 1_000_000 });
  const posted = new Map<string, { status: string; twice: number | null; n: number }[]>();
  for (let after = 0; ; ) {
    const events = await calls.events('outcomes', after, 5000);
    if (events.length === 0) break;
    after = events.at(-1)?.seq ?? after;
    for (const { data } of events) {
      const outcome = JSON.parse(data) as { call: string; n: number; status: string; twice: number | null };
      posted.set(outcome.call, [...(posted.get(outcome.call) ?? []), outcome]);
    }
  }
  await calls.close();
  const done = new Map<string, { wanted: string; by: string }[]>();
  for (const line of existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []) {
    const [call, wanted, by] = line.split(' ') as [string, string, string];
    done.set(call, [...(done.get(call) ?? []), { wanted, by }]);
  }
  const byId = new Map(rows.map((row) => [row.id, row]));
  const byStatus: Record<string, number> = {};
  const guessed: string[] = [];
  for (const { id, status = 'none' } of rows) {
    byStatus[status] = (byStatus[status] ?? 0) + 1;
    const ran = done.get(id)?.length ?? 0;
    const outcome = posted.get(id)?.[0];
    if (status === 'ok' && (ran !== 1 || outcome?.twice === undefined || outcome.twice !== (outcome.n * 2 || null))) {
      if (!(outcome?.n === 0 && ran === 1)) guessed.push(`${id}: ok, ran ${ran} times, answered ${outcome?.twice}`);
    }
    if (status === 'unavailable' && ran > 0) guessed.push(`${id}: unavailable, and was run`);
  }
  return {
    noted: noted.size,
    stored: rows.length,
    byStatus,
    lost: [
      ...rows.filter(({ state }) => state !== 'ended').map(({ id }) => id),
      ...[...noted].filter((id) => !byId.has(id)),
    ],
    wronglyPosted: rows
      .filter(({ id }) => posted.get(id)?.length !== 1)
      .map(({ id, status }) => `${id} ${status}: ${posted.get(id)?.length ?? 0}`),
    wrongAgent: [...done]
      .filter(([, runs]) => runs.some(({ wanted, by }) => wanted !== `${by}@localhost`))
      .map(([id]) => id),
    runTwice: [...done].filter(([, runs]) => runs.length > 1).map(([id]) => id),
    guessed,
    kills: { prosody: prosodyKills, ...Object.fromEntries(everything.map(({ name, kills }) => [name, kills])) },
    stanzas: proxies.reduce(
      (sum, { counts }) => ({
        passed: sum.passed + counts.passed,
        doubled: sum.doubled + counts.doubled,
        delayed: sum.delayed + counts.delayed,
      }),
      { passed: 0, doubled: 0, delayed: 0 },
    ),
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const option = (name: string, otherwise: number) =>
    Number(process.argv.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? otherwise);
  const books = await chaos({
    calls: option('calls', 1000),
    minutes: option('minutes', 600),
    seed: option('seed', Date.now() % 1_000_000),
    killEvery: option('kills', 700),
    say: console.log,
  });
  console.log(books);
  const { lost, wronglyPosted, wrongAgent, runTwice, guessed } = books;
  process.exit(lost.length + wronglyPosted.length + wrongAgent.length + runTwice.length + guessed.length === 0 ? 0 : 1);
}
