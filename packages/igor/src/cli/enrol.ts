import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import type { Enrolment } from '../agent/enrolment.js';
import { writeFileAtomically } from '../application/files.js';
import { IgorError } from '../error.js';
import { Prosody } from '../gateway/prosody.js';
import { silentLog } from '../log.js';
import { isLoopback, parseAccount } from '../protocol/jid.js';
import { addAccount, certificateOf } from '../serve/accounts.js';
import { readFacts } from '../serve/serve.js';
import { hostAndPort, secretFrom, stateOption } from './options.js';

interface Arguments {
  name: string;
  out?: string | undefined;
  state: string;
  host?: string | undefined;
  server?: string | undefined;
  app?: string | undefined;
  admin?: string | undefined;
}

export const enrolCommand: CommandModule<object, Arguments> = {
  command: 'enrol <name>',
  describe: 'Give an agent its own account, and write the file that it runs with',
  builder: (yargs) =>
    yargs
      .positional('name', { type: 'string', demandOption: true, describe: 'mill, or mill@example.org' })
      .option('out', { type: 'string', describe: 'Default: NAME.igor.json here' })
      .option('state', { ...stateOption, describe: 'The folder of igor serve, whose XMPP server gets the account' })
      .option('host', { type: 'string', describe: 'Where the agent reaches that server, if not at its domain' })
      .option('server', {
        type: 'string',
        describe: 'HOST:PORT of an XMPP server of your own, for clients. Needs --app and --admin',
      })
      .option('app', { type: 'string', describe: 'The JID of the application that the agent will obey' })
      .option('admin', {
        type: 'string',
        describe: 'An administrator of that server, who adds the account; the password is in IGOR_ADMIN_PASSWORD',
      })
      .epilogue('The file holds the password: it belongs on the agent, and nowhere else.'),
  async handler(argv) {
    const enrolment = argv.server === undefined ? atServe(argv) : await atServer(argv, argv.server);
    const out = resolve(argv.out ?? `${parseAccount(enrolment.account).local}.igor.json`);
    if (existsSync(out)) throw new IgorError('usage', `${out} is there already: remove it, or name another with --out`);
    writeFileAtomically(out, `${JSON.stringify(enrolment, null, 2)}\n`, 0o600);
    process.stdout.write(
      `${enrolment.account} will obey ${enrolment.app}: igor agent --enrolment ${argv.out ?? out} --service FILE.ts\n`,
    );
  },
};

const newPassword = () => randomBytes(24).toString('base64url');

/** At the XMPP server that `igor serve` runs. */
function atServe({ name, state, host }: Arguments): Enrolment {
  const facts = readFacts(state);
  if (!facts)
    throw new IgorError(
      'usage',
      `${state} has no application: start igor serve first, or name an XMPP server with --server`,
    );
  const account = (name.includes('@') ? name : `${name}@${facts.domain}`).toLowerCase();
  const password = newPassword();
  new Prosody({ folder: join(state, 'prosody'), domain: facts.domain, log: silentLog }).setAccount(account, password);
  const { app, port, fingerprint } = facts;
  return { account, password, app, host: host ?? facts.host, port, ...(fingerprint ? { fingerprint } : {}) };
}

/** At any server that lets an administrator add accounts (XEP-0133). */
async function atServer({ name, app, admin }: Arguments, server: string): Promise<Enrolment> {
  if (!app || !admin) throw new IgorError('usage', '--server needs --app and --admin');
  const { host, port } = hostAndPort(server, '--server');
  const domain = parseAccount(admin).domain;
  const account = (name.includes('@') ? name : `${name}@${domain}`).toLowerCase();
  const fingerprint = isLoopback(host) ? undefined : await certificateOf(host, port, domain);
  if (fingerprint)
    process.stderr.write(`The server's certificate has SHA-256 ${fingerprint}; the agent will accept no other.\n`);
  const password = newPassword();
  const pinned = fingerprint === undefined ? {} : { fingerprint };
  const secret = secretFrom('IGOR_ADMIN_PASSWORD', `the password of ${admin}`);
  await addAccount({ host, port, account: admin, password: secret, ...pinned }, account, password);
  return { account, password, app, host, port, ...pinned };
}
