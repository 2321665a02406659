/**
 * Parses a pattern with Clang. What it is (an expression, statements, a declaration, a type), and which of its metavariables are
 * types, is found out by trying: what Clang takes without an error is what it is.
 *
 * In C a name is declared as a variable of type void, which is an error; Clang makes of each use a RecoveryExpr, whose type is
 * dependent, so that everything around it is parsed and nothing is checked. In C++ names are members of a class template, of a type
 * that depends on its parameter, to the same end.
 */
import { type CStyleCastExpr, FunctionDecl, type UnaryExprOrTypeTraitExpr } from '../../ast/generated/index.js';
import type { Node } from '../../ast/node.js';
import { TranslationUnit } from '../../ast/translation-unit.js';
import type { TypeBase } from '../../ast/type-base.js';
import { isKeyword } from '../../source/keywords.js';
import { type NameRole, type PatternContext, qualifiedNames } from './pattern-context.js';
import { PatternError } from './pattern-error.js';
import { type PatternCode, patternCode } from './pattern-text.js';

export type PatternForm = 'expression' | 'statements' | 'declaration' | 'type';

/** A pattern as Clang sees it. Its translation unit must be disposed of. */
export interface ParsedPattern {
  tu: TranslationUnit;
  form: PatternForm;
  code: PatternCode;
  /** The expression, the statements, or the declarations. */
  roots: readonly Node[];
  /** Of a pattern that is a type. */
  type: TypeBase | undefined;
  /** From an offset in the translation unit's file to one in `code.code`; negative for what is not of the pattern. */
  offsetInCode(offset: number): number;
}

interface Attempt {
  form: PatternForm;
  /** As which language it is parsed. What is right in a C file may be parsed as C++, where less has to be known. */
  language: 'c' | 'c++';
  types: ReadonlySet<string>;
  /** Names that the pattern itself declares, so that nothing else must. */
  own: ReadonlySet<string>;
}

interface Failure {
  attempt: Attempt;
  message: string;
  /** In the pattern. */
  begin: number;
  end: number;
}

/** Parses tried for one pattern before it is given up. */
const MOST_ATTEMPTS = 8;

export function parseInContext(text: string, context: PatternContext): ParsedPattern {
  const code = patternCode(text);
  const failures: Failure[] = [];
  for (const attempt of attempts(code, context)) {
    const outcome = tryWithout(attempt, text, code, context);
    if (!('message' in outcome)) return outcome;
    failures.push(outcome);
  }
  // The one that got furthest is most likely what was meant.
  const [first, ...rest] = failures as [Failure, ...Failure[]];
  const best = rest.reduce((a, b) => (b.begin > a.begin ? b : a), first);
  throw new PatternError(best.message, text, best.begin, best.end);
}

/** Tries; when the pattern declares a name anew that was declared for it, tries without that declaration. */
function tryWithout(
  attempt: Attempt,
  text: string,
  code: PatternCode,
  context: PatternContext,
): ParsedPattern | Failure {
  let outcome = tryOnce(attempt, text, code, context);
  for (let round = 0; round < 4 && 'message' in outcome; round++) {
    const name = /^(?:redefinition|conflicting types|duplicate member|member|declaration).*?'(\$*[\w$]+)'/.exec(
      outcome.message,
    )?.[1];
    if (name === undefined || attempt.own.has(name)) break;
    attempt = { ...attempt, own: new Set([...attempt.own, name]) };
    outcome = tryOnce(attempt, text, code, context);
  }
  return outcome;
}

function* attempts(code: PatternCode, context: PatternContext): Generator<Attempt> {
  const forms = likelyForms(code);
  const languages = context.language === 'c' ? (['c', 'c++'] as const) : (['c++'] as const);
  const candidates = [...code.holes.keys(), ...code.names].filter(
    (name) => !code.holes.get(name)?.isList && !isKeyword(name, context.language) && !context.roles.has(name),
  );
  const guessed = likelyTypes(code, candidates);
  const others = candidates.filter((name) => !guessed.has(name)).slice(0, 4);
  const own = new Set<string>();
  let count = 0;
  for (const language of languages) for (const form of forms) yield { form, language, types: guessed, own };
  for (let chosen = 1; chosen < 1 << others.length; chosen++) {
    const types = new Set([...guessed, ...others.filter((_, at) => (chosen >> at) & 1)]);
    for (const form of forms) {
      if (count++ >= MOST_ATTEMPTS) return;
      yield { form, language: 'c++', types, own };
    }
  }
}

