import { existsSync } from 'node:fs';
import { root } from '../paths.mjs';
import { capture } from '../shell.mjs';

const generator = 'packages/cmonster/codegen/generate.ts';

/** The generator itself compares, and says which file differs. */
export const generatedFiles = {
  title: 'generated files are fresh',
  repair: 'npm run generate',
  problems() {
    if (!existsSync(`${root}/${generator}`)) return undefined;
    const { ok, output } = capture(process.execPath, ['--import', 'tsx', generator, '--check']);
    return ok ? undefined : output;
  },
};
