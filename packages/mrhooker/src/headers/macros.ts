/** Macros as values and functions: what they are is asked of Clang, by declaring something with them. */
import {
  ArrayType,
  DeclRefExpr,
  type Expr,
  FunctionDecl,
  ImplicitCastExpr,
  type Macro,
  type Node,
  ParenExpr,
  RecordDecl,
  StringLiteral,
  type TranslationUnit,
  VarDecl,
} from 'cmonster';
import { MrhookerError } from '../error.js';
import type { ConstantValue, CType, Declaration } from './model.js';
import type { Language } from './specifier.js';
import { spell, TypeReader } from './types.js';

const PROBE = 'mr_probe_';
const VALUE = 'mr_value';
/** How many ways of typing a macro's parameters are tried. */
const MAX_COMBINATIONS = 48;

interface Probe {
  macro: Macro;
  line: number;
  parameters: { name: string; type: string }[];
}

/**
 * The headers parsed once more, with a function for each macro behind them that says `__auto_type mr_value = (MACRO);`. Of a
 * function-like macro the parameters' types are unknown: the first types that compile are taken, out of integers, pointers, and
 * pointers to the records whose fields its body names.
 */
export class MacroReader {
  readonly types = new TypeReader();
  private readonly tu: TranslationUnit;
  private readonly probes = new Map<string, { function: FunctionDecl; probe: Probe }>();
  private readonly reasons = new Map<string, string>();

  static async open(
    headers: TranslationUnit,
    source: string,
    language: Language,
    macros: readonly Macro[],
  ): Promise<MacroReader> {
    const probes = macros.flatMap((macro) =>
      macro.isFunctionLike ? functionProbes(headers, macro) : [{ macro, line: 0, parameters: [] }],
    );
    let text = source.endsWith('\n') || source === '' ? source : `${source}\n`;
    let line = text.split('\n').length;
    for (const [index, probe] of probes.entries()) {
      probe.line = line++;
      text += `${probeText(probe, index, language)}\n`;
    }
    return new MacroReader(await headers.reparse({ text }), probes);
  }

  private constructor(tu: TranslationUnit, probes: readonly Probe[]) {
    this.tu = tu;
    const wrong = new Map<number, string>();
    for (const diagnostic of tu.diagnostics) {
      const at = diagnostic.location.expansion;
      if (diagnostic.isError && at?.file === tu.mainFile && !wrong.has(at.line)) wrong.set(at.line, diagnostic.message);
    }
    const functions = new Map(
      tu.find(FunctionDecl, (decl) => decl.name.startsWith(PROBE)).map((decl) => [decl.name, decl]),
    );
    for (const [index, probe] of probes.entries()) {
      const { name } = probe.macro;
      const reason = wrong.get(probe.line);
      const decl = functions.get(PROBE + index);
      if (reason !== undefined) this.reasons.set(name, this.reasons.get(name) ?? reason);
      else if (decl && !this.probes.has(name)) this.probes.set(name, { function: decl, probe });
    }
  }

  [Symbol.dispose](): void {
    this.tu.dispose();
  }

  /** @param lookup what a name is when it is no macro: a macro may only rename a function */
  read(name: string, macro: Macro, lookup: (name: string) => Declaration | undefined): Declaration {
    const found = this.probes.get(name);
    const value = found?.function.find(VarDecl, (decl) => decl.name === VALUE)[0];
    if (!found || !value) {
      const what = macro.isFunctionLike ? `${name}${macro.text}` : `'${macro.text}'`;
      const reason = this.reasons.get(name);
      throw new MrhookerError('header', `the macro ${name} is no expression: ${what}${reason ? ` (${reason})` : ''}`);
    }
    if (macro.isFunctionLike) return this.functionLike(name, value, found.probe);
    if (name === 'errno') {
      throw new MrhookerError(
        'header',
        `errno belongs to the call that a hook runs for: import { call } from 'mrhooker', call.errno`,
      );
    }
    const { init } = value;
    const target = init && referredFunction(init);
    const renamed = target && lookup(target.name);
    if (renamed)
      return renamed.kind === 'function' ? { kind: 'function', function: { ...renamed.function, name } } : renamed;
    const type = this.types.read(value.type);
    const constant = init && constantOf(init, type);
    return constant ? { kind: 'constant', value: constant, type } : { kind: 'expression', text: name, type };
  }

  private functionLike(name: string, value: VarDecl, { parameters }: Probe): Declaration {
    const result = value.type.inner;
    const decls = value.closest(FunctionDecl)?.parameters ?? [];
    return {
      kind: 'macro',
      name,
      function: {
        result: result ? decayed(this.types.read(result)) : { kind: 'void' },
        parameters: decls.map((decl) => this.types.read(decl.type)),
        resultText: result && !result.canonical.is(ArrayType) ? spell(result) : result ? 'void *' : 'void',
        parameterTexts: parameters.map(({ type }) => type),
      },
      parameterNames: parameters.map((parameter) => parameter.name),
    };
  }
}

