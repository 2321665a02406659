// compile_commands.json from any build: mrhooker compile-commands.ts make, then cmonster run script.ts -p .

import { O_CREAT, O_RDWR, open } from 'c:fcntl.h';
import { posix_spawn, posix_spawnp } from 'c:spawn.h';
import { strlen } from 'c:string.h';
import { flock, LOCK_EX } from 'c:sys/file.h';
import { close, execv, execve, execvp, getcwd, lseek, pwrite, SEEK_END } from 'c:unistd.h';
import { alloc, env, hook, type Pointer } from 'mrhooker';

const database = env('COMPILE_COMMANDS') ?? 'compile_commands.json';
const compiler = /(^|[-/])(cc|c\+\+|gcc|g\+\+|clang|clang\+\+)(-\d+(\.\d+)*)?$/;
const source = /\.(c|cc|cpp|cxx|c\+\+|C|m|mm)$/;

function strings(list: Pointer<Pointer<number>>): string[] {
  const found: string[] = [];
  for (let index = 0; list[index]; index++) found.push(list[index].text());
  return found;
}

/** The file is a whole JSON document at any time: an entry goes where the closing bracket was. */
function add(entry: object): void {
  const fd = open(database, O_RDWR | O_CREAT, 0o644);
  flock(fd, LOCK_EX);
  const end = lseek(fd, 0, SEEK_END);
  const text = `${end === 0 ? '[' : ','}\n${JSON.stringify(entry)}\n]\n`;
  pwrite(fd, text, strlen(text), end === 0 ? 0 : end - 3);
  close(fd);
}

function started(path: string, argv: Pointer<Pointer<number>>): void {
  const words = strings(argv);
  if (!compiler.test(path) || !words.includes('-c')) return;
  const directory = getcwd(alloc(4096), 4096).text();
  for (const file of words.filter((word) => source.test(word))) add({ directory, file, arguments: words });
}

hook(execve, { enter: (path, argv) => started(path.text(), argv) });
hook(execv, { enter: (path, argv) => started(path.text(), argv) });
hook(execvp, { enter: (path, argv) => started(path.text(), argv) });
hook(posix_spawn, { enter: (_pid, path, _actions, _attributes, argv) => started(path.text(), argv) });
hook(posix_spawnp, { enter: (_pid, path, _actions, _attributes, argv) => started(path.text(), argv) });
