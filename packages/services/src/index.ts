// What an agent can serve: `igor agent --service @monsterlab/services`.
import type { ServedService } from 'igor/agent';
import { processes } from './process/process.js';
import { checkSettings, readSettings, type Settings } from './settings.js';
import { source } from './source/source.js';
import { system } from './system/system.js';

export { Process, Source, System } from './descriptors.js';
export { checkSettings, type FolderSetting, readSettings, type Settings } from './settings.js';
export { processes, source, system };

/** All three, as far as the settings allow: Source and Process are off until a folder or a command is named. */
export function services(settings: Settings = {}): ServedService[] {
  checkSettings(settings);
  return [
    system(),
    ...(settings.folders?.length ? [source(settings)] : []),
    ...(settings.commands?.length ? [processes(settings)] : []),
  ];
}

/** Settings are in the JSON file that MONSTERLAB_SERVICES names; without it, there is only System. */
export default function fromEnvironment(): ServedService[] {
  const path = process.env.MONSTERLAB_SERVICES;
  return services(path ? readSettings(path) : {});
}
