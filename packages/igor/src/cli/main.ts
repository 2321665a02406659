/** The `igor` command. One file per sub-command: add yours to the list. */
import { readFileSync } from 'node:fs';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { IgorError } from '../error.js';
import { agentCommand } from './agent.js';
import { enrolCommand } from './enrol.js';
import { gatewayCommand } from './gateway.js';
import { instanceCommand } from './instance.js';
import { keysCommand } from './keys.js';
import { serveCommand } from './serve.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export async function main(args: readonly string[]): Promise<void> {
  const parser = yargs([...args])
    .scriptName('igor')
    .usage('$0 <command>\n\nTyped calls to agents that nobody can dial into, from an application that keeps no state.')
    .command(serveCommand)
    .command(agentCommand)
    .command(enrolCommand)
    .command(keysCommand)
    .command(gatewayCommand)
    .command(instanceCommand)
    .completion('completion', 'Print a completion script for bash or zsh')
    .demandCommand(1, 'Say which command.')
    .strict()
    .recommendCommands()
    .version(version)
    .help()
    .alias('help', 'h')
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new IgorError('usage', `${message} (see igor --help)`);
    });
  try {
    await parser.parseAsync();
  } catch (error) {
    process.exitCode = error instanceof IgorError && error.code === 'usage' ? 2 : 1;
    const isOurs = error instanceof IgorError && process.env.IGOR_DEBUG === undefined;
    process.stderr.write(
      `igor: ${isOurs ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
  }
}

await main(hideBin(process.argv));
