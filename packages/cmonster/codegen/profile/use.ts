// One use of the frontend, for the profile: `node use.ts FILE CLANG ARGS…`. Parses, reads all of it, asks, edits and preprocesses, as scripts do.
import { readFileSync, writeSync } from 'node:fs';
import { DeclRefExpr, NamedDecl, Preprocessor, TranslationUnit, ValueDecl } from 'cmonster';

const [file, ...args] = process.argv.slice(2) as [string, ...string[]];

function look(tu: TranslationUnit): void {
  const named: NamedDecl[] = [];
  for (const node of tu.walk({ implicit: true, instantiations: true })) {
    if (node instanceof ValueDecl) String(node.type);
    if (node instanceof DeclRefExpr) void node.decl.name;
    void node.beginLoc.line;
    if (node instanceof NamedDecl && named.length < 2000) named.push(node);
  }
  for (const decl of named) void [decl.isInAnonymousNamespace(), decl.qualifiedNameAsString];
}

// The tree of everything first: it is what most of the time goes to.
const all = await TranslationUnit.parse(file, { scope: 'all', arguments: args });
look(all);
const main = await TranslationUnit.parse(file, { arguments: args, keep: true });
await main.reparse({ text: `${readFileSync(file, 'latin1')}\nint edited;\n` });
const preprocessor = new Preprocessor(file, { arguments: args });
for (const token of preprocessor.tokens()) void token.kind;
// Nothing is released: what the frontend counted is written when it finds this process gone.
writeSync(1, 'used\n');
process.kill(process.pid, 'SIGKILL');
