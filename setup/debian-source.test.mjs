import { expect, test } from 'vitest';
import { toSourceEntries } from './debian-source.mjs';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

test('deb822: one line for each suite of Debian; other repositories are left out', () => {
  const text = `Types: deb
# a comment in a stanza
URIs: mirror:/debian
Suites: bookworm bookworm-updates bookworm-backports
Components: main
 contrib
Signed-By: ${keyring}

Types: deb
URIs: mirror:/security
Suites: bookworm-security
Components: main

Types: deb
URIs: mirror:/other
Suites: bookworm
Components: main
Signed-By: /usr/share/keyrings/other.gpg

Types: deb
URIs: mirror:/off
Suites: bookworm
Components: main
Enabled: no
`;
  expect(toSourceEntries([{ path: 'debian.sources', text }], 'bookworm', 'bookworm')).toEqual([
    `deb-src [signed-by=${keyring}] mirror:/debian bookworm main`,
    `deb-src [signed-by=${keyring}] mirror:/debian bookworm-updates main`,
    'deb-src mirror:/security bookworm-security main',
  ]);
});

test('one line a source: the same mirrors serve another release', () => {
  const text = `
# deb mirror:/unused bookworm main
deb [arch=amd64 signed-by=${keyring}] mirror:/debian bookworm main contrib # why
deb-src mirror:/debian bookworm main
deb mirror:/security bookworm-security main
deb mirror:/tool stable main
`;
  expect(toSourceEntries([{ path: 'sources.list', text }], 'bookworm', 'trixie')).toEqual([
    `deb-src [signed-by=${keyring}] mirror:/debian trixie main`,
    'deb-src mirror:/debian trixie main',
    'deb-src mirror:/security trixie-security main',
  ]);
});
