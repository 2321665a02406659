/**
 * A variable that each thread has for itself, said out loud: `const depth = threadLocal(() => 0); depth.value++`. A module's own
 * variables would be just that, without anybody noticing.
 */
export function threadLocal<T>(initial: () => T): { value: T } {
  return { value: initial() };
}
