// frontend/generated/getters-*.cpp and getters.h: the functions that answer, in shards that compile side by side.
import type { Getter, Schema, SchemaClass } from '../schema.js';
import { banner } from './header.js';

/** The shards and the headers each needs beyond those of subject.h. Which shard a class is in follows its header. */
const shards: Record<string, { headers: string[]; has(header: string, owner: SchemaClass): boolean }> = {
  decl: {
    headers: ['Decl', 'DeclCXX', 'DeclTemplate', 'DeclFriend', 'DeclObjC', 'Basic/Module'],
    has: (header) => ['DeclBase', 'Decl', 'DeclCXX', 'DeclTemplate', 'DeclFriend'].includes(header),
  },
  objc: {
    headers: ['DeclObjC', 'DeclOpenMP', 'ExprObjC', 'StmtObjC'],
    has: (header) => ['DeclObjC', 'DeclOpenMP', 'ExprObjC', 'StmtObjC'].includes(header),
  },
  stmt: {
    headers: ['Stmt', 'StmtCXX', 'Expr', 'ExprConcepts', 'ExprObjC'],
    has: (header) => ['Stmt', 'StmtCXX', 'Expr', 'ExprConcepts', 'ASTConcept'].includes(header),
  },
  expr: {
    headers: ['ExprCXX', 'LambdaCapture', 'TemplateBase', 'NestedNameSpecifier'],
    has: (header) => ['ExprCXX', 'LambdaCapture', 'TemplateBase', 'NestedNameSpecifier'].includes(header),
  },
  type: {
    headers: ['Type', 'LocInfoType'],
    has: (header) => ['Type', 'LocInfoType'].includes(header),
  },
  typeloc: { headers: ['TypeLoc'], has: (header) => header === 'TypeLoc' },
  attr: {
    headers: ['Attr', 'Comment'],
    has: (header) => ['Attr', 'Attrs', 'Comment'].includes(header),
  },
  openmp: {
    headers: ['OpenMPClause', 'OpenACCClause', 'StmtOpenMP', 'StmtOpenACC', 'ExprOpenMP'],
    has: (header) => ['OpenMPClause', 'OpenACCClause', 'StmtOpenMP', 'StmtOpenACC', 'ExprOpenMP'].includes(header),
  },
};

