// A connection as over a satellite: DELAY=300 mrhooker slow-network.ts curl http://127.0.0.1/

import { connect, recv, send } from 'c:sys/socket.h';
import { fstat, S_ISSOCK, struct_stat } from 'c:sys/stat.h';
import { usleep, write } from 'c:unistd.h';
import { env, hook } from 'mrhooker';

const delay = Number(env('DELAY') ?? 300) * 1000;

hook(connect, (fd, address, length) => {
  usleep(delay);
  return connect(fd, address, length);
});

hook(send, (fd, buffer, length, flags) => {
  usleep(delay);
  return send(fd, buffer, length, flags);
});

hook(recv, (fd, buffer, length, flags) => recv(fd, buffer, Math.min(length, 512), flags));

// What Node, Perl and others call for sockets, too.
hook(write, (fd, buffer, length) => {
  const status = struct_stat.alloc();
  if (fstat(fd, status) === 0 && S_ISSOCK(status.st_mode)) usleep(delay);
  return write(fd, buffer, length);
});
