/** The fields of a struct, class or union as a list: each is a declaration on lines of its own. */
import type { RecordDecl } from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import { CmonsterError } from '../error.js';
import type { FileRange } from '../source/location.js';
import { Code, type CodeLike } from './code.js';
import { declaredTogether } from './declarator.js';
import { withLines, withSemicolon } from './extent.js';
import { indentationAt, isNewline, lineEnding } from './lex.js';
import type { EditableList } from './list.js';
import type { Rewriter } from './rewriter.js';
import type { Splice } from './splice.js';

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
    if (next) this.rewriter.insertBeside(next, code, 'before');
    else if (before) this.rewriter.insertBeside(before, code, 'after');
    else this.rewriter.append(this.owner, code);
    this.slots.splice(index, 0, undefined);
  }

  removeAt(index: number): void {
    this.field('removeAt', index).remove();
    this.slots.splice(index, 1);
  }

  move(from: number, to: number): void {
    const field = this.field('move', from);
    const rest = this.slots.toSpliced(from, 1);
    this.ensureIndex('move', to, this.slots.length);
    const next = rest[to];
    const target = next ?? rest[to - 1];
    if (!target)
      throw new CmonsterError('EDIT_TARGET', `move: there is no field beside place ${to} that was there before`);
    const side = next ? 'before' : 'after';
    const { rewriter } = this;
    const group = declaredTogether(field).length > 1 ? rewriter.declarators(field) : undefined;
    const lines = this.lines(field);
    const beside = this.lines(target);
    if (!isNewline(lines.file.bytes[lines.end - 1]) || !isNewline(lines.file.bytes[beside.end - 1])) {
      throw new CmonsterError('EDIT_TARGET', `move: ${field} and ${target} do not stand on lines of their own`);
    }
    const declaration = group?.declarationOf(field) ?? [withoutBlanks(lines)];
    const isPut = declaredTogether(target).length > 1 && !rewriter.declarators(target).isOutermost(target, side);
    const staged: Splice[] = [];
    if (!isPut) {
      const { file } = lines;
      const at = next ? beside.begin : beside.end;
      const pieces = group ? [indentationAt(file.bytes, lines.begin), ...declaration, lineEnding(file.bytes)] : [lines];
      staged.push(...rewriter.stage('move', String(field), [{ file, begin: at, end: at, pieces, side }]));
    }
    try {
      if (group) group.take('move', field);
      else staged.push(...rewriter.stage('move', String(field), [{ ...lines, pieces: [], isMoved: true }]));
      if (isPut) rewriter.declarators(target).insert('move', target, declaration, side);
    } catch (error) {
      rewriter.unstage(staged);
      throw error;
    }
    this.slots = rest.toSpliced(to, 0, field);
  }

  private lines(field: Node): FileRange {
    if (declaredTogether(field).length > 1) return withLines(this.rewriter.declarators(field).range);
    return withLines(withSemicolon(field, this.rewriter.rangeOf(field, 'move')));
  }

  private field(operation: string, index: number): Node {
    this.ensureIndex(operation, index, this.slots.length);
    const field = this.slots[index];
    if (!field) throw new CmonsterError('EDIT_TARGET', `${operation}: the field at ${index} was only just put there`);
    return field;
  }

  private ensureIndex(operation: string, index: number, limit: number): void {
    if (Number.isInteger(index) && index >= 0 && index < limit) return;
    throw new CmonsterError(
      'EDIT_TARGET',
      `${operation}: ${this.owner} has ${this.slots.length} fields, and no place ${index}`,
    );
  }
}

/** Lines without the blanks before and the line end behind them. */
function withoutBlanks({ file, begin, end }: FileRange): FileRange {
  const first = begin + indentationAt(file.bytes, begin).length;
  return { file, begin: first, end: isNewline(file.bytes[end - 2]) ? end - 2 : end - 1 };
}

function ended(code: CodeLike): Code {
  const { strings, values } = Code.from(code);
  const last = strings[strings.length - 1] as string;
  return /[;}]\s*$/.test(last) ? new Code(strings, values) : new Code([...strings.slice(0, -1), `${last};`], values);
}
