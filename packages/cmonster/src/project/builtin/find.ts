/** The script behind `cmonster find`. */
import { Node, type TranslationUnit } from '../../index.js';
import { openPattern, patternArguments } from './pattern.js';

const pattern = openPattern(patternArguments());

export default function find(tu: TranslationUnit): void {
  for (const match of tu.match(pattern)) {
    const bound = Object.entries(match.nodes).map(([name, value]) => `$${name} = ${shown(value)}`);
    const message = bound.length > 0 ? `found, with ${bound.join(', ')}` : 'found';
    tu.report(match.range ?? match.node, message, { severity: 'note' });
  }
}

function shown(value: unknown): string {
  const text = Array.isArray(value) ? value.map(textOf).join(', ') : textOf(value);
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}

function textOf(value: unknown): string {
  return value instanceof Node ? value.text : String(value);
}
