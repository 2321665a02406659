/** The C or C++ of a stub: docs/formats/mrhooker-stub.md, "Functions". */
import type { CType } from '../headers/model.js';
import { isIndirect, kindOf, type Records } from '../headers/signature.js';
import type { Language } from '../headers/specifier.js';
import { forwarded } from '../stub/forwarded.js';
import type { PlannedFunction, Unit } from './plan.js';

const TABLE = 'mrhooker_functions';
const RECORD_SIZE = 96;

export function stubSource(unit: Unit): string {
  const { functions, language } = unit;
  const records = unit.declarations.records;
  const parts = functions.map((fn, position) => functionSource(fn, position, language, records));
  const count = Math.max(functions.length, 1);
  return [
    '#include "mrhooker-stub.h"',
    ...(language === 'c++' ? ['#include <new>', '#include <type_traits>'] : []),
    unit.source,
    ...(language === 'c++' ? [CPP_HELPERS, 'extern "C" {'] : []),
    `extern mr_function mr_functions[${count}] __asm__("${TABLE}") __attribute__((visibility("hidden")));`,
    ...(language === 'c++' ? ['}'] : []),
    ...parts.map(({ code }) => code),
    ...unit.redirects.map((redirect) => `MR_EXPORT ${redirect}`),
    `mr_function mr_functions[${count}] = {`,
    ...parts.map(({ row }) => `  ${row},`),
    '};',
    ...(language === 'c++' ? ['extern "C" {'] : []),
    `extern const mr_stub mrhooker_stub;`,
    `MR_EXPORT const mr_stub mrhooker_stub = {MR_STUB_VERSION, ${functions.length}, mr_functions};`,
    ...(language === 'c++' ? ['}'] : []),
    '',
  ].join('\n');
}

const CPP_HELPERS = `template <class T> using mr_bare = typename std::remove_reference<T>::type;
template <class T> struct mr_owned { T *object; ~mr_owned() { object->~T(); } };
/* A hook may call the original more than once: it gets copies, unless there can be none. */
template <class T, bool = __is_constructible(T, T &)> struct mr_pass { static T &of(void *p) { return *(T *)p; } };
template <class T> struct mr_pass<T, false> { static T &&of(void *p) { return static_cast<T &&>(*(T *)p); } };`;

interface Part {
  code: string;
  row: string;
}

/** A parameter or result: its type's name in the stub, and its kind. */
interface Value {
  type: string;
  kind: string;
  reference: boolean;
}

