import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CommandModule } from 'yargs';
import { Agent } from '../agent/agent.js';
import { type Enrolment, readEnrolment } from '../agent/enrolment.js';
import { isServedService, type ServedService } from '../agent/service.js';
import { IgorError } from '../error.js';
import { jsonLog, type LogLevel } from '../log.js';
import { parseAccount } from '../protocol/jid.js';
import { importTypeScript } from '../serve/app.js';
import { defined, hostAndPort, logOption, secretFrom, toldToEnd } from './options.js';

interface Arguments {
  enrolment?: string | undefined;
  app?: string | undefined;
  account?: string | undefined;
  server?: string | undefined;
  fingerprint?: string | undefined;
  service: string[];
  journal?: string | undefined;
  limit: number;
  lease: number;
  'drain-limit': number;
  'service-version'?: string | undefined;
  log: LogLevel;
}

export const agentCommand: CommandModule<object, Arguments> = {
  command: 'agent',
  describe: 'Serve services of this machine to an application',
  builder: (yargs) =>
    yargs
      .option('enrolment', {
        type: 'string',
        describe: 'The file that igor enrol wrote: account, server, and whom to obey',
      })
      .option('app', { type: 'string', describe: 'The JID of the application to obey' })
      .option('account', {
        type: 'string',
        describe: "The agent's account, such as mill@example.org; its password is in IGOR_PASSWORD",
      })
      .option('server', {
        type: 'string',
        describe: "HOST:PORT of the XMPP server. Default: the account's domain, port 5222",
      })
      .option('fingerprint', { type: 'string', describe: "SHA-256 of the server's certificate: any other is refused" })
      .option('service', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'A TypeScript file whose default export is a service, or several',
      })
      .option('journal', {
        type: 'string',
        describe: 'SQLite file for calls that are not settled. Default: ~/.local/state/igor/ACCOUNT.journal',
      })
      .option('limit', { type: 'number', default: 1000, describe: 'How many calls run at a time' })
      .option('lease', {
        type: 'number',
        default: 9,
        describe: 'Seconds of silence after which the agent counts as dead',
      })
      .option('drain-limit', {
        type: 'number',
        default: 25,
        describe: 'Seconds that running calls have when the agent is to end',
      })
      .option('service-version', { type: 'string', describe: 'Shown in the list of agents' })
      .option('log', logOption),
  async handler(argv) {
    const log = jsonLog(argv.log, { agent: true });
    const enrolment = argv.enrolment === undefined ? fromOptions(argv) : readEnrolment(argv.enrolment);
    if (argv.app !== undefined && argv.app !== enrolment.app) {
      throw new IgorError('usage', `the enrolment is for ${enrolment.app}, and --app says ${argv.app}`);
    }
    const services = (await Promise.all(argv.service.map(loadServices))).flat();
    const journal = argv.journal ?? join(stateFolder(), `${enrolment.account}.journal`);
    mkdirSync(resolve(journal, '..'), { recursive: true, mode: 0o700 });
    const agent = new Agent({
      ...enrolment,
      services,
      journal,
      limit: argv.limit,
      lease: argv.lease * 1000,
      ...defined('version', argv['service-version']),
      log,
    });
    agent.startPatiently();
    await toldToEnd();
    log.info('ending', { within: argv['drain-limit'] });
    await agent.drain(argv['drain-limit'] * 1000);
    // A method that does not stop would keep this process.
    process.exit(0);
  },
};

function fromOptions({ app, account, server, fingerprint }: Arguments): Enrolment {
  if (!app || !account) throw new IgorError('usage', 'an agent needs --enrolment FILE, or --app JID and --account JID');
  const { domain } = parseAccount(account);
  const { host, port } = server === undefined ? { host: domain, port: 5222 } : hostAndPort(server, '--server');
  const password = secretFrom('IGOR_PASSWORD', `the password of ${account}`);
  return { account, password, app, host, port, ...(fingerprint === undefined ? {} : { fingerprint }) };
}

function stateFolder(): string {
  return process.env.IGOR_STATE ?? join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local/state'), 'igor');
}

/** A service, several, or a function that makes them. */
async function loadServices(file: string): Promise<ServedService[]> {
  const isPath = /^[./]|\.[cm]?[jt]s$/.test(file);
  let loaded: { default?: unknown };
  try {
    loaded = (await importTypeScript(isPath ? pathToFileURL(resolve(file)).href : file)) as { default?: unknown };
  } catch (cause) {
    throw new IgorError('usage', `${file} can not be loaded: ${(cause as Error).message}`, { cause });
  }
  const made = typeof loaded.default === 'function' ? await loaded.default() : loaded.default;
  const services = Array.isArray(made) ? made : [made];
  if (services.length === 0 || !services.every(isServedService)) {
    throw new IgorError(
      'usage',
      `${file} has no service as its default export: export default defineService(Disk, { … })`,
    );
  }
  return services;
}
