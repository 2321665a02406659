/** Whether a new name would mean something else where it is used, or take away the meaning of another name. */
import {
  CXXRecordDecl,
  FieldDecl,
  FunctionDecl,
  LabelDecl,
  NamedDecl,
  RecordDecl,
  TagDecl,
} from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import { kindsOf } from '../ast/registry.js';
import type { TranslationUnit } from '../ast/translation-unit.js';
import { type Entity, entityOf, type Reference, referencesTo } from './rename-references.js';

export interface Collision {
  /** Raw. */
  location: number;
  message: string;
}

const SCOPES =
  /^(TranslationUnitDecl|NamespaceDecl|LinkageSpecDecl|.*RecordDecl|ClassTemplate.*Decl|EnumDecl|FunctionDecl|CXX(Method|Constructor|Destructor|Conversion)Decl|CompoundStmt|ForStmt|CXXForRangeStmt|IfStmt|WhileStmt|SwitchStmt|CXXCatchStmt|LambdaExpr)$/;

/** What a declaration can be seen in: the rows of that scope. */
interface Scope {
  row: number;
  end: number;
}

export function collisions(
  tu: TranslationUnit,
  decl: NamedDecl,
  entity: Entity,
  references: readonly Reference[],
  newName: string,
): Collision[] {
  const others = declarationsOf(tu, newName).filter(
    (other) => !entity.has(other.location.raw) && competes(decl, other),
  );
  if (others.length === 0) return [];
  const found: Collision[] = [];
  const own = scopeOf(decl);
  const seen = new Set<number>();
  for (const other of others) {
    if (seen.has(other.location.raw)) continue;
    seen.add(other.location.raw);
    const scope = scopeOf(other);
    if (scope.row === own.row) {
      if (!overloads(decl, other))
        found.push({ location: other.location.raw, message: `${newName} is declared here already` });
    } else if (contains(own, scope)) {
      // Inside of the renamed one's scope: its uses in there would be taken for the other.
      for (const { row, location, isQualified } of references) {
        if (!isQualified && scope.row <= row && row < scope.end) {
          found.push({ location, message: `${newName} would mean what is declared at ${other.location}` });
        }
      }
    } else if (contains(scope, own)) {
      // Around it: the other's uses in here would be taken for the renamed one.
      for (const { row, location, isQualified, isDeclaration } of referencesTo(tu, entityOf(other), newName).proven) {
        if (!isQualified && !isDeclaration && own.row <= row && row < own.end) {
          found.push({ location, message: `${newName}, declared at ${other.location}, would mean ${decl.name}` });
        }
      }
    }
  }
  return found;
}

function declarationsOf(tu: TranslationUnit, name: string): NamedDecl[] {
  const { snapshot } = tu;
  const kinds = kindsOf(NamedDecl);
  const found: NamedDecl[] = [];
  for (let row = 1; row < snapshot.rows; row++) {
    if (kinds[snapshot.kind[row] as number] !== 1) continue;
    if (snapshot.string(snapshot.a[row] as number) === name) found.push(tu.knownNode(row) as NamedDecl);
  }
  // What no row of the tree refers to is known to Clang all the same.
  for (const node of tu.lookup(name)) if (node instanceof NamedDecl && !found.includes(node)) found.push(node);
  return found;
}

/** Labels have a name space of their own, in C so have structures, and members of a structure. */
function competes(decl: NamedDecl, other: NamedDecl): boolean {
  if (decl instanceof LabelDecl || other instanceof LabelDecl)
    return decl instanceof LabelDecl && other instanceof LabelDecl;
  const isC = !decl.tu.language.includes('C++');
  if (isC && decl instanceof TagDecl !== other instanceof TagDecl) return false;
  if (isC && (decl instanceof FieldDecl || other instanceof FieldDecl))
    return decl instanceof FieldDecl && other instanceof FieldDecl;
  return true;
}

function overloads(decl: NamedDecl, other: NamedDecl): boolean {
  if (!decl.tu.language.includes('C++')) return false;
  const a = decl instanceof FunctionDecl ? decl : undefined;
  const b = other instanceof FunctionDecl ? other : undefined;
  if (decl.kind === 'FunctionTemplateDecl' || other.kind === 'FunctionTemplateDecl')
    return (a || decl.kind === 'FunctionTemplateDecl') !== undefined;
  return a !== undefined && b !== undefined && a.type.canonical !== b.type.canonical;
}

function scopeOf(decl: NamedDecl): Scope {
  const { tu } = decl;
  let at: Node | null = decl.parent;
  while (at && (!SCOPES.test(at.kind) || isTransparent(at))) at = at.parent;
  const row = at?.index ?? 1;
  return { row: canonicalScope(at, row), end: tu.snapshot.endOf(row) };
}

/** Names in it are names around it, too. */
function isTransparent(node: Node): boolean {
  if (node.kind === 'LinkageSpecDecl') return true;
  if (node.kind === 'EnumDecl') return !(node as Node & { isScoped(): boolean }).isScoped();
  if (node.kind.startsWith('ClassTemplateDecl')) return true;
  return (
    node instanceof RecordDecl && node.isAnonymousStructOrUnion() && !(node instanceof CXXRecordDecl && node.isLambda())
  );
}

/** The parts of a namespace are one scope. */
function canonicalScope(node: Node | null, row: number): number {
  const { canonicalDecl } = (node ?? {}) as { canonicalDecl?: Node };
  return node?.kind === 'NamespaceDecl' && canonicalDecl ? canonicalDecl.index : row;
}

function contains(outer: Scope, inner: Scope): boolean {
  return outer.row < inner.row && inner.row < outer.end;
}
