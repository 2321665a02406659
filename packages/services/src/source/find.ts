// Looking for a pattern: find-program.ts runs beside the agent and says what it finds as it goes.
import { relative } from 'node:path';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { IgorError, isCallCode } from 'igor';
import { lines } from '../child.js';
import type { FindResponseSchema } from '../generated/monsterlab/v1/source_pb.js';
import { ownProgram } from '../own-program.js';
import type { FindJob, FoundLine } from './find-program.js';
import type { Chosen } from './tree.js';

export interface FindLimits {
  limit: number;
  seconds: number;
  megabytes: number;
}

export async function* find(
  { folder, units, readable }: Chosen,
  pattern: string,
  limits: FindLimits,
  signal: AbortSignal,
): AsyncGenerator<MessageInitShape<typeof FindResponseSchema>> {
  const job: FindJob = { units, readable, pattern, ...limits };
  const running = lines(process.execPath, ownProgram('source/find-program'), {
    cwd: folder.path,
    signal,
    // Names of many files are too long for an argument.
    input: JSON.stringify(job),
  });
  const below = (file: string): string => relative(folder.path, file);
  let done = 0;
  for (;;) {
    const { value, done: over } = await running.next();
    if (over) {
      if (value.code !== 0)
        throw new IgorError('internal', `cmonster ended early: ${value.errors.trim().slice(-400) || value.signal}`);
      return;
    }
    const line = JSON.parse(value) as FoundLine;
    if (line.found) {
      const { file, line: row, column, text, bound } = line.found;
      const finding = { file: below(file), line: row, column, text, bound, message: 'found', severity: 'note' };
      yield { is: { case: 'finding', value: finding } };
    } else if (line.done) {
      const { file, problem = '' } = line.done;
      yield { is: { case: 'done', value: { file: below(file), done: ++done, total: units.length, problem } } };
    } else if (line.failed) {
      const { code, message } = line.failed;
      throw new IgorError(
        code === 'PATTERN' ? 'invalid_argument' : isCallCode(code) ? code : 'failed_precondition',
        message,
      );
    }
  }
}
