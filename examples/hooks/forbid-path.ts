// Nothing below FORBIDDEN can be opened: FORBIDDEN=/etc/ mrhooker forbid-path.ts cat /etc/passwd
//
// A program may not bear it: node ends with status 13 when it is not allowed to read OpenSSL's configuration, /etc/ssl/openssl.cnf,
// also without hooks. That a file is not there it does bear: return ENOENT in place of EACCES.

import { EACCES } from 'c:errno.h';
import { open, openat } from 'c:fcntl.h';
import { fopen } from 'c:stdio.h';
import { call, env, hook } from 'mrhooker';

const forbidden = env('FORBIDDEN') ?? '/etc/';

function isForbidden(path: string): boolean {
  if (!path.startsWith(forbidden)) return false;
  console.warn(`${path} was asked for`);
  call.errno = EACCES;
  return true;
}

hook(open, (path, flags) => (isForbidden(path.text()) ? -1 : open(path, flags)));
hook(openat, (folder, path, flags) => (isForbidden(path.text()) ? -1 : openat(folder, path, flags)));
hook(fopen, (path, mode) => (isForbidden(path.text()) ? null : fopen(path, mode)));
