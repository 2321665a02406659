// `mrhooker trace` beside strace, and what it writes for other programs.
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { Place } from './place.js';

const place = new Place();
afterAll(() => place.remove());

/** Without times and threads: `open("x", O_RDONLY) = 3`. */
function calls(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => /^ +\d+\.\d{6} /.test(line))
    .map((line) => line.replace(/^ +[\d.]+ (\[\d+\] )?/, '').replace(/ <[^>]*>$/, ''));
}

/** What strace says of a command, in the words of the C library. */
function straced(names: string, command: readonly string[]): string[] {
  const file = place.path('strace');
  execFileSync('strace', ['-qq', '-s', '64', '-e', `trace=${names}`, '-o', file, ...command], { stdio: 'ignore' });
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/\) += /, ') = '));
}

const program = `
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <unistd.h>

int main(void) {
  char buffer[100];
  int fd = open("made", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  write(fd, "a \\"quoted\\"\\tline\\n\\001", 18);
  lseek(fd, 2, SEEK_SET);
  read(fd, buffer, sizeof buffer);
  open("/no/such/file", O_RDONLY | O_DIRECTORY);
  access("made", R_OK | W_OK);
  void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
  mprotect(page, 4096, PROT_READ | PROT_WRITE);
  close(fd);
  close(fd);
  int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(1), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  connect(s, (struct sockaddr *)&to, sizeof to);
  struct pollfd polled = {.fd = s, .events = POLLIN | POLLOUT};
  poll(&polled, 1, 0);
  shutdown(s, SHUT_RDWR);
  kill(getpid(), 0);
  unlink("made");
  return 0;
}
`;

