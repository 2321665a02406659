// frontend/generated/columns.h: from a node to its row's columns `bits`, `a` and `b`.
import type { Layout } from '../layout.js';
import type { Schema, SchemaClass } from '../schema.js';
import { a, b, type Cell } from '../tables/columns.js';
import { banner } from './header.js';

/** By root: how the concrete class is told, and the enumerator's name in the switch. */
const switches: Record<string, { of: string; enumerator(cls: SchemaClass): string }> = {
  Decl: { of: 'N->getKind()', enumerator: (c) => `clang::Decl::${c.name.replace(/Decl$/, '')}` },
  Stmt: { of: 'N->getStmtClass()', enumerator: (c) => `clang::Stmt::${c.name}Class` },
  Type: { of: 'N->getTypeClass()', enumerator: (c) => `clang::Type::${c.name.replace(/Type$/, '')}` },
  Comment: {
    of: 'N->getCommentKind()',
    enumerator: (c) => `clang::comments::CommentKind::${c.name}`,
  },
};

function cellOf(table: Record<string, Cell>, cls: SchemaClass): Cell | undefined {
  for (let at: SchemaClass | undefined = cls; at; at = at.parent) if (table[at.name]) return table[at.name];
  return undefined;
}

export function emitColumns(schema: Schema, layout: Layout): string {
  const functionName = (cls: SchemaClass) => `bitsOf${cls.name}`;
  const nearestWithBits = (cls: SchemaClass) => {
    let at: SchemaClass | undefined = cls;
    while (at && layout.own(at).length === 0) at = at.parent;
    return at;
  };
  const packers = schema.classes
    .filter((cls) => layout.own(cls).length > 0)
    .map((cls) => {
      const base = cls.parent && nearestWithBits(cls.parent);
      const terms = [
        ...(base ? [`${functionName(base)}(N)`] : []),
        ...layout.own(cls).map((p) => {
          const { precondition } = p.member.getter;
          const value = `uint32_t(N->${p.method}())`;
          return `${precondition ? `((${precondition}) ? ${value} : 0)` : value} << ${p.shift}`;
        }),
      ];
      return `inline uint32_t ${functionName(cls)}(const ${cls.qualified} *N) {\n  return ${terms.join(' |\n         ')};\n}\n`;
    });

  const statements = (cls: SchemaClass): string[] => {
    const lines: string[] = [];
    const withBits = nearestWithBits(cls);
    if (withBits) lines.push(`R.bits(${functionName(withBits)}(N));`);
    for (const [column, table] of [
      ['a', a],
      ['b', b],
    ] as const) {
      const cell = cellOf(table, cls);
      if (cell) lines.push(`R.${column}${cell.as}(${cell.cpp});`);
    }
    return lines;
  };

  const fillers: string[] = [];
  for (const [root, { of, enumerator }] of Object.entries(switches)) {
    const rootClass = schema.byName.get(root)!;
    const groups = new Map<string, SchemaClass[]>();
    for (const cls of schema.classes) {
      if (cls.kind === undefined || !isUnder(cls, rootClass)) continue;
      // Classes that are filled alike share a case of their nearest common spelling.
      const owner = ownerOfColumns(cls, layout);
      const lines = statements(cls);
      if (lines.length === 0) continue;
      const key = owner.name;
      groups.set(key, [...(groups.get(key) ?? []), cls]);
    }
    const cases = [...groups].map(([ownerName, members]) => {
      const owner = schema.byName.get(ownerName)!;
      return `${members.map((m) => `  case ${enumerator(m)}:\n`).join('')}  {
    const auto *N = static_cast<const ${owner.qualified} *>(Node);
${statements(members[0]!)
  .map((l) => `    ${l}\n`)
  .join('')}    return;
  }
`;
    });
    fillers.push(`template <class Row> void fillColumns(const ${rootClass.qualified} *Node, Row &R) {
  switch (Node${of.slice(1)}) {
${cases.join('')}  default:
    return;
  }
}
`);
  }
  for (const cls of schema.classes) {
    if (cls.parent || switches[cls.name] || statements(cls).length === 0) continue;
    fillers.push(`template <class Row> void fillColumns(const ${cls.qualified} *N, Row &R) {
${statements(cls)
  .map((l) => `  ${l}\n`)
  .join('')}}
`);
  }
  return `${banner}#ifndef CMONSTER_GENERATED_COLUMNS_H
#define CMONSTER_GENERATED_COLUMNS_H

#include "clang/AST/Attr.h"
#include "clang/AST/Comment.h"
#include "clang/AST/Decl.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclFriend.h"
#include "clang/AST/DeclObjC.h"
#include "clang/AST/DeclOpenMP.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/Expr.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/ExprConcepts.h"
#include "clang/AST/ExprObjC.h"
#include "clang/AST/ExprOpenMP.h"
#include "clang/AST/LambdaCapture.h"
#include "clang/AST/StmtCXX.h"
#include "clang/AST/StmtObjC.h"
#include "clang/AST/StmtOpenACC.h"
#include "clang/AST/StmtOpenMP.h"
#include "clang/AST/TemplateBase.h"
#include "clang/AST/Type.h"
#include "llvm/ADT/StringExtras.h"
#include <cstdint>

namespace cmonster {

${packers.join('\n')}
${fillers.join('\n')}
} // namespace cmonster
#endif
`;
}

function isUnder(cls: SchemaClass, root: SchemaClass): boolean {
  for (let at: SchemaClass | undefined = cls; at; at = at.parent) if (at === root) return true;
  return false;
}

/** The nearest class, from this one up, that has bits or cells of its own. */
function ownerOfColumns(cls: SchemaClass, layout: Layout): SchemaClass {
  let at = cls;
  while (at.parent && layout.own(at).length === 0 && !a[at.name] && !b[at.name]) at = at.parent;
  return at;
}
