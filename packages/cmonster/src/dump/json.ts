/**
 * The tree as JSON, in the vocabulary and nesting of `clang -Xclang -ast-dump=json`, from the columns.
 *
 * An id is `0x` and the entity's row. With `implicit` and `instantiations` the dump has what Clang's has, in its order; without
 * them it is the tree as written. It comes in pieces of some 64 kB, so that a file of any size needs little memory.
 */
import type { Node } from '../ast/node.js';
import { kindNumber } from '../ast/registry.js';
import type { TranslationUnit } from '../ast/translation-unit.js';
import type { ViewOptions } from '../ast/view-rules.js';
import { attrWriter } from './attr.js';
import { commentWriter } from './comment.js';
import { declWriter } from './decl.js';
import { type Details, NO_DETAILS } from './facts.js';
import { Family, families, kindSet } from './families.js';
import { Indenter } from './indent.js';
import { requirementKinds } from './names.js';
import { NodeWriter, packedFields } from './node-writer.js';
import { stmtWriter } from './stmt.js';
import { writeTemplateArgument } from './template-argument.js';
import { typeWriter } from './type.js';
import { DumpWalk, Step } from './walk.js';

export interface DumpOptions extends ViewOptions {
  /** Where to begin: the translation unit by default. */
  root?: Node;
  /** A line for each member, indented by 2; compact by default. */
  indent?: boolean;
}

/** Steps for which the frontend is asked at once. */
const BATCH = 16_384;
const PIECE = 1 << 16;
/** Between the ids of a comment and of its repetition. */
const REPETITION = 2 ** 34;

/** One JSON document, in pieces; the last one ends the line. */
export function* dumpJson(tu: TranslationUnit, options: DumpOptions = {}): Generator<string> {
  const dump = new JsonDump(tu, options);
  if (!options.indent) return yield* dump.pieces();
  const indenter = new Indenter();
  for (const piece of dump.pieces()) yield indenter.indent(piece);
}

class JsonDump {
  private readonly w: NodeWriter;
  private readonly walk: DumpWalk;
  private readonly families = families();
  private readonly detailed: Uint8Array;
  private readonly fillers = kindSet('InitListExpr', 'CXXParenListInitExpr');
  private readonly parameters = kindSet('TemplateTypeParmDecl', 'NonTypeTemplateParmDecl', 'TemplateTemplateParmDecl');
  private readonly isExpr = kindSet('Expr');
  private readonly decl = declWriter();
  private readonly stmt = stmtWriter(this.isExpr);
  private readonly type = typeWriter();
  private readonly attr = attrWriter();
  private readonly comment = commentWriter();
  private readonly initializer = packedFields(
    'isMemberInitializer',
    'isIndirectMemberInitializer',
    'isBaseInitializer',
    'isDelegatingInitializer',
  );
  private readonly fullComment = kindNumber('FullComment');
  private readonly commentTimes = new Map<number, number>();
  private commentOffset = 0;
  private details = new Map<number, Details>();

  // By depth: how many children were written, behind which text; of a template parameter where its default comes from.
  private readonly written: number[] = [];
  private readonly labels: string[] = [];
  private readonly origins: string[] = [];

  constructor(tu: TranslationUnit, options: DumpOptions) {
    this.w = new NodeWriter(tu, { named: kindSet('NamedDecl'), values: kindSet('ValueDecl') });
    this.walk = new DumpWalk(tu, options.root?.index ?? 1, options, this.families);
    const statements = kindSet(
      ...['CastExpr', 'DeclRefExpr', 'StringLiteral', 'IntegerLiteral', 'FixedPointLiteral', 'FloatingLiteral'],
      ...['CompoundAssignOperator', 'AtomicExpr', 'CXXNewExpr', 'UnaryExprOrTypeTraitExpr', 'UnresolvedLookupExpr'],
      ...['CXXTypeidExpr', 'ConstantExpr', 'CXXUnresolvedConstructExpr', 'ExprWithCleanups', 'CXXBindTemporaryExpr'],
      ...['CXXDependentScopeMemberExpr', 'RequiresExpr', 'CompoundStmt', 'CXXParenListInitExpr', 'InitListExpr'],
      ...['ObjCAtCatchStmt', 'ObjCEncodeExpr', 'ObjCMessageExpr', 'ObjCBoxedExpr', 'ObjCSelectorExpr'],
      ...['ObjCPropertyRefExpr', 'ObjCSubscriptRefExpr', 'SYCLUniqueStableNameExpr'],
    );
    const all: readonly number[] = [
      Family.Decl,
      Family.Type,
      Family.QualType,
      Family.Attr,
      Family.Comment,
      Family.TemplateArgument,
    ];
    this.detailed = statements.map((asked, kind) => (asked || all.includes(this.families[kind] as number) ? 1 : 0));
  }

  *pieces(): Generator<string> {
    const { w, walk } = this;
    while (walk.fill(BATCH)) {
      this.askDetails();
      const { steps, rows } = walk;
      for (let i = 0; i < steps.length; i++) {
        const step = steps[i] as number;
        if (step === Step.Close) this.close();
        else this.node(step, rows[i] as number);
        if (w.out.length > PIECE) {
          yield w.out;
          w.out = '';
        }
      }
    }
    yield `${w.out}\n`;
    w.out = '';
  }

