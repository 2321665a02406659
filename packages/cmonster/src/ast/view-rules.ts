/**
 * What each kind of row means for a view: shown, looked through, or hidden; and the rules for what Clang adds around what
 * was written. In the spirit of Clang's TK_IgnoreUnlessSpelledInSource (Expr::IgnoreUnlessSpelledInSource), with three
 * differences: parentheses stay, an implicit `this` goes, and parts of types are looked through rather than left out, so that
 * the expressions in them (array bounds, template arguments, decltype) are in the tree.
 */

import { LINK_KIND, type Snapshot } from '../frontend/snapshot.js';
import { kindNumber, packedTable, registry, writtenParts } from './registry.js';

export interface ViewOptions {
  /** Show what the compiler adds: implicit declarations, casts, constructor calls, default arguments. */
  implicit?: boolean;
  /** Show the instantiations of templates. */
  instantiations?: boolean;
  /** Show TypeLocs, nested-name specifiers and the other parts of types and names as written. */
  typeLocs?: boolean;
}

export const IMPLICIT = 1;
export const INSTANTIATIONS = 2;
export const TYPE_LOCS = 4;

export function viewMask(options: ViewOptions | undefined): number {
  if (!options) return 0;
  return (
    (options.implicit ? IMPLICIT : 0) |
    (options.instantiations ? INSTANTIATIONS : 0) |
    (options.typeLocs ? TYPE_LOCS : 0)
  );
}

export const SHOW = 0;
export const THROUGH = 1;
export const HIDE = 2;
/** The children are looked up by `specialChildren`. */
export const SPECIAL = 3;
/** Ask `verdict`. */
export const ASK = 4;

const LOOKED_THROUGH = [
  'ImplicitCastExpr',
  'ExprWithCleanups',
  'ConstantExpr',
  'MaterializeTemporaryExpr',
  'CXXBindTemporaryExpr',
  'CXXStdInitializerListExpr',
  'ArrayInitLoopExpr',
];
const DROPPED = [
  'CXXDefaultArgExpr',
  'CXXDefaultInitExpr',
  'ImplicitValueInitExpr',
  'NoInitExpr',
  'ArrayInitIndexExpr',
];
const TEMPLATES = ['ClassTemplateDecl', 'FunctionTemplateDecl', 'VarTemplateDecl'];
const TEMPLATE_PARAMETERS = ['TemplateTypeParmDecl', 'NonTypeTemplateParmDecl', 'TemplateTemplateParmDecl'];

/** `TemplateSpecializationKind` of an explicit instantiation, declared or defined. */
const EXPLICIT_INSTANTIATION = 3;

export class ViewRules {
  private readonly snapshot: Snapshot;
  private readonly mask: number;
  /** By kind: one of the verdicts above. */
  readonly action: Uint8Array;
  /** By kind: a row with one of these bits is hidden. */
  readonly hiddenBits: Uint32Array;
  /** Whether nothing is hidden or looked through, but what is no node. */
  readonly showsAll: boolean;
  private readonly kinds: Record<string, number>;
  private readonly templateParameter: Uint8Array;
  private readonly isDecl: Uint8Array;

