// A file that is not there, or not so: mrhooker fake-file.ts cat /etc/hostname

import { open, openat } from 'c:fcntl.h';
import { fdopen, fopen } from 'c:stdio.h';
import { strlen } from 'c:string.h';
import { memfd_create } from 'c:sys/mman.h';
import { lseek, SEEK_SET, write } from 'c:unistd.h';
import { hook } from 'mrhooker';

const files: Readonly<Record<string, string>> = { '/etc/hostname': 'pequod\n' };

/** A descriptor from which the text can be read. */
function fake(text: string): number {
  const fd = memfd_create('fake', 0);
  write(fd, text, strlen(text));
  lseek(fd, 0, SEEK_SET);
  return fd;
}

hook(open, (path, flags) => {
  const text = files[path.text()];
  return text === undefined ? open(path, flags) : fake(text);
});

hook(openat, (folder, path, flags) => {
  const text = files[path.text()];
  return text === undefined ? openat(folder, path, flags) : fake(text);
});

hook(fopen, (path, mode) => {
  const text = files[path.text()];
  return text === undefined ? fopen(path, mode) : fdopen(fake(text), 'r');
});
