/** How a struct, class or union lies in memory: clang::ASTRecordLayout. */
import type { CXXRecordDecl, FieldDecl } from './generated/index.js';

export interface FieldLayout {
  field: FieldDecl;
  /** In bits, from the record's begin. */
  offset: number;
  /** In bits; 0 for what has no size (a flexible array member). */
  size: number;
  bitField: boolean;
}

export interface BaseLayout {
  base: CXXRecordDecl;
  /** In bytes, from the record's begin. */
  offset: number;
  virtual: boolean;
}

/** In bytes, where nothing else is said. */
export interface RecordLayout {
  size: number;
  alignment: number;
  /** Without the padding behind the last member, where a derived class may put its own members. */
  dataSize: number;
  fields: readonly FieldLayout[];
  /** Of C++ classes only, as are the others below. */
  bases?: readonly BaseLayout[];
  /** Without virtual bases. */
  nonVirtualSize?: number;
  nonVirtualAlignment?: number;
  /** Whether it starts with a pointer to its own table of virtual functions. */
  hasOwnVFPtr?: boolean;
  /** The base whose such pointer it shares. */
  primaryBase?: CXXRecordDecl;
}
