/** What Clang has to say about the source. */
import type { DiagnosticInfo, DiagnosticRange } from '../frontend/meta.js';
import { DiagnosticRenderer, type RenderOptions } from './diagnostic-renderer.js';
import type { FileRange, Location } from './location.js';
import type { SourceManager } from './source-manager.js';

export type DiagnosticLevel = DiagnosticInfo['level'];

/** A change that Clang proposes. */
export interface FixIt {
  /** What is replaced, empty for an insertion; undefined when it lies in the middle of a macro. */
  range: FileRange | undefined;
  code: string;
}

export class Diagnostic {
  readonly level: DiagnosticLevel;
  readonly message: string;
  /** The option that controls it: `-Wunused-variable`. */
  readonly flag: string | undefined;
  readonly category: string | undefined;
  /** What Clang adds to explain it. */
  readonly notes: readonly Diagnostic[];
  /** The record it was made from, for those who render it themselves. */
  readonly info: DiagnosticInfo;
  private readonly manager: SourceManager;

  constructor(info: DiagnosticInfo, notes: readonly Diagnostic[], manager: SourceManager) {
    this.info = info;
    this.level = info.level;
    this.message = info.message;
    this.flag = info.flag;
    this.category = info.category;
    this.notes = notes;
    this.manager = manager;
  }

  get isError(): boolean {
    return this.level === 'error' || this.level === 'fatal';
  }
  /** Invalid when it is about no place. */
  get location(): Location {
    return this.manager.location(this.info.location);
  }
  /** The source it points out besides its location. */
  get ranges(): (FileRange | undefined)[] {
    return this.info.ranges.map((range) => this.fileRange(range));
  }
  get fixIts(): FixIt[] {
    return this.info.fixIts.map((fixIt) => ({ range: this.fileRange(fixIt), code: fixIt.code }));
  }
  private fileRange({ begin, end, tokenRange }: DiagnosticRange): FileRange | undefined {
    return this.manager.fileRange(begin, end, tokenRange);
  }

  /** As Clang prints it, with its notes and the code it is about. */
  render(options: RenderOptions = {}): string {
    return renderDiagnostics([this], this.manager, options);
  }
  /** On one line: `file:line:column: level: message`. */
  toString(): string {
    const place = this.location.isValid ? `${this.location}: ` : '';
    return `${place}${this.level === 'fatal' ? 'fatal error' : this.level}: ${this.message}`;
  }
}

/** Notes go into the diagnostic they follow. */
export function diagnosticsOf(infos: readonly DiagnosticInfo[], manager: SourceManager): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (let at = 0; at < infos.length; ) {
    const info = infos[at++] as DiagnosticInfo;
    const notes: Diagnostic[] = [];
    while (infos[at]?.level === 'note') notes.push(new Diagnostic(infos[at++] as DiagnosticInfo, [], manager));
    diagnostics.push(new Diagnostic(info, notes, manager));
  }
  return diagnostics;
}

/** The text that Clang would print for them: what was said before decides what need not be said again. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  manager: SourceManager,
  options: RenderOptions = {},
): string {
  const renderer = new DiagnosticRenderer(manager, options);
  for (const diagnostic of diagnostics) {
    renderer.add(diagnostic.info);
    for (const note of diagnostic.notes) renderer.add(note.info);
  }
  return renderer.text;
}
