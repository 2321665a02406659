#include <stdio.h>

ts_def(REVERSED(word))
  return JSON.stringify([...String(word)].reverse().join(''));
ts_end

ts_def(PRIMES(upTo))
  const primes = [];
  for (let n = 2; n <= Number(upTo); n++) if (primes.every((prime) => n % prime)) primes.push(n);
  return primes.join(', ');
ts_end

int main(void) {
  static const int primes[] = {PRIMES(30)};
  printf(REVERSED(retsnom) " %d\n", primes[sizeof primes / sizeof *primes - 1]);
}
