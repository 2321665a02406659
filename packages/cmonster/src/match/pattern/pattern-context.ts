/**
 * What a pattern's names are where the pattern is used: macros, types, templates, namespaces, or values. C and C++ cannot be parsed
 * without knowing, and that is all one needs to know: so a pattern is parsed in a small file of its own, with a declaration
 * for each of its names, rather than at the end of every file that it is looked for in.
 */
import { TypeDecl, TypedefNameDecl } from '../../ast/generated/index.js';
import type { Node } from '../../ast/node.js';
import { kindNumber, kindsOf } from '../../ast/registry.js';
import type { TranslationUnit } from '../../ast/translation-unit.js';
import { isKeyword } from '../../source/keywords.js';
import type { PatternCode } from './pattern-text.js';

export type NameRole = 'value' | 'function' | 'type' | 'template' | 'namespace';

export interface PatternContext {
  language: 'c' | 'c++';
  /** What `-std=` takes. */
  standard: string | undefined;
  target: string | undefined;
  /** `#define` lines of the macros that the pattern uses. */
  macros: string;
  /** By name, `std::vector` for what is in a namespace or class; without what is only a value. */
  roles: ReadonlyMap<string, NameRole>;
}

/** Chains such as `std::chrono::seconds` among the tokens, each as its names. */
export function qualifiedNames(code: PatternCode): string[][] {
  const chains: string[][] = [];
  const { tokens } = code;
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i]?.kind !== 'identifier' || tokens[i + 1]?.text !== '::' || tokens[i - 1]?.text === '::') continue;
    const chain = [tokens[i]?.text as string];
    while (tokens[i + 1]?.text === '::' && tokens[i + 2]?.kind === 'identifier') {
      chain.push(tokens[i + 2]?.text as string);
      i += 2;
    }
    chains.push(chain);
  }
  return chains;
}

/** Asks a translation unit about the names of a pattern. */
export function contextOf(tu: TranslationUnit, code: PatternCode): PatternContext {
  const language = tu.language.includes('C++') ? 'c++' : 'c';
  const names = new Set(code.names);
  const macros = macrosAmong(tu, names);
  const roles = new Map<string, NameRole>();
  const know = (name: string): void => {
    if (roles.has(name)) return;
    const role = roleOf(tu.lookup(name)) ?? typesIn(tu).get(name);
    if (role) roles.set(name, role);
  };
  for (const name of names) if (!isKeyword(name, language)) know(name);
  for (const chain of qualifiedNames(code)) for (let i = 2; i <= chain.length; i++) know(chain.slice(0, i).join('::'));
  return { language, standard: tu.languageStandard || undefined, target: tu.target || undefined, macros, roles };
}

/** A pattern by itself, with nothing known but the language. */
export function contextWithout(language: 'c' | 'c++'): PatternContext {
  const macros = language === 'c' ? '#define NULL ((void*)0)\n' : '#define NULL __null\n';
  return { language, standard: undefined, target: undefined, macros, roles: new Map() };
}

/** The definitions of those names that are macros, and of what these use; adds the names that they bring in. */
function macrosAmong(tu: TranslationUnit, names: Set<string>): string {
  let text = '';
  const seen = new Set<string>();
  // A set that grows while it is gone over gives what was added, too.
  for (const name of names) {
    if (seen.has(name)) continue;
    seen.add(name);
    const definition = tu.preprocessor.definitions(name).findLast((macro) => !macro.undefinedAt.isValid);
    if (!definition || definition.isBuiltin) continue;
    text += `#undef ${name}\n#define ${name}${definition.isFunctionLike ? '' : ' '}${definition.text}\n`;
    for (const token of definition.tokens) if (token.kind === 'identifier') names.add(token.text);
  }
  return text;
}

const scanned = new WeakMap<TranslationUnit, { rows: number; roles: Map<string, NameRole> }>();

/** Types and templates that are declared in a namespace, a class or a function, by their names alone. */
function typesIn(tu: TranslationUnit): ReadonlyMap<string, NameRole> {
  const { snapshot } = tu;
  const known = scanned.get(tu);
  if (known?.rows === snapshot.rows) return known.roles;
  const roles = new Map<string, NameRole>();
  const kinds = kindsOf(TypeDecl);
  const templates = ['ClassTemplateDecl', 'TypeAliasTemplateDecl'].map(kindNumber);
  for (let row = 1; row < snapshot.rows; row++) {
    const kind = snapshot.kind[row] as number;
    if (kinds[kind] !== 1 && !templates.includes(kind)) continue;
    const name = snapshot.string(snapshot.a[row] as number);
    if (templates.includes(kind)) roles.set(name, 'template');
    else if (name !== '' && !roles.has(name) && isOrdinary(tu, row)) roles.set(name, 'type');
  }
  scanned.set(tu, { rows: snapshot.rows, roles });
  return roles;
}

/** In C a structure's name is no name without `struct`. */
function isOrdinary(tu: TranslationUnit, row: number): boolean {
  return tu.language.includes('C++') || tu.knownNode(row) instanceof TypedefNameDecl;
}

function roleOf(found: readonly Node[]): NameRole | undefined {
  for (const { kind } of found) {
    if (
      /^(Typedef|TypeAlias|Record|CXXRecord|Enum|UnresolvedUsingTypename|ClassTemplateSpecialization)Decl$/.test(kind)
    )
      return 'type';
    if (kind === 'ClassTemplateDecl' || kind === 'TypeAliasTemplateDecl' || kind === 'TemplateTemplateParmDecl')
      return 'template';
    if (kind === 'NamespaceDecl' || kind === 'NamespaceAliasDecl') return 'namespace';
    if (kind === 'FunctionDecl' || kind === 'FunctionTemplateDecl') return 'function';
  }
  return found.length > 0 ? 'value' : undefined;
}
