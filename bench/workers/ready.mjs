// Parses a file once in a fresh Node: the AST is ready when `parse` gives it.

import { readFileSync } from 'node:fs';
import { TranslationUnit } from 'cmonster';
import { children, gone } from './processes.mjs';
import { cpu, finish, job } from './result.mjs';

const begin = cpu();
const started = performance.now();
const tu = await TranslationUnit.parse(job.file, job.options);
const wall = performance.now() - started;
const workCpu = cpu() - begin;
const { snapshot } = tu;
const pids = children();
const status = readFileSync(`/proc/${pids[0]}/status`, 'utf8');
const result = {
  wall,
  rows: snapshot.rows,
  types: snapshot.types,
  bytes: snapshot.kind.buffer.byteLength,
  times: tu.times,
  childPeak: Number(/VmHWM:\s*(\d+)/.exec(status)?.[1]) / 1024,
  nodeResident: process.memoryUsage().rss / 2 ** 20,
};
tu[Symbol.dispose]();
await gone(pids);
finish(result, workCpu);
