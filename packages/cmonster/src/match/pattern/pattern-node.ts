/** A pattern made ready for matching: what Clang parsed, without Clang. */
import { type DeclRefExpr, RecoveryExpr, Stmt, VarDecl } from '../../ast/generated/index.js';
import type { Node } from '../../ast/node.js';
import type { TypeBase } from '../../ast/type-base.js';
import type { ParsedPattern, PatternForm } from './pattern-parse.js';
import { type Hole, holeOf } from './pattern-text.js';
import { peel, shapeOf, withoutMentions } from './shape.js';
import { compileType, type TypePattern } from './type-pattern.js';

/** A name in a pattern: as it must be, or a metavariable. */
export type NamePattern =
  | {
      is: 'name';
      text: string;
      /** What must stand in front, as in `std::move`; empty for any. */
      qualifier: string;
      /** What a template is given, without blanks; undefined where that doesn't matter. */
      templateArguments?: string | undefined;
    }
  | { is: 'hole'; hole: Hole };

export type PatternNode =
  /** `$x`: an expression; a statement where it stands for one. */
  | { is: 'hole'; hole: Hole; statement: boolean }
  /** `$$$xs` and `...`: any number of operands. */
  | { is: 'list'; hole: Hole }
  | {
      is: 'shape';
      key: string;
      name?: NamePattern;
      type?: TypePattern | null;
      operands: readonly (PatternNode | null)[];
      /** Of a literal from the bodies of macros: their names. What `#x` and `__LINE__` give there differs from use to use. */
      macros?: readonly string[];
    }
  /** A null pointer, however written. */
  | { is: 'null' }
  /** What it is inside of, when its type is a pointer. */
  | { is: 'pointer'; of: PatternNode }
  | { is: 'either'; options: readonly PatternNode[] };

export interface CompiledPattern {
  form: PatternForm;
  /** One, but for statements. */
  roots: readonly PatternNode[];
  /** Of a pattern that is a type. */
  type: TypePattern | undefined;
  /** An expression that must be a statement of its own: it was written with a semicolon. */
  isStatement: boolean;
}

export function compile(parsed: ParsedPattern): CompiledPattern {
  const compiler = new Compiler(parsed);
  const { form, code } = parsed;
  let roots = form === 'declaration' ? withoutMentions(parsed.roots) : parsed.roots;
  if (form === 'statements' && roots.length === 1 && roots[0]?.kind === 'DeclStmt') {
    // A declaration is looked for wherever it stands.
    const declared = shapeOf(roots[0]).operands.filter((each) => each !== null);
    if (declared.length === 1) roots = declared;
  }
  const isStatement = form === 'statements' && roots.length === 1 && code.tokens[code.tokens.length - 2]?.text === ';';
  return {
    form,
    roots: roots.map((root) => compiler.node(root)),
    type: parsed.type && compileType(parsed.type),
    isStatement: isStatement && roots[0] instanceof Stmt && 'type' in roots[0],
  };
}

class Compiler {
  private readonly parsed: ParsedPattern;

  constructor(parsed: ParsedPattern) {
    this.parsed = parsed;
  }

  node(given: Node): PatternNode {
    const node = peel(given);
    const identifier = this.identifier(node);
    if (identifier !== undefined) {
      const hole = holeOf(identifier);
      if (hole?.isList) return { is: 'list', hole };
      if (hole) return { is: 'hole', hole, statement: this.parsed.code.statements.has(this.offset(node)) };
    }
    if (node instanceof RecoveryExpr) return this.reference(identifier ?? '', node.text);
    const shape = shapeOf(node);
    if (shape.key === 'name') return this.reference(shape.name ?? '', node.text);
    if (isListDeclaration(shape.name)) return { is: 'list', hole: holeOf(shape.name) as Hole };
    const pattern: PatternNode = {
      is: 'shape',
      key: shape.key,
      operands: this.operands(shape.operands),
    };
    // What a loop begins with may be a declaration as well.
    const [first] = pattern.operands;
    if (shape.key === 'ForStmt' && first?.is === 'hole') first.statement = true;
    const macros =
      shape.operands.length === 0 ? node.macro.filter((use) => !use.isArgument).map((use) => use.name) : [];
    if (macros.length > 0) pattern.macros = macros;
    if (shape.name !== undefined) pattern.name = nameOf(shape.name);
    if (shape.type !== undefined) pattern.type = shape.type && this.type(shape.type);
    return pattern;
  }

  private operands(nodes: readonly (Node | null)[]): (PatternNode | null)[] {
    return nodes.map((node) => node && this.node(node));
  }

  private type(type: TypeBase): TypePattern {
    return compileType(type);
  }

  /** The one identifier that a node is, if it is one. */
  private identifier(node: Node): string | undefined {
    switch (node.kind) {
      case 'RecoveryExpr':
        return node.beginLoc.raw === node.endLoc.raw ? node.beginLoc.tokenText : undefined;
      case 'DeclRefExpr':
        return (node as DeclRefExpr).decl.name;
      case 'UnresolvedLookupExpr':
      case 'MemberExpr':
        return node.beginLoc.raw === node.endLoc.raw ? node.beginLoc.tokenText : undefined;
      case 'ParmVarDecl':
        // `int f($$$params)`: to Clang a type without a name.
        return node instanceof VarDecl && node.name === '' ? /\$\$[$_]\w*$/.exec(node.type.toString())?.[0] : undefined;
      default:
        return undefined;
    }
  }

  private reference(name: string, text: string): PatternNode {
    const written = text.replace(/\s+/g, '');
    const [, path = '', , given] = /^([^<]*)(<(.*)>)?$/.exec(written) ?? [];
    const at = path.lastIndexOf('::');
    const pattern: NamePattern = {
      is: 'name',
      text: at < 0 ? name || path : path.slice(at + 2),
      qualifier: at < 0 ? '' : path.slice(0, at),
      templateArguments: given?.includes('$') ? undefined : given,
    };
    return { is: 'shape', key: 'name', name: pattern, operands: [] };
  }

  private offset(node: Node): number {
    return this.parsed.offsetInCode(node.beginLoc.fileLoc.offset ?? -1);
  }
}

function isListDeclaration(name: string | undefined): name is string {
  return name !== undefined && holeOf(name)?.isList === true;
}

function nameOf(name: string): NamePattern {
  const hole = holeOf(name);
  return hole ? { is: 'hole', hole } : { is: 'name', text: name, qualifier: '' };
}