function likelyForms(code: PatternCode): PatternForm[] {
  const texts = code.tokens.map((token) => token.text).slice(0, -1);
  const last = texts[texts.length - 1];
  if (last === ';' || last === '}' || code.statements.size > 0) {
    const starts =
      /^(template|class|struct|union|enum|namespace|typedef|using|static|extern|inline|virtual|explicit|friend)$/.test(
        texts[0] ?? '',
      );
    // T{1, 2} ends like a block.
    return starts ? ['declaration', 'statements', 'expression'] : ['statements', 'declaration', 'expression'];
  }
  // A function's type is no type to look for: f(a b) is a mistake.
  const type = texts.includes('(') && !/\(\s*\*/.test(texts.join('')) ? [] : (['type'] as const);
  return ['expression', ...type, 'statements', 'declaration'];
}

/** Names that stand where only a type can. */
function likelyTypes(code: PatternCode, candidates: readonly string[]): Set<string> {
  const types = new Set<string>();
  const { tokens } = code;
  const isName = (at: number): boolean => tokens[at]?.kind === 'identifier';
  for (const [at, { text, kind }] of tokens.entries()) {
    const before = tokens[at - 1]?.text ?? '';
    // The parameters of a lambda.
    if (before === '(' && tokens[at - 2]?.text === ']') types.add(text === '...' || text === '$$$' ? '$$_' : text);
    if (kind !== 'identifier' || !candidates.includes(text)) continue;
    let next = at + 1;
    const starts = ['', ';', '{', '}', '(', ',', 'const', 'static', 'extern', 'volatile', 'register'].includes(before);
    if (['struct', 'union', 'enum', 'class', '.', '->', 'goto'].includes(before)) continue;
    if (isName(next) && !isKeyword(tokens[next]?.text ?? '', 'c++')) types.add(text);
    if (
      ['new', 'typename', 'public', 'private', 'protected', 'const', 'throw new'].includes(before) ||
      tokens[next]?.text === 'const'
    )
      types.add(text);
    if (before === '<' && /_cast$/.test(tokens[at - 2]?.text ?? '')) types.add(text);
    while (tokens[next]?.text === '*' || tokens[next]?.text === '&' || tokens[next]?.text === '&&') next++;
    const after = tokens[next + 1]?.text ?? '';
    const pointer = next > at + 1;
    if (
      starts &&
      before !== '(' &&
      before !== ',' &&
      pointer &&
      isName(next) &&
      ['=', ';', ',', '[', '(', ''].includes(after) &&
      (after !== '' || before === '')
    ) {
      if (after !== '') types.add(text);
    }
    if (before === '(' && tokens[next]?.text === ')') {
      // A cast: something to cast follows, and no call's callee precedes.
      const operand = tokens[next + 1];
      const callee = tokens[at - 2];
      const isCallee =
        callee &&
        ((callee.kind === 'identifier' && !/^(return|sizeof|else|case|throw)$/.test(callee.text)) ||
          callee.text === ')' ||
          callee.text === ']');
      if (pointer || (!isCallee && operand && ['identifier', 'number', 'literal'].includes(operand.kind)))
        types.add(text);
    }
  }
  return types;
}

// --- One attempt ----------------------------------------------------------------------------------------------------

function tryOnce(attempt: Attempt, text: string, code: PatternCode, context: PatternContext): ParsedPattern | Failure {
  const cxx = attempt.language === 'c++';
  const prelude = context.macros + (cxx ? preludeOfCxx(attempt, code, context) : preludeOfC(attempt, code, context));
  const [before, after] = wrapper(attempt, code);
  const start = Buffer.byteLength(prelude + before);
  const size = Buffer.byteLength(code.code);
  const file = cxx ? 'pattern.cpp' : 'pattern.c';
  const standard =
    context.standard && (context.language === 'c++') === cxx
      ? [`-std=${context.standard}`]
      : cxx
        ? ['-std=gnu++20']
        : [];
  const target = context.target ? [`--target=${context.target}`] : [];
  const tu = TranslationUnit.parseSync(file, {
    // Nothing outside is looked at.
    cwd: '/',
    arguments: ['-w', '-fno-builtin', '-Wno-return-type', '-ferror-limit=0', ...standard, ...target],
    unsaved: { [`/${file}`]: prelude + before + code.code + after },
    comments: false,
  });
  const toText = (offset: number): number =>
    code.toText(Buffer.from(code.code).subarray(0, Math.max(0, offset)).toString().length);
  const fail = (message: string, begin: number, end: number): Failure => {
    tu.dispose();
    return { attempt, message, begin: Math.min(toText(begin), text.length), end: Math.min(toText(end), text.length) };
  };
  for (const diagnostic of tu.diagnostics) {
    const at = diagnostic.location.fileLoc.spelling?.offset;
    if (!diagnostic.isError || at === undefined || at < start) continue;
    const range = diagnostic.ranges.find((each) => each && each.begin >= start && each.end <= start + size);
    const begin = at - start;
    return fail(
      diagnostic.message,
      begin,
      range && range.begin === at ? range.end - start : begin + diagnostic.location.tokenLength,
    );
  }
  const found = rootsOf(tu, attempt.form, start, size);
  const { roots } = found;
  if (roots.length === 0 && !found.type) return fail('nothing is left of it', 0, size);
  for (const root of roots) {
    for (const node of root.walk()) {
      const { offset } = node.beginLoc.fileLoc;
      const broken = node.kind === 'RecoveryExpr' && !isName(node);
      if (broken && offset !== undefined)
        return fail('this makes no sense here', offset - start, offset - start + node.text.length);
      if (node.kind.endsWith('Decl') && (node as Node & { isInvalidDecl(): boolean }).isInvalidDecl() && !cxx) {
        // Clang says nothing of what it could not look into.
        if (node.kind !== 'FunctionDecl' && node.kind !== 'ParmVarDecl')
          return fail('what this declares is not known', (offset ?? start) - start, size);
      }
    }
  }
  return {
    tu,
    form: attempt.form,
    code,
    ...found,
    offsetInCode: (offset) => (offset < start || offset >= start + size ? -1 : offset - start),
  };
}

/** A RecoveryExpr that stands for one name. */
export function isName(node: Node): boolean {
  return node.beginLoc.raw === node.endLoc.raw || /^[\w$:\s]+$/.test(node.text);
}

function wrapper({ form, language }: Attempt, code: PatternCode): readonly [string, string] {
  const cxx = language === 'c++';
  switch (form) {
    case 'expression':
      return [`${cxx ? '$D' : 'int'} $0() { (void)(\n`, `\n); }${cxx ? ' };' : ''}`];
    case 'type':
      return [`${cxx ? '$D' : 'int'} $0() { (void)sizeof(\n`, `\n); }${cxx ? ' };' : ''}`];
    case 'statements': {
      const texts = new Set(code.tokens.map((token) => token.text));
      const cases = texts.has('case') || texts.has('default');
      const loops = texts.has('break') || texts.has('continue');
      const [open, close] = cases ? ['for (;;) switch (0) {', '}'] : loops ? ['for (;;) {', '}'] : ['', ''];
      // A jump to a label that is not part of the pattern.
      const labels = code.tokens.filter((_, at) => code.tokens[at - 1]?.text === 'goto').map((token) => token.text);
      const missing = labels.filter(
        (name) => !code.tokens.some(({ text }, at) => text === name && code.tokens[at + 1]?.text === ':'),
      );
      const ends = [...new Set(missing)].map((name) => `${name}:;`).join('');
      return [`${cxx ? '$D' : 'int'} $0() { ${open}{\n`, `\n;}${close} ${ends} }${cxx ? ' };' : ''}`];
    }
    case 'declaration':
      return ['\n', cxx ? '\n; };' : '\n;'];
  }
}

function rootsOf(
  tu: TranslationUnit,
  form: PatternForm,
  start: number,
  size: number,
): { roots: readonly Node[]; type: TypeBase | undefined } {
  const inside = (node: Node): boolean => {
    const at = node.beginLoc.fileLoc.offset ?? -1;
    return at >= start && at < start + size;
  };
  if (form === 'declaration') {
    let scope: readonly Node[] = tu.root.children;
    const holder = scope.find(
      (node) => node.kind === 'ClassTemplateDecl' && (node as Node & { name: string }).name === '$C',
    );
    if (holder) scope = holder.children[holder.children.length - 1]?.children ?? [];
    return { roots: scope.filter((node) => inside(node) && node.kind !== 'EmptyDecl'), type: undefined };
  }
  const [holder] = tu.find(FunctionDecl, (decl) => decl.name === '$0');
  let body: readonly Node[] = holder?.children.find((child) => child.kind === 'CompoundStmt')?.children ?? [];
  if (form === 'statements') {
    // Through the blocks around it.
    for (let outer = body[0]; outer && !inside(outer); outer = body[0]) {
      body = outer.kind === 'CompoundStmt' ? outer.children : outer.children.slice(-1);
    }
    return { roots: body.filter(inside), type: undefined };
  }
  const [cast] = body as [CStyleCastExpr | undefined];
  const operand = cast?.children[cast.children.length - 1];
  if (form === 'type') {
    const trait = operand as UnaryExprOrTypeTraitExpr | undefined;
    return {
      roots: [],
      type: trait?.kind === 'UnaryExprOrTypeTraitExpr' && trait.isArgumentType() ? trait.argumentType : undefined,
    };
  }
  return { roots: operand?.kind === 'ParenExpr' ? operand.children.slice(0, 1) : [], type: undefined };
}

// --- The declarations in front --------------------------------------------------------------------------------------

/** Names to declare, without keywords and what the pattern declares itself. */
function declared(attempt: Attempt, code: PatternCode): string[] {
  return [...code.holes.keys(), ...code.names].filter(
    (name) => !isKeyword(name, attempt.language) && !attempt.own.has(name),
  );
}

function preludeOfC(attempt: Attempt, code: PatternCode, context: PatternContext): string {
  let text = '';
  const defined = new Set([...context.macros.matchAll(/^#define (\w+)/gm)].map((match) => match[1]));
  for (const name of declared(attempt, code)) {
    if (defined.has(name)) continue;
    const isType =
      attempt.types.has(name) ||
      context.roles.get(name) === 'type' ||
      (attempt.form === 'declaration' && code.parameters.has(name));
    text += isType ? `typedef int ${name};` : `void ${name};`;
  }
  return text;
}

/** Where a name depends on nothing, as in a namespace, what is done with it must be possible: with this everything is. */
const ANYTHING = `struct $Any { template <class T> $Any(T &&); template <class T> operator T() const; template <class... A> $Any operator()(A &&...);
${['+', '-', '*', '/', '%', '<<', '>>', '==', '!=', '<', '>', '<=', '>=', '&', '|', '^', '=', '+=', '-='].map((sign) => `template <class T> $Any operator${sign}(T &&);`).join('')} };\n`;

function preludeOfCxx(attempt: Attempt, code: PatternCode, context: PatternContext): string {
  const qualified = qualifiedNames(code);
  const inNamespace = new Map<string, NameRole>();
  for (const chain of qualified) {
    const top = context.roles.get(chain[0] as string);
    if (top === 'type' || top === 'template' || code.holes.has(chain[0] as string)) continue;
    for (let i = 1; i < chain.length; i++) inNamespace.set(chain.slice(0, i).join('::'), 'namespace');
    const whole = chain.join('::');
    if (!inNamespace.has(whole)) inNamespace.set(whole, context.roles.get(whole) ?? guessedRole(attempt, code, chain));
  }
  const defined = new Set([...context.macros.matchAll(/^#define (\w+)/gm)].map((match) => match[1]));
  const members = new Set(
    code.tokens.filter((_, at) => ['.', '->'].includes(code.tokens[at - 1]?.text ?? '')).map((token) => token.text),
  );
  const shared = `${[...members]
    .filter((name) => /^\w+$/.test(name))
    .map((name) => `template <class... A> $Any ${name}(A &&...);`)
    .join('')}`;
  let text = qualified.length > 0 ? ANYTHING.replace('};\n', `${shared}};\n`) : '';
  for (const [path, role] of inNamespace) {
    if (role === 'namespace') continue;
    const names = path.split('::');
    const name = names[names.length - 1] as string;
    const permissive = `{ template <class... A> ${name}(A &&...); ${shared} }`;
    const declaration = {
      type: `struct ${name} ${permissive};`,
      template: `template <${templateParameters(code, name)}> struct ${name} ${permissive};`,
      function: `template <class... A> $Any ${name}(A &&...); template <class T, class... A> $Any ${name}(A &&...); template <auto N, class... A> $Any ${name}(A &&...);`,
      value: `extern $Any ${name};`,
      namespace: '',
    }[role];
    text += `${names
      .slice(0, -1)
      .map((each) => `namespace ${each} {`)
      .join(' ')} ${declaration} ${'}'.repeat(names.length - 1)}\n`;
  }
  text += 'template <class $D> struct $C : $D {\n';
  for (const name of declared(attempt, code)) {
    if (inNamespace.has(name) || defined.has(name)) continue;
    const role = attempt.types.has(name) ? 'type' : context.roles.get(name);
    if (code.parameters.has(name) && attempt.form === 'declaration') text += `typedef typename $D::${name} ${name};\n`;
    else if (role === 'type') text += `struct ${name} : $D { template <class... A> ${name}(A &&...); };\n`;
    else if (role === 'template')
      text += `template <${templateParameters(code, name)}> struct ${name} : $D { template <class... A> ${name}(A &&...); };\n`;
    else if (isTemplateName(code, name)) text += `template <class...> static $D ${name};\n`;
    else if (!qualified.some((chain) => chain.includes(name) && chain[0] !== name)) text += `static $D ${name};\n`;
  }
  return text;
}

function guessedRole(attempt: Attempt, code: PatternCode, chain: readonly string[]): NameRole {
  const name = chain[chain.length - 1] as string;
  if (attempt.types.has(name)) return 'type';
  if (followedBy(code, chain, '(') || isTemplateName(code, name)) return 'function';
  return followedBy(code, chain, '<') ? 'template' : 'value';
}

function followedBy(code: PatternCode, chain: readonly string[], sign: string): boolean {
  return code.tokens.some(
    ({ text }, at) =>
      text === chain[chain.length - 1] && code.tokens[at - 1]?.text === '::' && code.tokens[at + 1]?.text === sign,
  );
}

/** `f<int>(x)`: nothing but a template may be written so. */
function isTemplateName(code: PatternCode, name: string): boolean {
  return code.tokens.some(({ text }, at) => {
    if (text !== name || code.tokens[at + 1]?.text !== '<') return false;
    const close = code.tokens.findIndex((token, i) => i > at && token.text === '>');
    return (
      close > 0 &&
      code.tokens[close + 1]?.text === '(' &&
      /^[\w:$,*&\s]*$/.test(
        code.tokens
          .slice(at + 2, close)
          .map((token) => token.text)
          .join(' '),
      )
    );
  });
}

/** What the arguments that the pattern gives to a template are: types, or values. */
function templateParameters(code: PatternCode, name: string): string {
  const at = code.tokens.findIndex((token, i) => token.text === name && code.tokens[i + 1]?.text === '<');
  if (at < 0) return 'class...';
  const kinds: string[] = [];
  let depth = 0;
  let fresh = true;
  for (let i = at + 1; i < code.tokens.length; i++) {
    const { text, kind } = code.tokens[i] as (typeof code.tokens)[number];
    if (fresh && depth === 1 && text !== '>') {
      kinds.push(kind === 'number' || kind === 'literal' ? 'auto' : 'class');
      fresh = false;
    }
    if (text === '<') depth++;
    if (text === '>') depth--;
    if (text === '>>') depth -= 2;
    if (depth <= 0) break;
    if ((text === ',' || text === '<') && depth === 1) fresh = true;
  }
  return kinds.every((kind) => kind === 'class') ? 'class...' : kinds.join(', ');
}
