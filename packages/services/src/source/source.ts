// C and C++ on this machine: found by patterns, looked over and changed by scripts.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { IgorError } from 'igor';
import { defineService, type ServedService } from 'igor/agent';
import { Source } from '../descriptors.js';
import { frontend } from '../frontend.js';
import type { RunRequest } from '../generated/monsterlab/v1/source_pb.js';
import { Folders } from '../permit/folders.js';
import { checkSettings, type Settings } from '../settings.js';
import { find } from './find.js';
import { diffScript, filesOf, hashOf, runScript, writeScript } from './script.js';
import { type Chosen, chooseFiles, listFiles } from './tree.js';

const largestFile = 4 << 20;
const usualLimit = 1000;

export function source(settings: Settings = {}): ServedService {
  checkSettings(settings);
  const folders = new Folders(settings);
  const limits = { seconds: settings.limits?.seconds ?? 60, megabytes: settings.limits?.megabytes ?? 2048 };

  const scriptOver = (request: RunRequest | undefined): { chosen: Chosen; script: string } => {
    if (!settings.scripts) {
      throw new IgorError(
        'permission_denied',
        'this agent takes no scripts; its owner can allow them by the setting scripts',
      );
    }
    if (!request?.script) throw new IgorError('invalid_argument', 'a script is missing');
    return { chosen: chooseFiles(folders, request.in), script: request.script };
  };

  return defineService(Source, {
    async folders() {
      return { folders: folders.list().map((folder) => ({ ...folder, scripts: settings.scripts ?? false })) };
    },

    async files({ folder: path, files }) {
      const folder = folders.folder(path);
      const names = listFiles(folder, files);
      return {
        files: await Promise.all(
          names.map(async (name) => ({ path: name, size: BigInt((await stat(join(folder.path, name))).size) })),
        ),
      };
    },

    async read({ folder, path }) {
      await using file = await folders.open(folders.folder(folder), path);
      const { size } = await file.stat();
      if (size > largestFile)
        throw new IgorError('resource_exhausted', `${path} has ${size} bytes; ${largestFile} can be read`);
      return { text: await file.readFile('utf8') };
    },

    async *find({ in: selection, pattern, limit }, { signal }) {
      if (!pattern) throw new IgorError('invalid_argument', 'a pattern is missing, such as strcpy($dst, $src)');
      const chosen = chooseFiles(folders, selection);
      await frontend.ready(signal);
      yield* find(chosen, pattern, { limit: limit || usualLimit, ...limits }, signal);
    },

    async *run(request, { signal }) {
      const { chosen, script } = scriptOver(request);
      await frontend.ready(signal);
      const { findings, output, files, failed } = await runScript(chosen, script, limits, signal);
      for (const line of output) yield { is: { case: 'output', value: line } };
      for (const finding of findings) yield { is: { case: 'finding', value: finding } };
      const total = chosen.files.length;
      for (const { file, problem } of failed)
        yield { is: { case: 'done', value: { file, problem, done: total, total } } };
      const diff = files.length > 0 ? await diffScript(chosen, script, limits, signal) : '';
      yield { is: { case: 'summary', value: { changed: files.length, diff, hash: hashOf(diff) } } };
    },

    async diff(request, { signal }) {
      const { chosen, script } = scriptOver(request);
      await frontend.ready(signal);
      const diff = await diffScript(chosen, script, limits, signal);
      return { diff, files: filesOf(diff), hash: hashOf(diff) };
    },

    async apply({ run, hash }, { signal }) {
      const { chosen, script } = scriptOver(run);
      if (!chosen.folder.writable) {
        throw new IgorError(
          'permission_denied',
          `${chosen.folder.path} may not be changed; its owner can allow it by writable`,
        );
      }
      await frontend.ready(signal);
      const diff = await diffScript(chosen, script, limits, signal);
      if (hashOf(diff) !== hash) {
        throw new IgorError(
          'aborted',
          'it would change something else than Diff said: the files have changed, or the script',
        );
      }
      if (diff) await writeScript(chosen, script, limits, signal);
      return { files: filesOf(diff) };
    },
  });
}
