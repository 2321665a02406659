// What mrhooker writes while the command runs, a line of JSON each, read as it grows.
import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';

const pause = 15;
const chunk = 256 << 10;

/**
 * @param path of a file that may not be there yet
 * @returns a function that resolves when everything written so far has been told
 */
export function follow(path: string, tell: (line: string) => Promise<void>): () => Promise<void> {
  let last = false;
  const done = (async () => {
    let file: Awaited<ReturnType<typeof open>> | undefined;
    const decoder = new StringDecoder('utf8');
    const buffer = Buffer.alloc(chunk);
    let rest = '';
    try {
      for (;;) {
        const ending = last;
        file ??= await open(path, 'r').catch(() => undefined);
        const { bytesRead } = (await file?.read(buffer, 0, chunk, null)) ?? { bytesRead: 0 };
        const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line) await tell(line);
        if (bytesRead > 0) continue;
        if (ending) return;
        await sleep(pause);
      }
    } finally {
      await file?.close();
    }
  })();
  return async () => {
    last = true;
    await done;
  };
}
