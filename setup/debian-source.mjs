// Fetches Debian source packages: real C and C++ for the tests and benchmarks, signed and pinned by the release.
//
// apt does the work and checks the signatures, with a state of its own: its source list is derived from the machine's,
// with `deb-src` instead of `deb`, and its lists and cache are in .cache/sources/apt. The machine's own /etc/apt and
// lists stay as they are, and no root is needed.

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { pathToFileURL } from 'node:url';
import { withLock } from './lock.mjs';
import { cache } from './paths.mjs';
import { runLogged } from './progress.mjs';
import { printError, SetupError } from './setup-error.mjs';
import { readOsRelease } from './system.mjs';

const sources = `${cache}/sources`;

/**
 * Downloads and unpacks a source package, Debian's patches applied, unless it is there already.
 * @param {string} name of the source package, for instance `zlib`
 * @param {{ suite?: string }} [options] another release's code name than the machine's own, for instance `trixie`
 * @returns {Promise<string>} the unpacked folder, `.cache/sources/<name>-<version>`
 */
export async function fetchDebianSource(name, { suite } = {}) {
  const codename = suite ?? readOsRelease().VERSION_CODENAME;
  const record = `${sources}/${name}${suite ? `.${suite}` : ''}.json`;
  const present = () => {
    const folder = existsSync(record) && `${sources}/${JSON.parse(readFileSync(record, 'utf8')).folder}`;
    return folder && existsSync(folder) ? folder : undefined;
  };
  return present() ?? (await withLock(async () => present() ?? (await fetch(name, codename, record))));
}

/**
 * @param {string} name
 * @param {string} codename
 * @param {string} record
 */
async function fetch(name, codename, record) {
  const options = prepareApt(codename);
  if (!existsSync(listsDone(codename))) await update(options, codename);

  const download = `${sources}/.download-${process.pid}`;
  rmSync(download, { recursive: true, force: true });
  mkdirSync(download, { recursive: true });
  try {
    await downloadSource(name, codename, options, download);
    const description = readdirSync(download).find((file) => file.endsWith('.dsc'));
    if (!description) throw new SetupError(`apt-get downloaded no source package for ${name}`);
    const version = /^Version: (.*)$/m.exec(readFileSync(`${download}/${description}`, 'utf8'))?.[1] ?? 'unknown';
    // An epoch's colon is trouble in a path that ends up in a search list.
    const folder = `${name}-${version.replace(/^\d+:/, '')}`;
    await runLogged('dpkg-source', ['--no-check', '--extract', description, 'unpacked'], {
      title: `unpack ${name} ${version}`,
      log: `dpkg-source-${name}`,
      cwd: download,
      advice: 'dpkg-source is in the Debian package dpkg-dev.',
    });
    rmSync(`${sources}/${folder}`, { recursive: true, force: true });
    renameSync(`${download}/unpacked`, `${sources}/${folder}`);
    writeFileSync(record, `${JSON.stringify({ name, version, codename, folder })}\n`);
    return `${sources}/${folder}`;
  } finally {
    rmSync(download, { recursive: true, force: true });
  }
}

/**
 * @param {string} name
 * @param {string} codename
 * @param {readonly string[]} options
 * @param {string} download
 */
async function downloadSource(name, codename, options, download) {
  /** @param {string} [version] instead of the newest */
  const get = (version) =>
    runLogged(
      'apt-get',
      [...options, 'source', '--only-source', '--download-only', name + (version ? `=${version}` : '')],
      {
        title: `download the source of ${name}${version ? ` ${version}` : ''}`,
        log: `apt-source-${name}`,
        cwd: download,
        advice: `Look at what apt-get says above. ${name} must be a source package of Debian ${codename}.`,
      },
    );
  try {
    await get();
  } catch (error) {
    // Either the lists have grown old, and name files that the mirror has since replaced, or there is no such package.
    if (error instanceof SetupError && /Unable to find a source package/.test(error.output ?? '')) throw error;
    await update(options, codename);
    await get().catch(async (error) => {
      // A mirror may name in its lists what it does not have. The release's own version is older, and stays.
      for (const version of olderVersions(name, options)) {
        const there = await get(version).then(
          () => true,
          () => false,
        );
        if (there) return;
      }
      throw error;
    });
  }
}

/**
 * The versions of a source package that the lists name, without the newest; newest first.
 * @param {string} name
 * @param {readonly string[]} options
 */
function olderVersions(name, options) {
  const { stdout } = spawnSync('apt-cache', [...options, 'showsrc', '--only-source', name], { encoding: 'utf8' });
  const versions = new Set([...(stdout ?? '').matchAll(/^Version: (.*)$/gm)].map(([, version = '']) => version));
  return [...versions]
    .sort((a, b) => (spawnSync('dpkg', ['--compare-versions', a, 'gt', b]).status === 0 ? -1 : 1))
    .slice(1);
}

/** @param {string} codename */
const listsDone = (codename) => `${sources}/apt/${codename}/lists.done`;

/**
 * @param {readonly string[]} options
 * @param {string} codename
 */
