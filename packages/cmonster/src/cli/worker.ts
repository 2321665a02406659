/** `cmonster worker`: takes files from a queue that `cmonster run --queue` fills. */
import { availableParallelism } from 'node:os';
import type { CommandModule } from 'yargs';
import { cacheDirectory } from '../cache/unit-cache.js';
import { Exit } from './exit-codes.js';

interface WorkerArguments {
  queue: string;
  jobs: number;
  cache: boolean;
}

export const workerCommand: CommandModule<object, WorkerArguments> = {
  command: 'worker',
  describe: 'Work on files that cmonster run --queue puts into a queue, here or on another machine',
  builder: (yargs) =>
    yargs
      .option('queue', { type: 'string', nargs: 1, demandOption: true, describe: 'redis://host:port' })
      .option('jobs', {
        alias: 'j',
        type: 'number',
        nargs: 1,
        default: availableParallelism(),
        defaultDescription: 'one for each processor',
        describe: 'How many processes may work at once',
      })
      .option('cache', { type: 'boolean', default: true, describe: 'Keep what was parsed for the next time' })
      .example('$0 worker --queue redis://build-server:6379 -j 8', 'Until Ctrl-C'),
  async handler({ queue, jobs, cache }) {
    const { workOnQueue } = await import('../project/queue.js');
    const stop = new AbortController();
    const interrupt = (): void => stop.abort();
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    await workOnQueue({
      url: queue,
      jobs,
      cache: cache ? cacheDirectory() : undefined,
      signal: stop.signal,
      say: (line) => process.stderr.write(`cmonster: ${line}\n`),
    });
    process.exitCode = Exit.OK;
  },
};
