/** Which constants an argument is written in: `O_RDONLY`, `AF_INET`. Their values come from the headers. */
import { Headers } from '../headers/reader.js';
import { parseSpecifier } from '../headers/specifier.js';

export interface Naming {
  header: string;
  /** Of the names. */
  pattern: RegExp;
  /** Bits that are combined; otherwise one of them. */
  flags?: boolean;
}

const one = (header: string, pattern: RegExp): Naming => ({ header, pattern });
const flags = (header: string, pattern: RegExp): Naming => ({ header, pattern, flags: true });

const OPEN = flags('fcntl.h', /^O_(?!ACCMODE|NDELAY|FSYNC|RSYNC)[A-Z]+$/);
const MESSAGE = flags('sys/socket.h', /^MSG_[A-Z]+(_[A-Z]+)*$/);
const FAMILY = one('sys/socket.h', /^AF_(?!MAX|LOCAL|FILE|ROUTE)[A-Z0-9]+$/);
const TYPE = flags('sys/socket.h', /^SOCK_[A-Z]+$/);
const PROTECTION = flags('sys/mman.h', /^PROT_[A-Z]+$/);
const SIGNAL = one('signal.h', /^SIG(?!RTMIN|RTMAX|STKSZ|EV_|POLL|CLD|IOT|_)[A-Z0-9]+$/);
const CLOCK = one('time.h', /^CLOCK_[A-Z_]+$/);
const WHENCE = one('unistd.h', /^SEEK_[A-Z]+$/);

/** By function and the number of its parameter. */
const NAMINGS: Readonly<Record<string, Readonly<Record<number, Naming>>>> = {
  open: { 1: OPEN },
  openat: { 0: one('fcntl.h', /^AT_FDCWD$/), 2: OPEN },
  fstatat: { 0: one('fcntl.h', /^AT_FDCWD$/), 3: flags('fcntl.h', /^AT_(SYMLINK|NO|EMPTY)[A-Z_]+$/) },
  unlinkat: { 0: one('fcntl.h', /^AT_FDCWD$/), 2: flags('fcntl.h', /^AT_REMOVEDIR$/) },
  pipe2: { 1: OPEN },
  dup3: { 2: OPEN },
  fcntl: { 1: one('fcntl.h', /^F_(GET|SET|DUP|ADD|OFD)[A-Z_0-9]*$/) },
  access: { 1: flags('unistd.h', /^[FRWX]_OK$/) },
  faccessat: { 0: one('fcntl.h', /^AT_FDCWD$/), 2: flags('unistd.h', /^[FRWX]_OK$/) },
  lseek: { 2: WHENCE },
  fseek: { 2: WHENCE },
  fseeko: { 2: WHENCE },
  flock: { 1: flags('sys/file.h', /^LOCK_(SH|EX|NB|UN)$/) },
  mmap: { 2: PROTECTION, 3: flags('sys/mman.h', /^MAP_(?!FILE|TYPE|HUGE_|ANON$)[A-Z_0-9]+$/) },
  mprotect: { 2: PROTECTION },
  madvise: { 2: one('sys/mman.h', /^MADV_[A-Z_]+$/) },
  msync: { 2: flags('sys/mman.h', /^MS_[A-Z]+$/) },
  socket: { 0: FAMILY, 1: TYPE },
  socketpair: { 0: FAMILY, 1: TYPE },
  accept4: { 3: TYPE },
  send: { 3: MESSAGE },
  recv: { 3: MESSAGE },
  sendto: { 3: MESSAGE },
  recvfrom: { 3: MESSAGE },
  sendmsg: { 2: MESSAGE },
  recvmsg: { 2: MESSAGE },
  shutdown: { 1: one('sys/socket.h', /^SHUT_[A-Z]+$/) },
  setsockopt: { 1: one('sys/socket.h', /^SOL_[A-Z]+$/), 2: one('sys/socket.h', /^SO_[A-Z]+$/) },
  getsockopt: { 1: one('sys/socket.h', /^SOL_[A-Z]+$/), 2: one('sys/socket.h', /^SO_[A-Z]+$/) },
  epoll_ctl: { 1: one('sys/epoll.h', /^EPOLL_CTL_[A-Z]+$/) },
  eventfd: { 1: flags('sys/eventfd.h', /^EFD_[A-Z]+$/) },
  kill: { 1: SIGNAL },
  raise: { 0: SIGNAL },
  signal: { 0: SIGNAL },
  sigaction: { 0: SIGNAL },
  waitpid: { 2: flags('sys/wait.h', /^W(NOHANG|UNTRACED|CONTINUED|STOPPED|EXITED|NOWAIT)$/) },
  clock_gettime: { 0: CLOCK },
  clock_nanosleep: { 0: CLOCK },
  dlopen: { 1: flags('dlfcn.h', /^RTLD_(LAZY|NOW|GLOBAL|NOLOAD|NODELETE|DEEPBIND)$/) },
  prctl: { 0: one('sys/prctl.h', /^PR_[GS]ET_[A-Z_]+$/) },
  setlocale: { 0: one('locale.h', /^LC_[A-Z]+$/) },
  sysconf: { 0: one('unistd.h', /^_SC_[A-Z0-9_]+$/) },
  getrlimit: { 0: one('sys/resource.h', /^RLIMIT_[A-Z]+$/) },
  setrlimit: { 0: one('sys/resource.h', /^RLIMIT_[A-Z]+$/) },
};

