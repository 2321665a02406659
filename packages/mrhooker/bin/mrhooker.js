#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/start.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error('mrhooker: its TypeScript is not compiled yet. In the repository, run: npm run setup');
  process.exitCode = 1;
}
