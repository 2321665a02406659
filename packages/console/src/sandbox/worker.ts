// The worker thread that one run of code has to itself: an engine in WebAssembly, made ready before the code arrives.
// When it has run, the thread ends. What this file and the engine do not enforce (code that is busy where the engine does not look at
// its clock) the server does, by ending the thread.
import { parentPort, workerData } from 'node:worker_threads';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSSyncVariant } from 'quickjs-emscripten-core';
import { makeEngine } from './engine.js';
import type { FromCode, SandboxLimits, ToWorker } from './protocol.js';
import { Memory } from './web-assembly.js';

export interface WorkerData {
  wasm: WebAssembly.Module;
  /** The script that prepares the engine. */
  guest: string;
  limits: SandboxLimits;
}

const page = 65536;
/** What an engine needs for itself, beyond the code's values: measured 3 MB. */
const overhead = 24 << 20;

const port = parentPort!;
const { wasm, guest, limits } = workerData as WorkerData;

const wasmMemory = new Memory({ initial: 256, maximum: Math.ceil((limits.memory + overhead) / page) });
const quickjs = await newQuickJSWASMModuleFromVariant(
  newVariant(variant as unknown as QuickJSSyncVariant, { wasmModule: wasm, wasmMemory: wasmMemory as never }),
);

rehearse();
const engine = makeEngine(quickjs, { guest, limits, tell: (message) => port.postMessage(message) });
port.on('message', (message: ToWorker) => {
  if (message.type === 'start') engine.begin(message.code, message.hasResult, message.agents);
  else engine.deliver(message.message, message.packed);
});
port.postMessage({ type: 'ready' });

/** A run of our own, in an engine of its own: what every run does has been compiled, and its memory been touched, when a person waits for it. */
function rehearse(): void {
  const said: FromCode[] = [];
  const rehearsal = makeEngine(quickjs, {
    guest,
    limits,
    tell: (message) => void (message.type === 'code' && said.push(message.message)),
  });
  const methods = [{ name: 'Say', property: 'say', kind: 'unary' as const }];
  const services = [{ typeName: 'rehearsal.Echo', property: 'echo', methods }];
  const code = "const { text } = await agent.echo.say({ text: 'hello' });\nshow({ text });\ntext;\n";
  rehearsal.begin(code, true, [{ jid: 'rehearsal@localhost', facts: {}, services }]);
  rehearsal.deliver({ op: 'value', id: 1 }, { tree: { text: 'hello' }, blobs: [] });
  rehearsal.dispose();
  if (said.at(-1)?.op !== 'end') throw new Error(`the engine does not work: it said ${JSON.stringify(said)}`);
}
