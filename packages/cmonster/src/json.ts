/**
 * What `JSON.stringify` makes of this package's objects: what they are and where they stand, so that a script can log or store what it
 * found. Not the whole of what they know; for a tree there is `dumpJson`.
 */
import { Node } from './ast/node.js';
import { TranslationUnit } from './ast/translation-unit.js';
import { TypeBase } from './ast/type-base.js';
import { Include, Macro, MacroExpansion } from './preprocessor/facts.js';
import { Diagnostic } from './source/diagnostic.js';
import { Location, Position, Range } from './source/location.js';
import { SourceFile } from './source/source-file.js';
import { Token } from './source/tokens.js';

type Json = string | { [member: string]: unknown };

function describe<T>(described: { prototype: T }, json: (object: T) => Json): void {
  Object.defineProperty(described.prototype, 'toJSON', {
    configurable: true,
    value(this: T): Json {
      return json(this);
    },
  });
}

/** Nothing for a place that is none. */
function place(location: Location): { file: string; line: number; column: number } | undefined {
  const { file, line, column } = location;
  return file && line !== undefined && column !== undefined ? { file: file.name, line, column } : undefined;
}

describe(Node, (node) => {
  const { name, type } = node as { name?: unknown; type?: unknown };
  return {
    kind: node.kind,
    ...(typeof name === 'string' && name !== '' && { name }),
    ...(type instanceof TypeBase && { type: String(type) }),
    ...place(node.beginLoc),
    text: node.text,
  };
});
describe(TypeBase, String);
describe(TranslationUnit, (tu) => ({ file: tu.file }));
describe(SourceFile, (file) => file.name);
describe(Location, (location) => ({ ...place(location) }));
describe(Position, String);
describe(Range, (range) => ({ ...place(range.begin), text: range.text }));
describe(Token, ({ kind, text, file, line, column }) => ({ kind, text, file: file.name, line, column }));
describe(Macro, (macro) => ({ name: macro.name, text: macro.text, ...place(macro.location) }));
describe(MacroExpansion, (expansion) => ({ text: expansion.range.text, ...place(expansion.location) }));
describe(Include, (include) => ({ include: String(include), path: include.path }));
describe(Diagnostic, (diagnostic) => ({
  level: diagnostic.level,
  message: diagnostic.message,
  ...place(diagnostic.location),
}));
