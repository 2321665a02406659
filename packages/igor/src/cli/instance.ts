import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { IgorError } from '../error.js';
import { jsonLog, type LogLevel } from '../log.js';
import { startInstance } from '../serve/instance.js';
import {
  type ApplicationArguments,
  applicationOptions,
  applicationSettings,
  defined,
  logOption,
  secretFrom,
  toldToEnd,
} from './options.js';

interface Arguments extends ApplicationArguments {
  jid: string;
  gateway: string;
  host: string;
  port: number;
  origin?: string | undefined;
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
      .option('host', { type: 'string', default: '127.0.0.1' })
      .option('port', { type: 'number', default: 9000 })
      .option('origin', {
        type: 'string',
        describe: "This instance's address in the gateway's list. Default: from host and port",
      })
      .options(applicationOptions)
      .option('log', logOption)
      .epilogue('IGOR_SECRET is the secret that gateway and instances share.'),
  async handler(argv) {
    const log = jsonLog(argv.log);
    if (!argv.directory || !argv.calls || !argv.keys) {
      throw new IgorError('usage', 'an instance needs --directory, --calls and --keys, the same as all others');
    }
    const { appOptions, requestLimit, ...shared } = applicationSettings(argv);
    const instance = await startInstance({
      ...shared,
      jid: argv.jid,
      gateway: argv.gateway,
      secret: secretFrom('IGOR_SECRET', 'any long random text, the same for the gateway and all instances'),
      directory: argv.directory,
      calls: argv.calls,
      keys: argv.keys,
      host: argv.host,
      port: argv.port,
      ...defined('origin', argv.origin),
      app: {
        ...defined('module', argv.app),
        state: join(argv.state, 'app'),
        requestLimit,
        options: appOptions,
      },
      log,
    });
    log.info('the instance is there', { url: instance.url });
    await toldToEnd();
    await instance.stop();
  },
};
