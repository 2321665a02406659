import { measurePreprocessing } from './parts/preprocess.js';
import { Report } from './report.js';
import { subjects } from './subjects.js';
const { sqlite, stl } = await subjects();
measurePreprocessing(new Report(), [sqlite, stl], 6);
