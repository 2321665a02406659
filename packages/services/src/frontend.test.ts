import { expect, it } from 'vitest';
import { Frontend } from './frontend.js';

const { signal } = new AbortController();

it('is built once, whatever becomes of the calls that need it', async () => {
  let begun = 0;
  let done: (problem: string) => void = () => {};
  const frontend = new Frontend(() => {
    begun++;
    return new Promise((resolve) => {
      done = resolve;
    });
  }, 20);
  const said = { code: 'unavailable', message: expect.stringContaining('try again when it is done') };
  await expect(frontend.ready(signal)).rejects.toMatchObject(said);
  const canceled = new AbortController();
  const call = frontend.ready(canceled.signal);
  canceled.abort(new Error('canceled'));
  await expect(call).rejects.toThrow('canceled');
  await expect(frontend.ready(signal)).rejects.toMatchObject(said);
  done('');
  await frontend.ready(signal);
  expect(begun).toBe(1);
});

it('says why it can not be built, and tries again', async () => {
  const problems = ['there is no cmake', ''];
  const frontend = new Frontend(async () => problems.shift()!);
  await expect(frontend.ready(signal)).rejects.toMatchObject({
    code: 'failed_precondition',
    message: 'there is no cmake',
  });
  await frontend.ready(signal);
});

it('is there, where it was built', async () => {
  await new Frontend(undefined, 60_000).ready(signal);
});
