// Linux's /proc, read as text: https://man7.org/linux/man-pages/man5/proc.5.html
import { readFile } from 'node:fs/promises';

/** Clock ticks in a second, as every Linux for user space has it. */
const ticks = 100;
const pageSize = 4096;

/** The text, or undefined when it isn't there (any more). */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

export interface ProcStat {
  pid: number;
  name: string;
  state: string;
  parent: number;
  /** Seconds on a processor. */
  busy: number;
  threads: number;
  /** Seconds after the machine started. */
  started: number;
  /** Bytes. */
  memory: number;
}

export function parseStat(text: string): ProcStat {
  // The name stands in parentheses, and may contain any character, those too.
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  const fields = text.slice(close + 2).split(' ');
  const number = (index: number): number => Number(fields[index - 3]);
  return {
    pid: Number(text.slice(0, open)),
    name: text.slice(open + 1, close),
    state: fields[0] ?? '',
    parent: number(4),
    busy: (number(14) + number(15)) / ticks,
    threads: number(20),
    started: number(22) / ticks,
    memory: number(24) * pageSize,
  };
}

/** What has been counted since the machine started. */
export interface Counters {
  /** Processor time, in ticks. */
  busy: number;
  total: number;
  /** Bytes. */
  received: number;
  sent: number;
  read: number;
  written: number;
}

export function parseCounters(stat: string, net: string, disks: string): Counters {
  const cpu = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? '').split(' ').map(Number);
  // Guest time is in user time already.
  const total = cpu.slice(0, 8).reduce((sum, part) => sum + part, 0);
  const idle = (cpu[3] ?? 0) + (cpu[4] ?? 0);
  const counters = { busy: total - idle, total, received: 0, sent: 0, read: 0, written: 0 };
  for (const [, name, rest] of net.matchAll(/^ *([^:\s]+): *(.*)$/gm)) {
    if (name === 'lo') continue;
    const fields = rest!.trim().split(/ +/).map(Number);
    counters.received += fields[0] ?? 0;
    counters.sent += fields[8] ?? 0;
  }
  for (const line of disks.split('\n')) {
    const fields = line.trim().split(/ +/);
    // Whole disks only: their partitions would count twice.
    if (!/^(?:sd[a-z]+|vd[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/.test(fields[2] ?? '')) continue;
    counters.read += Number(fields[5]) * 512;
    counters.written += Number(fields[9]) * 512;
  }
  return counters;
}

export async function readCounters(): Promise<Counters> {
  const [stat, net, disks] = await Promise.all(['stat', 'net/dev', 'diskstats'].map((it) => readText(`/proc/${it}`)));
  return parseCounters(stat ?? '', net ?? '', disks ?? '');
}

/** kB of /proc/meminfo, as bytes. */
export function parseMemory(text: string): { total: number; available: number } {
  const bytes = (name: string): number => Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(text)?.[1] ?? 0) * 1024;
  return { total: bytes('MemTotal'), available: bytes('MemAvailable') };
}
