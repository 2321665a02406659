/** A script over a whole project, beside the compiler, and a job that other tools can do too beside those. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fetchDebianSource } from '../../setup/corpus.mjs';
import { cache, root } from '../../setup/paths.mjs';
import { interleave, least, timed } from '../measure.js';
import { clang } from '../peers.js';
import { type Report, seconds } from '../report.js';

const group = 'A project: every file of it, two workers';
const folder = `${cache}/bench/projects`;
const units = `${folder}/units`;
const cmonster = `${root}/packages/cmonster/bin/cmonster.js`;
const script = (name: string): string => fileURLToPath(new URL(`../scripts/${name}.ts`, import.meta.url));
const allCpu = fileURLToPath(new URL('../peers/all-cpu.py', import.meta.url));

interface Project {
  /** The folder with compile_commands.json. */
  build: string;
  source: string;
  files: number;
  /** `clang -fsyntax-only` over all of them, one after the other, as a command. */
  compiler: readonly string[];
}

async function prepare(name: string, subfolder: string, options: readonly string[]): Promise<Project> {
  const source = `${folder}/${name}`;
  const build = `${source}/bench-build`;
  const database = `${build}/compile_commands.json`;
  // A checkout that was copied brings one that names the files of the first.
  if (!existsSync(database) || !readFileSync(database, 'utf8').includes(`"directory": "${build}`)) {
    rmSync(source, { recursive: true, force: true });
    cpSync(await fetchDebianSource(name), source, { recursive: true });
    const args = ['-S', `${source}/${subfolder}`, '-B', build, '-DCMAKE_EXPORT_COMPILE_COMMANDS=ON', ...options];
    const { status, stderr } = spawnSync('cmake', args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${name} cannot be configured: ${stderr}`);
  }
  const entries: { directory: string; command: string }[] = JSON.parse(readFileSync(database, 'utf8'));
  const lines = entries.map(({ directory, command }) => {
    const [, ...words] = command.replace(/ -o \S+/, '').split(' ');
    return `(cd ${directory} && ${clang} -fsyntax-only -w ${words.join(' ')})`;
  });
  writeFileSync(`${source}/syntax-only.sh`, `${lines.join('\n')}\n`);
  return { build, source, files: entries.length, compiler: ['sh', `${source}/syntax-only.sh`] };
}

/** CPU milliseconds of a command and of all that it starts. */
function cpuOf(command: readonly string[]): number {
  const [program, ...args] = command as [string, ...string[]];
  if (spawnSync('python3', ['--version']).status !== 0) return timed(program, args, true).cpu;
  const environment = { ...process.env, CMONSTER_CACHE: units };
  const result = spawnSync('python3', [allCpu, program, ...args], { encoding: 'utf8', env: environment });
  return Number(result.stdout);
}

/** A command of ours: with nothing known, and with everything known. */
const cold = (args: readonly string[]) => (): number => {
  rmSync(units, { recursive: true, force: true });
  return cpuOf([process.execPath, cmonster, ...args]);
};
const warm = (args: readonly string[]) => (): number => cpuOf([process.execPath, cmonster, ...args]);

export async function measureProject(report: Report, rounds: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const yaml = await prepare('yaml-cpp', '.', ['-DYAML_CPP_BUILD_TESTS=OFF']);
  const run = ['run', script('calls'), '-p', yaml.build, '-j', '2'];
  const own = interleave(rounds, { clang: () => cpuOf(yaml.compiler), cold: cold(run), warm: warm(run) });
  const compiler = least(own.clang);
  const subject = `yaml-cpp, ${yaml.files} files`;
  const line = (what: string, cpu: number, atMost: number): void => {
    const note = `${seconds(cpu)} against ${seconds(compiler)}`;
    report.add({ group, what, subject, measured: cpu / compiler, unit: '×', asked: { atMost }, note });
  };
  line('cmonster run, cold, against clang -fsyntax-only', least(own.cold), 1.3);
  line('cmonster run, warm, against clang -fsyntax-only', least(own.warm), 0.1);
  besideClangTidy(report, yaml, subject);
  await besideSearchers(report);
}

/** modernize-use-nullptr, and the same check as an example of ours. */
function besideClangTidy(report: Report, project: Project, subject: string): void {
  const tidy = 'clang-tidy-19';
  if (spawnSync(tidy, ['--version']).status !== 0) {
    report.skip(group, tidy, 'it is not installed');
    return;
  }
  const files = `python3 -c "import json; print('\\n'.join(e['file'] for e in json.load(open('${project.build}/compile_commands.json'))))"`;
  const command = `${files} | xargs -n 1 ${tidy} -quiet -p ${project.build} -checks=-*,modernize-use-nullptr`;
  const peer = cpuOf(['sh', '-c', command]);
  const args = ['run', `${root}/examples/clang-tidy/use-nullptr.ts`, '-p', project.build, '-j', '2'];
  const ours = cold(args)();
  const again = warm(args)();
  report.add({
    group,
    what: 'clang-tidy modernize-use-nullptr, against the same of ours',
    subject,
    measured: peer / ours,
    unit: '×',
    note: `${seconds(peer)} against ${seconds(ours)} cold, ${seconds(again)} warm`,
  });
}

const PATTERN = { ours: 'memcpy($d, $s, $n)', theirs: 'memcpy($D, $S, $N)' };
const COCCI = `@@
expression d, s, n;
@@
* memcpy(d, s, n)
`;

/** Finding every call of memcpy: by types and through macros, without them, and as text that looks like C. */
async function besideSearchers(report: Report): Promise<void> {
  const zstd = await prepare('libzstd', 'build/cmake', []);
  const subject = 'zstd, its library';
  const lib = `${zstd.source}/lib`;
  const args = ['find', PATTERN.ours, '-p', zstd.build, '-j', '2', lib];
  const ours = cold(args)();
  const again = warm(args)();
  const found = (command: string, args: readonly string[], what: RegExp): number =>
    (spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout.match(what) ?? []).length;
  const own = found(process.execPath, [cmonster, ...args], /note: found/g);
  if (own === 0) throw new Error(`cmonster ${args.join(' ')} finds nothing`);
  const line = (what: string, cpu: number, count: number): void => {
    report.add({
      group,
      what: `find every memcpy: ${what}, against cmonster find`,
      subject,
      measured: cpu / ours,
      unit: '×',
      note: `${seconds(cpu)}, ${count} found, against ${seconds(ours)} cold and ${seconds(again)} warm, ${own} found`,
    });
  };
  if (spawnSync('spatch', ['--version']).status === 0) {
    const rules = `${folder}/memcpy.cocci`;
    writeFileSync(rules, COCCI);
    const peer = ['--sp-file', rules, '--dir', lib, '--very-quiet'];
    line('Coccinelle', cpuOf(['spatch', ...peer]), found('spatch', peer, /^-[^-]/gm));
  } else report.skip(group, 'Coccinelle', 'it is not installed (Debian: coccinelle)');
  const astGrep = fetchAstGrep();
  if (astGrep) {
    const peer = ['run', '-p', PATTERN.theirs, '-l', 'c', lib];
    line('ast-grep', cpuOf([astGrep, ...peer]), found(astGrep, [...peer, '--json=stream'], /^\{/gm));
  } else report.skip(group, 'ast-grep', 'its npm package cannot be had');
}

const AST_GREP = '@ast-grep/cli-linux-x64-gnu@0.51.1';

/** The program of the npm package, whose own install script is not run. */
function fetchAstGrep(): string | undefined {
  const home = `${folder}/ast-grep`;
  const program = `${home}/package/ast-grep`;
  if (existsSync(program)) return program;
  mkdirSync(home, { recursive: true });
  const packed = spawnSync('npm', ['pack', '--silent', AST_GREP], { cwd: home, encoding: 'utf8' });
  const archive = packed.stdout?.trim().split('\n').at(-1);
  if (packed.status !== 0 || !archive) return undefined;
  return spawnSync('tar', ['-xzf', archive], { cwd: home }).status === 0 && existsSync(program) ? program : undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { Report } = await import('../report.js');
  await measureProject(new Report(), Number(process.argv[2] ?? 2));
}
