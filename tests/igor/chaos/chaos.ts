/**
 * `npm run chaos [-- --calls=N] [--minutes=M] [--seed=S] [--kills=MS]`: calls of all kinds from four instances to three agents, while instances, agents,
 * gateway, store and XMPP server are killed, one or two at a time, and stanzas are delayed, doubled and reordered. Then the books are compared.
 */
import { createWriteStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { newKeyRing, Prosody, saveKeyRing, silentLog } from 'igor';
import { RedisCalls } from '../../../packages/igor/src/store/redis-calls.js';
import { accepts, freePort, tempFolder, until } from '../support/servers.js';
import { type Books, compare } from './books.js';
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

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const agents = ['anvil', 'bellows', 'crucible'];
/** Of a hundred calls. */
const mix = { twice: 63, stream: 12, keyed: 8, queued: 8, canceled: 6, large: 2, largeCanceled: 1 };
const kinds = Object.entries(mix).flatMap(([kind, share]) => Array.from({ length: share }, () => kind));

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
  let right = false;
  try {
    await Promise.all([...instances, ...served].map((each) => each.start()));
    await gateway.start();
    const calling = RedisCalls.open(store);
    const isThere = async (agent: string) =>
      (await fetch(`http://127.0.0.1:${ports[0]}/?n=0&kind=twice&agent=${agent}@localhost`)).status === 200;
    for (const agent of agents) {
      await until(agent, () => isThere(agent).catch(() => false)).catch((error) => {
        throw new Error(`${error}\n${everything.map(({ name, output }) => `${name}: ${output}`).join('\n')}`);
      });
    }
    await (await calling).close();

    say(`seed ${seed}: ${calls} calls`);
    let finished = false;
    const servers = ['prosody' as const, gateway, redis];
    const victims = ['cut' as const, ...servers, ...servers, ...instances, ...served];
    const diaryFile = createWriteStream(join(folder, 'diary.log'));
    const diary = (line: string) => diaryFile.write(`${new Date().toISOString()} ${line}\n`);
    const strike = async (victim: (typeof victims)[number]) => {
      diary(`kill ${typeof victim === 'string' ? victim : victim.name}`);
      if (victim === 'prosody') {
        prosodyKills++;
        try {
          if (prosody.pid) process.kill(prosody.pid, 'SIGKILL');
        } catch {
          // It is dead already, and not up again.
        }
      } else if (victim === 'cut') random.pick(proxies).cut();
      // Most are back at once; one in eight is away for seconds, and calls queue for it.
      else await victim.killAndRestart(random.below(random.next() < 0.125 ? 4000 : 300));
      diary(`back ${typeof victim === 'string' ? victim : victim.name}`);
    };
    const killers = async () => {
      while (!finished) {
        await new Promise((resolve) => setTimeout(resolve, killEvery * (0.5 + random.next())));
        if (finished) return;
        const struck = new Set([random.pick(victims)]);
        // At times two at once, such as the gateway and an agent.
        if (random.next() < 0.2) struck.add(random.pick(victims));
        await Promise.all([...struck].map(strike));
      }
    };
    const killing = killers();
    const noted = new Set<string>();
    const end = Date.now() + minutes * 60_000;
    let next = 1;
    const lane = async () => {
      for (let n = next++; n <= calls && Date.now() < end; n = next++) {
        const kind = random.pick(kinds);
        let id = await note(n, kind);
        while (!id) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          id = await note(n, kind);
        }
        if (kind.toLowerCase().includes('cancel')) await cancel(id);
        if (n % 1000 === 0) say(`${new Date().toISOString()} ${n} calls`);
      }
    };
    const ask = async (query: string): Promise<{ call?: string }> => {
      const limit = AbortSignal.timeout(15_000);
      const answer = await fetch(`http://127.0.0.1:${random.pick(ports)}/${query}`, { signal: limit });
      return (await answer.json()) as { call?: string };
    };
    /** @returns the call that an instance noted. One that was killed meanwhile may have noted it all the same: the store knows that. */
    const note = async (n: number, kind: string): Promise<string | undefined> => {
      // With the same key a call is to the same agent.
      const agent = kind === 'keyed' ? (agents[n % agents.length] as string) : random.pick(agents);
      try {
        const { call } = await ask(`?n=${n}&kind=${kind}&agent=${agent}@localhost`);
        if (!call) return undefined;
        noted.add(call);
        diary(`noted ${call} ${n} ${kind} ${agent}`);
        return call;
      } catch {
        return undefined;
      }
    };
    /** By whichever instance. */
    const cancel = async (call: string): Promise<void> => {
      if (random.next() < 0.5) await new Promise((resolve) => setTimeout(resolve, random.below(150)));
      await ask(`cancel?call=${call}`).catch(() => {});
    };
    await Promise.all(Array.from({ length: 64 }, lane));
    finished = true;
    await killing;
    await until('the store', () => accepts(redisPort));
    const kept = await RedisCalls.open(store);
    try {
      // The last deadline, the grace, the queue, and some time for a slow machine.
      await until('all calls to end', async () => (await kept.unfinished()).length === 0, 90_000).catch((error) =>
        say(String(error)),
      );
      const books = await compare(kept, log, noted);
      right = Object.values(books.faults).every((faults) => faults.length === 0);
      return {
        noted: noted.size,
        ...books,
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
    } finally {
      await kept.close();
    }
  } finally {
    await Promise.all(everything.map((each) => each.stop()));
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await prosody.stop();
    if (right) rmSync(folder, { recursive: true, force: true });
    else say(`all of it is kept in ${folder}`);
  }
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
  console.dir(books, { depth: null, maxArrayLength: null });
  process.exit(Object.values(books.faults).every((faults) => faults.length === 0) ? 0 : 1);
}
