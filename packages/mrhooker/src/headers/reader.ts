/** Headers, parsed: what names they declare, and what each of those is. */
import {
  CXXConstructorDecl,
  type Diagnostic,
  EnumConstantDecl,
  EnumDecl,
  FunctionDecl,
  type Macro,
  NamedDecl,
  type Node,
  parse,
  RecordDecl,
  type TranslationUnit,
  TypedefNameDecl,
  UsingShadowDecl,
  VarDecl,
} from 'cmonster';
import { MrhookerError } from '../error.js';
import { MacroReader } from './macros.js';
import type { CFunction, CType, Declaration, Declarations } from './model.js';
import { didYouMean } from './nearest.js';
import type { HeaderSpecifier, Language } from './specifier.js';
import { enumerators, TypeReader } from './types.js';

export interface HeaderOptions {
  language: Language;
  /** For Clang: `-I`, `-D`, `-std`. */
  arguments: readonly string[];
  cwd: string;
  /** Declarations of a script's own, in C, behind the headers. */
  prelude?: string;
  /** Types of C++ that are to be instantiated where they can be. */
  complete?: readonly string[];
}

/** The name that a header unit has in diagnostics; nothing of that name is on disk. */
const UNIT = 'mrhooker-headers';
/** Tags live in a name space of their own in C; in a module they are told apart so. */
const TAG = /^(?:struct|union|enum|class)[ _](.+)$/;

export class Headers {
  readonly source: string;
  private readonly specifiers: readonly HeaderSpecifier[];
  private readonly options: HeaderOptions;
  private readonly tu: TranslationUnit;
  private readonly types = new TypeReader();
  private nameList: Set<string> | undefined;

  private constructor(
    source: string,
    specifiers: readonly HeaderSpecifier[],
    options: HeaderOptions,
    tu: TranslationUnit,
  ) {
    this.source = source;
    this.specifiers = specifiers;
    this.options = options;
    this.tu = tu;
  }

  /** @throws MrhookerError `header`: not found, or Clang reports errors */
  static async open(specifiers: readonly HeaderSpecifier[], options: HeaderOptions): Promise<Headers> {
    const source = headerSource(specifiers, options);
    const file = unitFile(options);
    const tu = await parse(file, {
      scope: 'all',
      comments: false,
      typeLocs: false,
      keep: true,
      cwd: options.cwd,
      driver: options.language === 'c++' ? 'clang++' : 'clang',
      arguments: [...clangArguments(options), ...specifiers.flatMap((specifier) => specifier.arguments)],
      unsaved: { [file]: source + completing(options.complete ?? []) },
    });
    const headers = new Headers(source, specifiers, options, tu);
    if (tu.hasErrors) {
      const message = describeErrors(tu.diagnostics, specifiers);
      tu.dispose();
      throw new MrhookerError('header', message);
    }
    return headers;
  }

  dispose(): void {
    this.tu.dispose();
  }
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Every file that was read. */
  get files(): string[] {
    const files = new Set<string>();
    for (const include of this.tu.preprocessor.includes) if (include.path !== undefined) files.add(include.path);
    return [...files].sort();
  }

  /** Every name that can be imported; names that C reserves for the implementation are left out. */
  get names(): ReadonlySet<string> {
    if (this.nameList) return this.nameList;
    const names = new Set<string>();
    for (const node of this.tu.root.children) this.addNames(node, names);
    for (const macro of this.tu.preprocessor.macros) {
      if (!macro.isPredefined && !macro.isBuiltin && macro.tokens.length > 0) names.add(macro.name);
    }
    this.nameList = new Set([...names].filter((name) => !/^_[_A-Z]/.test(name)));
    return this.nameList;
  }

  private addNames(node: Node, names: Set<string>, scope = ''): void {
    if (node.kind === 'LinkageSpecDecl') for (const child of node.children) this.addNames(child, names, scope);
    if (!(node instanceof NamedDecl) || node.name === '') {
      if (node.is(EnumDecl)) for (const name of Object.keys(enumerators(node))) names.add(scope + name);
      return;
    }
    names.add(scope + node.name);
    if (this.options.language === 'c' && node.is(RecordDecl))
      names.add(`${node.isUnion() ? 'union' : 'struct'}_${node.name}`);
    if (node.is(EnumDecl) && !node.isScoped())
      for (const name of Object.keys(enumerators(node))) names.add(scope + name);
    const inner = node.kind === 'NamespaceDecl' || node.kind === 'CXXRecordDecl';
    if (inner && !node.isImplicit())
      for (const child of node.children) this.addNames(child, names, `${scope}${node.name}::`);
  }

