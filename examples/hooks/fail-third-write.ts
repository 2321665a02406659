// The disk is full when the third write comes: mrhooker fail-third-write.ts sh -c 'echo 1; echo 2; echo 3; echo 4'

import { ENOSPC } from 'c:errno.h';
import { write } from 'c:unistd.h';
import { call, hook, shared } from 'mrhooker';

const writes = shared.map('writes', { print: false });

hook(write, (fd, buffer, length) => {
  if (writes.add('all') !== 3) return write(fd, buffer, length);
  call.errno = ENOSPC;
  return -1;
});
