/** The fields of a struct, class or union as a list: each is a declaration on lines of its own. */
import type { RecordDecl } from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import { CmonsterError } from '../error.js';
import type { FileRange } from '../source/location.js';
import { Code, type CodeLike } from './code.js';
import { declaredTogether } from './declarator.js';
import { withLines, withSemicolon } from './extent.js';
import { isNewline } from './lex.js';
import type { EditableList } from './list.js';
import type { Rewriter } from './rewriter.js';

export class FieldList implements EditableList {
  private readonly rewriter: Rewriter;
  private readonly owner: RecordDecl;
  /** Fields as they were, and new ones. */
  private slots: (Node | undefined)[];

  constructor(rewriter: Rewriter, owner: RecordDecl) {
    this.rewriter = rewriter;
    this.owner = owner;
    this.slots = [...owner.fields];
  }

  push(...codes: CodeLike[]): void {
    this.insert(this.slots.length, ...codes);
  }

  insert(index: number, ...codes: CodeLike[]): void {
    this.ensureIndex('insert', index, this.slots.length + 1);
    for (const [at, code] of codes.entries()) this.insertOne(index + at, ended(code));
  }

  private insertOne(index: number, code: Code): void {
    const next = this.slots[index];
    const before = this.slots.slice(0, index).findLast((slot) => slot !== undefined);
    if (next) this.rewriter.insertBeside(this.alone(next), code, 'before');
    else if (before) this.rewriter.insertBeside(this.last(before), code, 'after');
    else this.rewriter.append(this.owner, code);
    this.slots.splice(index, 0, undefined);
  }

  removeAt(index: number): void {
    this.field('removeAt', index).remove();
    this.slots.splice(index, 1);
  }

  move(from: number, to: number): void {
    const field = this.alone(this.field('move', from));
    const rest = this.slots.toSpliced(from, 1);
    this.ensureIndex('move', to, this.slots.length);
    const lines = this.lines(field);
    const next = rest[to];
    const target = next ?? rest[to - 1];
    if (!target)
      throw new CmonsterError('EDIT_TARGET', `move: there is no field beside place ${to} that was there before`);
    const beside = this.lines(next ? this.alone(next) : this.last(target));
    const at = next ? beside.begin : beside.end;
    if (!isNewline(lines.file.bytes[lines.end - 1]) || !isNewline(lines.file.bytes[beside.end - 1])) {
      throw new CmonsterError('EDIT_TARGET', `move: ${field} and ${target} do not stand on lines of their own`);
    }
    this.rewriter.stage('move', String(field), [
      { ...lines, pieces: [], isMoved: true },
      { file: lines.file, begin: at, end: at, pieces: [lines], side: next ? 'before' : 'after' },
    ]);
    this.slots = rest.toSpliced(to, 0, field);
  }

  private lines(field: Node): FileRange {
    return withLines(withSemicolon(field, this.rewriter.rangeOf(field, 'move')));
  }

  private field(operation: string, index: number): Node {
    this.ensureIndex(operation, index, this.slots.length);
    const field = this.slots[index];
    if (!field) throw new CmonsterError('EDIT_TARGET', `${operation}: the field at ${index} was only just put there`);
    return field;
  }

  /** A field that begins its declaration; what is declared together cannot be parted. */
  private alone(field: Node): Node {
    const together = declaredTogether(field);
    if (together[0] === field) return field;
    throw new CmonsterError(
      'EDIT_TARGET',
      `${field} is declared together with ${together[0]}: nothing fits between them`,
    );
  }

  /** The last one of those declared together. */
  private last(field: Node): Node {
    return declaredTogether(field).at(-1) ?? field;
  }

  private ensureIndex(operation: string, index: number, limit: number): void {
    if (Number.isInteger(index) && index >= 0 && index < limit) return;
    throw new CmonsterError(
      'EDIT_TARGET',
      `${operation}: ${this.owner} has ${this.slots.length} fields, and no place ${index}`,
    );
  }
}

function ended(code: CodeLike): Code {
  const { strings, values } = Code.from(code);
  const last = strings[strings.length - 1] as string;
  return /[;}]\s*$/.test(last) ? new Code(strings, values) : new Code([...strings.slice(0, -1), `${last};`], values);
}
