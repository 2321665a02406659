/** Real files and headers, with the arguments that they take. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fetchDebianSource } from '../../setup/corpus.mjs';

export interface Input {
  file: string;
  arguments: readonly string[];
}

const PROJECTS = [
  { name: 'zlib', arguments: ['-I{}'], without: /ada|pascal|delphi|dotzlib|masm|win32|amiga|\.pc/ },
  { name: 'cjson', arguments: ['-I{}'], without: /fuzzing|\.pc|tests\/unity/ },
  { name: 'tinyxml2', arguments: ['-I{}'], without: /\.pc/ },
  { name: 'pugixml', arguments: ['-I{}/src', '-std=c++17'], without: /\.pc/ },
] as const;

/** Up to `most` elements, evenly over the list. */
function spread<T>(items: readonly T[], most: number): T[] {
  const step = Math.max(1, items.length / most);
  return Array.from({ length: Math.min(most, items.length) }, (_, i) => items[Math.floor(i * step)] as T);
}

/** Files of projects, headers of C, headers of C++: 100, 60 and 60. */
export async function realFiles(): Promise<Input[]> {
  const inputs: Input[] = [];
  for (const { name, arguments: args, without } of PROJECTS) {
    const folder = await fetchDebianSource(name);
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      if (!/\.(c|cc|cpp|h|hpp)$/.test(path) || without.test(path)) continue;
      inputs.push({ file: join(folder, path), arguments: args.map((arg) => arg.replaceAll('{}', folder)) });
    }
  }
  const headers = readdirSync('/usr/include').filter((name) => name.endsWith('.h'));
  const library = readdirSync('/usr/include/c++')[0] as string;
  const templates = readdirSync(`/usr/include/c++/${library}`).filter(
    (name) =>
      /^[a-z_]+$/.test(name) &&
      !/^(bits|debug|ext|experimental|parallel|pstl|tr1|tr2|backward|decimal|profile)$/.test(name),
  );
  return [
    ...spread(inputs, 100),
    ...spread(headers, 60).map((name) => ({ file: `/usr/include/${name}`, arguments: [] })),
    ...spread(templates, 60).map((name) => ({
      file: `/usr/include/c++/${library}/${name}`,
      arguments: ['-x', 'c++', '-std=c++20'],
    })),
  ];
}
