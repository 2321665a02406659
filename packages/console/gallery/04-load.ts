// How busy is it?
// A stream of measurements, drawn as it comes. Stop ends it.
const loads = agent.system.load({ interval: 500 });

for await (const { time, cpu, memory } of loads) {
  show({ time, cpu, memory }, { title: 'percent' });
}