  constructor(snapshot: Snapshot, mask: number) {
    this.snapshot = snapshot;
    this.mask = mask;
    const { kindNames, typeClasses } = registry();
    const written = writtenParts();
    this.action = new Uint8Array(kindNames.length);
    this.hiddenBits = new Uint32Array(kindNames.length);
    this.templateParameter = new Uint8Array(kindNames.length);
    this.isDecl = new Uint8Array(kindNames.length);
    this.kinds = {};
    const set = (names: readonly string[], action: number): void => {
      for (const name of names) this.action[kindNumber(name)] = action;
    };
    for (const name of TEMPLATE_PARAMETERS) this.templateParameter[kindNumber(name)] = 1;
    kindNames.forEach((name, kind) => {
      if (name.endsWith('Decl')) this.isDecl[kind] = 1;
      if (name === 'QualType' || typeClasses[kind] !== undefined) this.action[kind] = mask & TYPE_LOCS ? SHOW : HIDE;
      if (written[kind] === 1 && !(mask & TYPE_LOCS)) this.action[kind] = THROUGH;
    });
    if (!(mask & IMPLICIT)) {
      const implicit = packedTable('isImplicit');
      const defaulted = packedTable('isDefaulted');
      for (let kind = 2; kind < kindNames.length; kind++) {
        this.hiddenBits[kind] = (implicit[kind * 2 + 1] as number) << (implicit[kind * 2] as number);
        // A defaulted function has a body of Clang's.
        if (defaulted[kind * 2 + 1] !== 0) this.action[kind] = ASK;
      }
      set(LOOKED_THROUGH, THROUGH);
      set(DROPPED, HIDE);
      set(['SubstNonTypeTemplateParmExpr'], SPECIAL);
      set(['CXXConstructExpr', 'CXXTemporaryObjectExpr', 'CXXFunctionalCastExpr', 'CXXMemberCallExpr'], ASK);
      set(['CXXCtorInitializer', 'CXXForRangeStmt', 'LambdaExpr', 'CXXRewrittenBinaryOperator', 'BindingDecl'], ASK);
      set(['ClassTemplateSpecializationDecl', 'VarDecl'], ASK);
    }
    if (!(mask & INSTANTIATIONS)) {
      set(TEMPLATES, ASK);
      set(['ClassTemplateSpecializationDecl'], ASK);
    }
    set(['Null', 'Link'], HIDE);
    this.action[0] = HIDE;
    this.action[1] = HIDE;
    this.showsAll =
      this.action.every((action, kind) => kind <= LINK_KIND || action === SHOW) &&
      this.hiddenBits.every((bits) => bits === 0);
  }

  private kind(name: string): number {
    let kind = this.kinds[name];
    if (kind === undefined) {
      kind = kindNumber(name);
      this.kinds[name] = kind;
    }
    return kind;
  }

  private isKind(row: number, name: string): boolean {
    return this.snapshot.kind[row] === this.kind(name);
  }

  /** A packed getter of the row; 0 where the kind does not have it. */
  private field(row: number, getter: string): number {
    const table = packedTable(getter);
    const kind = this.snapshot.kind[row] as number;
    return ((this.snapshot.bits[row] as number) >>> (table[kind * 2] as number)) & (table[kind * 2 + 1] as number);
  }

  /** What becomes of a row whose kind alone does not say. */
  verdict(row: number): number {
    switch (registry().kindNames[this.snapshot.kind[row] as number]) {
      case 'CXXConstructExpr':
      case 'CXXTemporaryObjectExpr':
        return this.implicitConstruction(row) ? SPECIAL : SHOW;
      case 'CXXFunctionalCastExpr': {
        // As written: T(x). Clang's own wrapper around a conversion has the range of what it wraps.
        const operand = this.lastChild(row);
        return operand !== 0 && this.sameRange(row, operand) ? SPECIAL : SHOW;
      }
      case 'CXXMemberCallExpr':
        return this.implicitObject(row) !== 0 ? SPECIAL : SHOW;
      case 'CXXCtorInitializer':
        return this.field(row, 'isWritten') === 0 ? HIDE : SHOW;
      case 'ClassTemplateSpecializationDecl':
        return this.isExplicitInstantiation(row) ? SPECIAL : SHOW;
      case 'CXXForRangeStmt':
      case 'LambdaExpr':
      case 'CXXRewrittenBinaryOperator':
      case 'BindingDecl':
      case 'ClassTemplateDecl':
      case 'FunctionTemplateDecl':
      case 'VarTemplateDecl':
        return SPECIAL;
      case 'VarDecl':
        return this.field(row, 'isCXXForRangeDecl') !== 0 ? SPECIAL : SHOW;
      default:
        return this.field(row, 'isDefaulted') !== 0 ? SPECIAL : SHOW;
    }
  }

