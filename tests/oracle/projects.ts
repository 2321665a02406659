/** Sources of real projects, as Debian ships them, with the arguments that each project's files take. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fetchDebianSource } from '../../setup/corpus.mjs';
import type { Inputs } from './compare-dumps.js';

interface Project {
  /** The Debian source package. */
  name: string;
  /** `{}` is the project's folder. */
  arguments: readonly string[];
  /** Folders and files that are of no use: for other systems, or not to be compiled by themselves. */
  without?: RegExp;
}

const PROJECTS: readonly Project[] = [
  { name: 'zlib', arguments: ['-I{}'], without: /ada|pascal|delphi|dotzlib|iostream|masm|win32|amiga/ },
  { name: 'lua5.4', arguments: ['-I{}/src', '-DLUA_USE_POSIX'] },
  { name: 'lz4', arguments: ['-I{}/lib'] },
  {
    name: 'libzstd',
    arguments: ['-I{}/lib', '-I{}/lib/common', '-I{}/programs', '-I{}/zlibWrapper'],
    without: /single_file/,
  },
  { name: 'tinyxml2', arguments: ['-I{}'] },
  { name: 'pugixml', arguments: ['-I{}/src', '-std=c++17'] },
  { name: 'fmtlib', arguments: ['-I{}/include', '-std=c++20'], without: /gtest|fuzzing|cuda/ },
];

/** Every C and C++ file of the projects, or of one. */
export async function projectFiles(only?: string): Promise<Inputs[]> {
  const files: Inputs[] = [];
  for (const { name, arguments: args, without } of PROJECTS) {
    if (only !== undefined && name !== only) continue;
    const folder = await fetchDebianSource(name);
    const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    for (const path of found) {
      if (!/\.(c|cc|cpp)$/.test(path) || path.startsWith('.pc/') || without?.test(path)) continue;
      files.push({
        file: join(folder, path),
        arguments: args.map((arg) => arg.replaceAll('{}', folder)),
        cwd: folder,
      });
    }
  }
  return files;
}
