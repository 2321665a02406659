import { generatedRegistry } from './ast/generated/index.js';
import { registerClasses } from './ast/registry.js';
import { registerRewriter } from './ast/rewriting.js';
import { TranslationUnit } from './ast/translation-unit.js';
import './inspect.js';
import './match/install.js';
import { Rewriter } from './rewrite/rewriter.js';
import './json.js';

registerClasses(generatedRegistry);
registerRewriter((tu) => new Rewriter(tu));

/** Parses a file: `TranslationUnit.parse`. */
export const parse = TranslationUnit.parse;
/** The same, blocking: `TranslationUnit.parseSync`. */
export const parseSync = TranslationUnit.parseSync;

export * from './ast/generated/index.js';
export type { ConstantValue } from './ast/node.js';
export { Node, TypeRow } from './ast/node.js';
export type { NodeList } from './ast/node-list.js';
export type { ParseOptions, ReparseOptions } from './ast/options.js';
export type { BaseLayout, FieldLayout, RecordLayout } from './ast/record-layout.js';
export type { NodeClass, TypeClass } from './ast/registry.js';
export { TranslationUnit } from './ast/translation-unit.js';
export { TypeBase } from './ast/type-base.js';
export type { ViewOptions } from './ast/view-rules.js';
export { Walk, type WalkOptions } from './ast/walk.js';
export { type CacheOptions, UnitCache } from './cache/unit-cache.js';
export { type DumpOptions, dumpJson } from './dump/json.js';
export { CmonsterError, type CmonsterErrorCode } from './error.js';
export { locateFrontend } from './frontend/locate.js';
export { Snapshot } from './frontend/snapshot.js';
export type { Bound } from './match/bindings.js';
export type { MatchOptions } from './match/install.js';
export { Match, matchPattern } from './match/match.js';
export * as matchers from './match/matchers.js';
export { $, $$$, Metavariable as PatternVariable } from './match/metavariable.js';
export { ISOMORPHISMS, type IsomorphismName } from './match/pattern/isomorphisms.js';
export { type ParsePatternOptions, Pattern, type PatternOptions, parsePattern } from './match/pattern/pattern.js';
export { PatternError } from './match/pattern/pattern-error.js';
export { Conditional, type ConditionalDirective } from './preprocessor/conditional.js';
export type { PreprocessorEvent, PreprocessorEvents, PresumedPlace } from './preprocessor/events.js';
export type { Fact } from './preprocessor/fact.js';
export { Include, Macro, MacroExpansion, type MacroToken, PreprocessorFacts } from './preprocessor/facts.js';
export { type Formattable, format } from './preprocessor/format.js';
export type {
  DefineOptions,
  IncludeAnswer,
  IncludeDirective,
  IncludeHandler,
  MacroCall,
  MacroFunction,
  MacroResult,
  Pragma,
  PragmaHandler,
  ScriptOptions,
} from './preprocessor/hooks.js';
export { PreprocessorHooks } from './preprocessor/hooks.js';
export { Inclusion } from './preprocessor/inclusion.js';
export type { InlineLimits } from './preprocessor/inline.js';
export { Preprocessor, type PreprocessorOptions, type TokensOptions } from './preprocessor/preprocessor.js';
export { PreprocessorToken, TokenList } from './preprocessor/token.js';
export { type Branch, LineReason } from './preprocessor/why.js';
export { splitCommandLine } from './project/command-line.js';
export { Project } from './project/project.js';
export { forProject, type ProjectScript, type UnitScript } from './project/script.js';
export { isSource } from './project/sources.js';
export type { FlagNotice, Unit } from './project/unit.js';
export type {
  Finding,
  FindingNote,
  FindingPlace,
  Report,
  ReportOptions,
  ReportTarget,
  Severity,
} from './report/finding.js';
export { Code, type CodeLike, type CodeValue, c, METAVARIABLE, type Metavariable } from './rewrite/code.js';
export { applyEdits, type Edit, type EditOrigin } from './rewrite/edit.js';
export type { Editability, FrozenPlace, FrozenReason } from './rewrite/editability.js';
export { type FormatOptions, formatEdits } from './rewrite/format.js';
export type { HeaderName } from './rewrite/includes.js';
export { planRename, planRenameOf, type Rename, type UnprovenPlace } from './rewrite/rename.js';
export { replacementsYaml } from './rewrite/replacements.js';
export {
  type OutputOptions,
  type PlaceLike,
  type RangeLike,
  type ReplaceOptions,
  Rewriter,
} from './rewrite/rewriter.js';
export { select } from './rewrite/selectors.js';
export type { Specifier } from './rewrite/specifiers.js';
export type { RemoveOptions } from './rewrite/statement.js';
export { type ChangedReference, ensureVerified, type Verification, verify } from './rewrite/verify.js';
export { Diagnostic, type DiagnosticLevel, type FixIt, renderDiagnostics } from './source/diagnostic.js';
export type { RenderOptions } from './source/diagnostic-renderer.js';
export { type FileRange, Location, Position, type PresumedPosition, Range } from './source/location.js';
export { SourceFile } from './source/source-file.js';
export { SourceManager } from './source/source-manager.js';
export { Token } from './source/tokens.js';
export type { Comment, MacroUse } from './source/written.js';
export { version } from './version.js';
