// Builds the console's page: packages/console/web to packages/console/page.

import { existsSync } from 'node:fs';
import { root } from './paths.mjs';
import { runLogged } from './progress.mjs';
import { hasStamp, treeFingerprint, writeStamp } from './stamps.mjs';

const folder = `${root}/packages/console`;

export const consolePage = {
  name: 'console page',

  reason() {
    if (!existsSync(`${folder}/web/vite.config.ts`)) return undefined;
    if (!existsSync(`${folder}/page/index.html`)) return 'not built yet';
    return hasStamp('console-page', fingerprint()) ? undefined : 'sources changed';
  },

  async run() {
    const seen = fingerprint();
    const vite = `${root}/node_modules/vite/bin/vite.js`;
    await runLogged(process.execPath, [vite, 'build', `${folder}/web`, '-c', `${folder}/web/vite.config.ts`], {
      title: 'console page',
      log: 'console-page',
      advice: 'Fix the errors above; `npm run setup` tries again.',
    });
    writeStamp('console-page', seen);
  },
};

function fingerprint() {
  return treeFingerprint([`${folder}/web`, `${folder}/gallery`, `${folder}/src`, `${root}/package-lock.json`], (name) =>
    name.endsWith('.test.ts'),
  );
}
