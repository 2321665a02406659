import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { loadKeyRing, newKeyRing, rotate, saveKeyRing } from '../application/keys.js';
import { IgorError } from '../error.js';
import { stateOption } from './options.js';

interface Arguments {
  action: 'new' | 'rotate' | 'show';
  file?: string | undefined;
  state: string;
}

export const keysCommand: CommandModule<object, Arguments> = {
  command: 'keys <action>',
  describe: 'The key ring that seals contexts: make one, rotate it, show the ids in it',
  builder: (yargs) =>
    yargs
      .positional('action', { choices: ['new', 'rotate', 'show'] as const, demandOption: true })
      .option('file', { type: 'string', describe: 'Default: keys.json in the state folder' })
      .option('state', stateOption)
      .epilogue(
        'Instances on this machine read a rotated ring at once. Elsewhere: copy it to all of them before you rotate it the next time.',
      ),
  handler({ action, file, state }) {
    const path = file ?? join(state, 'keys.json');
    if (action === 'new') {
      if (existsSync(path)) throw new IgorError('usage', `${path} is there already; rotate it, or remove it`);
      saveKeyRing(path, newKeyRing());
    } else if (!existsSync(path)) throw new IgorError('usage', `there is no ${path}; make it with: igor keys new`);
    if (action === 'rotate') saveKeyRing(path, rotate(loadKeyRing(path)));
    const { previous, current, next } = loadKeyRing(path);
    const line = (name: string, id: string | undefined) => `${name.padEnd(9)} ${id ?? '-'}\n`;
    process.stdout.write(line('previous', previous?.id) + line('current', current.id) + line('next', next?.id));
  },
};
