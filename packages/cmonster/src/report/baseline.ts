/** A file of findings that are known and hidden: docs/formats/baseline.md. */
import { readFileSync } from 'node:fs';
import { CmonsterError } from '../error.js';
import type { Finding } from './finding.js';
import { Fingerprints } from './fingerprint.js';
import { shownPath } from './render.js';

const VERSION = 1;

interface BaselineFile {
  version: typeof VERSION;
  findings: { fingerprint: string; check: string | undefined; file: string; message: string }[];
}

/** The fingerprints of a baseline. */
export function readBaseline(path: string): ReadonlySet<string> {
  let content: Partial<BaselineFile>;
  try {
    content = JSON.parse(readFileSync(path, 'utf8')) as Partial<BaselineFile>;
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new CmonsterError(
      'USAGE',
      missing
        ? `there is no baseline '${path}': --update-baseline writes one with what is found now`
        : `the baseline '${path}' cannot be read: ${(cause as Error).message}`,
      { cause },
    );
  }
  if (content.version !== VERSION || !Array.isArray(content.findings)) {
    throw new CmonsterError('USAGE', `'${path}' is no baseline of this version: --update-baseline writes it anew`);
  }
  return new Set(content.findings.map(({ fingerprint }) => fingerprint));
}

/** What `readBaseline` reads. The same findings give the same bytes. */
export function baselineOf(findings: readonly Finding[], root: string): string {
  const fingerprints = new Fingerprints(root);
  const content: BaselineFile = {
    version: VERSION,
    findings: findings.map((finding) => ({
      fingerprint: fingerprints.of(finding),
      check: finding.check,
      file: shownPath(root, finding.place.file),
      message: finding.message,
    })),
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}
