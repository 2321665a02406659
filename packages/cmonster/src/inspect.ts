/** What `console.log` and the debugger show of this package's objects: a line, not all that hangs on them. */
import { inspect } from 'node:util';
import { TemplateArgument } from './ast/generated/index.js';
import { Node } from './ast/node.js';
import { TranslationUnit } from './ast/translation-unit.js';
import { TypeBase } from './ast/type-base.js';
import { Include, Macro, MacroExpansion } from './preprocessor/facts.js';
import { Diagnostic } from './source/diagnostic.js';
import { Location, Position, Range } from './source/location.js';
import { SourceFile } from './source/source-file.js';
import { Token } from './source/tokens.js';

const LONGEST = 60;

/** The first words of a text, on one line. */
function excerpt(text: string): string {
  const line = text
    .slice(0, LONGEST * 4)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

function describe<T>(shown: { prototype: T; name: string }, line: (object: T) => string): void {
  Object.defineProperty(shown.prototype, inspect.custom, {
    configurable: true,
    value(this: T): string {
      try {
        const name = Object.prototype.toString.call(this).slice(8, -1);
        return `${name === 'Object' ? shown.name : name} ${line(this)}`;
      } catch (error) {
        // Of a translation unit that was disposed of nothing is known any more.
        return `${shown.name} <${(error as Error).message}>`;
      }
    },
  });
}

describe(Node, (node) => {
  const text = excerpt(node.text);
  return `${node.beginLoc.isValid ? node.beginLoc : '<no location>'}${text && ` \`${text}\``}`;
});
// It stands nowhere: what is written is a TemplateArgumentLoc.
describe(TemplateArgument, (argument) => excerpt(argument.print() ?? ''));
describe(TypeBase, (type) => `'${type}'`);
describe(TranslationUnit, (tu) => `${tu.file} (${tu.languageStandard}, ${tu.snapshot.rows} rows)`);
describe(Location, (location) => `${location}`);
describe(Position, (position) => `${position}`);
describe(Range, (range) => `${range} \`${excerpt(range.text)}\``);
describe(SourceFile, (file) => `${file.name} (${file.size} bytes)`);
describe(Token, (token) => `${token.kind} \`${excerpt(token.text)}\` ${token.file.name}:${token.line}:${token.column}`);
describe(Macro, (macro) => `${excerpt(`${macro.name} ${macro.text}`)} ${macro.location}`);
describe(MacroExpansion, (expansion) => `\`${excerpt(expansion.range.text)}\` ${expansion.location}`);
describe(Include, (include) => `${include} ${include.path ?? '<not found>'}`);
describe(Diagnostic, (diagnostic) => `${diagnostic}`);
