import { readFileSync } from 'node:fs';
import { CmonsterError, NamedDecl, parseSync, LabelStmt, type TranslationUnit } from 'cmonster';
import { snippets } from '../oracle/snippets.js';
const errors = (tu: TranslationUnit) => tu.diagnostics.filter((d) => d.isError).map((d) => d.message);
let renamed = 0, refused = 0, bad = 0;
const only = process.argv[2];
for (const { file, arguments: args, cwd } of snippets()) {
  if (only && !file.includes(only)) continue;
  const options = { arguments: args, cwd };
  let names: number[];
  let base: string[];
  try {
    using tu = parseSync(file, options);
    base = errors(tu);
    names = tu.find(NamedDecl, (d) => /^[A-Za-z_]\w*$/.test(d.name ?? '') && d.location.isValid && d.location.tokenText === d.name).map((d) => d.index);
    for (const index of names) {
      const d = tu.node(index) as NamedDecl;
      const name = d.name;
      const tu2 = parseSync(file, options);
      try {
        (tu2.node(index) as NamedDecl).name = `${name}_r`;
        const text = tu2.rewrite();
        renamed++;
        const again = parseSync(file, { ...options, unsaved: { [file]: text } });
        const after = errors(again);
        if (after.length > base.length) { bad++; console.log(`BAD ${file.split('/').pop()} ${d.kind} ${name} ${d.location}: ${after.slice(0, 2).join(' | ')}`); }
        again.dispose();
      } catch (e) { if (e instanceof CmonsterError && e.code.startsWith('EDIT')) refused++; else { bad++; console.log(`THROWN ${file.split('/').pop()} ${d.kind} ${name}: ${(e as Error).message.slice(0, 200)}`); } }
      finally { tu2.dispose(); }
    }
  } catch (e) { console.log('SKIP', file, (e as Error).message.slice(0, 100)); }
}
console.log({ renamed, refused, bad });
