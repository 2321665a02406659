import { captureNode } from '../shell.mjs';

/** Format and lint of TypeScript, JavaScript and JSON. */
export const lint = {
  title: 'format and lint (biome)',
  repair: 'npm run format',
  problems() {
    const { ok, output } = captureNode('@biomejs/biome/bin/biome', [
      'check',
      '--error-on-warnings',
      '--max-diagnostics=50',
    ]);
    return ok ? undefined : output;
  },
};
