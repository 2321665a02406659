/** `npx tsx bench/calls/run.ts [--quick]`: only the measurements of calls. */
import { measureCalls } from '../parts/calls.js';
import { Report } from '../report.js';

await measureCalls(new Report(), process.argv.includes('--quick'));
