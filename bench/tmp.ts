import { measureEndToEnd } from './parts/end-to-end.js';
import { Report } from './report.js';
import { subjects } from './subjects.js';

const { sqlite, stl } = await subjects();
const report = new Report();
for (const subject of [sqlite, stl]) measureEndToEnd(report, subject, 2, 1.25, 1000);
