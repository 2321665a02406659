// The Debian packages this project uses, by what they are for.
//
// `probe` lets another system show that it has the same thing: a command on the PATH, or one of these files.

/**
 * @typedef {{ name: string, purpose: string, probe: string | string[] }} Package
 * @typedef {'build' | 'test' | 'check' | 'bench'} Group
 */

const llvm = '/usr/lib/llvm-19';

/** @type {Record<Group, Package[]>} */
export const packages = {
  build: [
    {
      name: 'clang-19',
      purpose: 'compiles the frontend; its drivers define how arguments are read',
      probe: 'clang++-19',
    },
    {
      name: 'libclang-19-dev',
      purpose: "Clang's libraries and headers",
      probe: [`${llvm}/include/clang/AST/ASTContext.h`],
    },
    {
      name: 'llvm-19-dev',
      purpose: "LLVM's libraries and headers",
      probe: [`${llvm}/include/llvm/Support/raw_ostream.h`],
    },
    { name: 'bolt-19', purpose: 'lays the frontend out by what it does most', probe: [`${llvm}/bin/llvm-bolt`] },
    { name: 'cmake', purpose: 'configures the native build', probe: 'cmake' },
    { name: 'ninja-build', purpose: 'runs the native build', probe: 'ninja' },
    { name: 'zlib1g-dev', purpose: "one of LLVM's own dependencies", probe: ['/usr/include/zlib.h'] },
    { name: 'libzstd-dev', purpose: "one of LLVM's own dependencies", probe: ['/usr/include/zstd.h'] },
    { name: 'g++', purpose: 'the C++ standard library and its headers', probe: 'g++' },
    { name: 'dpkg-dev', purpose: "unpacks the engine's source", probe: 'dpkg-source' },
    {
      name: 'musl-dev',
      purpose: "the engine's mathematical functions",
      probe: ['/usr/lib/x86_64-linux-musl/libc.a', '/usr/lib/musl/lib/libc.a'],
    },
    { name: 'prosody', purpose: "igor's embedded XMPP server", probe: 'prosody' },
    {
      name: 'openssl',
      purpose: 'makes the certificate of an XMPP server that is reached from elsewhere',
      probe: 'openssl',
    },
  ],
  test: [
    { name: 'curl', purpose: 'a program that is hooked', probe: 'curl' },
    { name: 'make', purpose: 'a program that is hooked', probe: 'make' },
    { name: 'sqlite3', purpose: 'a program that is hooked', probe: 'sqlite3' },
    { name: 'python3', purpose: 'a program that is hooked', probe: ['/usr/bin/python3'] },
    { name: 'git', purpose: 'a program that is hooked', probe: 'git' },
    { name: 'perl', purpose: 'a program that is hooked', probe: 'perl' },
    { name: 'xz-utils', purpose: 'a program that is hooked', probe: 'xz' },
    { name: 'openssl', purpose: 'a program that is hooked', probe: 'openssl' },
    { name: 'redis-tools', purpose: 'puts a hooked server under load', probe: 'redis-benchmark' },
    { name: 'valgrind', purpose: 'checks the runtime in its targets', probe: 'valgrind' },
    { name: 'pkg-config', purpose: "flags of packages' headers", probe: 'pkg-config' },
    { name: 'libssl-dev', purpose: 'headers that hooks import', probe: ['/usr/include/openssl/ssl.h'] },
    { name: 'libsqlite3-dev', purpose: 'headers that hooks import', probe: ['/usr/include/sqlite3.h'] },
    { name: 'clang-tools-19', purpose: 'clang-query, which the results are compared with', probe: 'clang-query-19' },
    { name: 'clang-tidy-19', purpose: 'whose findings and fixes are compared with', probe: 'clang-tidy-19' },
    { name: 'clang-format-19', purpose: 'formats what a script has changed, when asked', probe: 'clang-format-19' },
    { name: 'patch', purpose: 'applies the diffs that are written', probe: 'patch' },
    { name: 'strace', purpose: 'whose traces are compared with', probe: 'strace' },
    { name: 'dpkg-dev', purpose: 'unpacks the source packages that the tests read', probe: 'dpkg-source' },
    {
      name: 'chromium',
      purpose: 'the browser in which the console is tested',
      probe: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
    },
    { name: 'ejabberd', purpose: 'the other XMPP server that calls are tested on', probe: 'ejabberdctl' },
    { name: 'redis-server', purpose: 'a store that is tested', probe: 'redis-server' },
    { name: 'memcached', purpose: 'a store that is tested', probe: 'memcached' },
    { name: 'postgresql', purpose: 'a store that is tested', probe: ['/usr/lib/postgresql', '/usr/bin/postgres'] },
    {
      name: 'python3-slixmpp',
      purpose: 'an XMPP client by others, which plays an agent',
      probe: ['/usr/lib/python3/dist-packages/slixmpp/__init__.py'],
    },
  ],
  check: [{ name: 'clang-format-19', purpose: 'the format of C and C++', probe: 'clang-format-19' }],
  bench: [
    { name: 'ltrace', purpose: 'a peer to measure against', probe: 'ltrace' },
    { name: 'gdb', purpose: 'a peer to measure against', probe: 'gdb' },
    { name: 'redis-server', purpose: 'a server that is hooked under load', probe: 'redis-server' },
    { name: 'redis-tools', purpose: 'puts it under load', probe: 'redis-benchmark' },
    {
      name: 'python3-clang-19',
      purpose: 'a peer to measure against',
      probe: ['/usr/lib/python3/dist-packages/clang/cindex.py'],
    },
    { name: 'dpkg-dev', purpose: 'unpacks the sources that are measured', probe: 'dpkg-source' },
    { name: 'coccinelle', purpose: 'a peer that finds code by patterns', probe: 'spatch' },
    { name: 'clang-tidy-19', purpose: 'a peer that checks projects', probe: 'clang-tidy-19' },
    { name: 'ejabberd', purpose: 'an XMPP server that calls are measured on', probe: 'ejabberdctl' },
    { name: 'nats-server', purpose: 'a peer to measure calls against', probe: 'nats-server' },
  ],
};

/**
 * @param {readonly Group[]} groups
 * @returns {Package[]} each package once
 */
export function packagesOf(groups) {
  const byName = new Map(groups.flatMap((group) => packages[group]).map((entry) => [entry.name, entry]));
  return [...byName.values()];
}
