// Counts what happens while nothing is to be done.
import type { Calls } from '../../packages/igor/src/store/calls.js';
import type { Directory } from '../../packages/igor/src/store/directory.js';
import { demo } from './support/demo.js';
import { Stage } from './support/stage.js';

/** @returns which methods of stores and instance were called, and how often, in so many milliseconds */
export async function idle(time: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  let counting = false;
  const counted = <Store extends object>(store: Store, name: string): Store =>
    new Proxy(store, {
      get(target, key) {
        const value = Reflect.get(target, key) as unknown;
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (counting) counts[`${name}.${String(key)}`] = (counts[`${name}.${String(key)}`] ?? 0) + 1;
          return (value as (...args: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  const stage = await Stage.open({
    wrapCalls: (calls: Calls) => counted(calls, 'calls'),
    wrapDirectory: (directory: Directory) => counted(directory, 'directory'),
  });
  try {
    await stage.agent('mill', [demo().service]);
    await stage.agent('barn', [demo().service]);
    await stage.igor.call('mill@localhost', 'demo.add', { a: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    counting = true;
    await new Promise((resolve) => setTimeout(resolve, time));
    counting = false;
    return counts;
  } finally {
    await stage.close();
  }
}