  /** Whether a special row is itself shown, or only its chosen children. */
  showsItself(row: number): boolean {
    switch (registry().kindNames[this.snapshot.kind[row] as number]) {
      case 'CXXConstructExpr':
      case 'CXXTemporaryObjectExpr':
      case 'CXXFunctionalCastExpr':
      case 'CXXMemberCallExpr':
      case 'SubstNonTypeTemplateParmExpr':
        return false;
      default:
        return true;
    }
  }

  /** The rows that stand for a special row's children, each with what is below it. */
  specialChildren(row: number): number[] {
    const children = this.children(row);
    switch (registry().kindNames[this.snapshot.kind[row] as number]) {
      case 'CXXConstructExpr':
      case 'CXXTemporaryObjectExpr':
        return [...children.filter((child) => this.isWrittenPart(child)), ...this.statements(children).slice(0, 1)];
      case 'CXXFunctionalCastExpr':
        return children;
      case 'SubstNonTypeTemplateParmExpr':
        return children.slice(-1);
      case 'CXXMemberCallExpr':
        return [this.implicitObject(row)];
      case 'CXXForRangeStmt':
        return this.rangeForChildren(children);
      case 'LambdaExpr':
        return this.lambdaChildren(children);
      case 'CXXRewrittenBinaryOperator':
        return this.rewrittenOperands(row, children);
      case 'BindingDecl':
        return [];
      case 'ClassTemplateDecl':
      case 'FunctionTemplateDecl':
      case 'VarTemplateDecl':
        return this.mask & INSTANTIATIONS ? children : this.withoutInstantiations(children);
      case 'ClassTemplateSpecializationDecl':
        return children.filter((child) => !this.isDecl[this.snapshot.kind[child] as number]);
      case 'VarDecl':
        // The variable of a range-for: its initialiser is Clang's `*__begin`.
        return children.filter((child) => this.isWrittenPart(child));
      default:
        // A defaulted function: its body is Clang's.
        return children.filter(
          (child) => !this.isKind(child, 'CompoundStmt') && !this.isKind(child, 'CXXCtorInitializer'),
        );
    }
  }

  children(row: number): number[] {
    const { snapshot } = this;
    const result: number[] = [];
    const end = snapshot.endOf(row);
    for (let child = row + 1; child < end; child = snapshot.endOf(child)) result.push(child);
    return result;
  }

  private isWrittenPart(row: number): boolean {
    return writtenParts()[this.snapshot.kind[row] as number] === 1;
  }

  private statements(children: number[]): number[] {
    return children.filter((child) => !this.isWrittenPart(child));
  }

  private lastChild(row: number): number {
    const children = this.children(row);
    return children[children.length - 1] ?? 0;
  }

  private sameRange(a: number, b: number): boolean {
    const { begin, last } = this.snapshot;
    return begin[a] === begin[b] && last[a] === last[b];
  }

  private implicitConstruction(row: number): boolean {
    const args = this.statements(this.children(row));
    const [first, second] = args;
    if (first === undefined || this.snapshot.kind[first] === 0) return false;
    if (args.length > 1 && !this.isKind(second as number, 'CXXDefaultArgExpr')) return false;
    return this.sameRange(row, first) || this.field(row, 'isElidable') !== 0;
  }

  /** `if (object)` through `operator bool`: the object, when nothing of the call is written; otherwise 0. */
  private implicitObject(row: number): number {
    const callee = this.statements(this.children(row))[0];
    if (callee === undefined || !this.isKind(callee, 'MemberExpr')) return 0;
    const object = this.lastChild(callee);
    return object !== 0 && this.sameRange(row, object) ? object : 0;
  }

  private isExplicitInstantiation(row: number): boolean {
    return this.field(row, 'getSpecializationKind') >= EXPLICIT_INSTANTIATION;
  }

