// What machine is this?
// Facts, file systems, and the processes that use the most memory.
show(await agent.system.info());

const { processes } = await agent.system.processes({
  order: 'BY_MEMORY',
  limit: 12,
});
show(
  processes.map(({ pid, name, user, memory, cpu }) => ({
    pid, name, user, MB: Math.round(memory / 1e6), cpu,
  })),
  { title: 'largest processes' },
);
