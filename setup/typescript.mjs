// Compiles packages/*/src to packages/*/dist.

import { existsSync, readdirSync } from 'node:fs';
import { root } from './paths.mjs';
import { runLogged } from './progress.mjs';
import { hasStamp, treeFingerprint, writeStamp } from './stamps.mjs';

export const typescriptBuild = {
  name: 'TypeScript',

  reason() {
    if (!packageFolders().every((folder) => existsSync(`${folder}/dist/.tsbuildinfo`))) return 'not compiled yet';
    return hasStamp('typescript', fingerprint()) ? undefined : 'sources changed';
  },

  async run() {
    const seen = fingerprint();
    await runLogged(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, '-b'], {
      title: 'TypeScript',
      log: 'typescript',
      advice: 'Fix the errors above; `npm run build` runs this step alone.',
    });
    writeStamp('typescript', seen);
  },
};

function fingerprint() {
  const inputs = packageFolders().flatMap((folder) => [`${folder}/src`, `${folder}/tsconfig.json`]);
  return treeFingerprint(
    [`${root}/tsconfig.json`, `${root}/tsconfig.base.json`, `${root}/node_modules/typescript/package.json`, ...inputs],
    (name) => name.endsWith('.test.ts'),
  );
}

function packageFolders() {
  return readdirSync(`${root}/packages`)
    .map((name) => `${root}/packages/${name}`)
    .filter((folder) => existsSync(`${folder}/tsconfig.json`));
}
