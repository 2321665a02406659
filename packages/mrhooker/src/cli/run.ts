/** A command under scripts. */
import { resolve } from 'node:path';
import { readConfig } from '../config/config.js';
import { MrhookerError } from '../error.js';
import { endLike, launch } from '../launch/launch.js';
import type { ReportOptions } from '../report/report.js';
import { buildScript, type Script } from '../script/build.js';
import type { HeaderFlags } from '../script/prepare.js';
import type { RunArguments } from './arguments.js';

/** @returns the command's exit status, unless the command ended of a signal: then this process does, too */
export async function run(args: RunArguments): Promise<number> {
  const cwd = process.cwd();
  let scripts = scriptsOf(args, cwd);
  if (scripts.length === 0)
    throw new MrhookerError('script', 'say which script: mrhooker hooks.ts COMMAND (see mrhooker --help)');
  const config = readConfig(scripts.find(({ text }) => text === undefined)?.path);
  const verbose = args.verbose ?? config.verbose ?? false;
  const flags = {
    cwd,
    includes: [...args.includes.map((path) => resolve(cwd, path)), ...config.includeDirs],
    defines: args.defines,
  };
  if (args.code.length > 0) {
    const { withImports } = await import('../script/auto-import.js');
    scripts = await Promise.all(scripts.map((script) => withImports(script, flags.includes)));
  }
  if (args.check) {
    const { checkScripts } = await import('../script/check.js');
    await checkScripts(scripts, flags);
    if (args.command.length === 0) return 0;
  }
  if (args.command.length === 0) {
    throw new MrhookerError(
      'command',
      `say which command to hook: mrhooker ${args.scripts[0] ?? "-e 'CODE'"} COMMAND [ARGS…]`,
    );
  }
  const buildDir = args.buildDir ?? config.buildDir;
  return runScripts(scripts, args.command, flags, {
    verbose,
    json: args.json,
    follow: args.follow,
    ...(buildDir !== undefined && { buildDir }),
    ...(args.log !== undefined && { output: resolve(cwd, args.log) }),
    ...(args.only !== undefined && { only: args.only }),
  });
}

export interface RunOptions extends ReportOptions {
  buildDir?: string;
  follow?: boolean;
  only?: string;
}

/** Builds scripts and runs a command under them. */
export async function runScripts(
  scripts: readonly Script[],
  command: readonly string[],
  flags: HeaderFlags,
  { buildDir, ...options }: RunOptions = {},
): Promise<number> {
  const started = performance.now();
  const build = await buildScript(scripts, { ...flags, ...(buildDir !== undefined && { buildDir }) });
  if (options.verbose) {
    const how = build.cached ? 'as it was built before' : `built in ${(performance.now() - started).toFixed(0)} ms`;
    process.stderr.write(`mrhooker: ${build.folder}: ${how}\n`);
  }
  const { stubs, bytecode, manifest } = build;
  endLike(await launch({ stubs, bytecode, manifest, command, ...options }));
  return Number(process.exitCode ?? 0);
}

function scriptsOf({ scripts, code }: RunArguments, cwd: string): Script[] {
  return [
    ...code.map((text, index) => ({ path: resolve(cwd, index === 0 ? '-e.ts' : `-e${index + 1}.ts`), text })),
    ...scripts.map((path) => ({ path: resolve(cwd, path) })),
  ];
}
