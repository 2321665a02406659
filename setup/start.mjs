// `npm start [-- --once]`: sets the machine up, then shows the tour.

import { runScript } from './run.mjs';

await runScript('tour/tour.ts', process.argv.slice(2), ['build']);