  /**
   * What the given names are.
   * @param options `skipUnusable`: leave out macros that are no expressions, and names that are nothing a script could use
   * @throws MrhookerError `header`: a name that is not there (with the nearest), or that has no value
   */
  async declare(names: Iterable<string>, options: { skipUnusable?: boolean } = {}): Promise<Declarations> {
    const skip = options.skipUnusable ?? false;
    const declared: Record<string, Declaration> = {};
    const macros = new Map<string, Macro>();
    for (const name of new Set(names)) {
      const macro = this.macro(name);
      const found = this.lookup(name);
      // A function stays one where a macro of its name only makes it faster.
      if (macro && !(found && (macro.isFunctionLike || isItself(macro)))) macros.set(name, macro);
      else if (found) declared[name] = found;
      else if (!skip) throw new MrhookerError('header', `no header declares '${name}'.${didYouMean(name, this.names)}`);
    }
    if (macros.size > 0) {
      using reader = await MacroReader.open(this.tu, this.source, this.options.language, [...macros.values()]);
      for (const [name, macro] of macros) {
        try {
          declared[name] = reader.read(name, macro, (target) => this.lookup(target));
        } catch (error) {
          if (!(skip && error instanceof MrhookerError)) throw error;
        }
      }
      Object.assign(this.types.records, reader.types.records);
    }
    const incomplete = this.options.complete ? [] : this.incomplete(Object.values(declared));
    if (incomplete.length > 0) {
      using again = await Headers.open(this.specifiers, { ...this.options, complete: incomplete });
      return await again.declare(names, options);
    }
    return { names: declared, records: this.types.records, enums: this.types.enums, files: this.files };
  }

  /** Of what functions pass by value, the types that no declaration has needed so far: `std::vector<int> make();` instantiates none. */
  private incomplete(declared: readonly Declaration[]): string[] {
    const unknown = (type: CType) => type.kind === 'record' && this.types.records[type.key]?.fields === undefined;
    const found = declared.flatMap((declaration) => {
      const functions = declaration.kind === 'function' ? [declaration.function] : [];
      return functions.flatMap(({ type }) => [
        ...type.parameters.flatMap((parameter, index) =>
          unknown(parameter) ? [type.parameterTexts[index] ?? ''] : [],
        ),
        ...(unknown(type.result) ? [type.resultText] : []),
      ]);
    });
    return this.options.language === 'c' ? [] : [...new Set(found)];
  }

  /** Whether there is something of that name, of whatever kind. */
  has(name: string): boolean {
    return this.macro(name) !== undefined || this.lookup(name) !== undefined;
  }

  private macro(name: string): Macro | undefined {
    const definitions = this.tu.preprocessor.definitions(name);
    return definitions.findLast((macro) => !macro.isBuiltin && !macro.undefinedAt.isValid && macro.tokens.length > 0);
  }

  private lookup(name: string): Declaration | undefined {
    const [path, signature] = splitSignature(name);
    const found = this.find(path);
    const tag = TAG.exec(path);
    if (found.length === 0 && tag) {
      const record = this.find(tag[1] as string).find((node) => node.is(RecordDecl) || node.is(EnumDecl));
      return record && this.typeOf(name, record);
    }
    const functions = uniqueFunctions(found.filter((node) => node.is(FunctionDecl)) as FunctionDecl[]);
    if (functions.length > 0) return this.functions(name, functions, signature);
    for (const node of found) {
      if (node.is(VarDecl)) return this.variable(node);
      if (node.is(EnumConstantDecl)) {
        const value = { kind: 'integer' as const, value: String(node.initVal) };
        return { kind: 'constant', value, type: this.types.read(node.type) };
      }
    }
    // `typedef struct stat stat;` and the struct are one.
    const type =
      found.find((node) => node.is(TypedefNameDecl)) ?? found.find((node) => node.is(RecordDecl) || node.is(EnumDecl));
    return type && this.typeOf(name, type);
  }

  /** Declarations of a qualified name; constructors, destructors and operators too, which have no identifier. */
  private find(path: string): Node[] {
    const at = path.lastIndexOf('::');
    const [owner, last] = at < 0 ? ['', path] : [path.slice(0, at), path.slice(at + 2)];
    // `ns::Shape::Shape` finds the class again, whose name is known inside of it.
    const isConstructor = owner !== '' && owner.split('::').at(-1) === last;
    const direct = isConstructor ? [] : this.tu.lookup(path);
    if (direct.length > 0 || owner === '') return direct.map(underlying);
    const owners = this.tu.lookup(owner).map(underlying);
    return owners.flatMap((owner) => {
      const definition = owner.is(RecordDecl) ? (owner.definition ?? owner) : owner;
      const members = definition.children.filter((child): child is NamedDecl => child instanceof NamedDecl);
      return members.filter((child) => (isConstructor ? child.is(CXXConstructorDecl) : child.declName === last));
    });
  }

  private functions(name: string, decls: FunctionDecl[], signature: string | undefined): Declaration {
    const all = decls.map((decl) => this.types.function(decl, name));
    if (signature === undefined) {
      return all.length === 1 ? { kind: 'function', function: all[0]! } : { kind: 'overloads', functions: all };
    }
    const wanted = withoutSpaces(signature);
    const index = decls.findIndex((decl) => signatures(decl).includes(wanted));
    if (index >= 0) return { kind: 'function', function: all[index]! };
    throw new MrhookerError('function', `'${name}' is no overload; there are ${overloadNames(all).join(', ')}`);
  }

