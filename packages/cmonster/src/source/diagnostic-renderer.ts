/**
 * Diagnostics as Clang prints them: clang::DiagnosticRenderer (include stack, macro backtrace) and clang::TextDiagnostic (the
 * line with the message). The frame of code is in code-frame.ts.
 */
import type { DiagnosticInfo, DiagnosticRange } from '../frontend/meta.js';
import { codeFrame, type Hint } from './code-frame.js';
import type { SourceManager } from './source-manager.js';

export interface RenderOptions {
  /** With terminal colours. */
  colour?: boolean;
}

type Level = DiagnosticInfo['level'];

/** How Clang's driver limits the notes about macros. */
const MACRO_BACKTRACE_LIMIT = 6;

const RESET = '\u001b[0m';
const BOLD = '\u001b[1m';
const LEVEL_COLOUR: Readonly<Record<Level, string>> = {
  ignored: '',
  note: '\u001b[0;1;36m',
  remark: '\u001b[0;1;34m',
  warning: '\u001b[0;1;35m',
  error: '\u001b[0;1;31m',
  fatal: '\u001b[0;1;31m',
};

export class DiagnosticRenderer {
  private readonly manager: SourceManager;
  private readonly colour: boolean;
  private lastLoc = -1;
  private lastLevel: Level = 'ignored';
  private lastIncludeLoc = 0;
  text = '';

  constructor(manager: SourceManager, options: RenderOptions) {
    this.manager = manager;
    this.colour = options.colour ?? false;
  }

  add(info: DiagnosticInfo): void {
    this.emit(info.location, info.level, info.message + this.option(info), info.ranges, info.fixIts);
  }

  /** ` [-Wflag]` */
  private option({ level, flag, promoted }: DiagnosticInfo): string {
    if (flag === undefined) return '';
    const name = flag.replace(/^-W/, '');
    return ` [${promoted ? '-Werror,' : ''}${level === 'remark' ? `-R${name}` : flag}]`;
  }

  private emit(
    unexpanded: number,
    level: Level,
    message: string,
    ranges: readonly DiagnosticRange[],
    fixIts: readonly (DiagnosticRange & { code: string })[],
  ): void {
    const { manager } = this;
    if (unexpanded === 0) {
      this.message('', level, message);
    } else {
      const hints = this.hints(fixIts);
      const all = [...ranges, ...(hints.length > 0 ? fixIts.filter((fixIt) => fixIt.begin !== 0) : [])];
      const loc = manager.fileLoc(unexpanded);
      const presumed = manager.presumed(loc);
      if (presumed) {
        this.includeStack(presumed.includedFrom.raw);
        this.message(`${presumed.file}:${presumed.line}:${presumed.column}: `, level, message);
      }
      this.snippet(loc, level, this.mapRanges(loc, all), hints);
      if (manager.isMacroId(unexpanded)) this.macroBacktrace(unexpanded, all);
      this.lastLoc = loc;
    }
    if (unexpanded === 0) this.lastLoc = 0;
    this.lastLevel = level;
  }

  private message(place: string, level: Level, message: string): void {
    const name = level === 'fatal' ? 'fatal error' : level;
    if (!this.colour) {
      this.text += `${place}${name}: ${message}\n`;
      return;
    }
    const where = place === '' ? '' : `${BOLD}${place}`;
    const bold = level === 'note' ? '' : BOLD;
    this.text += `${where}${RESET}${LEVEL_COLOUR[level]}${name}: ${RESET}${bold}${message}${RESET}\n`;
  }

  private includeStack(includeLoc: number): void {
    if (includeLoc === this.lastIncludeLoc) return;
    this.lastIncludeLoc = includeLoc;
    const frames: string[] = [];
    for (let at = includeLoc; at !== 0; ) {
      const presumed = this.manager.presumed(at);
      if (!presumed) break;
      frames.push(`In file included from ${presumed.file}:${presumed.line}:\n`);
      at = presumed.includedFrom.raw;
    }
    this.text += frames.reverse().join('');
  }