/** What an expression of an array's type comes to. */
function decayed(type: CType): CType {
  return type.kind === 'array' ? { kind: 'pointer', to: type.of } : type;
}

function probeText({ macro: { name, isFunctionLike }, parameters }: Probe, index: number, language: Language): string {
  if (!isFunctionLike) {
    const type = language === 'c' ? '__auto_type' : 'auto';
    return `static inline void ${PROBE}${index}(void) { ${type} ${VALUE} = (${name}); }`;
  }
  const list = parameters.map(({ type, name }) => `${type} ${name}`).join(', ') || 'void';
  const use = `${name}(${parameters.map((parameter) => parameter.name).join(', ')})`;
  // Of a pointer to it, for the expression may be void.
  return `static inline void ${PROBE}${index}(${list}) { __typeof__((${use})) *${VALUE} = 0; (void)(${use}); }`;
}

function functionProbes(tu: TranslationUnit, macro: Macro): Probe[] {
  const names = /^\(([^)]*)\)/.exec(macro.text)?.[1]?.split(',') ?? [];
  const parameters = names.map((name) => name.trim()).filter((name) => name !== '' && name !== '...');
  const records = recordsWith(tu, fieldsNamed(tu, macro));
  const candidates = ['long', ...records.map((record) => `${record} *`), 'void *', 'char *', 'double'];
  let combinations: string[][] = [[]];
  for (const _ of parameters) {
    combinations = combinations
      .flatMap((types) => candidates.map((type) => [...types, type]))
      .slice(0, MAX_COMBINATIONS ** 2);
  }
  return combinations.slice(0, MAX_COMBINATIONS).map((types) => ({
    macro,
    line: 0,
    parameters: parameters.map((name, index) => ({ name: `mr_${name}`, type: types[index] as string })),
  }));
}

/** What stands behind `->` and `.` in a macro's body, and in those of the macros it uses. */
function fieldsNamed(tu: TranslationUnit, macro: Macro, seen = new Set<string>()): Set<string> {
  const fields = new Set<string>();
  if (seen.has(macro.name)) return fields;
  seen.add(macro.name);
  const { tokens } = macro;
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1]?.text;
    if (before === '->' || before === '.') fields.add(token.text);
    const used = tu.preprocessor.definitions(token.text).at(-1);
    if (used) for (const field of fieldsNamed(tu, used, seen)) fields.add(field);
  }
  return fields;
}

function recordsWith(tu: TranslationUnit, fields: ReadonlySet<string>): string[] {
  if (fields.size === 0) return [];
  const records = tu.find(
    RecordDecl,
    (record) => record.fields.some((field) => fields.has(field.name)) && record.typeForDecl !== undefined,
  );
  const spelled = records.map((record) => {
    const typedef = record.typedefNameForAnonDecl?.name;
    return record.name === '' ? typedef : record.typeForDecl && spell(record.typeForDecl);
  });
  return [...new Set(spelled.filter((text) => text !== undefined))].slice(0, 4);
}

/** The function that an expression is nothing but the name of. */
function referredFunction(init: Node): FunctionDecl | undefined {
  const node = bare(init);
  if (!node.is(DeclRefExpr)) return undefined;
  return node.decl.is(FunctionDecl) ? node.decl : undefined;
}

function constantOf(init: Expr, type: CType): ConstantValue | undefined {
  if (type.kind === 'pointer') {
    const literal = soleString(init);
    return literal === undefined ? undefined : { kind: 'string', value: literal };
  }
  if (type.kind === 'float' && type.size !== 16) {
    const value = init.evaluate('float');
    if (typeof value !== 'number') return undefined;
    if (Number.isNaN(value)) return { kind: 'float', value: 'NaN' };
    if (!Number.isFinite(value)) return { kind: 'float', value: value > 0 ? 'Infinity' : '-Infinity' };
    return { kind: 'float', value };
  }
  const value = init.evaluate(type.kind === 'bool' ? 'boolean' : 'integer');
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (typeof value === 'number' || typeof value === 'bigint') return { kind: 'integer', value: String(value) };
  return undefined;
}

/** The text of a string literal behind parentheses and decay. */
function soleString(init: Node): string | undefined {
  const node = bare(init);
  return node.is(StringLiteral) ? (node.string ?? node.bytes) : undefined;
}

function bare(init: Node): Node {
  let node = init;
  while (node.is(ParenExpr) || node.is(ImplicitCastExpr)) {
    const [inner] = node.allChildren;
    if (!inner) break;
    node = inner;
  }
  return node;
}
