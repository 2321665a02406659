import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Process, Source, System } from '@monsterlab/services';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { declare } from './declarations.js';

const gallery = fileURLToPath(new URL('../../gallery/', import.meta.url));
const declarations = declare([{ jid: 'mill@localhost', services: [System, Source, Process] }]);

/** As the page's editor has it. */
function errorsIn(code: string): string[] {
  const texts = new Map([
    ['/code.ts', code],
    ['/agent.d.ts', declarations],
  ]);
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
    lib: ['lib.es2023.d.ts'],
    types: [],
    strict: true,
    noImplicitAny: false,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.fileExists = (name) => texts.has(name) || ts.sys.fileExists(name);
  host.getSourceFile = (name, language, ...rest) => {
    const text = texts.get(name);
    return text === undefined
      ? getSourceFile.call(host, name, language, ...rest)
      : ts.createSourceFile(name, text, language);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('the gallery', () => {
  it.each(readdirSync(gallery))('%s has no type errors, and fits the box', (name) => {
    const code = readFileSync(gallery + name, 'utf8');
    expect(errorsIn(code)).toEqual([]);
    expect(Math.max(...code.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(code).toMatch(/^\/\/ \S/);
  });

  it('is really checked', () => {
    expect(errorsIn('await agent.system.infos();')).toEqual([expect.stringContaining("'infos' does not exist")]);
    expect(errorsIn('const n: string = (await agent.system.info()).processors;')).toHaveLength(1);
    expect(errorsIn("agent.source.find({ patern: '' });")).toHaveLength(1);
    expect(errorsIn("agent.system.processes({ order: 'BY_NAME' });")).toHaveLength(1);
  });
});
