/**
 * What a header declares, as plain data: it is kept as JSON, turned into TypeScript declarations, into JavaScript that runs in
 * the target, and into C for the stub.
 */

/** A type without its qualifiers, typedefs resolved. Sizes are bytes. */
export type CType =
  | { kind: 'void' }
  | { kind: 'bool' }
  | IntegerType
  /** `long double` is passed through: 16 bytes that scripts can keep but not calculate with. */
  | { kind: 'float'; size: 4 | 8 | 16 }
  | PointerType
  | { kind: 'function'; type: FunctionType }
  /** A struct, union or class: `key` of `Declarations.records`. */
  | { kind: 'record'; key: string }
  | { kind: 'array'; of: CType; length: number }
  | { kind: 'enum'; name: string; size: number; signed: boolean }
  /** What has a size, and nothing that scripts could look at: complex numbers, vectors, member pointers. */
  | { kind: 'opaque'; text: string; size: number };

export interface IntegerType {
  kind: 'integer';
  size: 1 | 2 | 4 | 8 | 16;
  signed: boolean;
  /** Of `char` and its relatives: arrays of it may be text. */
  char?: true;
  /** `size_t`, `socklen_t`: the typedef it was written as. */
  name?: string;
}

export interface PointerType {
  kind: 'pointer';
  to: CType;
  const?: true;
  /** C++: a reference, passed as a pointer. */
  reference?: true;
}

export interface FunctionType {
  result: CType;
  parameters: CType[];
  /** As C spells them, for the stub. */
  resultText: string;
  parameterTexts: string[];
  variadic?: true;
}

export interface CFunction {
  /** As a script imports it: `send`, `ns::Shape::area`. */
  name: string;
  /** In the object file: `send`, `_ZNK5Shape4areaEv`. */
  symbol: string;
  type: FunctionType;
  parameterNames: string[];
  /** Of a constructor or destructor: the other symbols it has. */
  otherSymbols?: string[];
  /**
   * `static`: has no symbol that another object could export. `visible`: its body is in the header, and there may be a symbol
   * somewhere.
   */
  inline?: 'static' | 'visible';
  /** A method of this record: `this` comes before the parameters. */
  method?: { record: string; const: boolean };
  /** Constructors and destructors. */
  special?: 'constructor' | 'destructor';
  /** Where it is declared: `path:line`. */
  declaredAt?: string;
}

export interface CField {
  name: string;
  type: CType;
  /** Bytes from the record's begin; of a bit-field its allocation unit's. */
  offset: number;
  /** Of a bit-field: bits from the lowest of the unit at `offset`, and how many. */
  bits?: { shift: number; width: number };
}

export interface CRecord {
  /** `struct stat`, as a C compiler takes it; undefined when it has no name there. */
  spelling: string | undefined;
  /** As a person would call it: `stat`. */
  name: string;
  union: boolean;
  size: number;
  alignment: number;
  /** Members of unnamed structs and unions inside, and those of bases, count as its own. Undefined while incomplete. */
  fields: CField[] | undefined;
  /** C++: is copied by a constructor, so that it can only be passed by reference. */
  nontrivial?: true;
}

/** A value known when the script is compiled; integers as decimal text, for they may have 64 bits. */
export type ConstantValue =
  | { kind: 'integer'; value: string }
  | { kind: 'float'; value: number | 'NaN' | 'Infinity' | '-Infinity' }
  | { kind: 'string'; value: string }
  | { kind: 'boolean'; value: boolean };

/** One name of a header. */
export type Declaration =
  | { kind: 'function'; function: CFunction }
  /** Functions of C++ that share a name. */
  | { kind: 'overloads'; functions: CFunction[] }
  | { kind: 'constant'; value: ConstantValue; type: CType }
  /** A macro's value that only the running program knows, or a pointer: computed by the stub. */
  | { kind: 'expression'; text: string; type: CType }
  /** A function-like macro, called through C in the stub. */
  | { kind: 'macro'; name: string; function: FunctionType; parameterNames: string[] }
  | { kind: 'variable'; name: string; symbol: string; type: CType }
  | { kind: 'type'; name: string; type: CType };

export interface Declarations {
  names: Record<string, Declaration>;
  records: Record<string, CRecord>;
  /** Enumerators by the enumeration's name. */
  enums: Record<string, Record<string, string>>;
  /** Every file that was read. */
  files: string[];
}
