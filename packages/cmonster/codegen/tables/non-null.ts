// Getters whose C++ type has a null value that never occurs.
export const nonNull = new Set<string>([
  'Expr.getType',
]);
