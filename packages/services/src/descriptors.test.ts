import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { Process, Source, System } from './descriptors.js';

const folder = fileURLToPath(new URL('..', import.meta.url));

it('is what the .proto files say: node packages/services/generate.mjs', { timeout: 120_000 }, () => {
  const out = mkdtempSync(join(tmpdir(), 'services-proto-'));
  try {
    execFileSync('mkdir', [join(out, 'proto')]);
    execFileSync(process.execPath, [join(folder, 'generate.mjs'), out]);
    const files = ['process', 'source', 'system'].map((name) => `src/generated/monsterlab/v1/${name}_pb.ts`);
    for (const file of files)
      expect(readFileSync(join(folder, file), 'utf8')).toBe(readFileSync(join(out, file), 'utf8'));
    const bytes = (where: string): Buffer => readFileSync(join(where, 'proto/services.binpb'));
    expect(bytes(folder).equals(bytes(out))).toBe(true);
  } finally {
    rmSync(out, { recursive: true });
  }
});

it('has the comments', () => {
  for (const { file } of [System, Source, Process]) {
    expect(file.proto.sourceCodeInfo?.location.some(({ leadingComments }) => leadingComments)).toBe(true);
  }
});
