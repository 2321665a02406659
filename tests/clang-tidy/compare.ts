/** A check of ours and clang-tidy's own on the same file: what both find, and what both make of it. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { parse, type TranslationUnit } from 'cmonster';

export interface Outcome {
  /** `line:column: message`, sorted by place. */
  findings: string[];
  /** The file with all fixes made. */
  text: string;
}

export type Check = (tu: TranslationUnit) => void;

const FINDING = /^(.*?):(\d+):(\d+): warning: (.*?) \[[\w.,-]+\]$/;

function sorted(findings: Iterable<string>): string[] {
  const place = (finding: string): number[] => finding.split(':').slice(0, 2).map(Number);
  return [...new Set(findings)].sort((a, b) => {
    const [aLine, aColumn] = place(a) as [number, number];
    const [bLine, bColumn] = place(b) as [number, number];
    return aLine - bLine || aColumn - bColumn || (a < b ? -1 : 1);
  });
}

export function clangTidy(check: string, file: string, args: readonly string[]): Outcome {
  const directory = mkdtempSync(join(tmpdir(), 'clang-tidy-'));
  try {
    const copy = join(directory, basename(file));
    copyFileSync(file, copy);
    const ran = spawnSync(
      'clang-tidy-19',
      [`-checks=-*,${check}`, '--quiet', '--fix-errors', copy, '--', ...args, `-I${dirname(resolve(file))}`, '-w'],
      {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      },
    );
    if (ran.error) throw ran.error;
    const findings = ran.stdout.split('\n').flatMap((line) => {
      const [, path, row, column, message] = FINDING.exec(line) ?? [];
      return path === copy ? [`${row}:${column}: ${message}`] : [];
    });
    return { findings: sorted(findings), text: readFileSync(copy, 'utf8') };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export async function ours(check: Check, file: string, args: readonly string[]): Promise<Outcome> {
  const tu = await parse(file, { arguments: [...args, '-w'] });
  try {
    check(tu);
    const findings = tu.reports.map(
      ({ finding }) => `${finding.place.line}:${finding.place.column}: ${finding.message}`,
    );
    for (const { fix } of tu.reports) fix?.();
    return { findings: sorted(findings), text: tu.rewrite() };
  } finally {
    tu.dispose();
  }
}
