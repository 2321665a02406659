// `npm start`, after the tour: the whole of it on this machine, to be looked at in a browser. With `--once`, the first two
// examples of the gallery go all the way, and it ends.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { PageEvent } from '@monsterlab/console';
import pc from 'picocolors';
import { type Lab, startLab } from './lab.js';
import { visit } from './visitor.js';

const colours = pc.createColors(process.stdout.isTTY === true && !process.env.NO_COLOR);
const gallery = fileURLToPath(new URL('../packages/console/gallery/', import.meta.url));
const once = process.argv.includes('--once');
const askedPort = /^--port=(\d+)$/.exec(process.argv.find((it) => it.startsWith('--port=')) ?? '')?.[1];
const usualPort = 8080;

const print = (...lines: string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);

/** @returns whether it went well */
async function runExample(lab: Lab, file: string): Promise<boolean> {
  const code = readFileSync(gallery + file, 'utf8');
  print('', `  ${colours.bold(code.split('\n', 1)[0]!.replace(/^\/\/ /, ''))} ${colours.dim(`gallery/${file}`)}`);
  const begun = performance.now();
  let shown = 0;
  let end: (PageEvent & { type: 'end' }) | undefined;
  for await (const event of visit(lab.url, code, ['mill@localhost'])) {
    if (event.type === 'show') {
      if (++shown <= 8) print(`    ${cut(JSON.stringify(event.value))}`);
    } else if (event.type === 'outcome' && event.status !== 'ok')
      print(`    ${colours.red(`${event.status}: ${event.message}`)}`);
    else if (event.type === 'end') end = event;
  }
  if (shown > 8) print(colours.dim(`    … ${shown - 8} more`));
  const took = colours.dim(`${Math.round(performance.now() - begun)} ms from Go! to the last result`);
  const well = end?.reason === 'done' && shown > 0;
  print(
    `    ${well ? colours.green('done') : colours.red(`${end?.reason} ${JSON.stringify(end?.result ?? end?.message ?? '')}`)}, ${took}`,
  );
  return well;
}

const cut = (text: string): string => (text.length > 110 ? `${text.slice(0, 109)}…` : text);

/** The one that was asked for; else the usual one, or any where that is taken, such as by an earlier start. */
async function choosePort(): Promise<number> {
  if (askedPort !== undefined) return Number(askedPort);
  if (once) return 0;
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(usualPort, '127.0.0.1', () => server.close(() => resolve(true)));
  });
  if (!isFree)
    print(`  Port ${usualPort} is taken; this one has another. A port of your choice: npm start -- --port=8081`);
  return isFree ? usualPort : 0;
}

async function main(): Promise<void> {
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
    // `npm start` is gone.
    process.once('disconnect', () => resolve());
    process.channel?.unref();
  });
  print(
    '',
    `── ${colours.bold('The console')} ──`,
    colours.dim('An XMPP server, a store, the application and an agent, on this machine alone.'),
  );
  // Should it be interrupted while it starts, it is stopped as soon as it is there.
  const lab = await startLab({ port: await choosePort() });
  try {
    if (once) {
      const examples = readdirSync(gallery).sort().slice(0, 2);
      for (const file of examples) if (!(await runExample(lab, file))) process.exitCode = 1;
      print('');
      return;
    }
    print(
      '',
      `  ${colours.cyan(lab.url)}`,
      '',
      '  Open it, take an example from the gallery, press Go!',
      colours.dim('  Ctrl-C ends it, and leaves nothing behind.'),
      '',
    );
    const failed = await Promise.race([interrupted.then(() => undefined), lab.failed]);
    if (failed) {
      process.stderr.write(`${failed}\n`);
      process.exitCode = 1;
    }
  } finally {
    await lab.stop();
  }
}

await main().catch((error: Error) => {
  // What ended has said why.
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