  /** In the order of the dump, as the numbers in the mangled names of unnamed types depend on it. */
  private askDetails(): void {
    const { steps, rows } = this.walk;
    const { kind } = this.w.snapshot;
    const wanted = new Set<number>();
    for (let i = 0; i < steps.length; i++) {
      const row = rows[i] as number;
      if (steps[i] === Step.Open && this.detailed[kind[row] as number] === 1) wanted.add(row);
    }
    this.details = this.w.facts.details([...wanted]);
  }

  private node(step: number, row: number): void {
    const { w } = this;
    const depth = this.written.length - 1;
    if (depth >= 0) {
      const before = this.written[depth] as number;
      this.written[depth] = before + 1;
      if (before > 0) w.out += ',';
      else w.out += this.labels[depth];
    }
    switch (step) {
      case Step.Reference:
        w.out += w.reference(row);
        return;
      case Step.Nothing:
        w.out += '{}';
        return;
      case Step.NoEntity:
        w.out += '{"id":"0x0"}';
        return;
    }
    const details = this.details.get(row) ?? NO_DETAILS;
    const kind = w.kindOf(row);
    this.members(row, details);
    this.written.push(0);
    const filler = this.fillers[kind] === 1 && details[0] === true;
    // A clause has no members of its own.
    const comma = this.families[kind] === Family.Clause ? '' : ',';
    this.labels.push(`${comma}"${filler ? 'array_filler' : 'inner'}":[`);
    this.origins.push(this.parameters[kind] === 1 && !details[6] ? 'previous' : 'inherited from');
  }

  private close(): void {
    this.labels.pop();
    this.origins.pop();
    this.w.out += (this.written.pop() as number) > 0 ? ']}' : '}';
  }

  /** The object's begin, without its end. */
  private members(row: number, details: Details): void {
    const { w } = this;
    switch (this.families[w.kindOf(row)]) {
      case Family.Decl:
        this.decl(w, row, details, this.defaultArgument(row));
        break;
      case Family.Stmt:
        this.stmt(w, row, details);
        break;
      case Family.Type:
        this.type(w, row, details);
        break;
      case Family.QualType:
        w.out += `{"id":${w.id(row)},"kind":"QualType"`;
        w.type('type', w.typeOf(row));
        w.string('qualifiers', (details[0] ?? '') as string);
        break;
      case Family.Attr:
        this.attr(w, row, details);
        break;
      case Family.Comment:
        this.comment(w, row, details, this.commentId(row));
        break;
      case Family.TemplateArgument:
        writeTemplateArgument(w, row, details, this.origins[this.origins.length - 1] ?? 'previous');
        break;
      case Family.CtorInitializer:
        this.constructorInitializer(row);
        break;
      case Family.Capture:
        w.out += '{"kind":"Capture"';
        w.flag('byref', (w.snapshot.bits[row] as number) & 1);
        w.flag('nested', (w.snapshot.bits[row] as number) & 2);
        if (w.a(row) !== 0) w.declaration('var', w.a(row));
        break;
      case Family.Association:
        w.out += `{"associationKind":"${(w.snapshot.bits[row] as number) & 2 ? 'case' : 'default'}"`;
        w.flag('selected', (w.snapshot.bits[row] as number) & 1);
        break;
      case Family.Requirement:
        this.requirement(row);
        break;
      case Family.Clause:
        w.out += '{';
        break;
      default:
        w.out += `{"kind":"${w.kindName(row)}"`;
        if (w.typeOf(row) !== 0) w.type('type', w.typeOf(row), true);
        w.range(row);
    }
  }

  /** Clang reads a comment again wherever its declaration is repeated: those are other comments. */
  private commentId(row: number): string {
    if (this.w.kindOf(row) === this.fullComment) {
      const times = this.commentTimes.get(row) ?? 0;
      this.commentTimes.set(row, times + 1);
      this.commentOffset = times * REPETITION;
    }
    return this.w.id(this.commentOffset + row);
  }

  /** Only a template parameter has one: the last template argument below it. */
  private defaultArgument(row: number): number {
    const { snapshot } = this.w;
    if (this.parameters[snapshot.kind[row] as number] !== 1) return 0;
    let found = 0;
    const end = snapshot.endOf(row);
    for (let child = row + 1; child < end; child = snapshot.endOf(child)) {
      if (this.families[snapshot.kind[child] as number] === Family.TemplateArgument) found = child;
    }
    return found;
  }

  private constructorInitializer(row: number): void {
    const { w, initializer: f } = this;
    w.out += '{"kind":"CXXCtorInitializer"';
    if (w.field(row, f.isMemberInitializer) || w.field(row, f.isIndirectMemberInitializer)) {
      w.declaration('anyInit', w.a(row));
    } else if (w.field(row, f.isBaseInitializer)) w.type('baseInit', w.typeOf(row));
    else if (w.field(row, f.isDelegatingInitializer)) w.type('delegatingInit', w.typeOf(row));
  }

  /** Bits: 0–2 the kind, 3 dependent, 4 satisfied, 5 with an unexpanded pack, 6 noexcept. */
  private requirement(row: number): void {
    const { w } = this;
    const bits = w.snapshot.bits[row] as number;
    w.out += `{"kind":"${requirementKinds[bits & 7]}"`;
    w.flag('noexcept', bits & 64);
    w.flag('isDependent', bits & 8);
    if (!(bits & 8)) w.member('satisfied', (bits & 16) !== 0);
    w.flag('containsUnexpandedPack', bits & 32);
  }
}
