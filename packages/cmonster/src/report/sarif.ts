/**
 * Findings as SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 *
 * Columns are in UTF-16 code units, as SARIF's default is and as GitHub reads them; findings count bytes.
 */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { ArtifactLocation, Fix, Log, Region, Location as SarifLocation } from 'sarif';
import type { Edit } from '../rewrite/edit.js';
import type { Finding, FindingPlace } from './finding.js';
import { Fingerprints } from './fingerprint.js';
import { shownPath } from './render.js';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const ROOT_ID = 'ROOT';

export interface SarifInput {
  finding: Finding;
  fix: readonly Edit[] | undefined;
}

/** What went wrong with a file; SARIF's notification. */
export interface SarifProblem {
  file: string;
  message: string;
}

export interface SarifOptions {
  /** Paths are given relative to it. */
  root: string;
  version: string;
  problems: readonly SarifProblem[];
}

/** One run, as a value for JSON.stringify. */
export function sarifLog(inputs: readonly SarifInput[], { root, version, problems }: SarifOptions): Log {
  const files = new Columns();
  const fingerprints = new Fingerprints(root);
  const rules = [...new Set(inputs.map(({ finding }) => finding.check ?? 'finding'))].sort();
  const location = (place: FindingPlace): SarifLocation => ({
    physicalLocation: { artifactLocation: artifact(root, place.file), region: regionOf(files, place) },
  });
  const results = inputs.map(({ finding, fix }) => ({
    ruleId: finding.check ?? 'finding',
    ruleIndex: rules.indexOf(finding.check ?? 'finding'),
    level: finding.severity,
    message: { text: finding.message },
    locations: [location(finding.place)],
    ...(finding.notes.length > 0 && {
      relatedLocations: finding.notes.map(({ message, place }, id) => ({
        id,
        ...location(place),
        message: { text: message },
      })),
    }),
    partialFingerprints: { 'cmonster/v1': fingerprints.of(finding) },
    ...(fix && fix.length > 0 && { fixes: [fixOf(root, fix)] }),
  }));
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'cmonster', version, semanticVersion: version, rules: rules.map((id) => ({ id })) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [ROOT_ID]: { uri: `${pathToFileURL(root).href}/` } },
        invocations: [
          {
            executionSuccessful: problems.length === 0,
            toolExecutionNotifications: problems.map(({ file, message }) => ({
              level: 'error' as const,
              message: { text: message },
              locations: [{ physicalLocation: { artifactLocation: artifact(root, file) } }],
            })),
          },
        ],
        results,
      },
    ],
  };
}

function artifact(root: string, path: string): ArtifactLocation {
  const shown = shownPath(root, path);
  if (shown === path) return { uri: path.startsWith('/') ? pathToFileURL(path).href : encodeURI(path) };
  return { uri: shown.split('/').map(encodeURIComponent).join('/'), uriBaseId: ROOT_ID };
}

function regionOf(files: Columns, place: FindingPlace): Region {
  return {
    startLine: place.line,
    startColumn: files.column(place.file, place.line, place.column),
    endLine: place.endLine,
    endColumn: files.column(place.file, place.endLine, place.endColumn),
    byteOffset: place.begin,
    byteLength: place.end - place.begin,
  };
}

function fixOf(root: string, edits: readonly Edit[]): Fix {
  const byFile = new Map<string, Edit[]>();
  for (const edit of edits) byFile.set(edit.file, [...(byFile.get(edit.file) ?? []), edit]);
  return {
    artifactChanges: [...byFile].map(([file, list]) => ({
      artifactLocation: artifact(root, file),
      replacements: list.map(({ offset, length, text }) => ({
        deletedRegion: { byteOffset: offset, byteLength: length },
        ...(text !== '' && { insertedContent: { text } }),
      })),
    })),
  };
}

/** From columns in bytes to columns in UTF-16 code units. */
class Columns {
  private readonly files = new Map<string, { lines: string[]; utf8: boolean }>();

  column(file: string, line: number, column: number): number {
    const { lines, utf8 } = this.open(file);
    if (!utf8) return column;
    // As Latin-1 a character is a byte.
    return Buffer.from((lines[line - 1] ?? '').slice(0, column - 1), 'latin1').toString('utf8').length + 1;
  }

  private open(path: string): { lines: string[]; utf8: boolean } {
    let file = this.files.get(path);
    if (!file) {
      let bytes = Buffer.alloc(0);
      try {
        bytes = readFileSync(path);
      } catch {
        // A buffer that is no file: its columns stay as they are.
      }
      const utf8 = bytes.length > 0 && isUtf8(bytes);
      file = { lines: bytes.toString('latin1').split(/\r\n|\r|\n/), utf8 };
      this.files.set(path, file);
    }
    return file;
  }
}
