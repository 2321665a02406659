// Who allocates how much: mrhooker allocations.ts ls -l

import { calloc, malloc, realloc } from 'c:stdlib.h';
import { call, frameText, hook, shared, stack } from 'mrhooker';

const sizes = shared.histogram('bytes asked for');
const sites = shared.map('allocations by call site', { capacity: 10_000 });

function count(size: number): void {
  sizes.add(size);
  const [caller] = stack(1);
  sites.add(caller ? frameText(caller) : String(call.returnAddress));
}

hook(malloc, { enter: (size) => count(size) });
hook(calloc, { enter: (many, size) => count(many * size) });
hook(realloc, { enter: (_old, size) => count(size) });