  private variable(decl: VarDecl): Declaration {
    const type = this.types.read(decl.type);
    // A constant that is nowhere in memory, or whose value cannot differ.
    const value = decl.isExternallyVisible() && !decl.isConstexpr() ? undefined : decl.evaluate();
    if (typeof value === 'number' || typeof value === 'bigint') {
      return type.kind === 'float'
        ? { kind: 'constant', value: { kind: 'float', value: Number(value) }, type }
        : { kind: 'constant', value: { kind: 'integer', value: String(value) }, type };
    }
    const symbol = typeof decl.mangledName === 'string' ? decl.mangledName : decl.name;
    return { kind: 'variable', name: decl.qualifiedNameAsString, symbol, type };
  }

  private typeOf(name: string, decl: Node): Declaration | undefined {
    if (decl.is(TypedefNameDecl)) return { kind: 'type', name, type: this.types.read(decl.underlyingType) };
    const type = (decl as RecordDecl | EnumDecl).typeForDecl;
    return type ? { kind: 'type', name, type: this.types.read(type) } : undefined;
  }
}

/** What the script's headers come to, as one file. */
export function headerSource(specifiers: readonly HeaderSpecifier[], options: Pick<HeaderOptions, 'prelude'>): string {
  const includes = [...new Set(specifiers.map(({ include }) => include))].map((include) => `#include ${include}\n`);
  return `${includes.join('')}${options.prelude ?? ''}`;
}

/** Asks for the size of each, which of what stays incomplete nobody is told. */
function completing(types: readonly string[]): string {
  if (types.length === 0) return '';
  const ask = 'template <class T> decltype(sizeof(T)) mr_size(int); template <class T> void mr_size(...);';
  return `\n${ask}\n${types.map((type, index) => `using mr_size_${index} = decltype(mr_size<${type}>(0));\n`).join('')}`;
}

/** `_GNU_SOURCE`, as C++ has it anyway: a hook may want whatever the library has. */
export function clangArguments(options: Pick<HeaderOptions, 'language' | 'arguments'>): string[] {
  const own = options.language === 'c' ? ['-D_GNU_SOURCE'] : ['-fno-access-control'];
  return [...own, '-w', '-ferror-limit=0', ...options.arguments];
}

function unitFile({ cwd, language }: HeaderOptions): string {
  return `${cwd === '/' ? '' : cwd}/${UNIT}.${language === 'c' ? 'c' : 'cpp'}`;
}

function underlying(node: Node): Node {
  return node.is(UsingShadowDecl) ? (node.targetDecl as Node) : node;
}

/** `#define MSG_OOB MSG_OOB`: says that the enumerator is there. */
function isItself(macro: Macro): boolean {
  const { tokens } = macro;
  return tokens.length === 1 && tokens[0]?.text === macro.name;
}

/** `ns::area(int, int)`: the path, and the parameters when they are given. */
function splitSignature(name: string): [string, string | undefined] {
  const at = name.endsWith(')') && !name.endsWith('operator()') ? name.indexOf('(') : -1;
  return at < 0 ? [name, undefined] : [name.slice(0, at).trim(), name.slice(at + 1, -1)];
}

function uniqueFunctions(decls: readonly FunctionDecl[]): FunctionDecl[] {
  const byEntity = new Map<unknown, FunctionDecl>();
  for (const decl of decls) if (!byEntity.has(decl.canonicalDecl)) byEntity.set(decl.canonicalDecl, decl);
  return [...byEntity.values()];
}

function signatures(decl: FunctionDecl): string[] {
  const { parameters } = decl;
  const end = decl.isVariadic() ? ['...'] : [];
  return [
    [...parameters.map((parameter) => parameter.type.toString()), ...end],
    [...parameters.map((parameter) => parameter.type.canonical.toString()), ...end],
  ].map((list) => withoutSpaces(list.join(',')));
}

function withoutSpaces(text: string): string {
  return text.replace(/\s+/g, '').replace(/^void$/, '');
}

export function overloadNames(functions: readonly CFunction[]): string[] {
  return functions.map(({ name, type }) => {
    const parameters = [...type.parameterTexts, ...(type.variadic ? ['...'] : [])];
    return `'${name.replace(/\(.*$/, '')}(${parameters.join(', ')})'`;
  });
}

function describeErrors(diagnostics: readonly Diagnostic[], specifiers: readonly HeaderSpecifier[]): string {
  const errors = diagnostics.filter((diagnostic) => diagnostic.isError);
  const missing = /^'(.+)' file not found$/.exec(errors[0]?.message ?? '');
  const specifier = missing && specifiers.find(({ include }) => include.slice(1, -1) === missing[1]);
  if (specifier) {
    return `there is no header ${specifier.include} ('${specifier.text}'): is its package installed, is a folder missing (-I)?`;
  }
  const list = specifiers.map(({ text }) => `'${text}'`).join(', ');
  const shown = errors.slice(0, 5).map((error) => error.render().trimEnd());
  const more = errors.length > shown.length ? `\n… and ${errors.length - shown.length} more` : '';
  return `${specifiers.length === 1 ? 'a header does' : 'headers do'} not compile: ${list}\n${shown.join('\n')}${more}`;
}