function shardOf(getter: Getter): string {
  if (getter.owner === 'DeclContext') return 'decl';
  const owner = getter.owner;
  const header = owner.header.replace(/^clang\/AST\//, '').replace(/\.\w+$/, '');
  const shard = Object.entries(shards).find(([, { has }]) => has(header, owner));
  if (!shard) throw new Error(`${owner.name} of ${owner.header} is in no shard`);
  return shard[0];
}

/** Classes that travel by value; all others are reached by a pointer. */
function asFunction(owner: SchemaClass | 'DeclContext'): string {
  if (owner === 'DeclContext')
    return 'static const clang::DeclContext *asDeclContext(const Subject &S) { return S.as<clang::DeclContext>(); }';
  const { name, qualified } = owner;
  if (qualified === 'clang::QualType')
    return `static std::optional<clang::QualType> asQualType(const Subject &S) {
  return S.isType() ? std::optional(S.type()) : std::nullopt;
}`;
  if (qualified === 'clang::NestedNameSpecifierLoc')
    return `static std::optional<clang::NestedNameSpecifierLoc> asNestedNameSpecifierLoc(const Subject &S) {
  return S.Kind == NK_NestedNameSpecifierLoc ? std::optional(S.nestedNameSpecifierLoc()) : std::nullopt;
}`;
  if (owner.family === 'typeloc')
    return `static std::optional<${qualified}> as${name}(const Subject &S) {
  auto L = S.asLoc<${qualified}>();
  return L.isNull() ? std::nullopt : std::optional(L);
}`;
  if (owner.name === 'TypeWithKeyword') {
    // Clang forbids casting to it.
    const tries = owner.children.map((c) => `  if (const auto *N = S.as<${c.qualified}>())\n    return N;\n`);
    return `static const ${qualified} *as${name}(const Subject &S) {\n${tries.join('')}  return nullptr;\n}`;
  }
  return `static const ${qualified} *as${name}(const Subject &S) {\n  return S.as<${qualified}>();\n}`;
}

function thunk(getter: Getter): string {
  const owner = getter.owner === 'DeclContext' ? 'DeclContext' : getter.owner.name;
  const condition = getter.precondition ? `N && (${getter.precondition})` : 'N';
  return `static void g${getter.id}(const Subject &S, Answer &A) { // ${owner}::${getter.method}
  if (const auto N = as${owner}(S); ${condition})
    put(A, ${getter.cpp});
  else
    A.undefined();
}
`;
}

function shardText(name: string, getters: Getter[]): string {
  const owners = [...new Set(getters.map((g) => g.owner))];
  const includes = shards[name]!.headers.map((h) => `#include "clang/${h.includes('/') ? h : `AST/${h}`}.h"`).sort();
  return `${banner}#include "getters.h"
#include "answer.h"
#include "subject.h"
${includes.join('\n')}
#include "llvm/ADT/SmallPtrSet.h"
#include <optional>

namespace cmonster {

${owners.map((o) => `[[gnu::noinline]] ${asFunction(o)}\n`).join('')}
${getters.map(thunk).join('')}
extern const Ask GettersOf_${name}[] = {
${getters.map((g) => `    g${g.id},\n`).join('')}};

} // namespace cmonster
`;
}

/**
 * File name → text. Within a shard getters are in the order of their numbers; the numbers themselves run through the
 * shards, so that one table of shards finds a getter.
 */
export function emitGetters(schema: Schema, hash: number): Map<string, string> {
  const files = new Map<string, string>();
  for (const [name, getters] of gettersByShard(schema)) files.set(`getters-${name}.cpp`, shardText(name, getters));
  const names = [...gettersByShard(schema)].map(([name, getters]) => ({ name, first: getters[0]!.id }));
  files.set(
    'getters.h',
    `${banner}#ifndef CMONSTER_GENERATED_GETTERS_H
#define CMONSTER_GENERATED_GETTERS_H

#include <cstdint>

namespace cmonster {

struct Subject;
class Answer;

/// Answers one question about a node with exactly one value.
using Ask = void (*)(const Subject &, Answer &);

${names.map(({ name }) => `extern const Ask GettersOf_${name}[];`).join('\n')}

constexpr unsigned GetterCount = ${schema.getters.length};

/// Of the names of kinds, getters and packed bits (docs/formats/protocol.md).
constexpr uint32_t SchemaHash = 0x${hash.toString(16).padStart(8, '0')};

/// Whether the question's handle is a type (docs/formats/protocol.md, "Questions").
constexpr bool isTypeGetter(unsigned Id) {
  return Id >= ${names.find(({ name }) => name === 'type')!.first} && Id < ${names.find(({ name }) => name === 'typeloc')!.first};
}

/// The getter of this number, which must be below GetterCount.
inline Ask getter(unsigned Id) {
${names
  .slice(1)
  .reverse()
  .map(({ name, first }) => `  if (Id >= ${first})\n    return GettersOf_${name}[Id - ${first}];`)
  .join('\n')}
  return GettersOf_${names[0]!.name}[Id];
}

} // namespace cmonster
#endif
`,
  );
  return files;
}

/** Sorts the schema's getters by shard and numbers them in that order. */
export function numberGetters(schema: Schema): void {
  const order = Object.keys(shards);
  const rank = new Map(schema.getters.map((g) => [g, order.indexOf(shardOf(g))]));
  schema.getters.sort((a, b) => rank.get(a)! - rank.get(b)! || a.id - b.id);
  schema.getters.forEach((g, id) => {
    g.id = id;
  });
}

function gettersByShard(schema: Schema): Map<string, Getter[]> {
  const groups = new Map<string, Getter[]>();
  for (const getter of schema.getters) {
    const name = shardOf(getter);
    groups.set(name, [...(groups.get(name) ?? []), getter]);
  }
  return groups;
}
