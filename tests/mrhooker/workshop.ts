// Programs made for a test, run under scripts that speak to the runtime directly.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LaunchOptions, launch, type Outcome } from '../../packages/mrhooker/src/launch/launch.js';
import { compileScript } from '../../packages/mrhooker/src/stub/bytecode.js';
import { compileStub, type StubLanguage } from '../../packages/mrhooker/src/stub/compile.js';
import type { SharedObject } from '../../packages/mrhooker/src/stub/manifest.js';

/** A function with its C types, for which a typed stub is made. */
export interface TypedFunction {
  name: string;
  /** Result first. */
  types: readonly string[];
  signature: string;
  /** Only called, not hooked. */
  calledOnly?: boolean;
  /** Index in the list of the function whose hooks apply. */
  family?: number;
  map?: readonly number[];
  /** Entered with its registers; only the fixed part has types. */
  variadic?: boolean;
}

/** `fn('ssize_t read(int, void *, size_t)', 'lipL')` */
export function fn(declaration: string, signature: string, more: Partial<TypedFunction> = {}): TypedFunction {
  const match = /^(.*?)\b(\w+)\s*\((.*)\)$/s.exec(declaration);
  if (!match) throw new Error(`not a declaration: ${declaration}`);
  const [, result, name, list] = match;
  const args = list!.trim() === '' || list!.trim() === 'void' ? [] : list!.split(',').map((type) => type.trim());
  return { name: name!, types: [result!.trim(), ...args], signature, ...more };
}

