// First stop: a large C file.
import {
  CallExpr,
  CaseStmt,
  CStyleCastExpr,
  FunctionDecl,
  GotoStmt,
  IfStmt,
  MemberExpr,
  RecordDecl,
  type TranslationUnit,
} from 'cmonster';
import { occupancy } from '../examples/padding.js';
import { bar, base, colours, frame, heading, number, table } from './screen.js';

export function showCFile(tu: TranslationUnit): void {
  showContents(tu);
  showMemoryCalls(tu);
  showStructs(tu);
  showMacros(tu);
  showFiles(tu);
}

function showContents(tu: TranslationUnit): void {
  heading('What is in it?');
  const counts: [string, number][] = [
    ['function definitions', tu.find(FunctionDecl, (it) => it.isThisDeclarationADefinition()).length],
    ['calls', tu.count(CallExpr)],
    ['accesses to members', tu.count(MemberExpr)],
    ['casts as written', tu.count(CStyleCastExpr)],
    ['ifs', tu.count(IfStmt)],
    ['cases', tu.count(CaseStmt)],
    ['gotos', tu.count(GotoStmt)],
  ];
  const largest = Math.max(...counts.map(([, count]) => count));
  table(
    counts.map(([what, count]) => [what, number(count), bar(count, largest)]),
    ['', '>', ''],
  );
}

/** Calls that move bytes, and how many bytes where that is a constant: `sizeof`, macros and arithmetic worked out. */
function showMemoryCalls(tu: TranslationUnit): void {
  heading('Who moves memory, and how much at a time?');
  const names = ['memcpy', 'memset', 'memmove', 'memcmp'];
  const sizes = new Map<CallExpr, number>();
  const rows = names.map((name) => {
    const calls = tu.find(CallExpr, (call) => call.directCallee?.name === name);
    const counts = new Map<number, number>();
    for (const call of calls) {
      const size = call.arguments[2]?.evaluate('integer');
      if (size === undefined) continue;
      sizes.set(call, Number(size));
      counts.set(Number(size), (counts.get(Number(size)) ?? 0) + 1);
    }
    const common = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 6);
    const known = [...counts.values()].reduce((sum, count) => sum + count, 0);
    return [name, number(calls.length), number(known), common.map(([size, count]) => `${size} B ×${count}`).join('  ')];
  });
  table(rows, ['function', '>calls', '>constant', 'the usual sizes']);
  const [largest] = [...sizes].sort((a, b) => b[1] - a[1]);
  if (!largest) return;
  const [call, size] = largest;
  heading(`The largest of these, in ${call.closest(FunctionDecl)?.name ?? 'no function'}:`);
  frame(call, `${number(size)} bytes`);
}

function showStructs(tu: TranslationUnit): void {
  heading('Which structs are the largest, and which waste the most?');
  const structs = tu
    .find(RecordDecl, (it) => it.isThisDeclarationADefinition() && !it.isUnion() && it.name)
    .flatMap((record) => {
      const { layout } = record;
      if (!layout) return [];
      const bytes = occupancy(layout);
      return [{ record, bytes, padding: bytes.filter((byte) => byte === '.').length }];
    });
  const large = structs.toSorted((a, b) => b.bytes.length - a.bytes.length).slice(0, 3);
  const wasteful = structs.filter(({ bytes }) => bytes.length <= 64).sort((a, b) => b.padding - a.padding);
  table(
    [...large, ...wasteful.slice(0, 4)].map(({ record, bytes, padding }) => [
      record.name ?? '',
      number(bytes.length),
      padding > 0 ? colours.yellow(number(padding)) : '0',
      picture(bytes),
    ]),
    ['struct', '>bytes', '>padding', 'a letter per field, a dot per byte of padding'],
  );
}

function picture(bytes: readonly string[]): string {
  const shown = bytes
    .slice(0, 48)
    .join('')
    .replace(/(.{8})(?=.)/g, '$1 ');
  const dotted = shown.replace(/\.+/g, (dots) => colours.yellow(dots));
  return bytes.length > 48 ? `${dotted} …` : dotted;
}

function showMacros(tu: TranslationUnit): void {
  heading('Which macros does it use most?');
  const uses = new Map<string, number>();
  for (const { macro, location } of tu.preprocessor.expansions) {
    // Not those that stand in the bodies of other macros.
    if (macro && location.isInMainFile && !location.isMacro) uses.set(macro.name, (uses.get(macro.name) ?? 0) + 1);
  }
  const most = [...uses].sort((a, b) => b[1] - a[1]).slice(0, 6);
  table(
    most.map(([name, count]) => {
      const text =
        tu.preprocessor
          .definitions(name)
          .at(-1)
          ?.text.replace(/\\?\s+/g, ' ') ?? '';
      return [name, number(count), bar(count, most[0]?.[1] ?? 1, 16), colours.dim(text)];
    }),
    ['', '>', '', ''],
  );
}

function showFiles(tu: TranslationUnit): void {
  const { includes, skipped } = tu.preprocessor;
  heading('What did the preprocessor take in, and leave out?');
  const direct = includes.filter((include) => include.location.isInMainFile);
  const headers = new Set(includes.flatMap((include) => include.path ?? []));
  const left = skipped.filter((range) => range.begin.isInMainFile);
  const lines = left.reduce((sum, { begin, end }) => sum + Math.max(0, (end.line ?? 0) - (begin.line ?? 0) - 1), 0);
  const all = tu.mainFile.lineStarts.length;
  table(
    [
      [
        'headers',
        number(headers.size),
        `by ${number(direct.length)} #includes of its own: ${direct.slice(0, 4).join(' ')} …`,
      ],
      [
        'left out',
        number(left.length),
        `parts by #if: ${number(lines)} of ${number(all)} lines of ${base(tu.mainFile.name)}`,
      ],
    ],
    ['', '>', ''],
  );
}
