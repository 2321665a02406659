#!/bin/sh
':' //; # Both a shell script and a module, and therefore not formatted. Node opens /dev/null in place of standard streams that are closed: which, only a shell can tell.
':' //; for fd in 0 1 2; do [ -e /proc/self/fd/$fd ] || MRHOOKER_CLOSED="$MRHOOKER_CLOSED$fd"; done
':' //; export MRHOOKER_CLOSED; exec node "$0" "$@"
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/start.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error('mrhooker: its TypeScript is not compiled yet. In the repository, run: npm run setup');
  process.exitCode = 1;
}
