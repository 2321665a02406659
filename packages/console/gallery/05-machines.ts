// The same on many machines
// Choose several agents above: each is asked at the same time, and one that
// fails stops no other.
const answers = await agents.gather((a) => a.system.info());

show(
  answers.map(({ agent, value, error }) =>
    error
      ? { agent, problem: `${error.code}: ${error.message}` }
      : { agent, os: value.os, kernel: value.kernel, cpus: value.processors },
  ),
);
