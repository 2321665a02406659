// `npm start [-- --once]`: sets the machine up, shows the tour, then starts the console on this machine. With `--once`, two
// examples go through all of it, and it ends.

import { spawnSync } from 'node:child_process';
import { root } from './paths.mjs';
import { runScript } from './run.mjs';
import { setupOrExit } from './setup.mjs';

const args = process.argv.slice(2);
await setupOrExit(['build']);
const { status, signal } = spawnSync(process.execPath, ['--import', 'tsx', `${root}/tour/tour.ts`, ...args], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(signal ? 130 : (status ?? 1));
await runScript('demo/demo.ts', args, ['build']);