  /** Fix-its that can be shown in the code: all of them, or none when one lies in the middle of a macro. */
  private hints(fixIts: readonly (DiagnosticRange & { code: string })[]): Hint[] {
    const { manager } = this;
    const hints: Hint[] = [];
    for (const { begin, end, tokenRange, code } of fixIts) {
      const range = manager.fileRange(begin, end, tokenRange);
      if (!range) return [];
      hints.push({ file: range.file, begin: range.begin, end: range.end, code });
    }
    return hints.sort((a, b) => a.begin - b.begin);
  }

  private snippet(loc: number, level: Level, ranges: readonly DiagnosticRange[], hints: readonly Hint[]): void {
    const seen = loc === this.lastLoc && ranges.length === 0 && hints.length === 0;
    if (seen && (this.lastLevel !== 'note' || level === this.lastLevel)) return;
    const { manager } = this;
    const position = manager.position(loc);
    if (!position) return;
    const spans = [];
    for (const { begin, end, tokenRange } of ranges) {
      const from = manager.position(begin);
      const to = manager.position(end);
      if (!from || !to || !manager.sameEntry(begin, loc) || !manager.sameEntry(end, loc)) continue;
      spans.push({
        begin: from.offset,
        last: to.offset,
        end: to.offset + (tokenRange ? manager.tokenLength(end) : 0),
        line: manager.presumed(begin)?.line ?? from.line,
      });
    }
    const displayed = manager.presumed(loc)?.line ?? position.line;
    this.text += codeFrame(position, displayed, spans, hints, this.colour);
  }

  // --- Macros -------------------------------------------------------------------------------------------------------

  /** DiagnosticRenderer::emitMacroExpansions */
  private macroBacktrace(unexpanded: number, ranges: readonly DiagnosticRange[]): void {
    const { manager } = this;
    let stack: number[] = [];
    let ignored = 0;
    let at = unexpanded;
    while (manager.isMacroId(at)) {
      const top = manager.isMacroArg(at) ? manager.immediateBegin(at) : at;
      stack.push(top);
      if (this.rangesInArgument(at, ranges)) ignored = stack.length;
      at = manager.immediateMacroCaller(at);
      if (!manager.isMacroId(at)) at = manager.immediateMacroCaller(top);
    }
    stack = stack.slice(ignored).reverse();
    if (stack.length <= MACRO_BACKTRACE_LIMIT) {
      for (const loc of stack) this.macroExpansion(loc, ranges);
      return;
    }
    const half = MACRO_BACKTRACE_LIMIT / 2;
    for (const loc of stack.slice(0, half)) this.macroExpansion(loc, ranges);
    const skipped = stack.length - MACRO_BACKTRACE_LIMIT;
    this.message('', 'note', `(skipping ${skipped} expansions in backtrace; use -fmacro-backtrace-limit=0 to see all)`);
    for (const loc of stack.slice(-half)) this.macroExpansion(loc, ranges);
  }

  private macroExpansion(loc: number, ranges: readonly DiagnosticRange[]): void {
    const name = this.macroName(loc);
    const message = name === '' ? 'expanded from here' : `expanded from macro '${name}'`;
    this.emit(this.manager.spellingLoc(loc), 'note', message, this.mapRanges(loc, ranges), []);
  }

  /** Lexer::getImmediateMacroNameForDiagnostics: a pasted or stringised token has none. */
  private macroName(loc: number): string {
    const { manager } = this;
    let at = loc;
    while (manager.isMacroArg(at)) at = manager.immediateBegin(at);
    if (manager.position(manager.spellingLoc(at))?.file.name === '<scratch space>') return '';
    return manager.immediateMacroName(at);
  }

