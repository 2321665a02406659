// What machine is this?
// Facts, file systems, and the processes that use the most memory.
const info = await agent.system.info();
show(info);
const { processes } = await agent.system.processes({ limit: 10, order: 'BY_MEMORY' });
show(processes, { title: 'largest processes' });
