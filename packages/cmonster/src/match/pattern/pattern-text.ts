/**
 * The text of a pattern: C or C++ in which `$x` stands for any one thing, `$$$xs` and `...` for any number of them. All of these are
 * identifiers to Clang (`$` may stand in one, and `...` becomes `$$$`, as long), so that a pattern is code, and places in it
 * are places in the code that Clang parses.
 */
import { isKeyword } from '../../source/keywords.js';
import { PatternError } from './pattern-error.js';

export type TokenKind = 'identifier' | 'number' | 'literal' | 'punctuator' | 'end';

export interface PatternToken {
  kind: TokenKind;
  text: string;
  /** In UTF-16 code units. */
  offset: number;
}

/** What a name with `$` stands for. */
export interface Hole {
  /** Without `$`; undefined for what is not kept: `$_`, `...`. */
  name: string | undefined;
  /** Any number of them: `$$$xs`. */
  isList: boolean;
}

const PUNCTUATORS = [
  '<<=',
  '>>=',
  '...',
  '->*',
  '<=>',
  '::',
  '->',
  '++',
  '--',
  '<<',
  '>>',
  '<=',
  '>=',
  '==',
  '!=',
  '&&',
  '||',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  '.*',
  '##',
];
const LEXEME =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?<raw>(?:u8|[uUL])?R"(?<delimiter>[^\s()\\]{0,16})\([\s\S]*?\)\k<delimiter>")|(?<quoted>(?:u8|[uUL])?(?:"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'))|(?<number>\.?\d(?:[eEpP][+-]|[\w.]|'(?=\w))*)|(?<identifier>[\p{L}_$][\p{L}\p{N}_$]*)/uy;

/** The tokens, and one at the end. Comments are no tokens. */
export function patternTokens(text: string): PatternToken[] {
  const tokens: PatternToken[] = [];
  const add = (kind: TokenKind, from: number, to: number): void => {
    tokens.push({ kind, text: text.slice(from, to), offset: from });
  };
  for (let at = 0; at < text.length; ) {
    LEXEME.lastIndex = at;
    const lexeme = LEXEME.exec(text);
    if (lexeme) {
      const { raw, quoted, number, identifier } = lexeme.groups as Record<string, string | undefined>;
      const end = at + lexeme[0].length;
      if (raw !== undefined || quoted !== undefined) add('literal', at, end);
      else if (number !== undefined) add('number', at, end);
      else if (identifier !== undefined) add('identifier', at, end);
      at = end;
      continue;
    }
    const rest = text.slice(at, at + 3);
    if (rest.startsWith('/*')) throw new PatternError('this comment has no end', text, at, text.length);
    if (text[at] === '"' || text[at] === "'") throw new PatternError('this literal has no end', text, at, text.length);
    if (text[at] === '#') throw new PatternError('a pattern holds no preprocessor directives', text, at, at + 1);
    const long = PUNCTUATORS.find((each) => rest.startsWith(each));
    const end = at + (long?.length ?? 1);
    add('punctuator', at, end);
    at = end;
  }
  tokens.push({ kind: 'end', text: '', offset: text.length });
  return tokens;
}

const HOLE = /^(\$\$\$|\$)((?:[\p{L}_][\p{L}\p{N}_]*)?)$/u;

/** Stands for a list of parameters without a name; as long as `...`. */
const UNNAMED_PARAMETERS = '$$_';

/** What an identifier stands for; undefined for one without `$` in front. */
export function holeOf(identifier: string): Hole | undefined {
  if (identifier === UNNAMED_PARAMETERS) return { name: undefined, isList: true };
  const found = HOLE.exec(identifier);
  if (!found) return undefined;
  const isList = found[1] === '$$$';
  const name = found[2] === '' || found[2] === '_' ? undefined : found[2];
  return name === undefined && !isList && found[2] !== '_' ? undefined : { name, isList };
}

/** A pattern's text as Clang gets it. */
export interface PatternCode {
  code: string;
  /** The metavariables by the identifier that stands for them, in order of appearance. */
  holes: ReadonlyMap<string, Hole>;
  /** Identifiers that name something, holes left out. */
  names: ReadonlySet<string>;
  tokens: readonly PatternToken[];
  /** Places in `code` where a hole takes the place of a whole statement. */
  statements: ReadonlySet<number>;
  /** Lists outside of all braces, as a function's parameters are: `int f($$$params) { ... }`. */
  parameters: ReadonlySet<string>;
  /** From a place in `code` to one in the pattern. */
  toText(offset: number): number;
}

type Brace = 'block' | 'record' | 'enum' | 'list' | 'group';

/**
 * Checks what can be checked without Clang, and adds what C wants where a metavariable stands for statements or fields: `{ $$$body }`
 * is `{ $$$body; }` to Clang.
 */
export function patternCode(text: string): PatternCode {
  const tokens = patternTokens(text);
  if (tokens.length === 1) throw new PatternError('the pattern is empty', text, 0, text.length);
  const holes = new Map<string, Hole>();
  const names = new Set<string>();
  const statements = new Set<number>();
  const parameters = new Set<string>();
  const insertions: { at: number; text: string }[] = [];
  const braces: { open: PatternToken; kind: Brace; control: boolean }[] = [];
  let code = '';
  let copied = 0;
  const insert = (at: number, inserted: string): void => {
    code += text.slice(copied, at) + inserted;
    copied = at;
    insertions.push({ at, text: inserted });
  };
  /** The token behind which a semicolon was added last. */
  let ended = -1;
  /** Whether the last `)` closed the head of an `if` or a loop. */
  let afterHead = false;
  for (let i = 0; i < tokens.length - 1; i++) {
    const token = tokens[i] as PatternToken;
    const previous = tokens[i - 1];
    const next = tokens[i + 1] as PatternToken;
    const { kind: inside } = braces[braces.length - 1] ?? { kind: undefined };
    const wasHead = afterHead;
    afterHead = false;
    if ('([{'.includes(token.text) && token.kind === 'punctuator') {
      const control =
        /^(if|while|for|switch)$/.test(previous?.text ?? '') ||
        (previous?.text === 'constexpr' && tokens[i - 2]?.text === 'if');
      braces.push({ open: token, kind: token.text === '{' ? braceKind(tokens, i) : 'group', control });
      continue;
    }
    if (')]}'.includes(token.text) && token.kind === 'punctuator') {
      const brace = braces.pop();
      if (!brace || '([{'.indexOf(brace.open.text) !== ')]}'.indexOf(token.text)) {
        throw new PatternError(
          brace
            ? `'${brace.open.text}' is closed by '${token.text}'`
            : `nothing is open that '${token.text}' could close`,
          text,
          token.offset,
          token.offset + 1,
        );
      }
      afterHead = token.text === ')' && brace.control;
      continue;
    }
    const identifier =
      token.text === '...'
        ? tokens[i - 2]?.text !== 'catch' && isEllipsisHole(previous, next, inside)
          ? '$$$'
          : undefined
        : token.kind === 'identifier'
          ? token.text
          : undefined;
    if (identifier === undefined) continue;
    const hole = holeOf(identifier);
    if (!hole) {
      if (identifier.startsWith('$')) {
        const [substituted, name] = /^\$\{\s*(\w+)\s*\}/.exec(text.slice(token.offset)) ?? [token.text];
        throw new PatternError(
          name === undefined
            ? `'${identifier}' is no metavariable: write $name for one thing, $$$name for any number`
            : `'${substituted}' is no metavariable: write $${name}`,
          text,
          token.offset,
          token.offset + substituted.length,
        );
      }
      names.add(identifier);
      continue;
    }
    const known = [...holes.values()].find((each) => each.name !== undefined && each.name === hole.name);
    if (known && known.isList !== hole.isList) {
      throw new PatternError(
        `'${hole.name}' stands for one thing and for a list`,
        text,
        token.offset,
        token.offset + token.text.length,
      );
    }
    const inParameters =
      hole.isList && braces.length > 0 && braces.every((brace) => brace.kind !== 'block' && brace.kind !== 'list');
    const isLambda = previous?.text === '(' && tokens[i - 2]?.text === ']';
    // A parameter's type and statements cannot have one name.
    const written =
      hole.isList && hole.name === undefined && (inParameters || isLambda) ? UNNAMED_PARAMETERS : identifier;
    holes.set(written, hole);
    if (inParameters) parameters.add(written);
    const end = token.offset + token.text.length;
    if (written !== token.text) {
      code += text.slice(copied, token.offset) + written;
      copied = end;
    }
    const begins =
      wasHead ||
      ended === i - 1 ||
      !previous ||
      ['{', '}', ';', 'else', 'do'].includes(previous.text) ||
      (previous.text === ':' && endsLabel(tokens, i - 1));
    if (hole.isList) {
      if (!begins || inside === 'group' || inside === 'list' || inside === 'enum') continue;
      if (next.text === ',' || next.text === ')' || (next.kind === 'end' && !previous)) continue;
      if (inside === 'record') {
        // As if it were a field.
        const before = code.length + (token.offset - copied);
        if (written !== token.text) {
          code = `${code.slice(0, -written.length)}int ${written}`;
          insertions.push({ at: token.offset, text: 'int ' });
        } else insert(token.offset, 'int ');
        statements.add(before + 4);
      } else {
        statements.add(written !== token.text ? code.length - 3 : code.length + (token.offset - copied));
      }
      if (next.text !== ';') insert(end, ';');
      ended = i;
      continue;
    }
    const stands =
      next.kind === 'end'
        ? previous !== undefined
        : ['}', 'else', 'while', '...', ...STATEMENT_KEYWORDS].includes(next.text) ||
          next.text.startsWith('$$$') ||
          (next.text === '{' && inside === 'block');
    if (begins && stands && (inside === undefined || inside === 'block')) {
      statements.add(code.length + (token.offset - copied));
      insert(end, ';');
      ended = i;
    }
  }
  const open = braces[braces.length - 1]?.open;
  if (open) throw new PatternError(`'${open.text}' is never closed`, text, open.offset, open.offset + 1);
  code += text.slice(copied);
  const toText = (offset: number): number => {
    let shift = 0;
    for (const { at, text: inserted } of insertions) {
      if (offset <= at + shift) break;
      shift = Math.min(shift + inserted.length, offset - at);
    }
    return Math.min(Math.max(0, offset - shift), text.length);
  };
  return { code, holes, names, tokens, statements, parameters, toText };
}

const STATEMENT_KEYWORDS = [
  'return',
  'if',
  'for',
  'while',
  'do',
  'switch',
  'break',
  'continue',
  'goto',
  'case',
  'default',
  'try',
  'throw',
];

/** Whether the colon is that of a label or a case, rather than of `a ? b : c` or of a base class. */
function endsLabel(tokens: readonly PatternToken[], colon: number): boolean {
  let at = colon - 1;
  while (at >= 0 && !['{', '}', ';', '?', ':'].includes(tokens[at]?.text ?? '')) at--;
  const first = tokens[at + 1]?.text ?? '';
  return tokens[at]?.text !== '?' && (first === 'case' || first === 'default' || at + 2 === colon);
}

/** `f(a, ...)`, `{ ... }`, `{ ...; }`, `(...)`; not `catch (...)`, a pack's `xs...`, nor what makes a function variadic. */
function isEllipsisHole(previous: PatternToken | undefined, next: PatternToken, inside: Brace | undefined): boolean {
  if (previous?.text === '<' || next.text === '>') return false;
  if (previous === undefined || ['(', ',', '{', '}', ';', '[', ':', 'else', 'do'].includes(previous.text)) return true;
  return inside === 'block' && (previous.text === ')' || holeOf(previous.text) !== undefined);
}

/** A statement that begins as no statement of the language does: a name, something in parentheses, and then more. */
export function beginsLikeMacro({ tokens }: PatternCode): boolean {
  return tokens.some(({ kind, text }, at) => {
    if (kind !== 'identifier' || tokens[at + 1]?.text !== '(' || isKeyword(text, 'c++')) return false;
    if (at > 0 && !['{', '}', ';', ')'].includes(tokens[at - 1]?.text ?? '')) return false;
    let depth = 0;
    const close = tokens.findIndex((token, i) => {
      if (i <= at) return false;
      depth += Number(token.text === '(') - Number(token.text === ')');
      return depth === 0;
    });
    const next = tokens[close + 1];
    return next?.text === '{' || next?.kind === 'identifier';
  });
}

/** What a `{` opens, as far as the tokens in front of it tell. */
function braceKind(tokens: readonly PatternToken[], at: number): Brace {
  const previous = tokens[at - 1];
  if (!previous || ['{', '}', ';', ')', ':', ']'].includes(previous.text) || BEFORE_BLOCK.has(previous.text))
    return 'block';
  if (previous.kind !== 'identifier' && previous.text !== '>') return 'list';
  if (previous.text === 'return') return 'list';
  // Behind a name: T{…}, or the head of a class, of an enumeration, of a namespace.
  for (let i = at - 1; i >= 0; i--) {
    const { text } = tokens[i] as PatternToken;
    if (text === 'struct' || text === 'class' || text === 'union')
      return tokens[i - 1]?.text === 'enum' ? 'enum' : 'record';
    if (text === 'enum') return 'enum';
    if (text === 'namespace' || text === 'extern') return 'block';
    if (['{', '}', ';', '(', ')', '='].includes(text)) break;
  }
  return 'list';
}

const BEFORE_BLOCK = new Set(['else', 'do', 'try', 'const', 'noexcept', 'override', 'final', 'mutable', 'volatile']);
