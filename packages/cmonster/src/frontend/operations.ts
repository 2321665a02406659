/**
 * Questions that are not a getter of one class: docs/formats/protocol.md, "Operations", with arguments and answers.
 * The numbers below 0x10000 belong to generated getters.
 */
export const Operation = {
  EXPAND: 0x10000,
  TOKEN_LENGTHS: 0x10001,
  FILE_BYTES: 0x10002,
  FILE_TOKENS: 0x10003,
  PRINT: 0x10004,
  EVALUATE: 0x10005,
  LAYOUT: 0x10006,
  TYPE_FACTS: 0x10007,
  MANGLED: 0x10008,
  USR: 0x10009,
  LOOKUP: 0x1000a,
  TOKEN_KINDS: 0x1000b,
  COMMENT: 0x1000c,
  PARENT: 0x1000d,
  MACRO_TOKENS: 0x1000e,
  COMMENTS: 0x1000f,
  DETAILS: 0x10010,
  EXPAND_ARGUMENT: 0x10011,
  TOKENIZE: 0x10012,
  NEXT_TOKENS: 0x10013,
  PREPROCESS_TEXT: 0x10014,
  PREPROCESS_REST: 0x10015,
  SOURCES: 0x10016,
  TYPE_TEXTS: 0x10017,
  FILE_LINES: 0x10018,
} as const;

export type Operation = (typeof Operation)[keyof typeof Operation];
