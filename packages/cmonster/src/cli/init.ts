/** `cmonster init`: a compile_commands.json, and a first script that an editor understands. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandModule } from 'yargs';
import { CmonsterError } from '../error.js';
import { DATABASE_NAME, findDatabase } from '../project/compile-commands.js';
import { Project } from '../project/project.js';
import { count } from './execute.js';

interface InitArguments {
  directory: string;
  build: string;
  script: string;
}

const SCRIPT = `// cmonster run SCRIPT --diff
import { CallExpr, c, type TranslationUnit } from 'cmonster';

/** Called with every file of the project. */
export default function (tu: TranslationUnit): void {
  for (const call of tu.find(CallExpr, (call) => call.directCallee?.name === 'strcpy')) {
    const [destination, source] = call.arguments;
    if (!destination || !source) continue;
    tu.report(call, 'strcpy knows no limit', {
      fix: () => call.replaceWith(c\`strlcpy(\${destination}, \${source}, sizeof \${destination})\`),
    });
  }
}
`;

export const initCommand: CommandModule<object, InitArguments> = {
  command: 'init [directory]',
  describe: 'Prepare a project: compile_commands.json of CMake, and a first script',
  builder: (yargs) =>
    yargs
      .positional('directory', { type: 'string', default: '.', describe: "The project's folder" })
      .option('build', {
        alias: 'b',
        type: 'string',
        nargs: 1,
        default: 'build',
        describe: "CMake's folder, in the project's",
      })
      .option('script', {
        type: 'string',
        nargs: 1,
        default: 'codemod.ts',
        describe: 'What the first script is called',
      })
      .example('$0 init', 'In the folder with the CMakeLists.txt'),
  handler: init,
};

function init({ directory, build, script }: InitArguments): void {
  const folder = resolve(directory);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CmonsterError('USAGE', `there is no folder '${directory}'`);
  }
  const database = prepareDatabase(folder, resolve(folder, build));
  const { files, units } = Project.load(database);
  say(`${shown(database)}: ${count(units.length, 'command')} for ${count(files.length, 'file')}`);
  const path = resolve(folder, script);
  writeNew(path, SCRIPT.replace('SCRIPT', basename(path)));
  prepareTypes(dirname(path));
  const where = findDatabase(process.cwd()) === database ? '' : ` -p ${shown(dirname(database))}`;
  say(`Next: cmonster run ${shown(path)}${where} --diff`);
}

/** The one that is there, or the one that CMake writes. */
function prepareDatabase(folder: string, build: string): string {
  const known = [join(build, DATABASE_NAME), join(folder, DATABASE_NAME)].find((path) => existsSync(path));
  if (known) return known;
  if (!existsSync(join(folder, 'CMakeLists.txt'))) throw new CmonsterError('PROJECT', advice(folder));
  say(`cmake -S ${shown(folder)} -B ${shown(build)} -DCMAKE_EXPORT_COMPILE_COMMANDS=ON`);
  const args = ['-S', folder, '-B', build, '-DCMAKE_EXPORT_COMPILE_COMMANDS=ON'];
  const { status, error, stdout, stderr } = spawnSync('cmake', args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (error) throw new CmonsterError('PROJECT', `CMake cannot be started: ${error.message}`, { cause: error });
  if (status !== 0) {
    const said = `${stdout}${stderr}`.trim().split('\n').slice(-20).join('\n');
    throw new CmonsterError('PROJECT', `CMake could not configure the project:\n${said}`);
  }
  const database = join(build, DATABASE_NAME);
  if (!existsSync(database)) {
    throw new CmonsterError(
      'PROJECT',
      'CMake wrote no compile_commands.json: only its generators for Make and Ninja do (-G Ninja, or CMAKE_GENERATOR=Ninja)',
    );
  }
  return database;
}

function advice(folder: string): string {
  const has = (name: string): boolean => existsSync(join(folder, name));
  if (has('meson.build'))
    return 'this is a Meson project: meson setup build writes compile_commands.json by itself; then cmonster init again';
  if (has('configure') || has('Makefile') || has('configure.ac')) {
    return 'this is no CMake project: build it once with bear -- make, which writes compile_commands.json; then cmonster init again';
  }
  return `'${folder}' has neither a CMakeLists.txt nor a compile_commands.json`;
}

/** An editor, and tsc, find the types of 'cmonster': installed beside the script, or by a tsconfig.json that says where they are. */
function prepareTypes(folder: string): void {
  const installed = join(folder, 'node_modules', 'cmonster');
  if (existsSync(installed)) return;
  const types = fileURLToPath(new URL('../../dist/index.d.ts', import.meta.url));
  const config = {
    compilerOptions: {
      target: 'ES2023',
      module: 'NodeNext',
      moduleDetection: 'force',
      strict: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      paths: { cmonster: [types] },
      ...nodeTypes(),
    },
    include: ['*.ts'],
  };
  writeNew(join(folder, 'tsconfig.json'), `${JSON.stringify(config, undefined, 2)}\n`);
}

/** Those of `process` and `console`, where this package has them at hand. */
function nodeTypes(): { typeRoots?: string[]; types?: string[] } {
  try {
    const manifest = createRequire(import.meta.url).resolve('@types/node/package.json');
    return { typeRoots: [dirname(dirname(manifest))], types: ['node'] };
  } catch {
    return {};
  }
}

/** What is there is somebody's work. */
function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    say(`wrote ${shown(path)}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new CmonsterError('FILE_UNWRITABLE', `${path} cannot be written: ${(error as Error).message}`, {
        cause: error,
      });
    }
    say(
      readFileSync(path, 'utf8') === text
        ? `${shown(path)} is there`
        : `${shown(path)} is there already: left as it is`,
    );
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function shown(path: string): string {
  const local = relative(process.cwd(), path);
  return local === '' ? '.' : local.startsWith('..') ? path : local;
}