  /** The parameters, the constraint, and the templated declaration; behind it come the instantiations. */
  private withoutInstantiations(children: number[]): number[] {
    const { kind } = this.snapshot;
    const templated = children.findIndex((child) => {
      const childKind = kind[child] as number;
      return this.isDecl[childKind] === 1 && this.templateParameter[childKind] === 0;
    });
    return children.filter((child, at) => at <= templated || templated < 0 || !this.isTemplateMember(child));
  }

  private isTemplateMember(child: number): boolean {
    const kind = this.snapshot.kind[child] as number;
    return this.isDecl[kind] === 1 || kind <= 1;
  }

  /** Init, variable, range and body; the rest is how Clang writes the loop out. */
  private rangeForChildren(children: number[]): number[] {
    const parts = this.statements(children);
    if (parts.length < 8) return parts;
    const [init, range, , , , , variable, body] = parts as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const rangeDecl = this.children(range).find((child) => this.isKind(child, 'VarDecl'));
    const rangeInit = rangeDecl === undefined ? [] : this.statements(this.children(rangeDecl)).slice(-1);
    const loopVariable = this.isKind(variable, 'DeclStmt') ? this.children(variable) : [variable];
    return [init, ...loopVariable, ...rangeInit, body];
  }

  /** The captures that are written, the parameters, and the body: from the closure's class, which is not shown. */
  private lambdaChildren(children: number[]): number[] {
    const parts = children.filter((child) => this.isWrittenPart(child));
    const [closure, ...rest] = this.statements(children);
    if (closure === undefined) return parts;
    const { kind } = this.snapshot;
    // Of a lambda in a default argument the class stands before the function: a link leads to it.
    let call = this.children(this.snapshot.resolve(closure)).find(
      (child) => this.isKind(child, 'CXXMethodDecl') || this.isKind(child, 'FunctionTemplateDecl'),
    );
    const signature: number[] = [];
    if (call !== undefined && this.isKind(call, 'FunctionTemplateDecl')) {
      const members = this.children(call);
      signature.push(...members.filter((child) => this.templateParameter[kind[child] as number] === 1));
      call = members.find((child) => this.isKind(child, 'CXXMethodDecl'));
    }
    if (call !== undefined) signature.push(...this.children(call));
    // Initialisers come one per capture, those of implicit captures too; behind them the body.
    const captures = parts.filter((child) => this.isKind(child, 'LambdaCapture'));
    const written = rest.slice(0, -1).filter((_, at) => {
      const capture = captures[at];
      return capture === undefined || this.field(capture, 'isImplicit') === 0;
    });
    return [...parts, ...written, ...signature, ...rest.slice(-1)];
  }

  /** Both operands of `a != b` that Clang made into `!(a == b)`, or of a comparison made from `<=>`. */
  private rewrittenOperands(row: number, children: number[]): number[] {
    const { begin } = this.snapshot;
    let at = this.statements(children)[0] ?? 0;
    for (let guard = 0; at !== 0 && guard < 64; guard++) {
      const below = this.statements(this.children(at));
      if (this.isKind(at, 'CXXOperatorCallExpr') || this.isKind(at, 'BinaryOperator')) {
        const operands = below.slice(-2);
        const inner = operands.find((child) => this.innerCall(child) !== 0 && this.hasRangeEnds(child, row));
        if (inner === undefined) return operands.sort((x, y) => (begin[x] as number) - (begin[y] as number));
        at = inner;
      } else {
        at = below[below.length - 1] ?? 0;
      }
    }
    return children;
  }

  private innerCall(row: number): number {
    let at = row;
    while (this.action[this.snapshot.kind[at] as number] === THROUGH) at = this.lastChild(at);
    return this.isKind(at, 'CXXOperatorCallExpr') ? at : 0;
  }

  private hasRangeEnds(row: number, outer: number): boolean {
    const operands = this.statements(this.children(this.innerCall(row))).slice(-2);
    const { begin } = this.snapshot;
    return operands.length === 2 && operands.some((operand) => begin[operand] === begin[outer]);
  }
}
