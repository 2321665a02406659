import { createRequire } from 'node:module';
import pc from 'picocolors';
import type { CommandModule } from 'yargs';
import { IgorError } from '../error.js';
import { jsonLog, type LogLevel } from '../log.js';
import { serve } from '../serve/serve.js';
import {
  type ApplicationArguments,
  applicationOptions,
  applicationSettings,
  defined,
  hostAndPort,
  logOption,
  secretFrom,
  toldToEnd,
} from './options.js';

interface Arguments extends ApplicationArguments {
  host: string;
  port: number;
  instances: number;
  open: boolean;
  domain: string;
  'xmpp-listen'?: string | undefined;
  'xmpp-component'?: string | undefined;
  jid?: string | undefined;
  log: LogLevel;
}

export const serveCommand: CommandModule<object, Arguments> = {
  command: 'serve',
  describe: 'Run an application with its gateway, and an XMPP server if there is none',
  builder: (yargs) =>
    yargs
      .option('open', {
        type: 'boolean',
        default: false,
        describe: 'For one user on this machine: the application asks for no sign-in',
      })
      .option('host', { type: 'string', default: '127.0.0.1', describe: 'Where browsers come' })
      .option('port', { type: 'number', default: 8080, describe: '0: any free one' })
      .option('instances', { type: 'number', default: 0, describe: 'Processes behind the gateway; 0: all in this one' })
      .option('domain', { type: 'string', default: 'localhost', describe: 'Of the XMPP server that is started' })
      .option('xmpp-listen', {
        type: 'string',
        describe: 'HOST:PORT where agents connect to the XMPP server that is started. Default: this machine only',
      })
      .option('xmpp-component', {
        type: 'string',
        describe:
          'HOST:PORT of an XMPP server that is there, for components; its secret is in IGOR_COMPONENT_SECRET. Needs --jid',
      })
      .option('jid', { type: 'string', describe: "The component's JID on that server" })
      .options(applicationOptions)
      .option('log', { ...logOption, default: 'warn' as LogLevel }),
  async handler(argv) {
    const log = jsonLog(argv.log);
    if (argv.open && argv.host !== '127.0.0.1' && argv.host !== 'localhost' && argv.host !== '::1') {
      throw new IgorError('usage', '--open is for loopback only: everybody who reaches --host could call every agent');
    }
    const settings = applicationSettings(argv);
    // From now on: who is told to end while it starts ends when it has, with all that it started.
    const asked = toldToEnd();
    const served = await serve({
      ...settings,
      state: argv.state,
      host: argv.host,
      port: argv.port,
      instances: argv.instances,
      domain: argv.domain,
      appOptions: { ...settings.appOptions, open: argv.open },
      ...defined('app', argv.app ?? installedConsole()),
      ...defined('directory', argv.directory),
      ...defined('calls', argv.calls),
      ...defined('keys', argv.keys),
      ...defined('xmppListen', argv['xmpp-listen'] && hostAndPort(argv['xmpp-listen'], '--xmpp-listen')),
      ...defined('xmpp', externalServer(argv)),
      log,
      logLevel: argv.log,
    });
    // Others read this line: colour is for terminals, whatever the environment calls itself.
    const colours = pc.createColors(pc.isColorSupported && process.stdout.isTTY === true);
    process.stdout.write(`${colours.bold('igor')} is at ${served.url}\n`);
    if (served.prosody) {
      const { component, clientPort } = served.prosody;
      process.stdout.write(
        `application ${component}; agents connect at port ${clientPort}: igor enrol NAME, igor agent\n`,
      );
    }
    const ended = await Promise.race([asked, served.failed]);
    await served.stop();
    if (ended instanceof IgorError) throw ended;
  },
};

function externalServer({ 'xmpp-component': component, jid }: Arguments) {
  if (component === undefined) return undefined;
  if (jid === undefined)
    throw new IgorError('usage', '--xmpp-component needs --jid, the component that the server has for igor');
  const secret = secretFrom('IGOR_COMPONENT_SECRET', "the component's secret on the XMPP server");
  return { ...hostAndPort(component, '--xmpp-component'), jid, secret };
}

/** The console depends on igor; igor only looks whether somebody installed it. */
function installedConsole(): string | undefined {
  const name = '@monsterlab/console';
  for (const from of [`${process.cwd()}/`, import.meta.url]) {
    try {
      createRequire(from).resolve(`${name}/package.json`);
      return name;
    } catch {
      // Not there.
    }
  }
  return undefined;
}