function functionSource(fn: PlannedFunction, position: number, language: Language, records: Records): Part {
  const cpp = language === 'c++';
  const code: string[] = [];
  const declare = (name: string, text: string) =>
    code.push(cpp ? `using ${name} = ${text};` : `typedef __typeof__(${text}) ${name};`);
  const value = (name: string, text: string, type: CType): Value => {
    if (text !== 'void') declare(name, text);
    const reference = type.kind === 'pointer' && type.reference === true;
    return { type: text === 'void' ? 'void' : name, kind: kindOf(type, records), reference };
  };
  const prefix = `mr_${position}`;
  const parameters = fn.type.parameters.map((type, index) =>
    value(`${prefix}_p${index}`, parameterText(fn.type.parameterTexts[index] ?? 'int', type), type),
  );
  if (fn.method) {
    declare(`${prefix}_this`, `${fn.method.record} ${fn.method.const ? 'const ' : ''}*`);
    parameters.unshift({ type: `${prefix}_this`, kind: 'p', reference: false });
  }
  const fields = [`.name = ${JSON.stringify(fn.symbol)}`, `.signature = ${JSON.stringify(fn.signature)}`];
  const flags: string[] = [];
  let result: Value;
  if (fn.wrapper) {
    const { kind, text } = fn.wrapper;
    const names = parameters.map((_, index) => `a${index}`);
    if (kind === 'address') code.push(`#pragma weak ${text}`);
    const use = kind === 'call' ? `${text}(${names.join(', ')})` : kind === 'address' ? `&${text}` : `(${text})`;
    const known = fn.type.resultText !== '';
    const resultText = known ? fn.type.resultText : cpp ? `decltype(${use})` : `__typeof__((${use}))`;
    result =
      kind === 'value' && !known && !cpp
        ? decayedValue(code, prefix, use, fn, records)
        : value(`${prefix}_r`, resultText, fn.type.result);
    const list = parameters.map(({ type }, index) => `${type} a${index}`).join(', ') || 'void';
    const cast = fn.type.result.kind === 'void' || result.reference ? '' : `(${result.type})`;
    code.push(
      `static ${result.type} ${prefix}_wrapper(${list}) { ${result.type === 'void' ? `(void)(${use});` : `return ${castable(result) ? cast : ''}${use};`} }`,
    );
    fields.push(`.original = (void *)${prefix}_wrapper`);
    flags.push('MR_LOCAL');
  } else {
    result = value(`${prefix}_r`, fn.type.resultText, fn.type.result);
  }
  const jumped = forwarded.has(fn.symbol);
  const generic = fn.hooked && (fn.variadic || jumped);
  const target = `${result.type} (*)(${parameters.map(({ type }) => type).join(', ') || 'void'})`;
  code.push(cpp ? `using ${prefix}_f = ${target};` : `typedef ${target.replace('(*)', `(*${prefix}_f)`)};`);
  if (fn.hooked) {
    flags.push('MR_HOOKED');
    if (generic) {
      flags.push('MR_GENERIC');
      fields.push('.entry = (void *)mrhooker_entry');
      code.push(`MR_GENERIC_ENTRY("${fn.symbol}", "${TABLE}+${position * RECORD_SIZE}");`);
    } else {
      code.push(entry(fn, position, parameters, result, cpp));
    }
  }
  if (jumped) flags.push('MR_FORWARD');
  if (fn.variadic) flags.push('MR_VARIADIC');
  if (!fn.variadic) {
    code.push(thunk(prefix, parameters, result, cpp));
    fields.push(`.thunk = ${prefix}_thunk`);
  }
  if (fn.map) {
    code.push(`static const uint8_t ${prefix}_map[] = {${fn.map.join(', ')}};`);
    fields.push(`.map = ${prefix}_map`);
  }
  fields.push(`.index = ${fn.index}`, `.family = ${fn.family ?? fn.index}`, `.flags = ${flags.join(' | ') || '0'}`);
  return { code: code.join('\n'), row: `{${orderedFields(fields).join(', ')}}` };
}

/** In C an expression's array or function decays before it is returned. */
function decayedValue(code: string[], prefix: string, use: string, fn: PlannedFunction, records: Records): Value {
  const kind = kindOf(fn.type.result, records);
  code.push(`typedef ${kind === 'p' ? 'void *' : `__typeof__(${use})`} ${prefix}_r;`);
  return { type: `${prefix}_r`, kind, reference: false };
}

function castable({ kind }: Value): boolean {
  return !isIndirect(kind);
}

/** C++ wants designated initialisers in the order of the fields. */
const ORDER = ['.entry', '.original', '.name', '.signature', '.thunk', '.map', '.index', '.family', '.flags'];
function orderedFields(fields: readonly string[]): string[] {
  const place = (field: string) => ORDER.indexOf(field.slice(0, field.indexOf(' ')));
  return [...fields].sort((a, b) => place(a) - place(b));
}

/** Arrays and functions are passed as pointers. */
function parameterText(text: string, type: CType): string {
  return type.kind === 'array' || type.kind === 'function' ? 'void *' : text;
}

