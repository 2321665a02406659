/**
 * What runs in the thread of inline macros, as text: it must start the same way from TypeScript under a loader and from the
 * compiled package, and while the main thread is blocked.
 *
 * The threads take turns. `words[0]` says whose turn it is (0 the main thread's), `words[1]` how many bytes of JSON `text` holds;
 * `words[2]` is the thread's number, for the main thread to see that it has died.
 */
export const inlineWorkerSource = String.raw`
const { workerData } = require('node:worker_threads');
const { readlinkSync, writeSync } = require('node:fs');
const { createRequire } = require('node:module');
const vm = require('node:vm');
const { words, text, kinds } = workerData;
const buffer = Buffer.from(text);
const functions = new Map();

try {
  words[2] = Number(readlinkSync('/proc/thread-self').split('/').pop());
} catch {}

// What a macro prints must not mix with the output.
const print = (...values) => void writeSync(2, values.map((value) => (typeof value === 'string' ? value : require('node:util').inspect(value))).join(' ') + '\n');
const console = { log: print, info: print, warn: print, error: print, debug: print };
process.stdout.write = process.stderr.write = (chunk) => (writeSync(2, chunk), true);

class PreprocessorToken {
  constructor([reference, bits, text]) {
    this.reference = reference;
    this.kind = kinds[bits & 0xffff];
    this.text = text;
    this.isStartOfLine = ((bits >>> 16) & 1) !== 0;
    this.hasLeadingSpace = ((bits >>> 16) & 2) !== 0;
  }
  toString() { return this.text; }
}
class TokenList {
  #expand;
  #expanded;
  constructor(tokens, expand) {
    this.tokens = tokens;
    this.#expand = expand;
  }
  get length() { return this.tokens.length; }
  at(index) { return this.tokens.at(index); }
  get expanded() { return (this.#expanded ??= this.#expand ? new TokenList(this.#expand()) : this); }
  [Symbol.iterator]() { return this.tokens[Symbol.iterator](); }
  toString() {
    let text = '';
    for (const token of this.tokens) text += text !== '' && (token.hasLeadingSpace || token.isStartOfLine) ? ' ' + token.text : token.text;
    return text;
  }
}

function answer(value) {
  const json = JSON.stringify(value);
  const size = Buffer.byteLength(json);
  if (size > buffer.length) return answer({ error: 'the result is too long: ' + size + ' bytes of ' + buffer.length });
  buffer.write(json);
  words[1] = size;
  Atomics.store(words, 0, 0);
  Atomics.notify(words, 0);
}
function listen() {
  Atomics.wait(words, 0, 0);
  return JSON.parse(buffer.toString('utf8', 0, words[1]));
}
// Expanding an argument may end in uses of macros: they are answered while that is waited for.
function ask(question) {
  answer(question);
  for (;;) {
    const message = listen();
    if (message.tokens) return message.tokens;
    serve(message);
  }
}
const list = (flat) => {
  const tokens = [];
  for (let at = 0; at < flat.length; at += 3) tokens.push(new PreprocessorToken(flat.slice(at, at + 3)));
  return tokens;
};
const wire = (token, isSpaced) => (token.reference < 0 ? (isSpaced ? ' ' : '') + token.text : token.reference * 2 + Number(isSpaced));
function flatten(value, items) {
  if (value === undefined || value === null) return items;
  if (typeof value === 'string') items.push(value);
  else if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') items.push(String(value));
  else if (value instanceof PreprocessorToken) items.push(wire(value, value.hasLeadingSpace));
  else if (value instanceof TokenList) value.tokens.forEach((token, i) => items.push(wire(token, i > 0 && token.hasLeadingSpace)));
  else if (Array.isArray(value)) for (const item of value) flatten(item, items);
  else throw new TypeError('returned ' + (typeof value === 'object' ? (value instanceof Promise ? 'a promise' : 'an object') : 'a ' + typeof value) + ', which is neither text nor tokens');
  return items;
}
const compile = ({ id, code, file }) => {
  const module = { exports: {} };
  const fn = vm.compileFunction(code, ['require', 'module', 'exports', 'console'], { filename: 'inline:' + id });
  fn(createRequire(file), module, module.exports, console);
  functions.set(id, module.exports.default);
};

function serve(message) {
  try {
    if (message.define) {
      compile(message.define);
      return answer({});
    }
    const { id, use, args } = message.call;
    const given = args.map(({ tokens, argument }) => new TokenList(list(tokens), argument < 0 ? undefined : () => list(ask({ expand: argument }))));
    const result = functions.get(id).apply(use, given);
    answer({ result: typeof result === 'string' ? result : flatten(result, []) });
  } catch (error) {
    const stack = error instanceof Error ? String(error.stack) : '';
    const frame = /inline:(\d+):(\d+)(?::(\d+))?/.exec(stack);
    const message = error instanceof Error ? (error.name === 'Error' ? error.message : error.name + ': ' + error.message) : 'threw ' + String(error);
    answer({ error: message.split('\n')[0], ...(frame && { line: Number(frame[2]), column: Number(frame[3] ?? 1) }) });
  }
}

for (;;) serve(listen());
`;
