// The page's side of language-worker.ts.
import type { Answer, LanguageService, Request } from './protocol.js';

type Asynchronous<T> = {
  [Name in keyof T]: T[Name] extends (...args: infer Args) => infer Result ? (...args: Args) => Promise<Result> : never;
};

function connect(): Asynchronous<LanguageService> {
  const worker = new Worker(new URL('./language-worker.ts', import.meta.url), { type: 'module', name: 'TypeScript' });
  const waiting = new Map<number, (result: unknown) => void>();
  let next = 1;
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    waiting.get(data.id)?.(data.result);
    waiting.delete(data.id);
  });
  const call =
    (name: keyof LanguageService) =>
    (...args: unknown[]): Promise<unknown> =>
      new Promise((resolve) => {
        const id = next++;
        waiting.set(id, resolve);
        worker.postMessage({ id, name, args } as Request);
      });
  return {
    declare: call('declare'),
    problems: call('problems'),
    complete: call('complete'),
    detail: call('detail'),
    explain: call('explain'),
    signature: call('signature'),
  } as Asynchronous<LanguageService>;
}

export const language = connect();