  private rangesInArgument(loc: number, ranges: readonly DiagnosticRange[]): boolean {
    const { manager } = this;
    const mapped = this.mapRanges(loc, ranges);
    if (ranges.filter((range) => range.begin !== 0 && range.end !== 0).length > mapped.length) return false;
    if (!manager.isMacroArg(loc)) return false;
    const argument = manager.immediateBegin(loc);
    return mapped.every((range) => manager.isMacroArg(range.begin) && manager.immediateBegin(range.begin) === argument);
  }

  /** mapDiagnosticRanges: each range as it looks from the caret's place; those that cannot be seen from there go. */
  private mapRanges(caret: number, ranges: readonly DiagnosticRange[]): DiagnosticRange[] {
    const { manager } = this;
    const caretEntry = manager.entryOf(caret);
    const mapped: DiagnosticRange[] = [];
    for (const range of ranges) {
      if (range.begin === 0 || range.end === 0) continue;
      let { begin, end, tokenRange } = range;
      const begins = new Map<number, number>();
      while (manager.isMacroId(begin) && !manager.sameEntry(begin, end)) {
        begins.set(manager.entryOf(begin), begin);
        begin = manager.immediateBegin(begin);
      }
      if (!manager.sameEntry(begin, end)) {
        while (manager.isMacroId(end) && !begins.has(manager.entryOf(end))) {
          tokenRange = manager.immediateIsTokenRange(end);
          end = manager.immediateEnd(end);
        }
        if (manager.isMacroId(end)) begin = begins.get(manager.entryOf(end)) ?? begin;
      }
      if (!manager.sameEntry(begin, end)) continue;
      const common = this.commonArguments(begin, end);
      const from = this.retrace(begin, caretEntry, common, true, tokenRange);
      const to = this.retrace(end, caretEntry, common, false, tokenRange);
      if (!from || !to) continue;
      mapped.push({
        begin: manager.spellingLoc(from.loc),
        end: manager.spellingLoc(to.loc),
        tokenRange: to.tokenRange,
      });
    }
    return mapped;
  }

  /** The macro arguments that both ends lie in. */
  private commonArguments(begin: number, end: number): Set<number> {
    const ofBegin = this.argumentEntries(begin, true);
    return new Set([...this.argumentEntries(end, false)].filter((entry) => ofBegin.has(entry)));
  }

  private argumentEntries(raw: number, isBegin: boolean): Set<number> {
    const { manager } = this;
    const entries = new Set<number>();
    for (let at = raw; manager.isMacroId(at); ) {
      if (manager.isMacroArg(at)) {
        entries.add(manager.entryOf(at));
        at = manager.immediateSpelling(at);
      } else {
        at = isBegin ? manager.immediateBegin(at) : manager.immediateEnd(at);
      }
    }
    return entries;
  }

  /** retrieveMacroLocation: a way from the location to the caret's entry, through arguments or uses. */
  private retrace(
    loc: number,
    caretEntry: number,
    common: ReadonlySet<number>,
    isBegin: boolean,
    tokenRange: boolean,
  ): { loc: number; tokenRange: boolean } | undefined {
    const { manager } = this;
    const entry = manager.entryOf(loc);
    if (entry === caretEntry) return { loc, tokenRange };
    if (!manager.isMacroId(loc)) return undefined;
    const use = isBegin ? manager.immediateBegin(loc) : manager.immediateEnd(loc);
    const useIsToken = manager.immediateIsTokenRange(loc);
    const spelled = manager.immediateSpelling(loc);
    const argument = manager.isMacroArg(loc);
    const first = argument ? (common.has(entry) ? spelled : 0) : use;
    const firstIsToken = argument || isBegin ? tokenRange : useIsToken;
    if (first !== 0) {
      const found = this.retrace(first, caretEntry, common, isBegin, firstIsToken);
      if (found) return found;
    }
    const second = argument ? use : spelled;
    const secondIsToken = isBegin || !argument ? tokenRange : useIsToken;
    return this.retrace(second, caretEntry, common, isBegin, secondIsToken);
  }
}
