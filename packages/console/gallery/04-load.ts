// How busy is it?
// A stream of measurements, drawn as it comes. Stop ends it.
for await (const { time, cpu, memory } of agent.system.load({ interval: 500 })) {
  show({ time, cpu, memory }, { title: 'percent' });
}
