// npm run generate [-- --check]: from Clang's headers and the tables beside this file to the generated code of both
// sides. With --check nothing is written; a difference is an error.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClassEmitter } from './emit/classes-ts.js';
import { emitColumns } from './emit/columns-cpp.js';
import { emitCoverage } from './emit/coverage.js';
import { emitEnums } from './emit/enums-ts.js';
import { emitGetters, numberGetters } from './emit/getters-cpp.js';
import { emitMatchers } from './emit/matchers-ts.js';
import { emitGetterTable, emitIndex, emitRegistry } from './emit/registry-ts.js';
import { emitUnions } from './emit/unions-ts.js';
import { schemaHash } from './hash.js';
import { Layout } from './layout.js';
import { readModel } from './model.js';
import { makeSchema, type Schema } from './schema.js';

const packageDirectory = join(dirname(fileURLToPath(import.meta.url)), '..');

function hashOf(schema: Schema, layout: Layout): number {
  return schemaHash([
    ...schema.kinds,
    ...schema.getters.map((g) => `${g.owner === 'DeclContext' ? g.owner : g.owner.name}.${g.method}`),
    ...layout.lines(schema),
  ]);
}

/** Path in the package → text. */
export function generate(): Map<string, string> {
  const schema = makeSchema(readModel());
  numberGetters(schema);
  const layout = new Layout(schema);
  const hash = hashOf(schema, layout);
  const files = new Map<string, string>();
  const add = (folder: string, emitted: Map<string, string>) => {
    for (const [name, text] of emitted) files.set(join(folder, name), text);
  };
  add('frontend/generated', emitGetters(schema, hash));
  add('frontend/generated', new Map([['columns.h', emitColumns(schema, layout)]]));
  add('src/ast/generated', new ClassEmitter(schema, layout).emit());
  add(
    'src/ast/generated',
    new Map([
      ['enums.ts', emitEnums(schema)],
      ['unions.ts', emitUnions(schema)],
      ['registry.ts', emitRegistry(schema, layout, hash)],
      ['getters.ts', emitGetterTable(schema)],
      ['index.ts', emitIndex()],
    ]),
  );
  add('src/match/generated', emitMatchers(schema));
  add('codegen', new Map([['coverage.md', emitCoverage(schema)]]));
  return files;
}

function main(): void {
  const check = process.argv.includes('--check');
  const files = generate();
  const stale: string[] = [];
  for (const folder of new Set([...files.keys()].map((file) => dirname(file)))) {
    const absolute = join(packageDirectory, folder);
    if (!folder.endsWith('generated') || !existsSync(absolute)) continue;
    for (const name of readdirSync(absolute))
      if (!files.has(join(folder, name))) {
        stale.push(join(folder, name));
        if (!check) rmSync(join(absolute, name));
      }
  }
  for (const [file, text] of files) {
    const absolute = join(packageDirectory, file);
    if (existsSync(absolute) && readFileSync(absolute, 'utf8') === text) continue;
    stale.push(file);
    if (check) continue;
    mkdirSync(dirname(absolute), { recursive: true });
    writeFileSync(absolute, text);
  }
  const shown = (file: string) => relative(process.cwd(), join(packageDirectory, file));
  if (check && stale.length > 0) {
    console.error(
      `generated files are out of date; run \`npm run generate\`:\n${stale.map((f) => `  ${shown(f)}`).join('\n')}`,
    );
    process.exitCode = 1;
  } else if (!check) console.log(`${files.size} generated files, ${stale.length} changed`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
