/** What a machine tells of itself, so that a person recognizes it. */
import { readFileSync } from 'node:fs';
import { arch, cpus, hostname, release, totalmem } from 'node:os';

let known: Record<string, string> | undefined;

export function machineFacts(): Record<string, string> {
  known ??= {
    hostname: hostname(),
    os: systemName(),
    kernel: release(),
    arch: arch(),
    cpus: String(cpus().length),
    memory: String(totalmem()),
    node: process.versions.node,
  };
  return known;
}

function systemName(): string {
  try {
    const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    if (name) return name;
  } catch {
    // Not every system has that file.
  }
  return process.platform;
}