describe('trace', { timeout: 240_000 }, () => {
  test('the same calls, arguments and results as strace', async () => {
    const source = place.write('calls.c', program);
    execFileSync('cc', ['-w', '-o', place.path('calls'), source]);
    const names = 'open,write,lseek,read,access,mmap,mprotect,close,socket,connect,shutdown,kill,unlink';
    const { status, stdout, stderr } = await place.run(['trace', names, './calls']);
    expect({ status, stdout, stderr }).toMatchObject({
      status: 0,
      stdout: '',
      stderr: expect.stringContaining('seen'),
    });
    const seen = calls(stderr).map((line) =>
      line.replace(/0x[0-9a-f]+/g, 'ADDRESS').replace(/\(([a-z])/g, (_, first: string) => `(${first.toUpperCase()}`),
    );
    const traced = straced('openat,write,lseek,read,access,mmap,mprotect,close,socket,connect,shutdown,kill,unlink', [
      place.path('calls'),
    ]);
    const own = traced.slice(traced.findIndex((line) => line.includes('"made"')));
    const expected = own
      .filter((line) => !line.startsWith('+++'))
      .map((line) =>
        line
          .replace('openat(AT_FDCWD, ', 'open(')
          .replace(/0x[0-9a-f]+/g, 'ADDRESS')
          .replace(/kill\(\d+, 0\)/, 'kill(PID, 0)')
          .replace(
            /\{sa_family=AF_INET, sin_port=htons\((\d+)\), sin_addr=inet_addr\("([\d.]+)"\)\}/,
            '{AF_INET $2:$1}',
          )
          // Octal escapes of C.
          .replace(
            /\\([0-7]{1,3})/g,
            (_, digits: string) => `\\x${Number.parseInt(digits, 8).toString(16).padStart(2, '0')}`,
          )
          .replace('IPPROTO_IP', '0'),
      );
    const order = (flags: string): string => flags.split('|').sort().join('|');
    const normal = (line: string): string =>
      line
        .replace(/ \([A-Za-z ]+\)$/, '')
        .replace(/[A-Z_0-9]+(\|[A-Z_0-9]+)+/g, order)
        .replace(/kill\(\d+/, 'kill(PID');
    expect(seen.map(normal)).toEqual(expected.map(normal));
  });

  test('bytes that are no text, and no access at all', async () => {
    place.write(
      'bytes.c',
      `#include <fcntl.h>
#include <unistd.h>
int main(void) {
  access("caf\\xe9", F_OK); access("caf\\xc3\\xa9", R_OK);
  int fd = open("/dev/null", O_WRONLY);
  write(fd, "caf\\xe9", 4); write(fd, "caf\\xc3\\xa9", 5); write(fd, "ab\\xc3\\xa9", 4);
  return 0;
}`,
    );
    execFileSync('gcc', ['-w', '-o', place.path('bytes'), place.path('bytes.c')]);
    expect(calls((await place.run(['trace', 'access,write', './bytes'])).stderr)).toEqual([
      'access("caf\\xe9", F_OK) = -1 ENOENT (no such file or directory)',
      'access("café", R_OK) = -1 ENOENT (no such file or directory)',
      'write(3, "caf\\xe9", 4) = 4',
      'write(3, "café", 5) = 5',
      'write(3, "abé", 4) = 4',
    ]);
    // The last character of what is cut may be half of one.
    const cut = calls((await place.run(['trace', '-s', '3', 'access,write', './bytes'])).stderr);
    expect(cut.map((line) => /"(.*?)…?,/.exec(line)?.[1])).toEqual(['caf"', 'caf"', 'caf"', 'caf"', 'ab"']);
  });

  test('what a call that failed was to fill is a pointer, as strace has it', async () => {
    const source = place.write(
      'unfilled.c',
      `#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
int main(void) {
  struct stat s;
  struct timespec brief = {0, 1000}, rest;
  struct sockaddr_un own;
  socklen_t length = sizeof own;
  int status, pair[2];
  char *end;
  memset(&s, 0x5a, sizeof s);
  memset(&rest, 0x5a, sizeof rest);
  memset(&own, 0x5a, sizeof own);
  memset(&status, 0x5a, sizeof status);
  memset(&end, 0x5a, sizeof end);
  stat("/no/such/file", &s);
  stat("/", &s);
  nanosleep(&brief, &rest);
  pid_t child = fork();
  if (!child) { pause(); _exit(0); }
  waitpid(child, &status, WNOHANG);
  kill(child, 9);
  waitpid(child, &status, 0);
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  getpeername(pair[0], (struct sockaddr *)&own, &length);
  getpeername(99, (struct sockaddr *)&own, &length);
  strtol("42", &end, 10);
  return 0;
}
`,
    );
    execFileSync('cc', ['-w', '-o', place.path('unfilled'), source]);
    const { stderr } = await place.run(['trace', 'stat,nanosleep,waitpid,getpeername,strtol', './unfilled']);
    const seen = calls(stderr).map((line) => line.replace(/0x[0-9a-f]+/g, 'ADDRESS').replace(/\((\d{3,}), /, '(PID, '));
    expect(seen).toEqual([
      'stat("/no/such/file", ADDRESS) = -1 ENOENT (no such file or directory)',
      expect.stringMatching(/^stat\("\/", \{st_dev=.*\}\) = 0$/),
      expect.stringMatching(/^nanosleep\(\{.*tv_nsec=1000\}, ADDRESS\) = 0$/),
      'waitpid(PID, ADDRESS, WNOHANG) = 0',
      expect.stringMatching(/^waitpid\(PID, \[9\], 0\) = \d+$/),
      expect.stringMatching(/^getpeername\(\d+, \{AF_UNIX\}, \[2\]\) = 0$/),
      'getpeername(99, ADDRESS, ADDRESS) = -1 EBADF (bad file descriptor)',
      'strtol("42", ADDRESS, 10) = 42',
    ]);
    const traced = straced('stat,newfstatat', [place.path('unfilled')]);
    expect(traced.some((line) => /\/no\/such\/file", 0x[0-9a-f]+.*ENOENT/.test(line))).toBe(true);
  });

  test('a summary counts calls and errors', async () => {
    const { stderr } = await place.run([
      'trace',
      '-c',
      'getenv,open*',
      'sh',
      '-c',
      'cat /no/such/file /etc/hostname || true',
    ]);
    expect(stderr).toMatch(/calls +errors +total +mean +p50 +p99 +function/);
    expect(stderr).toMatch(/^ +2 +1 .* open +█/m);
  });

  test('a timeline and folded stacks', async () => {
    const args = ['--chrome', 'timeline.json', '--stacks', 'folded', 'getenv'];
    const { stderr } = await place.run(['trace', ...args, 'git', '--version']);
    const { traceEvents } = JSON.parse(readFileSync(place.path('timeline.json'), 'utf8')) as {
      traceEvents: { name: string; ph: string; ts: number; dur: number; pid: number; tid: number }[];
    };
    const [, seen] = /(\d+) calls seen/.exec(stderr) ?? [];
    expect(traceEvents).toHaveLength(Number(seen));
    expect(traceEvents.every(({ name, ph, ts, dur }) => name === 'getenv' && ph === 'X' && ts > 0 && dur > 0)).toBe(
      true,
    );
    const folded = readFileSync(place.path('folded'), 'utf8').trim().split('\n');
    expect(folded.every((line) => /^[^ ;]+(;[^ ;]+)*;getenv \d+$/.test(line))).toBe(true);
    expect(existsSync(place.path('timeline.json.part'))).toBe(false);
  });

  test('JSON has values and their text', async () => {
    const { stderr } = await place.run(['trace', '--json', 'open', 'cat', '/etc/hostname']);
    const [call, end] = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(call).toMatchObject({
      type: 'call',
      function: 'open',
      arguments: [
        { value: '/etc/hostname', text: '"/etc/hostname"' },
        { value: 0, text: 'O_RDONLY' },
      ],
      result: 3,
      resultText: '3',
    });
    expect(end).toMatchObject({ type: 'end', hooked: true });
  });

  test('a limit on what is shown, and a header of one’s own', async () => {
    place.write('ship.h', 'enum port { NANTUCKET };\nint sail(const char *ship, int *days);\n');
    const library = place.write(
      'ship.c',
      '#include "ship.h"\nint sail(const char *ship, int *days) { return ++*days; }\n',
    );
    const main = place.write(
      'voyage.c',
      '#include "ship.h"\nint main(void) { int days = 0; while (sail("Pequod", &days) < 5); return 0; }\n',
    );
    execFileSync('cc', ['-shared', '-fPIC', '-o', place.path('libship.so'), library]);
    const link = ['-L', place.folder, '-lship', `-Wl,-rpath,${place.folder}`];
    execFileSync('cc', ['-o', place.path('voyage'), main, ...link]);
    const { stderr } = await place.run([
      'trace',
      '--limit',
      '2',
      '-I',
      place.folder,
      '--header',
      'ship.h',
      'sail',
      './voyage',
    ]);
    expect(calls(stderr)).toEqual(['sail("Pequod", [1]) = 1', 'sail("Pequod", [2]) = 2']);
    expect(stderr).toContain('5 calls seen = 5 hooked');
    const wrong = await place.run(['trace', '--limit', 'two', 'sail', './voyage']);
    expect(wrong.stderr).toBe('mrhooker: --limit two: a number of calls is needed\n');
    const missing = await place.run(['trace', '--header', 'shp.h', 'sail', './voyage']);
    expect(missing).toMatchObject({ status: 125, stdout: '' });
    expect(missing.stderr).toContain('there is no header <shp.h>');
  });

  test('what cannot be written is said before the command runs', async () => {
    for (const option of ['-o', '--chrome']) {
      const ran = await place.run(['trace', option, '/no/such/file', 'open', 'cat', '/etc/hostname']);
      expect(ran).toMatchObject({ status: 125, stdout: '' });
      expect(ran.stderr).toMatch(/^mrhooker: \/no\/such\/file(\.part)? can't be written: there is no such folder\n$/);
    }
  });

  test('a full disk costs the trace, and not the command', async () => {
    for (const option of ['-o', '--chrome', '--stacks']) {
      const command = ['sh', '-c', 'cat /etc/hostname > copy; exit 7'];
      const ran = await place.run(['trace', option, '/dev/full', 'open', ...command]);
      expect(ran.status).toBe(7);
      expect(ran.stderr).toMatch(/^mrhooker: \/dev\/full: ENOSPC; the rest of it is lost$/m);
      expect(ran.stderr).not.toMatch(/^\s+at /m);
    }
    expect(lstatSync('/dev/full').isCharacterDevice()).toBe(true);
  });

  test('what nobody calls is said, with the nearest names', async () => {
    const none = await place.run(['trace', 'opne', 'cat', '/etc/hostname']);
    expect(none).toMatchObject({ status: 125, stdout: '' });
    expect(none.stderr).toBe(
      "mrhooker: 'opne': cat and its libraries call no function of such a name. Did you mean 'open'?\n",
    );
    const some = await place.run(['trace', 'opne,open', 'cat', '/etc/hostname']);
    expect(some.status).toBe(0);
    expect(some.stderr).toContain("mrhooker: 'opne': cat and its libraries call no function of such a name\n");
    expect((await place.run(['trace', '--cuont', 'open', 'cat'])).stderr).toContain("Did you mean '--count'?");
  });
});
