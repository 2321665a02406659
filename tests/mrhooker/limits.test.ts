// Where there is no room for the hooks, programs behave as without, and that is told.
import { spawnSync } from 'node:child_process';
import { afterAll, expect, test } from 'vitest';
import { Place, printed, root } from './place.js';

const place = new Place();
afterAll(() => place.remove());

const script = place.write(
  'hooks.ts',
  `import { hook, shared } from 'mrhooker';
import { write } from 'c:unistd.h';
const sizes = shared.map('sizes');
hook(write, (fd, text, length) => {
  sizes.add(String(length));
  console.log(text.text(length).repeat(2000));
  return write(fd, text, length);
});
`,
);

test('a limit on addresses', { timeout: 120_000 }, async () => {
  // The shell is hooked; what it becomes has no room for the run's shared memory.
  const ran = await place.run([script, 'bash', '-c', 'ulimit -v 20000; exec sh -c "echo ahoy; exit 7"']);
  expect(ran).toMatchObject({ status: 7, stdout: 'ahoy\n' });
  expect(ran.stderr).toContain(
    'mrhooker: 1 process could not be hooked or recorded: no memory, or too many at a time\n',
  );
});

const mounts = process.geteuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0;
test.skipIf(!mounts)('shared memory that is full', { timeout: 120_000 }, async () => {
  const command = ['sh', '-c', 'for i in 1 2 3 4 5 6 7 8; do echo $i; sh -c "echo child"; done; exit 7'];
  expect((await place.run([script, ...command])).status).toBe(7);
  const within = (size: string) =>
    spawnSync(
      'unshare',
      ['-m', 'sh', '-c', 'mount -t tmpfs -o size="$0" tmpfs /dev/shm && exec "$@"', size, process.execPath].concat(
        `${root}/packages/mrhooker/bin/mrhooker.js`,
        script,
        command,
      ),
      {
        encoding: 'utf8',
        env: { ...process.env, HOME: place.folder, XDG_CACHE_HOME: place.path('cache'), NO_COLOR: '1' },
      },
    );
  // Not even for the script.
  const none = within('16k');
  expect(none.stderr).toMatch(/^mrhooker: \/dev\/shm\/mrhooker-\S+ can't be written: ENOSPC\n$/);
  expect(none.status).toBe(125);
  for (const size of ['640k', '700k', '760k', '820k']) {
    const ran = within(size);
    expect({ size, status: ran.status, stdout: ran.stdout }).toEqual({
      size,
      status: 7,
      stdout: '1\nchild\n2\nchild\n3\nchild\n4\nchild\n5\nchild\n6\nchild\n7\nchild\n8\nchild\n',
    });
    expect(printed({ ...ran, status: ran.status }).length).toBeGreaterThan(0);
  }
});
