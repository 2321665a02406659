import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { formatSeconds, ProgressLine, runLogged } from './progress.mjs';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

function recorder({ isTTY = false, columns = 80 } = {}) {
  const written = /** @type {string[]} */ ([]);
  return { isTTY, columns, written, write: (/** @type {string} */ text) => written.push(text) };
}

test('off a terminal: plain lines, at most one every 5 s', () => {
  const stream = recorder();
  const line = new ProgressLine('native build', stream);
  for (let second = 0; second < 12; second++) {
    line.show(`[${second}/12] \x1b[1mfile.cpp\x1b[0m`);
    vi.advanceTimersByTime(1000);
  }
  line.end(true);
  expect(stream.written.join('')).toBe(
    'native build …\n' +
      '  native build, 5.0 s  [4/12] file.cpp\n' +
      '  native build, 10 s  [9/12] file.cpp\n' +
      'native build: done in 12 s\n',
  );
});

test('on a terminal: one line that rewrites itself and never wraps', () => {
  const stream = recorder({ isTTY: true, columns: 30 });
  const line = new ProgressLine('native build', stream);
  line.show('[3/12] a-file-with-a-long-name.cpp');
  vi.advanceTimersByTime(120);
  expect(stream.written.at(-1)).toBe('\r\x1b[2Knative build  0.1 s  [3/12] a');
  expect(stream.written.join('')).not.toContain('\n');
  line.end(false);
  expect(stream.written.at(-1)).toBe('native build: failed after 0.1 s\n');
});

test('a command that fails: the error holds the end of its output and where the whole is', async () => {
  vi.useRealTimers();
  const script = 'for (let i = 0; i < 100; i++) console.log(`line ${i}`); process.exitCode = 3';
  const error = await runLogged(process.execPath, ['-e', script], {
    title: 'a step',
    log: 'test',
    advice: 'Do this.',
  }).then(
    () => undefined,
    (error) => error,
  );
  expect(error.message).toMatch(/^a step: .* exited with 3$/);
  expect(error.output.split('\n')).toHaveLength(25);
  expect(error.output).toMatch(/line 99$/);
  expect(error.advice).toMatch(/^Do this\.\nThe whole output is in .*test\.log$/);
});

test('a command that is not there is an error, not a crash', async () => {
  vi.useRealTimers();
  const run = runLogged('no-such-command', [], { title: 'a step', log: 'test' });
  await expect(run).rejects.toThrow(/no-such-command ended: .*ENOENT/);
});

test.each([
  [40, '0.0 s'],
  [9_940, '9.9 s'],
  [59_600, '60 s'],
  [125_000, '2 min 5 s'],
])('%d ms is %s', (milliseconds, text) => {
  expect(formatSeconds(milliseconds)).toBe(text);
});
