/**
 * How code that is being built is put together, as far as parentheses depend on it: which operators stand beside each value
 * in it, and how tightly it binds as a whole. A lexer and the operators' grammar; declarations and statements pass through.
 */
import { binaryPrecedence, operandPrecedence, Precedence } from './precedence.js';

/** A token of the text, or a value that stands between the strings. */
interface Token {
  kind: 'name' | 'literal' | 'operator' | 'value' | 'type';
  text: string;
  /** Of a value: its number. */
  value: number;
}

/** A value in code, as an operand. `binding` is how tightly it binds itself. */
export interface ValueInCode {
  kind: 'expression' | 'type' | 'text' | 'other';
  binding: number;
  /** Of text, which is read as if it stood in the strings. */
  text?: string;
}

export interface CodeSyntax {
  /** How tightly the whole binds; as a primary expression when it is no expression. */
  binding: number;
  /** For each value, how tightly it must bind; of those at the code's ends as far as the code itself asks. */
  required: number[];
  /** For each value, whether it stands for a whole statement, the semicolon included or left to the code. */
  places: ValuePlace[];
}

export type ValuePlace = 'statement' | 'before-semicolon' | 'part' | 'all';

const TOKEN =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?<literal>(?:u8|[uUL])?R"([^()\\\s]*)\([\s\S]*?\)\2"|(?:u8|[uUL])?(?:"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*')\w*|\.?\d(?:[eEpP][+-]|'?[\w.])*)|(?<name>[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*)|(?<operator>->\*|\.\.\.|<=>|<<=|>>=|->|\.\*|::|\+\+|--|&&|\|\||[-+*/%&|^=!<>]=|<<|>>|[\s\S])/gy;

const PREFIX = new Set(['-', '+', '!', '~', '*', '&', '&&']);
const INCREMENT = new Set(['++', '--']);
const UNARY_WORDS = new Set(['sizeof', 'alignof', '_Alignof', '__alignof__', 'noexcept']);
const CAST_WORDS = new Set(['delete', 'co_await', '__extension__', '__real__', '__imag__']);
const THROW_WORDS = new Set(['throw', 'co_yield']);
/** What begins a statement, or stands before an expression in one. */
const STATEMENT_WORDS = new Set(
  'return co_return case else do goto if while for switch default break continue try catch using typedef template'.split(
    ' ',
  ),
);
const CONTROL_WORDS = new Set(['if', 'while', 'for', 'switch', 'catch']);
const TYPE_WORDS = new Set(
  'void bool _Bool char short int long float double signed unsigned const volatile struct union enum class auto typename char8_t char16_t char32_t wchar_t __int128 decltype typeof __typeof__'.split(
    ' ',
  ),
);

/** What surrounds an expression inside of brackets. */
interface Frame {
  close: string;
  /** Elements are separated by commas, which are no operators. */
  isList: boolean;
  /** `if (…)`: what follows is a statement. */
  isControl: boolean;
  /** `(T)`: what follows is the operand of a cast. */
  isCast: boolean;
  /** Of a `?` still to meet its `:`. */
  questions: number;
}

/** @param values one less than there are strings */
export function analyse(strings: readonly string[], values: readonly ValueInCode[]): CodeSyntax {
  return new Analysis(tokens(strings, values), values).run();
}

function tokens(strings: readonly string[], values: readonly ValueInCode[]): Token[] {
  const found: Token[] = [];
  const read = (text: string): void => {
    for (const { groups } of text.matchAll(TOKEN)) {
      const kind = groups?.literal !== undefined ? 'literal' : groups?.name !== undefined ? 'name' : 'operator';
      const token = groups?.[kind];
      if (token !== undefined) found.push({ kind, text: token, value: -1 });
    }
  };
  // Text may go on with what a string began: `my_${name}`.
  let pending = '';
  strings.forEach((text, at) => {
    const value = values[at];
    pending += text;
    if (value?.kind === 'text') {
      pending += value.text ?? '';
      return;
    }
    read(pending);
    pending = '';
    if (value) found.push({ kind: value.kind === 'type' ? 'type' : 'value', text: '', value: at });
  });
  return found;
}

class Analysis {
  private readonly tokens: readonly Token[];
  private readonly values: readonly ValueInCode[];
  private readonly required: number[];
  private readonly places: ValuePlace[];
  /** Whether a statement may begin here. */
  private startsStatement = true;
  private readonly frames: Frame[] = [];
  private top: Frame = { close: '', isList: false, isControl: false, isCast: false, questions: 0 };
  /** The loosest operator outside of all brackets. */
  private binding: number = Precedence.primary;
  private isExpression = true;
  private wantsOperand = true;
  /** What the operand that comes must be, as what stands before it asks. */
  private needed: number = Precedence.any;
  private at = 0;

  constructor(tokens: readonly Token[], values: readonly ValueInCode[]) {
    this.tokens = tokens;
    this.values = values;
    this.required = values.map(() => Precedence.any);
    this.places = values.map(() => 'part');
  }

  run(): CodeSyntax {
    for (; this.at < this.tokens.length; this.at++) {
      const token = this.tokens[this.at] as Token;
      if (token.kind === 'value') this.places[token.value] = this.placeOf();
      this.startsStatement = this.statementFollows(token);
      if (this.wantsOperand) this.operand(token);
      else this.operator(token);
    }
    return {
      binding: this.isExpression ? this.binding : Precedence.primary,
      required: this.required,
      places: this.places,
    };
  }

  private placeOf(): ValuePlace {
    const next = this.tokens[this.at + 1];
    if (next?.text === ';') return 'before-semicolon';
    if (this.tokens.length === 1) return 'all';
    const ends = next?.kind !== 'operator' || next.text === '}' || next.text === '{';
    return this.startsStatement && ends ? 'statement' : 'part';
  }

  /** Of the token that is to be read next. */
  private statementFollows({ kind, text }: Token): boolean {
    switch (text) {
      case ';':
      case '}':
      case 'else':
      case 'do':
        return true;
      case '{':
        return this.startsBlock();
      case ')':
        return this.top.isControl;
      default:
        return kind === 'value' && this.startsStatement;
    }
  }

  private meet(precedence: number): void {
    // What is between `?` and `:` is as good as in brackets.
    if (this.frames.length === 0 && this.top.questions === 0) this.binding = Math.min(this.binding, precedence);
  }

  private isNoExpression(): void {
    if (this.frames.length === 0) this.isExpression = false;
  }

  private expect(needed: number): void {
    this.wantsOperand = true;
    this.needed = needed;
  }

  private operand(token: Token): void {
    const { text, kind } = token;
    if (kind === 'operator') {
      this.operandOperator(text);
      return;
    }
    if (kind === 'name' && this.prefixWord(text)) return;
    if (kind === 'value') this.value(token);
    this.wantsOperand = false;
  }

  private prefixWord(word: string): boolean {
    if (UNARY_WORDS.has(word)) this.prefix(Precedence.unary, Precedence.unary);
    else if (CAST_WORDS.has(word)) this.prefix(Precedence.unary, Precedence.cast);
    else if (THROW_WORDS.has(word)) this.prefix(Precedence.assignment, Precedence.assignment);
    else if (word === 'new') this.prefix(Precedence.unary, Precedence.any);
    else if (STATEMENT_WORDS.has(word)) {
      this.isNoExpression();
      this.expect(Precedence.any);
    } else return false;
    return true;
  }

  private prefix(own: number, needed: number): void {
    this.meet(own);
    this.expect(needed);
  }

  private operandOperator(text: string): void {
    if (PREFIX.has(text)) this.prefix(Precedence.unary, Precedence.cast);
    else if (INCREMENT.has(text)) this.prefix(Precedence.unary, Precedence.unary);
    else if (text === '(') this.open(')', { isCast: this.startsCast(), isControl: this.follows(CONTROL_WORDS) });
    else if (text === '[') this.open(']', {});
    else if (text === '{') this.open('}', { isList: !this.startsBlock() });
    else if (text === ')' || text === ']' || text === '}') this.close(text);
    else if (text === ';') this.statementEnd();
  }

  /** Whether the brace here holds statements. */
  private startsBlock(): boolean {
    const previous = this.tokens[this.at - 1];
    return !previous || previous.kind === 'value' || /^([;){}]|else|do|try)$/.test(previous.text);
  }

  private follows(words: ReadonlySet<string>): boolean {
    const previous = this.tokens[this.at - 1];
    return previous?.kind === 'name' && words.has(previous.text);
  }

  /** A value, between what stands before it and what stands behind it. */
  private value({ value }: Token): void {
    const required = Math.max(this.needed, this.neededByNext());
    this.required[value] = required;
    const { kind, binding } = this.values[value] as ValueInCode;
    if (kind === 'other') this.isNoExpression();
    else if (binding >= required) this.meet(binding);
  }

  private neededByNext(): number {
    const next = this.tokens[this.at + 1];
    if (next?.kind !== 'operator') return Precedence.any;
    const { text } = next;
    if (text === ',') return this.top.isList ? Precedence.assignment : Precedence.comma;
    if (text === '?') return Precedence.logicalOr;
    if (['.', '->', '[', '(', '{'].includes(text) || INCREMENT.has(text)) return Precedence.postfix;
    return binaryPrecedence(text) === undefined ? Precedence.any : operandPrecedence(text, 'left');
  }

  private operator(token: Token): void {
    const { text, kind } = token;
    if (kind !== 'operator') {
      // Two names beside each other: a declaration, a statement, literals that are joined.
      const previous = this.tokens[this.at - 1] as Token;
      if (kind !== 'literal' || previous.kind !== 'literal') this.isNoExpression();
      this.operand(token);
      return;
    }
    switch (text) {
      case '(':
        this.meet(Precedence.postfix);
        this.open(')', { isList: true });
        return;
      case '[':
        this.meet(Precedence.postfix);
        this.open(']', {});
        return;
      case '{':
        this.meet(Precedence.postfix);
        this.open('}', { isList: !this.startsBlock() });
        return;
      case ')':
      case ']':
      case '}':
        this.close(text);
        return;
      case '++':
      case '--':
        this.meet(Precedence.postfix);
        return;
      case '.':
      case '->':
      case '::':
        this.meet(text === '::' ? Precedence.primary : Precedence.postfix);
        this.expect(Precedence.any);
        return;
      case '?':
        this.meet(Precedence.conditional);
        this.top.questions++;
        this.expect(Precedence.any);
        return;
      case ':':
        this.colon();
        return;
      case ';':
        this.statementEnd();
        return;
      default:
        this.binary(text);
    }
  }

  private binary(text: string): void {
    if (text === '<' && this.skipTemplateArguments()) return;
    if (text === ',' && this.top.isList) {
      this.expect(Precedence.assignment);
      return;
    }
    const precedence = binaryPrecedence(text);
    if (precedence === undefined) {
      this.isNoExpression();
      return;
    }
    this.meet(precedence);
    this.expect(operandPrecedence(text, 'right'));
  }

  private colon(): void {
    if (this.top.questions > 0) {
      this.top.questions--;
      this.expect(Precedence.conditional);
      return;
    }
    this.isNoExpression();
    this.expect(Precedence.any);
  }

  private statementEnd(): void {
    this.isNoExpression();
    this.expect(Precedence.any);
  }

  private open(close: string, { isList = false, isControl = false, isCast = false }: Partial<Frame>): void {
    this.frames.push(this.top);
    this.top = { close, isList, isControl, isCast, questions: 0 };
    this.expect(isList ? Precedence.assignment : Precedence.any);
  }

  private close(text: string): void {
    const closed = this.top;
    this.top = this.frames.pop() ?? this.top;
    this.wantsOperand = false;
    if (closed.close !== text) this.isNoExpression();
    else if (closed.isCast) this.prefix(Precedence.cast, Precedence.cast);
    else if (closed.isControl) this.expect(Precedence.any);
  }

  /** Whether the parenthesis here opens a cast: what is in it looks like a type, and an operand follows. */
  private startsCast(): boolean {
    if (this.follows(UNARY_WORDS) || this.follows(CONTROL_WORDS)) return false;
    let at = this.at + 1;
    let isType = false;
    let last = '';
    for (; at < this.tokens.length; at++) {
      const { kind, text } = this.tokens[at] as Token;
      if (text === ')') break;
      if (kind === 'type' || (kind === 'name' && TYPE_WORDS.has(text))) isType = true;
      else if (kind === 'literal' || kind === 'value' || !(kind === 'name' || /^(\*|&|&&|::|<|>|,)$/.test(text)))
        return false;
      last = text;
    }
    if (at === this.at + 1) return false;
    const next = this.tokens[at + 1];
    if (!next) return false;
    const operand = next.kind !== 'operator' || next.text === '!' || next.text === '~';
    if (isType || last === '*') return operand || /^([-+*&({]|\+\+|--|&&)$/.test(next.text);
    return operand;
  }

  /** Goes behind `<…>` when that can only be template arguments. */
  private skipTemplateArguments(): boolean {
    if (this.tokens[this.at - 1]?.kind !== 'name') return false;
    let depth = 0;
    for (let at = this.at; at < this.tokens.length; at++) {
      const { kind, text } = this.tokens[at] as Token;
      if (kind !== 'operator') {
        if (kind === 'value') this.required[(this.tokens[at] as Token).value] = Precedence.shift + 1;
        continue;
      }
      if (text === '<') depth++;
      else if (text === '>') depth--;
      else if (text === '>>') depth -= 2;
      else if (!/^(::|,|\*|&|&&|\(|\)|\[|\]|\.\.\.)$/.test(text)) return false;
      if (depth > 0) continue;
      const next = this.tokens[at + 1];
      if (next && !(next.kind === 'operator' && /^(\(|\)|::|\{|,|;|>|\.\.\.)$/.test(next.text))) return false;
      this.at = at;
      return depth === 0;
    }
    return false;
  }
}
