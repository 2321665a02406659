/**
 * The order of a dump: which rows are shown, how, and where each one's children end.
 *
 * Links are followed, so what Clang's dump repeats is repeated. The walk keeps its own stack: trees may be as deep as they like.
 */
import { GETTERS } from '../ast/generated/getters.js';
import { kindNumber } from '../ast/registry.js';
import type { TranslationUnit } from '../ast/translation-unit.js';
import type { View } from '../ast/view.js';
import type { ViewOptions } from '../ast/view-rules.js';
import { Family, kindSet } from './families.js';
import { type Field, packedField } from './node-writer.js';

export const Step = {
  /** A node; its children follow, then a Close. */
  Open: 0,
  /** A declaration in short. */
  Reference: 1,
  /** No statement, comment or requirement: `{}`. */
  Nothing: 2,
  /** No declaration, type or attribute. */
  NoEntity: 3,
  Close: 4,
} as const;

/** TemplateSpecializationKind */
const EXPLICIT_SPECIALIZATION = 2;

interface Frame {
  row: number;
  /** The children still to come: rows from `at` on up to `end`, or the rest of a list. */
  at: number;
  end: number;
  list: readonly number[] | undefined;
  /** Steps by place in the list, where they are not all Open. */
  steps: readonly number[] | undefined;
}

export class DumpWalk {
  /** What `fill` found: steps, and the row of each. */
  readonly steps: number[] = [];
  readonly rows: number[] = [];
  private readonly tu: TranslationUnit;
  private readonly view: View | undefined;
  private readonly families: Uint8Array;
  private readonly showParts: boolean;
  private readonly stack: Frame[] = [];
  private readonly isTemplate = kindSet('ClassTemplateDecl', 'FunctionTemplateDecl', 'VarTemplateDecl');
  private readonly isParameter = kindSet('TemplateTypeParmDecl', 'NonTypeTemplateParmDecl', 'TemplateTemplateParmDecl');
  private readonly holdsTypes = kindSet('UsingShadowDecl', 'FriendDecl', 'DeclStmt', 'TypeTraitExpr');
  private readonly catchStmt = kindNumber('CXXCatchStmt');
  private readonly functionTemplate = kindNumber('FunctionTemplateDecl');
  private readonly boundedArrays = kindSet(
    'VariableArrayType',
    'DependentSizedArrayType',
    'TypeOfExprType',
    'DecltypeType',
  );
  private readonly specializationKind: Field = packedField('getTemplateSpecializationKind');
  private canonicalTemplates: Set<number> | undefined;

  constructor(tu: TranslationUnit, root: number, options: ViewOptions, families: Uint8Array) {
    this.tu = tu;
    this.families = families;
    this.showParts = options.typeLocs === true;
    // Everything is the snapshot's own order; less is a view's.
    this.view = options.implicit && options.instantiations ? undefined : tu.view(options);
    this.open(root);
  }

  /** Finds the next steps, about as many as `limit`; false when there are no more. */
  fill(limit: number): boolean {
    const { steps, rows, stack } = this;
    steps.length = 0;
    rows.length = 0;
    if (this.pendingRoot !== 0) {
      this.enter(this.pendingRoot);
      this.pendingRoot = 0;
    }
    const { snapshot } = this.tu;
    while (stack.length > 0 && steps.length < limit) {
      const frame = stack[stack.length - 1] as Frame;
      if (frame.at >= frame.end) {
        stack.pop();
        steps.push(Step.Close);
        rows.push(frame.row);
        continue;
      }
      let child: number;
      let step: number = Step.Open;
      if (frame.list) {
        child = frame.list[frame.at] as number;
        step = frame.steps?.[frame.at] ?? Step.Open;
        frame.at++;
      } else {
        child = frame.at;
        frame.at = snapshot.endOf(child);
      }
      this.child(frame, child, step);
    }
    return steps.length > 0;
  }

  private pendingRoot = 0;
  private open(root: number): void {
    this.pendingRoot = root;
  }

  private child(frame: Frame, child: number, step: number): void {
    const { snapshot } = this.tu;
    const row = snapshot.resolve(child);
    const family = this.families[snapshot.kind[row] as number];
    if (family === Family.Null) {
      this.steps.push(this.nullStep(frame.row, child));
      this.rows.push(0);
    } else if ((family === Family.TypeLoc || family === Family.Part) && !this.showParts) {
      return;
    } else if (step === Step.Reference) {
      this.steps.push(step);
      this.rows.push(row);
    } else {
      this.enter(row);
    }
  }

