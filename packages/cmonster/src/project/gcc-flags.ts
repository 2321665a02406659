/**
 * What to do with arguments that only GCC understands: Clang's driver refuses most of them, and then the file is not parsed at
 * all. What follows was found by giving every option of GCC 12's --help and of common build systems to Clang 19.
 */

export interface FlagRule {
  /** The whole argument. */
  pattern: RegExp;
  /** Takes its place; without one it is dropped. `$1` is the pattern's first group. */
  replacement?: string;
  /** Whether the next argument belongs to it. */
  takesValue?: boolean;
  /** Not worth a word: it changes nothing that a parser sees, and Clang's own driver ignores it too. */
  silent?: boolean;
  /** Why, for the report: completes "… is dropped: ". */
  why: string;
}

const rule = (pattern: RegExp, why: string, more: Partial<FlagRule> = {}): FlagRule => ({ pattern, why, ...more });

const OPTIMISER = "it steers GCC's optimiser";
const CODE = "it steers GCC's code generation";
const DEBUG = "it steers GCC's debug information and dumps";
const WARNING = 'only GCC has this warning';
const DIALECT = 'Clang has no such dialect switch';
const MODULES = "GCC's modules are not Clang's";
const LINKER = 'it is for the linker';

/** Names of warnings, with or without `no-` and `=…`. */
const GCC_WARNINGS = [
  'abi-tag',
  'aggressive-loop-optimizations',
  'aligned-new',
  'alloc-size-larger-than',
  'alloc-zero',
  'alloca-larger-than',
  'analyzer-[a-z-]+',
  'arith-conversion',
  'array-compare',
  'attribute-alias',
  'bidi-chars',
  'bool-compare',
  'builtin-declaration-mismatch',
  'c11-c2x-compat',
  'catch-value',
  'class-memaccess',
  'clobbered',
  'comma-subscript',
  'conditionally-supported',
  'coverage-mismatch',
  'dangling-pointer',
  'dangling-reference',
  'deprecated-enum-float-conversion',
  'discarded-array-qualifiers',
  'discarded-qualifiers',
  'duplicated-branches',
  'duplicated-cond',
  'format-contains-nul',
  'format-diag',
  'if-not-aligned',
  'inaccessible-base',
  'inherited-variadic-ctor',
  'init-list-lifetime',
  'interference-size',
  'invalid-imported-macros',
  'jump-misses-init',
  'literal-suffix',
  'logical-op',
  'lto-type-mismatch',
  'maybe-uninitialized',
  'memset-elt-size',
  'mismatched-dealloc',
  'mismatched-new-delete',
  'missing-attributes',
  'missing-parameter-type',
  'missing-profile',
  'missing-requires',
  'missing-template-keyword',
  'multiple-inheritance',
  'multistatement-macros',
  'namespaces',
  'noexcept',
  'non-template-friend',
  'nonnull-compare',
  'normalized',
  'old-style-declaration',
  'openacc-parallelism',
  'openmp-simd',
  'override-init-side-effects',
  'packed-bitfield-compat',
  'packed-not-aligned',
  'placement-new',
  'pmf-conversions',
  'prio-ctor-dtor',
  'psabi-[a-z-]+',
  'redundant-tags',
  'restrict',
  'scalar-storage-order',
  'sized-deallocation',
  'stack-usage',
  'strict-null-sentinel',
  'stringop-overflow',
  'stringop-overread',
  'stringop-truncation',
  'subobject-linkage',
  'suggest-attribute',
  'suggest-final-methods',
  'suggest-final-types',
  'switch-outside-range',
  'switch-unreachable',
  'sync-nand',
  'templates',
  'terminate',
  'trampolines',
  'tsan',
  'unsafe-loop-optimizations',
  'unsuffixed-float-constants',
  'unused-but-set-global',
  'use-after-free',
  'useless-cast',
  'vector-operation-performance',
  'virtual-inheritance',
  'virtual-move-assign',
  'vla-larger-than',
  'vla-parameter',
  'volatile',
  'zero-length-bounds',
];