function kindsOf(signature: string): { kind: string; record: boolean }[] {
  return [...signature.matchAll(/!?\{\d+\}|./g)].map(([kind]) => ({ kind, record: /[{D]/.test(kind) }));
}

const member = (kind: string) => (kind === 'f' ? 'f' : kind === 'd' ? 'd' : kind === 'p' ? 'p' : 'i');

/** The C source of a stub, as docs/formats/mrhooker-stub.md describes it. */
export function stubSource(functions: readonly TypedFunction[], prelude = ''): string {
  const records: string[] = [];
  const bodies = functions.map(({ name, types, signature, calledOnly, family, map, variadic }, index) => {
    const kinds = kindsOf(signature);
    const [result, ...args] = types.map((type, i) => ({ type, ...kinds[i]! }));
    const own = family ?? index;
    const flags = [calledOnly ? '0' : 'MR_HOOKED', ...(variadic ? ['MR_GENERIC', 'MR_VARIADIC'] : [])].join(' | ');
    const fields = [
      ...(variadic ? ['.entry = (void *)mrhooker_entry'] : [`.thunk = thunk_${index}`]),
      `.name = "${name}", .signature = "${signature}", .index = ${index}, .family = ${own}, .flags = ${flags}`,
      ...(map ? [`.map = (const uint8_t[]){${map.join(', ')}}`] : []),
    ];
    records.push(`  {${fields.join(', ')}},`);
    if (variadic) return `MR_GENERIC_ENTRY("${name}", "mrhooker_functions+96*${index}");`;
    const parameters = args.map(({ type }, i) => `${type} a${i}`).join(', ') || 'void';
    const pointer = `${result!.type} (*)(${args.map(({ type }) => type).join(', ') || 'void'})`;
    const passed = args.map(({ type, kind, record }, i) =>
      record ? `*(${type} *)args[${i}].p` : `(${type})args[${i}].${member(kind)}`,
    );
    const call = `((${pointer})target)(${passed.join(', ')})`;
    const isVoid = result!.kind === 'v';
    const store = isVoid
      ? call
      : result!.record
        ? `*(${result!.type} *)result->p = ${call}`
        : `result->${member(result!.kind)} = ${call}`;
    const slots = args.map(({ kind, record }, i) =>
      record ? `{.p = &a${i}}` : kind === 'p' ? `{.p = (void *)a${i}}` : `{.${member(kind)} = a${i}}`,
    );
    const storage = result!.record ? `${result!.type} r; result.p = &r;` : '';
    const back = isVoid
      ? 'return'
      : result!.record
        ? 'return r'
        : `return (${result!.type})result.${member(result!.kind)}`;
    const entry = `MR_EXPORT ${result!.type} stub_${index}(${parameters}) __asm__("${name}");
${result!.type} stub_${index}(${parameters}) {
  mr_slot args[${Math.max(1, args.length)}] = {${slots.join(', ') || '{0}'}}, result;
  ${storage}
  if (mrhooker_dispatch(&functions[${index}], args, &result, __builtin_return_address(0))) ${back};
  MR_TAIL ((${pointer})functions[${index}].original)(${args.map((_, i) => `a${i}`).join(', ')});
}`;
    const thunk = `static void thunk_${index}(void *target, const mr_slot *args, mr_slot *result) { ${store}; }`;
    return calledOnly ? thunk : `${entry}\n${thunk}`;
  });
  return `#include "mrhooker-stub.h"
#include <sys/types.h>
#include <stdbool.h>
${prelude}
static mr_function functions[${functions.length}] __asm__("mrhooker_functions") __attribute__((used));
${bodies.join('\n')}
static mr_function functions[${functions.length}] = {
${records.join('\n')}
};
MR_EXPORT const mr_stub mrhooker_stub = {MR_STUB_VERSION, ${functions.length}, functions};
`;
}

export interface Run extends Partial<LaunchOptions> {
  command: readonly string[];
  /** JavaScript; `f0`, `f1`, … are the typed functions, `log(text)` prints. */
  script?: string;
  functions?: readonly TypedFunction[];
  /** Names or globs without signature. */
  patterns?: readonly string[];
  shared?: readonly SharedObject[];
  /** C that comes before the stub's own. */
  prelude?: string;
  eager?: boolean;
  input?: string;
}

export interface Result extends Outcome {
  stdout: string;
  stderr: string;
  /** What scripts printed, and mrhooker said, except for the account. */
  lines: string[];
  /** The account of a function. */
  of(name: string): { seen: number; hooked: number; bypassed: Record<string, number> };
}

/** A folder for one test file, with a compiler and a launcher. */
export class Workshop implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'mrhooker-test-'));
  #count = 0;

  [Symbol.dispose]() {
    rmSync(this.folder, { recursive: true, force: true });
  }

  path(name: string) {
    return join(this.folder, name);
  }

  /** Compiles a program or library of one file; the language is told by the name's suffix. */
  compile(name: string, source: string, ...flags: string[]): string {
    const file = this.path(name);
    writeFileSync(file, source);
    const out = file.replace(/\.\w+$/, flags.includes('-shared') ? '.so' : '');
    const compiler = name.endsWith('.cpp') ? 'clang++-19' : name.endsWith('.gcc.c') ? 'gcc' : 'clang-19';
    execFileSync(compiler, ['-w', '-g', '-O1', file, '-o', out, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
    return out;
  }

  async run({
    command,
    script = '',
    functions = [],
    patterns = [],
    shared = [],
    prelude,
    eager = false,
    input,
    ...options
  }: Run): Promise<Result> {
    const number = this.#count++;
    const stubs: string[] = [];
    if (functions.length) {
      const stub = this.path(`stub-${number}.so`);
      const language: StubLanguage = 'c';
      await compileStub(stubSource(functions, prelude), language, stub);
      stubs.push(stub);
    }
    const bytecode = this.path(`script-${number}.bc`);
    const names = functions.map((_, i) => `const f${i} = __mr.function(${i});`).join(' ');
    await compileScript(
      `(() => { ${names} const log = (text) => __mr.log(1, String(text));\n${script}\n})();`,
      bytecode,
    );
    const lines: string[] = [];
    const streams = { stdout: '', stderr: '' };
    let closed: Promise<unknown> = Promise.resolve();
    const outcome = await launch({
      stubs,
      bytecode,
      manifest: {
        version: 1,
        script: 'test.ts',
        functions: functions.map(({ name, calledOnly, family, signature }) => ({
          name,
          signature,
          hooked: !calledOnly,
          ...(family !== undefined && { family }),
        })),
        patterns: [...patterns],
        eager,
        shared: [...shared],
      },
      quiet: true,
      onLine: (line) => lines.push(line),
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      command,
      ...options,
      onSpawn: (child) => {
        closed = new Promise((resolve) => child.on('close', resolve));
        child.stdout?.on('data', (chunk) => {
          streams.stdout += chunk;
        });
        child.stderr?.on('data', (chunk) => {
          streams.stderr += chunk;
        });
        // A program that reads nothing may be gone before it is written.
        child.stdin?.on('error', () => {}).end(input);
        options.onSpawn?.(child);
      },
    });
    await closed;
    return {
      ...outcome,
      ...streams,
      lines,
      of: (name) => {
        const found = outcome.account.functions.find((entry) => entry.name === name);
        return { seen: found?.seen ?? 0, hooked: found?.hooked ?? 0, bypassed: found?.bypassed ?? {} };
      },
    };
  }
}
