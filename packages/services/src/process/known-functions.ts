// Functions that people trace most, with the header that declares each and how its arguments are shown: s text, d number,
// x hexadecimal, o octal, p pointer. A function that isn't here is shown as its header says, or by its name alone.

interface Known {
  header: string;
  show: string;
}

const tables: Record<string, Record<string, string>> = {
  'fcntl.h': { open: 'sxo', openat: 'dsxo', creat: 'so' },
  'unistd.h': {
    read: 'dpd',
    write: 'dpd',
    close: 'd',
    lseek: 'ddd',
    access: 's',
    unlink: 's',
    readlink: 'spd',
    chdir: 's',
    rmdir: 's',
    execve: 'spp',
    fsync: 'd',
    pipe: 'p',
    dup2: 'dd',
  },
  'stdio.h': {
    fopen: 'ss',
    fclose: 'p',
    fread: 'pddp',
    fwrite: 'pddp',
    fgets: 'pdp',
    fputs: 'sp',
    puts: 's',
    remove: 's',
    rename: 'ss',
    fflush: 'p',
  },
  'stdlib.h': { malloc: 'd', calloc: 'dd', realloc: 'pd', free: 'p', getenv: 's' },
  'string.h': { strlen: 's', strcmp: 'ss', strcpy: 'ps', strdup: 's', strchr: 'sd', memcpy: 'ppd', memset: 'pdd' },
  'sys/stat.h': { stat: 'sp', lstat: 'sp', mkdir: 'so', chmod: 'so' },
  'sys/socket.h': {
    socket: 'ddd',
    connect: 'dpd',
    bind: 'dpd',
    listen: 'dd',
    accept: 'dpp',
    send: 'dpdx',
    recv: 'dpdx',
    sendto: 'dpdxpd',
    recvfrom: 'dpdxpp',
  },
  'netdb.h': { getaddrinfo: 'sspp' },
  'dirent.h': { opendir: 's', readdir: 'p', closedir: 'p' },
  'time.h': { clock_gettime: 'dp', nanosleep: 'pp' },
};

export const knownFunctions: ReadonlyMap<string, Known> = new Map(
  Object.entries(tables).flatMap(([header, functions]) =>
    Object.entries(functions).map(([name, show]) => [name, { header, show }] as const),
  ),
);
