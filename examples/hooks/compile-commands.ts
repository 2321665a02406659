// compile_commands.json from any build: mrhooker compile-commands.ts make, then cmonster run script.ts -p .

import { O_CREAT, O_RDWR, open } from 'c:fcntl.h';
import { posix_spawn, posix_spawnp } from 'c:spawn.h';
import { strlen } from 'c:string.h';
import { flock, LOCK_EX } from 'c:sys/file.h';
import {
  access,
  close,
  execv,
  execve,
  execvp,
  F_OK,
  ftruncate,
  getcwd,
  lseek,
  pread,
  pwrite,
  SEEK_END,
} from 'c:unistd.h';
import { alloc, atExit, env, hook, type Pointer, process, shared } from 'mrhooker';

interface Entry {
  directory: string;
  file: string;
  arguments: string[];
}

const compiler = /(^|[-/])(cc|c\+\+|gcc|g\+\+|clang|clang\+\+)(-\d+(\.\d+)*)?$/;
const source = /\.(c|cc|cpp|cxx|c\+\+|C|m|mm)$/;

// The build's own process, and its folder; what it starts changes to others.
const begin = shared.map('begin', { print: false, capacity: 8 });
if (begin.entries().length === 0) begin.add(currentFolder(), process.pid);
const [[folder, first] = ['.', 0]] = begin.entries();
const database = env('COMPILE_COMMANDS') ?? `${folder}/compile_commands.json`;

function currentFolder(): string {
  return getcwd(alloc(4096), 4096).text();
}

function strings(list: Pointer<Pointer<number>>): string[] {
  const found: string[] = [];
  for (let index = 0; list[index]; index++) found.push(list[index].text());
  return found;
}

/** The file is a whole JSON document at any time. What `change` says comes from a place on. */
function edit(change: (text: string) => { from: number; text: string } | undefined): void {
  const fd = open(database, O_RDWR | O_CREAT, 0o644);
  flock(fd, LOCK_EX);
  const size = lseek(fd, 0, SEEK_END);
  const bytes = alloc(size + 1);
  pread(fd, bytes, size, 0);
  const changed = change(bytes.text(size));
  if (changed) {
    pwrite(fd, changed.text, strlen(changed.text), changed.from);
    ftruncate(fd, changed.from + strlen(changed.text));
  }
  close(fd);
}

const print = (entries: readonly Entry[]) => `[\n${entries.map((entry) => JSON.stringify(entry)).join('\n,\n')}\n]\n`;

function add(entry: Entry): void {
  const line = JSON.stringify(entry);
  edit((text) => {
    if (text.includes(line)) return undefined;
    return text === '' ? { from: 0, text: print([entry]) } : { from: strlen(text) - 2, text: `,\n${line}\n]\n` };
  });
}

function started(path: string, argv: Pointer<Pointer<number>>): void {
  const words = strings(argv);
  if (!compiler.test(path) || !words.includes('-c')) return;
  const directory = currentFolder();
  for (const file of words.filter((word) => source.test(word))) add({ directory, file, arguments: words });
}

hook(execve, { enter: (path, argv) => started(path.text(), argv) });
hook(execv, { enter: (path, argv) => started(path.text(), argv) });
hook(execvp, { enter: (path, argv) => started(path.text(), argv) });
hook(posix_spawn, { enter: (_pid, path, _actions, _attributes, argv) => started(path.text(), argv) });
hook(posix_spawnp, { enter: (_pid, path, _actions, _attributes, argv) => started(path.text(), argv) });

// What a configuration tries out is gone by then.
const isThere = ({ directory, file }: Entry) =>
  access(directory, F_OK) === 0 && access(file.startsWith('/') ? file : `${directory}/${file}`, F_OK) === 0;

atExit(() => {
  if (process.pid !== first || access(database, F_OK) !== 0) return;
  edit((text) => (text === '' ? undefined : { from: 0, text: print((JSON.parse(text) as Entry[]).filter(isThere)) }));
});
