// What this machine is, its processes, and how busy it is.
import { readdir, readFile, readlink, statfs } from 'node:fs/promises';
import { arch, cpus, hostname, networkInterfaces, release, userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { defineService, type ServedService } from 'igor/agent';
import { System } from '../descriptors.js';
import {
  type FileSystemSchema,
  type InfoResponseSchema,
  type LoadResponseSchema,
  type ProcessInfo,
  ProcessOrder,
} from '../generated/monsterlab/v1/system_pb.js';
import { parseMemory, parseStat, readCounters, readText } from './proc.js';

const shortest = 100;

export function system(): ServedService {
  return defineService(System, {
    info,

    async processes({ query, order, limit }) {
      const all = await listProcesses();
      const wanted = query.toLowerCase();
      const found = all.filter(({ name, command, user }) =>
        `${name} ${command} ${user}`.toLowerCase().includes(wanted),
      );
      if (order === ProcessOrder.BY_MEMORY) found.sort((a, b) => Number(b.memory - a.memory));
      if (order === ProcessOrder.BY_CPU) found.sort((a, b) => b.cpu - a.cpu);
      return { processes: limit > 0 ? found.slice(0, limit) : found, total: all.length };
    },

    async *load({ interval, samples }, { signal }) {
      const pause = Math.max(interval || 1000, shortest);
      let before = await readCounters();
      let at = performance.now();
      for (let count = 0; samples === 0 || count < samples; count++) {
        await sleep(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
        const now = await readCounters();
        const seconds = (performance.now() - at) / 1000;
        at += seconds * 1000;
        yield await loadBetween(before, now, seconds);
        before = now;
      }
    },
  });
}

type Counters = Awaited<ReturnType<typeof readCounters>>;

async function loadBetween(
  before: Counters,
  now: Counters,
  seconds: number,
): Promise<MessageInitShape<typeof LoadResponseSchema>> {
  const [memory, average] = await Promise.all([readText('/proc/meminfo'), readText('/proc/loadavg')]);
  const { total, available } = parseMemory(memory ?? '');
  const rate = (name: 'received' | 'sent' | 'read' | 'written'): number =>
    Math.round((now[name] - before[name]) / seconds);
  const percent = (part: number, whole: number): number => (whole > 0 ? Math.round((part / whole) * 1000) / 10 : 0);
  return {
    time: timestampFromMs(Date.now()),
    cpu: percent(now.busy - before.busy, now.total - before.total),
    memory: percent(total - available, total),
    load: Number(average?.split(' ', 1)[0] ?? 0),
    received: rate('received'),
    sent: rate('sent'),
    read: rate('read'),
    written: rate('written'),
  };
}

async function info(): Promise<MessageInitShape<typeof InfoResponseSchema>> {
  const [release_, stat, memory, fileSystems, container] = await Promise.all([
    readText('/etc/os-release'),
    readText('/proc/stat'),
    readText('/proc/meminfo'),
    listFileSystems(),
    whichContainer(),
  ]);
  const processors = cpus();
  return {
    hostname: hostname(),
    os: /^PRETTY_NAME="?(.*?)"?$/m.exec(release_ ?? '')?.[1] ?? process.platform,
    kernel: release(),
    arch: arch(),
    processor: processors[0]?.model ?? '',
    processors: processors.length,
    memory: BigInt(parseMemory(memory ?? '').total),
    booted: timestampFromMs(Number(/^btime (\d+)/m.exec(stat ?? '')?.[1] ?? 0) * 1000),
    user: userInfo().username,
    container,
    fileSystems,
    interfaces: Object.entries(networkInterfaces()).map(([name, addresses = []]) => ({
      name,
      addresses: addresses.map(({ address }) => address),
    })),
  };
}

async function listFileSystems(): Promise<MessageInitShape<typeof FileSystemSchema>[]> {
  const mounts = (await readText('/proc/self/mounts')) ?? '';
  const real = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .filter(
      ([device, , type]) => device?.startsWith('/dev/') || type === 'overlay' || type === 'zfs' || type === 'nfs4',
    )
    .map(([device = '', path = '', type = '']) => ({ device, path: unescapeMount(path), type }));
  const found = await Promise.all(
    real.map(async (mount) => {
      try {
        const { bsize, blocks, bfree } = await statfs(mount.path);
        return { ...mount, size: BigInt(bsize * blocks), used: BigInt(bsize * (blocks - bfree)) };
      } catch {
        return undefined;
      }
    }),
  );
  // A file that is mounted, as containers do, is no file system of its own to a person.
  const seen = new Set<string>();
  return found
    .filter((it) => it !== undefined && it.size > 0n && !seen.has(it.device) && seen.add(it.device))
    .map((it) => it!);
}

/** Spaces and such stand there as `\040`. */
function unescapeMount(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

async function whichContainer(): Promise<string> {
  const environment = await readText('/proc/1/environ');
  const told = /(?:^|\0)container=([^\0]*)/.exec(environment ?? '')?.[1];
  if (told) return told;
  if ((await readText('/.dockerenv')) !== undefined) return 'docker';
  const self = await readlink('/proc/self/ns/pid').catch(() => '');
  const first = await readlink('/proc/1/ns/pid').catch(() => self);
  return self === first ? '' : 'namespaces';
}

type Listed = Omit<ProcessInfo, '$typeName'>;

async function listProcesses(): Promise<Listed[]> {
  const [entries, users, uptime] = await Promise.all([readdir('/proc'), userNames(), readText('/proc/uptime')]);
  const up = Number(uptime?.split(' ', 1)[0] ?? 0);
  const now = Date.now();
  const found = await Promise.all(
    entries
      .filter((entry) => /^\d+$/.test(entry))
      .map(async (entry): Promise<Listed | undefined> => {
        const [stat, command, status] = await Promise.all(
          ['stat', 'cmdline', 'status'].map((it) => readText(`/proc/${entry}/${it}`)),
        );
        if (!stat) return undefined;
        const { pid, name, state, parent, busy, threads, started, memory } = parseStat(stat);
        const uid = /^Uid:\s+(\d+)/m.exec(status ?? '')?.[1] ?? '';
        const age = Math.max(up - started, 0.01);
        return {
          pid,
          name,
          state,
          parent,
          threads,
          memory: BigInt(memory),
          cpu: Math.round((busy / age) * 1000) / 10,
          user: users.get(uid) ?? uid,
          started: timestampFromMs(now - Math.round(age * 1000)),
          command: (command ?? '').replace(/\0+$/, '').replaceAll('\0', ' '),
        };
      }),
  );
  return found.filter((it) => it !== undefined);
}

async function userNames(): Promise<Map<string, string>> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return new Map(
    text
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name = '', , uid = '']) => [uid, name]),
  );
}
