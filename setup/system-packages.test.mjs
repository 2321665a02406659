import { expect, test } from 'vitest';
import { packages, packagesOf } from './packages.mjs';
import { isDebianLike, parseOsRelease } from './system.mjs';
import { cannotInstall, missingPackages } from './system-packages.mjs';

/** @type {import('./system.mjs').System} */
const bare = {
  name: 'Some Linux 1',
  hasApt: false,
  isRoot: false,
  hasCommand: () => false,
  hasFile: () => false,
  installedPackages: () => [],
};

test('on Debian, what dpkg does not list as installed is missing', () => {
  const installed = ['cmake', 'clang-19', 'ninja-build'];
  const missing = missingPackages(packages.build, { ...bare, hasApt: true, installedPackages: () => installed });
  expect(missing).toEqual(packages.build.filter(({ name }) => !installed.includes(name)));
  expect(missing).toHaveLength(packages.build.length - 3);
});

test('elsewhere, commands and files show what is there', () => {
  const system = {
    ...bare,
    hasCommand: (/** @type {string} */ name) => name !== 'ninja',
    hasFile: (/** @type {string} */ path) => path !== '/usr/include/zstd.h',
  };
  expect(missingPackages(packages.build, system).map(({ name }) => name)).toEqual(['ninja-build', 'libzstd-dev']);
});

test('elsewhere, the error lists every missing package and how it was looked for', () => {
  const error = cannotInstall(missingPackages(packages.build, bare), bare);
  expect(error.message).toBe('Some Linux 1 is not a system on which setup can install packages');
  for (const { name } of packages.build) expect(error.advice).toContain(`  ${name} `);
  expect(error.advice).toContain('looked for the command clang++-19');
});

test('groups that share a package name it once', () => {
  const names = packagesOf(['test', 'bench']).map(({ name }) => name);
  expect(names.filter((name) => name === 'dpkg-dev')).toHaveLength(1);
});

test('os-release: quotes are optional, and a derivative names what it is like', () => {
  const ubuntu = parseOsRelease('PRETTY_NAME="Ubuntu 26.04"\nID=ubuntu\nID_LIKE=debian\n');
  expect(ubuntu).toEqual({ PRETTY_NAME: 'Ubuntu 26.04', ID: 'ubuntu', ID_LIKE: 'debian' });
  expect(isDebianLike(ubuntu)).toBe(true);
  expect(isDebianLike(parseOsRelease("ID=fedora\nID_LIKE='rhel centos'\n"))).toBe(false);
});
