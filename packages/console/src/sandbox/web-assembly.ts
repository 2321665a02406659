// WebAssembly as far as it is used here: of Node's types, only those of modules are there without a browser's.

interface Api {
  compile(bytes: Uint8Array): Promise<WebAssembly.Module>;
  Memory: new (size: { initial: number; maximum: number }) => { buffer: ArrayBuffer };
}

export const { compile, Memory } = (globalThis as unknown as { WebAssembly: Api }).WebAssembly;