/** By the name of a record's member. */
const FIELD_NAMINGS: Readonly<Record<string, Naming>> = {
  events: flags('poll.h', /^POLL(IN|OUT|PRI|ERR|HUP|NVAL|RDHUP)$/),
  revents: flags('poll.h', /^POLL(IN|OUT|PRI|ERR|HUP|NVAL|RDHUP)$/),
};
const OCTAL_FIELDS = ['st_mode'];

/** How the numbers of a run read. */
export interface Namers {
  /** By function and the number of its parameter. */
  parameters: ReadonlyMap<string, ReadonlyMap<number, Namer>>;
  /** By a member's name. */
  fields: ReadonlyMap<string, Namer>;
}
export const NO_NAMERS: Namers = { parameters: new Map(), fields: new Map() };

/** How the number of a parameter reads. */
export type Namer = (value: number) => string;

const octal = (value: number): string => `0${value.toString(8)}`;
/** Modes of files, by function and parameter. */
const MODES: Readonly<Record<string, number>> = {
  open: 2,
  openat: 3,
  creat: 1,
  mkdir: 1,
  mkdirat: 2,
  chmod: 1,
  fchmod: 1,
  fchmodat: 2,
  umask: 0,
  mkfifo: 1,
  mknod: 1,
};

/** @param members names of members that are shown */
export async function namersOf(functions: readonly string[], members: readonly string[], cwd: string): Promise<Namers> {
  const needed = [
    ...functions.flatMap((name) => Object.values(NAMINGS[name] ?? {})),
    ...members.flatMap((name) => FIELD_NAMINGS[name] ?? []),
  ];
  const values = new Map<Naming, Map<string, number>>();
  if (needed.length > 0) {
    const specifiers = [...new Set(needed.map(({ header }) => header))].map((header) =>
      parseSpecifier(`c:${header}`, cwd),
    );
    using headers = await Headers.open(specifiers, { language: 'c', arguments: [], cwd });
    const names = [...new Set([...headers.names, ...reserved])];
    const wanted = new Set(needed.flatMap(({ pattern }) => names.filter((name) => pattern.test(name))));
    const { names: declared } = await headers.declare(
      [...wanted].filter((name) => headers.has(name)),
      { skipUnusable: true },
    );
    for (const naming of needed) {
      const found = new Map<string, number>();
      for (const [name, declaration] of Object.entries(declared)) {
        if (!naming.pattern.test(name) || declaration.kind !== 'constant' || declaration.value.kind !== 'integer')
          continue;
        found.set(name, Number(declaration.value.value));
      }
      values.set(naming, found);
    }
  }
  const namer = (naming: Naming): Namer => {
    const known = values.get(naming) ?? new Map<string, number>();
    return naming.flags ? combination(known) : single(known);
  };
  const fields = new Map(OCTAL_FIELDS.map((name): [string, Namer] => [name, octal]));
  for (const name of members) if (FIELD_NAMINGS[name]) fields.set(name, namer(FIELD_NAMINGS[name]));
  const parameters = new Map(
    functions.map((name) => {
      const namers = new Map<number, Namer>();
      for (const [parameter, naming] of Object.entries(NAMINGS[name] ?? {})) {
        namers.set(Number(parameter), namer(naming));
      }
      const mode = MODES[name];
      if (mode !== undefined) namers.set(mode, octal);
      return [name, namers];
    }),
  );
  return { parameters, fields };
}

/** Names that C reserves, and headers do not list. */
const reserved = [
  '_SC_PAGESIZE',
  '_SC_NPROCESSORS_ONLN',
  '_SC_NPROCESSORS_CONF',
  '_SC_CLK_TCK',
  '_SC_OPEN_MAX',
  '_SC_ARG_MAX',
  '_SC_PHYS_PAGES',
  '_SC_AVPHYS_PAGES',
  '_SC_GETPW_R_SIZE_MAX',
  '_SC_IOV_MAX',
  '_SC_LEVEL1_DCACHE_LINESIZE',
];

function single(known: ReadonlyMap<string, number>): Namer {
  const byValue = new Map<number, string>();
  for (const [name, value] of known) if (!byValue.has(value)) byValue.set(value, name);
  return (value) => byValue.get(value) ?? String(value);
}

/** The largest sets of bits first: O_SYNC holds O_DSYNC. */
function combination(known: ReadonlyMap<string, number>): Namer {
  const sorted = [...known].filter(([, value]) => value > 0).sort((a, b) => b[1] - a[1]);
  const zero = [...known].find(([, value]) => value === 0)?.[0];
  return (value) => {
    const names: string[] = [];
    let rest = value;
    for (const [name, bits] of sorted) {
      if ((rest & bits) !== bits || rest === 0) continue;
      names.push(name);
      rest &= ~bits;
    }
    if (zero !== undefined && (names.length === 0 || (zero === 'O_RDONLY' && (value & 3) === 0))) names.push(zero);
    names.reverse();
    if (rest !== 0) names.push(`0x${(rest >>> 0).toString(16)}`);
    return names.length > 0 ? names.join('|') : '0';
  };
}
