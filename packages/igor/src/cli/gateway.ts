import type { CommandModule } from 'yargs';
import { IgorError } from '../error.js';
import type { Gateway } from '../gateway/gateway.js';
import { Signer } from '../gateway/post.js';
import { GatewayServer, type Handler } from '../gateway/server.js';
import { jsonLog, type Log, type LogLevel } from '../log.js';
import { backoff } from '../protocol/backoff.js';
import { remoteGateway } from '../serve/serve.js';
import { hostAndPort, logOption, requestLimitOption, secretFrom, toldToEnd } from './options.js';

interface Arguments {
  jid: string;
  'xmpp-component': string;
  instance: string[];
  host: string;
  port: number;
  'request-limit': number;
  log: LogLevel;
}

export const gatewayCommand: CommandModule<object, Arguments> = {
  command: 'gateway',
  describe: 'Run only the gateway, for instances that are somewhere else',
  builder: (yargs) =>
    yargs
      .option('jid', { type: 'string', demandOption: true, describe: "The component's JID, such as igor.example.org" })
      .option('xmpp-component', {
        type: 'string',
        demandOption: true,
        describe: 'HOST:PORT of the XMPP server for components',
      })
      .option('instance', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Address of an instance: http://10.0.0.2:9000. Behind a balancer one is enough',
      })
      .option('host', { type: 'string', default: '127.0.0.1' })
      .option('port', { type: 'number', default: 8080 })
      .option('request-limit', requestLimitOption)
      .option('log', logOption)
      .epilogue(
        'IGOR_COMPONENT_SECRET is the secret of the component, IGOR_SECRET the one that gateway and instances share.',
      ),
  async handler(argv) {
    const log = jsonLog(argv.log);
    const signer = new Signer(
      secretFrom('IGOR_SECRET', 'any long random text, the same for the gateway and all instances'),
    );
    const secret = secretFrom('IGOR_COMPONENT_SECRET', "the component's secret on the XMPP server");
    const component = { ...hostAndPort(argv['xmpp-component'], '--xmpp-component'), jid: argv.jid, secret };
    for (const url of argv.instance)
      if (!URL.canParse(url)) throw new IgorError('usage', `--instance is no address: ${url}`);
    const requestLimit = argv['request-limit'] * 1000;
    let gateway: Gateway | undefined;
    let handler: Handler = (_request, response) => response.writeHead(503).end();
    const server = new GatewayServer(() => gateway, {
      host: argv.host,
      port: argv.port,
      signer,
      handler: (request, response) => handler(request, response),
      log,
    });
    const address = await server.listen();
    const made = remoteGateway({ urls: argv.instance, component, signer, log, requestLimit });
    const failed = new Promise<IgorError>((resolve) => {
      made.gateway.onFailure = resolve;
    });
    try {
      await started(made.gateway, log);
      gateway = made.gateway;
      handler = made.handler;
      log.info('the gateway is there', { ...address, jid: argv.jid });
      const ended = await Promise.race([toldToEnd(), failed]);
      if (ended instanceof IgorError) throw ended;
    } finally {
      await made.gateway.stop();
      await server.close();
    }
  },
};

/** Whoever starts everything at once starts some of it in the wrong order; and a store that is away comes back. Milliseconds. */
const patience = 15_000;

async function started(gateway: Gateway, log: Log): Promise<void> {
  const end = Date.now() + patience;
  for (const pause of backoff({ first: 200, most: 2000 })) {
    try {
      await gateway.start();
      return;
    } catch (thrown) {
      const error = IgorError.from(thrown, 'internal');
      if (error.code === 'usage' || error.code === 'second_gateway' || Date.now() + pause > end) throw error;
      log.warn('the gateway can not start yet', { error });
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
