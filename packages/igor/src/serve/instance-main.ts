/** A process that is one instance of `igor serve --instances N`. Its settings come from the process that started it, and it ends with that. */
import { jsonLog } from '../log.js';
import { type InstanceSettings, startInstance } from './instance.js';

const { level, ...settings } = JSON.parse(process.env.IGOR_INSTANCE ?? '{}') as Omit<InstanceSettings, 'log'> & {
  level: 'debug' | 'info' | 'warn' | 'error';
};
const instance = await startInstance({ ...settings, log: jsonLog(level, { instance: settings.port }) });
process.send?.('ready');

const stop = () => {
  setTimeout(() => process.exit(1), 3000).unref();
  void instance.stop().then(() => process.exit(0));
};
process.once('SIGTERM', stop);
process.once('disconnect', stop);
// Ctrl-C is for the process that started this one, and so is the end of its terminal.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