function entry(
  fn: PlannedFunction,
  position: number,
  parameters: readonly Value[],
  result: Value,
  cpp: boolean,
): string {
  const name = `mr_${position}_entry`;
  const list = parameters.map(({ type }, index) => `${type} a${index}`).join(', ') || 'void';
  const record = `mr_functions[${position}]`;
  const slots = parameters.map((parameter, index) => slotOf(parameter, `a${index}`)).join(', ') || '{0}';
  const passed = parameters.map((parameter, index) => forwardedArgument(parameter, `a${index}`, cpp)).join(', ');
  const lines = [
    ...(cpp ? ['extern "C" {'] : []),
    `MR_EXPORT ${result.type} ${name}(${list}) __asm__("${fn.symbol}");`,
    ...(cpp ? ['}'] : []),
    `${result.type} ${name}(${list}) {`,
    `  mr_slot args[] = {${slots}}, result;`,
  ];
  const dispatch = `mrhooker_dispatch(&${record}, args, &result, __builtin_return_address(0))`;
  const tail = cpp
    ? 'return'
    : parameters.some(({ kind }) => isIndirect(kind)) || isIndirect(result.kind)
      ? 'return'
      : 'MR_TAIL';
  const original = `((mr_${position}_f)${record}.original)(${passed})`;
  if (result.kind.startsWith('!')) {
    lines.push(
      `  alignas(${result.type}) char storage[sizeof(${result.type})];`,
      '  result.p = storage;',
      `  if (${dispatch}) {`,
      `    mr_owned<${result.type}> owned = {(${result.type} *)result.p};`,
      `    return static_cast<${result.type} &&>(*owned.object);`,
      '  }',
      `  return ${original};`,
    );
  } else if (isIndirect(result.kind)) {
    lines.push(
      `  ${result.type} value;`,
      '  result.p = (void *)&value;',
      `  if (${dispatch}) return value;`,
      `  ${tail} ${original};`,
    );
  } else {
    lines.push(`  if (${dispatch}) return ${fromSlot(result, 'result')};`, `  ${tail} ${original};`);
  }
  return [...lines, '}'].join('\n');
}

function thunk(prefix: string, parameters: readonly Value[], result: Value, cpp: boolean): string {
  const passed = parameters.map((parameter, index) => fromSlot(parameter, `args[${index}]`, cpp)).join(', ');
  const use = `((${prefix}_f)target)(${passed})`;
  let body: string;
  if (result.kind === 'v') body = `${use}; (void)result;`;
  else if (result.kind.startsWith('!')) body = `new (result->p) ${result.type}(${use});`;
  else if (isIndirect(result.kind)) body = `*(${result.type} *)result->p = ${use};`;
  else if (result.reference) body = `result->p = (void *)&${use};`;
  else if (result.kind === 'p') body = `result->p = (void *)${use};`;
  else
    body = `result->${member(result.kind)} = ${['f', 'd'].includes(result.kind) ? '' : `(${widest(result.kind)})`}${use};`;
  return `static void ${prefix}_thunk(void *target, const mr_slot *args, mr_slot *result) { (void)args; ${body} }`;
}

function slotOf({ kind, type, reference }: Value, name: string): string {
  if (isIndirect(kind) || reference) return `{.p = (void *)&${name}}`;
  if (kind === 'p') return `{.p = (void *)${name}}`;
  if (kind === 'f' || kind === 'd') return `{.${member(kind)} = ${name}}`;
  void type;
  return `{.${member(kind)} = (${widest(kind)})${name}}`;
}

function fromSlot({ kind, type, reference }: Value, slot: string, cpp = false): string {
  if (kind === 'v') return '';
  if (reference) return `static_cast<${type}>(*(mr_bare<${type}> *)${slot}.p)`;
  if (cpp && kind.startsWith('!')) return `mr_pass<${type}>::of(${slot}.p)`;
  if (isIndirect(kind)) return `*(${type} *)${slot}.p`;
  return `(${type})${slot}.${member(kind)}`;
}

function forwardedArgument({ type, kind, reference }: Value, name: string, cpp: boolean): string {
  return cpp && (reference || kind.startsWith('!')) ? `static_cast<${reference ? type : `${type} &&`}>(${name})` : name;
}

function member(kind: string): string {
  if (kind === 'p' || kind === 'f' || kind === 'd') return kind;
  return kind === 'b' || kind === kind.toUpperCase() ? 'u' : 'i';
}

function widest(kind: string): string {
  return member(kind) === 'u' ? 'uint64_t' : 'int64_t';
}
