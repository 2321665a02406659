// `igor serve` in a folder that another one has.
import { rmSync } from 'node:fs';
import { serve, silentLog } from 'igor';
import { expect, test } from 'vitest';
import { tempFolder } from './support/servers.js';

test('a second one in the same folder is refused, and hurts nobody', { timeout: 60_000 }, async () => {
  const state = tempFolder('serve');
  const first = await serve({ state, port: 0, log: silentLog });
  try {
    const pid = first.prosody?.pid;
    await expect(serve({ state, port: 0, log: silentLog })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('is in use by another process of igor'),
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(first.prosody?.pid).toBe(pid);
    process.kill(pid as number, 0);
  } finally {
    await first.stop();
  }
  const again = await serve({ state, port: 0, log: silentLog });
  await again.stop();
  rmSync(state, { recursive: true, force: true });
});
