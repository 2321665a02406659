// Other names under which programs call the same function: large-file variants, fortified ones, older standards' and
// internal ones. A hook on a function covers its family; what a fortified variant checks it goes on checking, because
// it is that variant which is called as the original.

/** Another name of a function. */
export interface Alias {
  name: string;
  /**
   * Where its arguments come from when they aren't the family's, in order: argument j is the family's argument
   * `map[j]`; `keep`: it is the variant's own, and passed on as it came.
   */
  map?: readonly number[];
  /** Kinds of the own arguments, result first, when `map` is there; the variadic part isn't in it. */
  signature?: string;
  /** C of a definition that calls the family's function instead, when the arguments can't be mapped. */
  redirect?: string;
}

/** In `map`: not an argument of the family's. */
export const keep = 255;

const same = (...names: string[]): Alias[] => names.map((name) => ({ name }));

/** A fortified variant whose further arguments follow, with `count` arguments in common. */
const checked = (name: string, signature: string, common: number): Alias => ({
  name,
  signature,
  map: Array.from({ length: signature.length - 1 }, (_, i) => (i < common ? i : keep)),
});

const families: Readonly<Record<string, readonly Alias[]>> = {
  open: [
    ...same('open64', '__open', '__open64'),
    checked('__open_2', 'ipi', 2),
    checked('__open64_2', 'ipi', 2),
    { name: 'creat', redirect: 'int creat(const char *path, unsigned mode) { return open(path, 01101, mode); }' },
    { name: 'creat64', redirect: 'int creat64(const char *path, unsigned mode) { return open(path, 01101, mode); }' },
  ],
  creat: same('creat64'),
  openat: [...same('openat64'), checked('__openat_2', 'iipi', 3), checked('__openat64_2', 'iipi', 3)],
  fopen: same('fopen64'),
  freopen: same('freopen64'),
  fcntl: same('fcntl64', '__fcntl'),
  read: [...same('__read'), checked('__read_chk', 'lipLL', 3)],
  write: same('__write'),
  close: same('__close'),
  pread: [...same('pread64'), checked('__pread_chk', 'lipLlL', 4), checked('__pread64_chk', 'lipLlL', 4)],
  pwrite: same('pwrite64'),
  preadv: same('preadv64'),
  pwritev: same('pwritev64'),
  recv: [checked('__recv_chk', 'lipLLi', 3)].map((alias) => ({ ...alias, map: [0, 1, 2, keep, 3] })),
  recvfrom: [{ name: '__recvfrom_chk', signature: 'lipLLipp', map: [0, 1, 2, keep, 3, 4, 5] }],
  send: same('__send'),
  connect: same('__connect'),
  lseek: same('lseek64'),
  stat: same('stat64'),
  lstat: same('lstat64'),
  fstat: same('fstat64'),
  fstatat: same('fstatat64'),
  truncate: same('truncate64'),
  ftruncate: same('ftruncate64'),
  fseeko: same('fseeko64'),
  ftello: same('ftello64'),
  mmap: same('mmap64'),
  sendfile: same('sendfile64'),
  readdir: same('readdir64'),
  readdir_r: same('readdir64_r'),
  scandir: same('scandir64'),
  statfs: same('statfs64'),
  statvfs: same('statvfs64'),
  getrlimit: same('getrlimit64'),
  setrlimit: same('setrlimit64'),
  mkstemp: same('mkstemp64'),
  mkostemp: same('mkostemp64'),
  tmpfile: same('tmpfile64'),
  poll: [checked('__poll_chk', 'ipLiL', 3)],
  ppoll: [checked('__ppoll_chk', 'ipLppL', 4)],
  fread: [{ name: '__fread_chk', signature: 'LpLLLp', map: [0, keep, 1, 2, 3] }, ...same('fread_unlocked')],
  fwrite: same('fwrite_unlocked'),
  fgets: [{ name: '__fgets_chk', signature: 'ppLip', map: [0, keep, 1, 2] }, ...same('fgets_unlocked')],
  memcpy: [checked('__memcpy_chk', 'pppLL', 3)],
  memmove: [checked('__memmove_chk', 'pppLL', 3)],
  memset: [checked('__memset_chk', 'ppiLL', 3)],
  strcpy: [checked('__strcpy_chk', 'pppL', 2)],
  strncpy: [checked('__strncpy_chk', 'pppLL', 3)],
  strcat: [checked('__strcat_chk', 'pppL', 2)],
  strncat: [checked('__strncat_chk', 'pppLL', 3)],
  strdup: same('__strdup'),
  realpath: [checked('__realpath_chk', 'pppL', 2)],
  readlink: [checked('__readlink_chk', 'lppLL', 3)],
  getcwd: [checked('__getcwd_chk', 'ppLL', 2)],
  printf: [{ name: '__printf_chk', signature: 'iip', map: [keep, 0] }],
  fprintf: [{ name: '__fprintf_chk', signature: 'ipip', map: [0, keep, 1] }],
  dprintf: [{ name: '__dprintf_chk', signature: 'iiip', map: [0, keep, 1] }],
  sprintf: [{ name: '__sprintf_chk', signature: 'ipiLp', map: [0, keep, keep, 1] }],
  snprintf: [{ name: '__snprintf_chk', signature: 'ipLiLp', map: [0, 1, keep, keep, 2] }],
  asprintf: [{ name: '__asprintf_chk', signature: 'ipip', map: [0, keep, 1] }],
  syslog: [{ name: '__syslog_chk', signature: 'viip', map: [0, keep, 1] }],
  vprintf: [{ name: '__vprintf_chk', signature: 'iipp', map: [keep, 0, 1] }],
  vfprintf: [{ name: '__vfprintf_chk', signature: 'ipipp', map: [0, keep, 1, 2] }],
  vsnprintf: [{ name: '__vsnprintf_chk', signature: 'ipLiLpp', map: [0, 1, keep, keep, 2, 3] }],
  sscanf: same('__isoc99_sscanf', '__isoc23_sscanf'),
  scanf: same('__isoc99_scanf', '__isoc23_scanf'),
  fscanf: same('__isoc99_fscanf', '__isoc23_fscanf'),
  strtol: same('__isoc23_strtol'),
  strtoul: same('__isoc23_strtoul'),
  strtoll: same('__isoc23_strtoll'),
  strtoull: same('__isoc23_strtoull'),
  getenv: same('__secure_getenv', 'secure_getenv'),
  sigsetjmp: same('__sigsetjmp'),
  fork: same('__fork'),
  select: same('__select'),
  gettimeofday: same('__gettimeofday'),
  sysconf: same('__sysconf'),
  sigaction: same('__sigaction'),
};

/** The other names that a hook on this function covers. */
export function aliasesOf(name: string): readonly Alias[] {
  return families[name] ?? [];
}

const primaries = new Map(
  Object.entries(families).flatMap(([name, aliases]) => aliases.map((alias) => [alias.name, name])),
);

/** The function whose family this name belongs to; itself when it stands alone, or has a family of its own. */
export function familyOf(name: string): string {
  return name in families ? name : (primaries.get(name) ?? name);
}
