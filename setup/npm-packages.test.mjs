import { expect, test } from 'vitest';
import { isInstalled } from './npm-packages.mjs';

const lock = (/** @type {Record<string, object>} */ packages) => ({ packages });

test('the same versions with the same contents are installed', () => {
  const wanted = lock({ '': {}, 'node_modules/a': { version: '1.0.0', integrity: 'x' } });
  expect(isInstalled(wanted, lock({ 'node_modules/a': { version: '1.0.0', integrity: 'x' } }))).toBe(true);
  expect(isInstalled(wanted, lock({ 'node_modules/a': { version: '1.0.1', integrity: 'x' } }))).toBe(false);
  expect(isInstalled(wanted, lock({ 'node_modules/a': { version: '1.0.0', integrity: 'y' } }))).toBe(false);
  expect(isInstalled(wanted, lock({}))).toBe(false);
});

test('an optional package may be absent: it is for another platform', () => {
  expect(isInstalled(lock({ 'node_modules/a-darwin': { version: '1.0.0', optional: true } }), lock({}))).toBe(true);
});