export const FLAG_RULES: readonly FlagRule[] = [
  // --- Translated ---
  rule(/^-W(no-)?unused-const-variable=\d$/, WARNING, { replacement: '-W$1unused-const-variable', silent: true }),
  rule(/^-W(no-)?format-(?:overflow|truncation)=\d$/, WARNING, { silent: true }),
  rule(/^-Wshift-overflow=\d$/, WARNING, { replacement: '-Wshift-overflow', silent: true }),
  rule(/^-Wstrict-aliasing=\d$/, WARNING, { replacement: '-Wstrict-aliasing', silent: true }),
  rule(/^-Warray-(?:parameter|bounds)=\d$/, WARNING, { silent: true }),
  rule(/^-Wimplicit-fallthrough=\d$/, WARNING, { replacement: '-Wimplicit-fallthrough', silent: true }),
  rule(/^-faligned-new=(\d+)$/, 'Clang spells it otherwise', { replacement: '-fnew-alignment=$1', silent: true }),
  rule(/^-fno-extended-identifiers$/, DIALECT),
  rule(/^-fvisibility-ms-compat$/, 'Clang spells it otherwise', { silent: true }),

  // What Clang warns of, GCC may not: a build that GCC finds clean must not fail here.
  rule(/^-Werror(?:=.*)?$/, "Clang's warnings are not GCC's", { silent: true }),
  rule(/^-pedantic-errors$/, "Clang's warnings are not GCC's", { replacement: '-pedantic', silent: true }),

  // --- Dropped, with a word ---
  rule(/^-fplugin(?:-arg-.*|=.*)$/, 'a plugin of the compiler is no part of the source'),
  rule(/^-f(?:input|exec|wide-exec)-charset=(?!utf-?8$).*/i, 'Clang reads and writes UTF-8 only'),
  rule(/^-f(?:no-)?(?:concepts(?:-ts)?|coroutines|contracts|reflection|gnu-tm|implicit-constexpr)$/, DIALECT),
  rule(/^-f(?:no-)?(?:new-ttp-matching|new-inheriting-ctors|strong-eval-order(?:=.*)?|ext-numeric-literals)$/, DIALECT),
  rule(
    /^-f(?:no-)?(?:weak|enforce-eh-specs|extern-tls-init|nonansi-builtins|cond-mismatch|deduce-init-list)$/,
    DIALECT,
  ),
  rule(/^-f(?:no-)?(?:printf-return-value|fold-simple-inlines|implicit-inline-templates|implicit-templates)$/, DIALECT),
  rule(/^-f(?:no-)?(?:un)?signed-bitfields$/, 'in Clang a plain bit-field has the sign of its type'),
  rule(/^-fabi-(?:version|compat-version)=?.*/, "Clang follows the platform's ABI"),
  rule(/^-traditional(?:-cpp)?$/, 'Clang has no traditional preprocessor'),
  rule(
    /^-f(?:no-)?(?:modules-ts|module-(?:lazy|only|mapper=.*|implicit-inline|version-ignore|header(?:=.*)?))$/,
    MODULES,
  ),
  rule(/^-fopenacc-dim=.*/, CODE),
  rule(/^-fdeps-(?:format|file|target)=.*/, 'it asks for dependencies', { silent: true }),
  rule(/^-mabi=(?:ms|sysv)$/, 'Clang has it as an attribute only'),
  rule(/^-mpreferred-stack-boundary=\d+$/, CODE),
  rule(/^-mindirect-branch(?:=.*|-register|-cs-prefix)$/, CODE),
  rule(/^-mfunction-return=.*/, CODE, { silent: true }),
  rule(/^-m(?:no-)?(?:record-mcount|nop-mcount|fentry|direct-extern-access|fp-ret-in-387|fancy-math-387)$/, CODE),
  rule(/^-m(?:no-)?(?:thumb-interwork|word-relocations|accumulate-outgoing-args|skip-rax-setup)$/, CODE),
  rule(/^-m(?:tune-ctrl|memcpy-strategy|memset-strategy|large-data-threshold|incoming-stack-boundary)=.*/, CODE),
  rule(/^-m(?:no-)?(?:needed|instrument-return=.*|ieee-fp|push-args|inline-all-stringops|vzeroupper)$/, CODE),
  rule(
    /^-f(?:no-)?(?:conserve-stack|allow-store-data-races|hardened|harden-[a-z-]+|gnu-unique|delete-dead-exceptions)$/,
    CODE,
  ),
  rule(/^-f(?:no-)?(?:stack-usage|callgraph-info(?:=.*)?|condition-coverage|path-coverage|profile-.*)$/, CODE, {
    silent: true,
  }),
  rule(/^-fprofile-(?:use|generate|dir|update|arcs|abs-path|partial-training|info-section).*/, CODE, { silent: true }),
  rule(/^-f(?:auto-profile|branch-probabilities).*/, OPTIMISER),
  rule(/^-fmin-function-alignment=\d+$/, CODE),
  rule(/^-f(?:no-)?analyzer(?:-.*)?$/, "it starts GCC's analyser"),
  rule(/^-f(?:no-)?ipa-.*/, OPTIMISER),
  rule(/^-f(?:no-)?tree-(?!vectorize$|slp-vectorize$).*/, OPTIMISER),
  rule(
    /^-f(?:no-)?(?:gcse|ira|rtl|sched|sel-sched|modulo-sched|loop-|lra-|isolate-|ssa-|split-|graphite|reschedule).*/,
    OPTIMISER,
  ),
  rule(
    /^-f(?:no-)?(?:partial-inlining|devirtualize.*|var-tracking.*|web|store-merging|shrink-wrap.*|cprop-registers)$/,
    OPTIMISER,
  ),
  rule(
    /^-f(?:no-)?(?:dce|dse|live-range-shrinkage|hoist-adjacent-loads|peephole2?|predictive-commoning|section-anchors)$/,
    OPTIMISER,
  ),
  rule(
    /^-f(?:no-)?(?:stack-(?:limit.*|reuse=.*|check=.*)|code-hoisting|compare-elim|crossjumping|early-inlining|dump-rtl-.*)$/,
    OPTIMISER,
  ),
  rule(
    /^-f(?:no-)?(?:checking(?:=.*)?|report-bug|working-directory|canonical-system-headers|preprocessed|pch-deps)$/,
    DEBUG,
  ),
  rule(/^-f(?:dump|opt-info|stats|mem-report|time-report|dbg-cnt|disable-|enable-|debug-cpp).*/, DEBUG),
  rule(
    /^-f(?:no-)?(?:emit-struct-debug-.*|merge-debug-strings|debug-types-section|eliminate-unused-debug-symbols)$/,
    DEBUG,
  ),
  rule(/^-f(?:no-)?track-macro-expansion(?:=\d+)?$/, DEBUG),
  rule(
    /^-f(?:no-)?(?:diagnostics-(?:urls|column-unit|column-origin|generate-patch|minimum-margin-width|text-art-charset|path-format|show-(?:labels|line-numbers|cwe|path-depths|rules)).*|pretty-templates|elide-type|max-errors=.*|message-length.*|max-include-depth=.*|concepts-diagnostics-depth=.*)$/,
    "it shapes GCC's messages",
  ),
  rule(/^-fconstexpr-(?:loop-limit|ops-limit|cache-depth|fp-except).*/, "it limits GCC's constant evaluation"),
  rule(
    /^-gtoggle$|^-g(?:no-)?(?:variable-location-views.*|statement-frontiers|internal-reset-location-views|as-loc.*|record-gcc-switches|vms|xcoff|stabs.*|coff)$/,
    DEBUG,
  ),
  rule(new RegExp(`^-W(?:no-)?(?:error=)?(?:${GCC_WARNINGS.join('|')})(?:=.*)?$`), WARNING),

  // --- Dropped without a word: nothing for a parser ---
  rule(/^-W[al],.*/, LINKER, { silent: true }),
  rule(/^-Wp,-M.*/, 'it asks for dependencies', { silent: true }),
  rule(
    /^-(?:l.+|L.+|s|rdynamic|shared|static(?:-lib(?:gcc|stdc\+\+|asan))?|nostartfiles|nodefaultlibs|pie|no-pie)$/,
    LINKER,
    {
      silent: true,
    },
  ),
  rule(/^-(?:Xlinker|Xassembler|T|u|z|dumpbase|dumpdir|dumpbase-ext|L|l|wrapper|aux-info)$/, LINKER, {
    silent: true,
    takesValue: true,
  }),
  rule(/^-(?:specs|fuse-ld|-param|iplugindir)=.*/, LINKER, { silent: true }),
  rule(/^--param$/, OPTIMISER, { silent: true, takesValue: true }),
  rule(/^-(?:pipe|time(?:=.*)?|save-temps(?:=.*)?|no-canonical-prefixes|d[A-Z].*)$/, 'nothing for a parser', {
    silent: true,
  }),
  rule(/^-f(?:no-)?(?:lto|fat-lto-objects|use-linker-plugin|lto-.*)(?:=.*)?$/, LINKER, { silent: true }),
];

export interface FlagDecision {
  rule: FlagRule;
  /** Undefined when dropped. */
  replacement: string | undefined;
}

/** By argument: build systems repeat the same few for thousands of files. */
const decided = new Map<string, FlagDecision | null>();

/** What the table says of an argument; null when nothing. */
export function decideFlag(argument: string): FlagDecision | null {
  let decision = decided.get(argument);
  if (decision === undefined) {
    const found = argument.startsWith('-') ? FLAG_RULES.find(({ pattern }) => pattern.test(argument)) : undefined;
    decision = found
      ? {
          rule: found,
          replacement: found.replacement === undefined ? undefined : argument.replace(found.pattern, found.replacement),
        }
      : null;
    decided.set(argument, decision);
  }
  return decision;
}