  private enter(row: number): void {
    this.steps.push(Step.Open);
    this.rows.push(row);
    const { snapshot } = this.tu;
    let list: readonly number[] | undefined;
    if (this.view) list = this.view.childRows(row);
    else if (!snapshot.isExpanded(row)) list = this.tu.rawChildRows(row);
    let steps: readonly number[] | undefined;
    if (this.isTemplate[snapshot.kind[row] as number]) {
      list ??= this.tu.rawChildRows(row);
      [list, steps] = this.templateChildren(row, list);
    }
    if (list) this.stack.push({ row, at: 0, end: list.length, list, steps });
    else this.stack.push({ row, at: row + 1, end: snapshot.endOf(row), list, steps });
  }

  /** A child that is not there: Clang shows what sort of thing is missing. */
  private nullStep(parent: number, child: number): number {
    const kind = this.tu.snapshot.kind[parent] as number;
    if (kind === this.catchStmt) return child === parent + 1 ? Step.NoEntity : Step.Nothing;
    if (this.families[kind] === Family.Type) return this.boundedArrays[kind] ? Step.Nothing : Step.NoEntity;
    return this.holdsTypes[kind] ? Step.NoEntity : Step.Nothing;
  }

  /**
   * A template's parameters and pattern, then its specializations: in full below the first declaration, in short below the
   * others, and those that are written out elsewhere in short too.
   */
  private templateChildren(
    row: number,
    children: readonly number[],
  ): [readonly number[], readonly number[] | undefined] {
    const { snapshot } = this.tu;
    const isDecl = (child: number): boolean =>
      this.families[snapshot.kind[snapshot.resolve(child)] as number] === Family.Decl;
    const pattern = children.findIndex(
      (child) => isDecl(child) && !this.isParameter[snapshot.kind[snapshot.resolve(child)] as number],
    );
    const specializations = children
      .filter((child, at) => at > pattern && isDecl(child))
      .map((c) => snapshot.resolve(c));
    if (pattern < 0 || specializations.length === 0) return [children, undefined];
    const [shown, steps] = this.shownSpecializations(row, specializations);
    const before = children.slice(0, pattern + 1);
    const after = children.filter((child, at) => at > pattern && !isDecl(child));
    const open = (list: readonly number[]): number[] => list.map(() => Step.Open);
    return [
      [...before, ...shown, ...after],
      [...open(before), ...steps, ...open(after)],
    ];
  }

  private shownSpecializations(template: number, specializations: readonly number[]): [number[], number[]] {
    const explicit = this.tu.snapshot.kind[template] === this.functionTemplate;
    const isShown = (row: number): boolean => {
      const sort = this.fieldOf(row, this.specializationKind);
      return sort < EXPLICIT_SPECIALIZATION || (sort > EXPLICIT_SPECIALIZATION && explicit);
    };
    const step = this.isCanonical(template) ? Step.Open : Step.Reference;
    if (specializations.every(isShown)) return [[...specializations], specializations.map(() => step)];
    const shown: number[] = [];
    const steps: number[] = [];
    // Redeclarations of one specialization follow each other; each specialization occurs at least once.
    const firsts = this.canonicalOf(specializations);
    for (let at = 0; at < specializations.length; ) {
      let end = at + 1;
      while (end < specializations.length && firsts[end] === firsts[at]) end++;
      const group = specializations.slice(at, end);
      const visible = group.filter(isShown);
      shown.push(...(visible.length > 0 ? visible : [group[0] as number]));
      steps.push(...(visible.length > 0 ? visible.map(() => step) : [Step.Reference]));
      at = end;
    }
    return [shown, steps];
  }

  private fieldOf(row: number, field: Field): number {
    const { snapshot } = this.tu;
    const kind = snapshot.kind[row] as number;
    return ((snapshot.bits[row] as number) >>> (field[kind * 2] as number)) & (field[kind * 2 + 1] as number);
  }

  /** Asked for all templates when the first one comes. */
  private isCanonical(template: number): boolean {
    if (!this.canonicalTemplates) {
      const { snapshot } = this.tu;
      const templates: number[] = [];
      for (let row = 1; row < snapshot.rows; row++)
        if (this.isTemplate[snapshot.kind[row] as number]) templates.push(row);
      const answers = this.ask('isCanonicalDecl', templates);
      this.canonicalTemplates = new Set(templates.filter((_, i) => answers[i] === true));
    }
    return this.canonicalTemplates.has(template);
  }

  private canonicalOf(rows: readonly number[]): readonly unknown[] {
    return this.ask('getCanonicalDecl', rows);
  }

  private ask(method: string, rows: readonly number[]): readonly unknown[] {
    const operation = GETTERS.findIndex(([owner, name]) => owner === 'Decl' && name === method);
    return this.tu.questions.numbers(rows.map((handle) => ({ operation, handle })));
  }
}
