import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { IgorError } from '../error.js';
import { jsonLog, type LogLevel } from '../log.js';
import { startInstance } from '../serve/instance.js';
import { endSignal, logOption, secretFrom, stateOption, storeOptions } from './options.js';
import { defined } from './serve.js';

interface Arguments {
  jid: string;
  gateway: string;
  app?: string | undefined;
  host: string;
  port: number;
  origin?: string | undefined;
  'request-limit': number;
  state: string;
  directory?: string | undefined;
  calls?: string | undefined;
  keys?: string | undefined;
  durability: 'synced' | 'written';
  agents?: string[] | undefined;
  'keep-days': number;
  log: LogLevel;
}

export const instanceCommand: CommandModule<object, Arguments> = {
  command: 'instance',
  describe: 'Run one instance of an application, for a gateway that is somewhere else',
  builder: (yargs) =>
    yargs
      .option('jid', { type: 'string', demandOption: true, describe: "The component's JID" })
      .option('gateway', {
        type: 'string',
        demandOption: true,
        describe: 'Address of the gateway: http://10.0.0.1:8080',
      })
      .option('app', { type: 'string', describe: 'The application: a file, or a package' })
      .option('host', { type: 'string', default: '127.0.0.1' })
      .option('port', { type: 'number', default: 9000 })
      .option('origin', {
        type: 'string',
        describe: "This instance's address in the gateway's list. Default: from host and port",
      })
      .option('request-limit', { type: 'number', default: 30, describe: 'Seconds within which every request ends' })
      .option('state', stateOption)
      .options(storeOptions)
      .option('log', logOption)
      .epilogue('IGOR_SECRET is the secret that gateway and instances share.'),
  async handler(argv) {
    const log = jsonLog(argv.log);
    if (!argv.directory || !argv.calls || !argv.keys) {
      throw new IgorError('usage', 'an instance needs --directory, --calls and --keys, the same as all others');
    }
    const instance = await startInstance({
      jid: argv.jid,
      gateway: argv.gateway,
      secret: secretFrom('IGOR_SECRET', 'any long random text, the same for the gateway and all instances'),
      directory: argv.directory,
      calls: argv.calls,
      keys: argv.keys,
      durability: argv.durability,
      keepDays: argv['keep-days'],
      host: argv.host,
      port: argv.port,
      ...defined('origin', argv.origin),
      ...defined('agents', argv.agents),
      app: {
        ...defined('module', argv.app),
        state: join(argv.state, 'app'),
        requestLimit: argv['request-limit'] * 1000,
        options: {},
      },
      log,
    });
    log.info('the instance is there', { url: instance.url });
    await endSignal();
    await instance.stop();
  },
};