async function update(options, codename) {
  await runLogged('apt-get', [...options, 'update', '--error-on=any'], {
    title: `lists of Debian's source packages (${codename})`,
    log: `apt-source-update-${codename}`,
    advice: 'The mirrors are those of /etc/apt/sources.list and /etc/apt/sources.list.d.',
  });
  writeFileSync(listsDone(codename), '');
}

/**
 * Lays out apt's private state.
 * @param {string} codename
 * @returns {string[]} the options that make apt-get use it
 */
function prepareApt(codename) {
  const own = readOsRelease().VERSION_CODENAME;
  if (spawnSync('apt-get', ['--version']).status !== 0 || !own) {
    throw new SetupError('source packages come from Debian through apt-get, and this system has none', {
      advice: 'Run this on Debian, or on a system derived from it.',
    });
  }
  const entries = toSourceEntries(readSourceLists(), own, codename);
  if (!entries.length) {
    throw new SetupError(`found no Debian mirror for ${own} in /etc/apt to fetch source packages from`);
  }
  const base = `${sources}/apt/${codename}`;
  mkdirSync(`${base}/state/lists/partial`, { recursive: true });
  mkdirSync(`${base}/cache/archives/partial`, { recursive: true });
  writeFileSync(`${base}/sources.list`, `${entries.join('\n')}\n`);
  const configuration = [
    `Dir::Etc::SourceList "${base}/sources.list";`,
    'Dir::Etc::SourceParts "-";',
    `Dir::State "${base}/state";`,
    `Dir::State::Lists "${base}/state/lists";`,
    `Dir::Cache "${base}/cache";`,
    // Downloads land in a folder of ours, which apt's own user may not be able to reach.
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
    'Acquire::GzipIndexes "true";',
    'Acquire::Retries "3";',
    // Hooks in the machine's configuration are for the machine's state.
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
  ];
  writeFileSync(`${base}/apt.conf`, `${configuration.join('\n')}\n`);
  return ['-c', `${base}/apt.conf`];
}

function readSourceLists() {
  const folder = '/etc/apt/sources.list.d';
  const files = existsSync(folder) ? readdirSync(folder).map((name) => `${folder}/${name}`) : [];
  return ['/etc/apt/sources.list', ...files]
    .filter((path) => /\.(list|sources)$/.test(path) && existsSync(path))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

/**
 * One `deb-src` line for every source of Debian's own that the machine has configured.
 * @param {readonly { path: string, text: string }[]} lists sources.list(5), in either of its two formats
 * @param {string} own the code name of the machine's release
 * @param {string} wanted the code name of the release to fetch from
 */
export function toSourceEntries(lists, own, wanted) {
  const entries = lists.flatMap(({ path, text }) =>
    path.endsWith('.sources') ? parseDeb822(text) : parseOneLine(text),
  );
  const debian = entries.filter(({ suite, components, signedBy }) => {
    // Other people's repositories name their suites and components differently, or sign with a key of their own.
    const isRelease = suite === own || suite === `${own}-updates` || suite === `${own}-security`;
    return isRelease && components.includes('main') && (!signedBy || /\/(debian|ubuntu)-archive-[^/]*$/.test(signedBy));
  });
  const lines = debian.map(({ uri, suite, signedBy }) => {
    const option = signedBy ? `[signed-by=${signedBy}] ` : '';
    return `deb-src ${option}${uri} ${wanted}${suite.slice(own.length)} main`;
  });
  return [...new Set(lines)];
}

/** @typedef {{ uri: string, suite: string, components: string[], signedBy?: string }} SourceEntry */

/**
 * @param {string} text
 * @returns {SourceEntry[]}
 */
function parseOneLine(text) {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb(?:-src)?\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]*)/.exec(line);
    if (!match) return [];
    const [, options = '', uri, suite, components] = match;
    return { uri, suite, components: words(components), signedBy: /signed-by=(\S+)/.exec(options)?.[1] };
  });
}

/**
 * @param {string} text
 * @returns {SourceEntry[]}
 */
function parseDeb822(text) {
  const withoutComments = text.replace(/^#.*\n?/gm, '');
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const unfolded = stanza.replace(/\n[ \t]+/g, ' ');
    /** @param {string} name */
    const field = (name) => new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(unfolded)?.[1].trim() ?? '';
    if (!field('URIs') || /^no$/i.test(field('Enabled'))) return [];
    // A key written out in place, rather than the path of a key ring, belongs to nobody we know.
    const signedBy = field('Signed-By') || undefined;
    return words(field('URIs')).flatMap((uri) =>
      words(field('Suites')).map((suite) => ({ uri, suite, components: words(field('Components')), signedBy })),
    );
  });
}

/** @param {string} text */
const words = (text) => text.split(/\s+/).filter(Boolean);

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  try {
    for (const name of process.argv.slice(2)) {
      const [source, suite] = name.split('/');
      console.log(await fetchDebianSource(source, { suite }));
    }
  } catch (error) {
    printError(error);
    process.exitCode = 1;
  }
}
