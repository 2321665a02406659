// What does ls do?
// Runs a program on that machine, hooks functions in it, and tells each call
// with its arguments and result.
const events = agent.process.trace({
  run: { command: ['ls', '-l'] },
  functions: ['getenv', 'opendir', 'readdir', 'closedir', 'fclose'],
});

for await (const { output, call, exit } of events) {
  if (output) console.log(output.text.trimEnd());
  if (call) {
    const text = `${call.function}(${call.arguments.join(', ')})`;
    const ms = Math.round(call.at * 1000) / 1000;
    show({ ms, call: text, result: call.result }, { title: 'calls' });
  }
  if (exit) show(exit.calls, { as: 'chart', title: 'how often' });
}
