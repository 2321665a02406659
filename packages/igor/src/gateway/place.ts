/** The place of an application's one gateway, which the directory keeps. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { IgorError } from '../error.js';
import type { GatewayClaim } from '../store/directory.js';
import type { Instances } from './instances.js';
import type { InstancePort } from './ports.js';

/** It is free when it was not renewed for so long, in milliseconds. */
export const placeLease = 12_000;

export function newClaim(): GatewayClaim {
  return { id: randomBytes(12).toString('base64url'), where: `${hostname()}:${process.pid}`, lease: 0 };
}

/**
 * Takes it, also from a gateway of this machine that has ended without saying so.
 * @returns what the gateway must know
 * @throws IgorError `second_gateway`
 */
export async function takePlace(
  jid: string,
  own: GatewayClaim,
  instances: Instances,
): ReturnType<InstancePort['started']> {
  let claim: GatewayClaim = { ...own, lease: Date.now() + placeLease };
  for (let attempt = 0; ; attempt++) {
    const known = await instances.ask('started', claim);
    const { holder } = known;
    if (holder.id === own.id) return known;
    if (attempt === 0 && isDeadHere(holder)) {
      claim = { ...claim, instead: holder.id };
      continue;
    }
    throw new IgorError(
      'second_gateway',
      `${jid} has a gateway already, at ${holder.where}, and an application has one. End that one first.`,
    );
  }
}

function isDeadHere({ where }: GatewayClaim): boolean {
  const colon = where.lastIndexOf(':');
  if (where.slice(0, colon) !== hostname()) return false;
  const pid = Number(where.slice(colon + 1));
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as { code?: string }).code === 'ESRCH';
  }
}
