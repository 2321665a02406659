// Installs the Debian packages that are missing; on any other system says exactly what to install, and stops.

import { spawnSync } from 'node:child_process';
import { packagesOf } from './packages.mjs';
import { runLogged } from './progress.mjs';
import { SetupError } from './setup-error.mjs';
import { thisSystem } from './system.mjs';

/** @import { Group, Package } from './packages.mjs' */
/** @import { System } from './system.mjs' */

export const systemPackages = {
  name: 'system packages',

  /** @param {readonly Group[]} groups */
  reason(groups) {
    const missing = missingPackages(packagesOf(groups), thisSystem());
    return missing.length ? `missing: ${missing.map(({ name }) => name).join(' ')}` : undefined;
  },

  /** @param {readonly Group[]} groups */
  async run(groups) {
    const system = thisSystem();
    const missing = missingPackages(packagesOf(groups), system);
    if (!system.hasApt) throw cannotInstall(missing, system);
    await install(missing, system);
  },
};

/**
 * @param {readonly Package[]} wanted
 * @param {System} system
 */
export function missingPackages(wanted, system) {
  if (system.hasApt) {
    const installed = new Set(system.installedPackages(wanted.map(({ name }) => name)));
    return wanted.filter(({ name }) => !installed.has(name));
  }
  return wanted.filter(({ probe }) =>
    typeof probe === 'string' ? !system.hasCommand(probe) : !probe.some((path) => system.hasFile(path)),
  );
}

/**
 * @param {readonly Package[]} missing
 * @param {System} system
 */
export function cannotInstall(missing, system) {
  const width = Math.max(...missing.map(({ name }) => name.length));
  const list = missing.map(
    ({ name, purpose, probe }) =>
      `  ${name.padEnd(width)}  ${purpose} (looked for ${typeof probe === 'string' ? `the command ${probe}` : probe.join(', ')})`,
  );
  return new SetupError(`${system.name} is not a system on which setup can install packages`, {
    advice: `Install what these Debian packages hold, then run the same command again:\n${list.join('\n')}`,
  });
}

/**
 * @param {readonly Package[]} missing
 * @param {System} system
 */
async function install(missing, system) {
  const names = missing.map(({ name }) => name);
  console.error(`${system.name}: installing with apt-get`);
  for (const { name, purpose } of missing) console.error(`  ${name}: ${purpose}`);

  const asRoot = rootPrefix(names, system);
  if (!names.every(isKnownToApt)) await updateLists(asRoot);
  const unknown = names.filter((name) => !isKnownToApt(name));
  if (unknown.length) {
    throw new SetupError(`the package sources of ${system.name} don't have: ${unknown.join(' ')}`, {
      advice:
        'Debian 12 (bookworm) and 13 (trixie) have all of them in their default sources. On another release, add a ' +
        'source that has them, or install them by hand, then run the same command again.',
    });
  }
  try {
    await aptInstall(asRoot, names);
  } catch {
    // Lists that are weeks old name files that the mirror has since replaced.
    await updateLists(asRoot);
    await aptInstall(asRoot, names);
  }
}

/**
 * How a command is run as root here.
 * @param {readonly string[]} names
 * @param {System} system
 * @returns {string[]}
 */
function rootPrefix(names, system) {
  if (system.isRoot) return [];
  const byHand = `sudo apt-get install --no-install-recommends ${names.join(' ')}`;
  if (!system.hasCommand('sudo')) {
    throw new SetupError('installing packages needs root, and there is no sudo here', {
      advice: `Run this as root, then the same command again:\n  ${byHand.replace('sudo ', '')}`,
    });
  }
  // Asks for the password now, where the person sees it, and not in the middle of a progress line.
  const canAsk = process.stdin.isTTY;
  const granted = spawnSync('sudo', canAsk ? ['-v'] : ['-n', 'true'], { stdio: canAsk ? 'inherit' : 'ignore' });
  if (granted.status !== 0) {
    throw new SetupError('installing packages needs root, and sudo refused', {
      advice: `Run this, then the same command again:\n  ${byHand}`,
    });
  }
  return ['sudo'];
}

/** @param {string} name */
function isKnownToApt(name) {
  const policy = spawnSync('apt-cache', ['policy', name], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  return /^ {2}Candidate: (?!\(none\))/m.test(policy.stdout);
}

/** @param {readonly string[]} asRoot */
const updateLists = (asRoot) => apt(asRoot, ['update'], 'package lists', 'apt-update');

/**
 * @param {readonly string[]} asRoot
 * @param {readonly string[]} names
 */
const aptInstall = (asRoot, names) =>
  // --no-remove: a conflict with what the person has installed is theirs to decide, so it ends here with apt's words.
  apt(asRoot, ['install', '-y', '--no-install-recommends', '--no-remove', ...names], 'system packages', 'apt-install');

/**
 * @param {readonly string[]} asRoot
 * @param {readonly string[]} args
 * @param {string} title
 * @param {string} log
 */
function apt(asRoot, args, title, log) {
  const options = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0'];
  const [command, ...rest] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...options, ...args];
  return runLogged(command, rest, {
    title,
    log,
    advice: 'Look at what apt-get says above; once `apt-get update` and the install work, run the same command again.',
  });
}
