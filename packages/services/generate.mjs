// Writes what is made from proto/: `node packages/services/generate.mjs`. The TypeScript has the types; the descriptor,
// unlike it, has the comments, which the console shows while a person types.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const folder = dirname(fileURLToPath(import.meta.url));
const buf = join(dirname(require.resolve(`@bufbuild/buf-${process.platform}-${process.arch}/package.json`)), 'bin/buf');
const plugins = join(dirname(require.resolve('@bufbuild/protoc-gen-es/package.json')), 'bin');
const env = { ...process.env, PATH: `${plugins}${delimiter}${process.env.PATH}` };
const run = (/** @type {string[]} */ ...args) => execFileSync(buf, args, { cwd: folder, env, stdio: 'inherit' });

run('generate', '-o', process.argv[2] ?? '.');
run('build', '-o', join(process.argv[2] ?? '.', 'proto/services.binpb'));
