// The program's clock starts elsewhere: START=1999-12-31T23:59:00Z mrhooker fake-time.ts date

import { gettimeofday } from 'c:sys/time.h';
import { CLOCK_REALTIME, clock_gettime, time } from 'c:time.h';
import { env, hook } from 'mrhooker';

const start = Date.parse(env('START') ?? '1999-12-31T23:59:00Z');
const shift = Math.ceil((start - Date.now()) / 1000);

hook(clock_gettime, (clock, now) => {
  const result = clock_gettime(clock, now);
  if (clock === CLOCK_REALTIME && result === 0) now.tv_sec += shift;
  return result;
});

hook(gettimeofday, (now, zone) => {
  const result = gettimeofday(now, zone);
  if (result === 0) now.tv_sec += shift;
  return result;
});

hook(time, (at) => {
  const now = time(null) + shift;
  if (at) at.value = now;
  return now;
});
