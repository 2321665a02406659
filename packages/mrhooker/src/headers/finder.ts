/** Which header declares a function, or another name, when a person only knows that. */
import { readdirSync, readFileSync } from 'node:fs';
import { FunctionDecl, type Location, parse, type TranslationUnit } from 'cmonster';
import { nearest } from './nearest.js';

/** The C library's own, the usual ones first: a name in several of them is taken from the first. */
// biome-ignore format: a table
const STANDARD = [
  'stdio.h', 'stdlib.h', 'string.h', 'unistd.h', 'fcntl.h', 'sys/socket.h', 'sys/stat.h', 'sys/mman.h', 'sys/types.h', 'time.h',
  'pthread.h', 'dlfcn.h', 'netdb.h', 'arpa/inet.h', 'netinet/in.h', 'sys/time.h', 'sys/wait.h', 'signal.h', 'poll.h', 'sys/epoll.h',
  'sys/select.h', 'sys/uio.h', 'sys/ioctl.h', 'sys/file.h', 'sys/sendfile.h', 'sys/random.h', 'sys/resource.h', 'sys/prctl.h',
  'sys/ptrace.h', 'sys/inotify.h', 'sys/eventfd.h', 'sys/timerfd.h', 'sys/signalfd.h', 'sys/statvfs.h', 'sys/vfs.h', 'sys/mount.h',
  'sys/xattr.h', 'sys/utsname.h', 'sys/times.h', 'sys/un.h', 'sys/ipc.h', 'sys/shm.h', 'sys/sem.h', 'sys/msg.h', 'sys/sysinfo.h',
  'malloc.h', 'spawn.h', 'sched.h', 'semaphore.h', 'dirent.h', 'ftw.h', 'glob.h', 'fnmatch.h', 'regex.h', 'wchar.h', 'wctype.h',
  'ctype.h', 'locale.h', 'langinfo.h', 'iconv.h', 'math.h', 'complex.h', 'fenv.h', 'setjmp.h', 'ucontext.h', 'execinfo.h', 'link.h',
  'pwd.h', 'grp.h', 'shadow.h', 'utmp.h', 'utmpx.h', 'syslog.h', 'termios.h', 'pty.h', 'utime.h', 'strings.h', 'search.h', 'getopt.h',
  'mqueue.h', 'aio.h', 'ifaddrs.h', 'net/if.h', 'resolv.h', 'crypt.h', 'error.h', 'err.h', 'errno.h', 'libgen.h', 'wordexp.h',
  'mntent.h', 'fstab.h', 'inttypes.h', 'uchar.h', 'threads.h', 'obstack.h', 'argz.h', 'envz.h', 'byteswap.h', 'nl_types.h',
];

export interface Found {
  name: string;
  /** As `#include` takes it; undefined when no header was found. */
  header: string | undefined;
  /** Names that it may have meant. */
  nearest: string[];
}

/**
 * @param folders searched after the C library: those of -I, and the system's
 * @param usual names for which only the C library's own headers count, and nothing that is merely near
 */
export async function findHeaders(
  names: readonly string[],
  folders: readonly string[],
  usual: ReadonlySet<string> = new Set(),
): Promise<Found[]> {
  const source = `${STANDARD.map((name) => `#if __has_include(<${name}>)\n#include <${name}>\n#endif\n`).join('')}`;
  const file = '/mrhooker-standard-headers.c';
  using tu = await parse(file, {
    scope: 'all',
    comments: false,
    typeLocs: false,
    arguments: ['-D_GNU_SOURCE', '-w', '-ferror-limit=0', ...folders.map((folder) => `-I${folder}`)],
    unsaved: { [file]: source },
  });
  const header = (places: readonly Location[]): string | undefined => {
    const found = places.map(standardHeader);
    return STANDARD.find((name) => found.includes(name));
  };
  const found: Found[] = [];
  for (const name of names) {
    const known = header(placesOf(tu, name));
    const where = known ?? (usual.has(name) ? undefined : searchFolders(name, [...folders, '/usr/include']));
    const others =
      where === undefined && !usual.has(name)
        ? tu.root.children.map((node) => (node as Partial<FunctionDecl>).name ?? '')
        : [];
    found.push({
      name,
      header: where,
      nearest: nearest(
        name,
        others.filter((other) => !other.startsWith('_')),
      ),
    });
  }
  return found;
}

/** The innermost one that is meant to be included: `signal` is of signal.h, though sys/wait.h includes it. */
function standardHeader(place: Location): string | undefined {
  for (let at = place; at.isValid; ) {
    const presumed = at.presumed;
    if (!presumed) break;
    const { file } = presumed;
    const name = STANDARD.find((known) => file.endsWith(`/include/${known}`) || file.endsWith(`-linux-gnu/${known}`));
    if (name !== undefined) return name;
    at = presumed.includedFrom;
  }
  return undefined;
}

/** Where a function, type, constant or macro is declared. */
function placesOf(tu: TranslationUnit, name: string): Location[] {
  const decls = tu.lookup(name.replace(/^(struct|union)_/, ''));
  const decl = decls.find((node) => node.is(FunctionDecl)) ?? decls[0];
  if (decl) return [decl, ...(decl.is(FunctionDecl) ? decl.redecls : [])].map((each) => each.beginLoc);
  const macro = tu.preprocessor.definitions(name).at(-1);
  return macro ? [macro.location] : [];
}

/** Headers that say `name(`, as text: the shortest name first, for that is the library's own. */
function searchFolders(name: string, folders: readonly string[]): string | undefined {
  const call = new RegExp(`\\b${name.replace(/\W/g, '\\$&')}\\s*\\(`);
  for (const folder of folders) {
    let entries: string[];
    try {
      entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    } catch {
      continue;
    }
    const headers = entries.filter(
      (entry) => /\.h(pp|h)?$/.test(entry) && !/^(linux|asm|asm-generic|x86_64-linux-gnu|c\+\+|llvm|clang)/.test(entry),
    );
    headers.sort((a, b) => a.length - b.length);
    const hit = headers.find((entry) => {
      const text = readFileSync(`${folder}/${entry}`, 'utf8');
      return (
        text.includes(name) &&
        text.split('\n').some((line) => call.test(line) && !/^\s*(\/?\*|#\s*define|\/\/)/.test(line))
      );
    });
    if (hit !== undefined) return hit;
  }
  return undefined;
}
