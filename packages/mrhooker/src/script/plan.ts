/** What a script needs of its headers, numbered: each function that it hooks or calls has an index in the stub. */
import type { CFunction, CType, Declaration, Declarations, FunctionType } from '../headers/model.js';
import { functionSignature, signatureOf } from '../headers/signature.js';
import type { Language } from '../headers/specifier.js';
import { type Alias, aliasesOf, familyOf } from '../stub/aliases.js';

/** One entry of a stub's array of functions. */
export interface PlannedFunction {
  index: number;
  /** In the object file; of a wrapper what it wraps. */
  symbol: string;
  signature: string;
  type: FunctionType;
  method?: { record: string; const: boolean };
  hooked: boolean;
  variadic: boolean;
  /** The index of the function whose hooks apply, when it is another name for it. */
  family?: number;
  /** Of such a name with parameters of its own: for each the family's, 255 for what stays as it came. */
  map?: readonly number[];
  /** C that is evaluated in a wrapper of the stub's own, in place of a call of the symbol. */
  wrapper?: { kind: 'call' | 'value' | 'address'; text: string };
}

/** A name that a script imports, with the index of its function when it has one. */
export interface PlannedName {
  name: string;
  declaration: Declaration;
  index?: number;
}

/** The headers of one language: one stub. */
export interface Unit {
  language: Language;
  /** What the stub's source begins with. */
  source: string;
  arguments: string[];
  declarations: Declarations;
  functions: PlannedFunction[];
  /** Definitions in C of names that call a hooked function. */
  redirects: readonly string[];
  /** By the specifier that the script writes. */
  modules: Map<string, PlannedName[]>;
}

const VOID: CType = { kind: 'void' };

export class Planner {
  private readonly functions: PlannedFunction[] = [];
  /** C of names that need no record, by name. */
  private readonly redirected = new Map<string, string>();
  private readonly families: { fn: CFunction; planned: PlannedFunction }[] = [];
  private readonly byKey = new Map<string, PlannedFunction>();
  private readonly declarations: Declarations;
  private readonly first: number;

  /** @param first the index of this unit's first function, behind those of the units before */
  constructor(declarations: Declarations, first: number) {
    this.declarations = declarations;
    this.first = first;
  }

  /** All of them, with the other names of those that are hooked: what a script names itself comes before those. */
  finish(): PlannedFunction[] {
    for (const { fn, planned } of this.families) this.addAliases(fn, planned);
    return this.functions;
  }

  /** Once all are planned: a name that is hooked itself calls no other. */
  get redirects(): string[] {
    return [...this.redirected].flatMap(([name, text]) => (this.byKey.has(name) ? [] : [text]));
  }

  /**
   * @param hooked whether the script uses the name for more than a call, so that it could be hooked
   * @param aliases whether its hooks are for other names of the same function, too
   */
  add(name: string, hooked: boolean, aliases = true): PlannedName {
    const declaration = this.declarations.names[name];
    if (!declaration) throw new Error(`'${name}' was not declared`);
    const planned = this.function(declaration, hooked);
    if (planned && hooked && aliases && declaration.kind === 'function' && !planned.wrapper) {
      this.families.push({ fn: declaration.function, planned });
    }
    return { name, declaration, ...(planned && { index: planned.index }) };
  }

  private function(declaration: Declaration, hooked: boolean): PlannedFunction | undefined {
    switch (declaration.kind) {
      case 'function':
        return this.declared(declaration.function, hooked);
      case 'macro':
        return this.wrapper('call', declaration.name, declaration.function);
      case 'expression':
        return this.wrapper('value', declaration.text, valueFunction(declaration.type));
      case 'variable':
        return this.wrapper('address', declaration.name, valueFunction({ kind: 'pointer', to: declaration.type }));
      default:
        return undefined;
    }
  }

  private declared(fn: CFunction, hooked: boolean): PlannedFunction {
    const wrapped = fn.inline === 'static' || (fn.inline === 'visible' && !hooked && !fn.method);
    if (wrapped) return this.wrapper('call', fn.name.replace(/\(.*$/, ''), fn.type);
    const planned = this.symbol(fn, fn.symbol, hooked);
    if (hooked) for (const other of fn.otherSymbols ?? []) this.symbol(fn, other, true).family ??= planned.index;
    return planned;
  }

  private symbol(fn: CFunction, symbol: string, hooked: boolean): PlannedFunction {
    return this.entry(symbol, hooked, () => ({
      symbol,
      signature: functionSignature(fn, this.declarations.records),
      type: fn.type,
      ...(fn.method && { method: fn.method }),
      variadic: fn.type.variadic ?? false,
    }));
  }

  private addAliases(fn: CFunction, planned: PlannedFunction): void {
    const primary = familyOf(fn.symbol);
    const members: Alias[] = [{ name: primary }, ...aliasesOf(primary)];
    // Of a fortified variant the parameters are others than of its family.
    if (fn.method || members.some(({ name, map }) => name === fn.symbol && map !== undefined)) return;
    for (const { name, map, signature, redirect } of members) {
      if (name === fn.symbol || this.byKey.has(name)) continue;
      if (redirect !== undefined) {
        this.redirected.set(name, redirect);
        continue;
      }
      const own = signature === undefined ? undefined : typeOfSignature(signature);
      const variadic = planned.variadic && !name.endsWith('_2');
      const alias = this.entry(name, true, () => ({
        symbol: name,
        signature: signature ?? planned.signature,
        type: own ?? fn.type,
        variadic,
        family: planned.index,
        ...(map && { map }),
      }));
      alias.family ??= planned.index;
    }
  }

  private wrapper(kind: 'call' | 'value' | 'address', text: string, type: FunctionType): PlannedFunction {
    const signature = signatureOf(type, this.declarations.records);
    return this.entry(`${kind} ${text}`, false, () => ({
      symbol: text,
      signature,
      type,
      variadic: false,
      wrapper: { kind, text },
    }));
  }

  private entry(key: string, hooked: boolean, make: () => Omit<PlannedFunction, 'index' | 'hooked'>): PlannedFunction {
    let planned = this.byKey.get(key);
    if (!planned) {
      planned = { ...make(), index: this.first + this.functions.length, hooked };
      this.byKey.set(key, planned);
      this.functions.push(planned);
    }
    planned.hooked ||= hooked;
    return planned;
  }
}

const KINDS: Readonly<Record<string, [text: string, type: CType]>> = {
  v: ['void', VOID],
  i: ['int', { kind: 'integer', size: 4, signed: true }],
  I: ['unsigned', { kind: 'integer', size: 4, signed: false }],
  l: ['long', { kind: 'integer', size: 8, signed: true }],
  L: ['unsigned long', { kind: 'integer', size: 8, signed: false }],
  p: ['void *', { kind: 'pointer', to: VOID }],
};

/** Of a name that no header declares. */
function typeOfSignature(signature: string): FunctionType {
  const [result = ['void', VOID], ...parameters] = [...signature].map(
    (kind) => KINDS[kind] ?? (KINDS.p as [string, CType]),
  );
  return {
    result: result[1] as CType,
    resultText: result[0] as string,
    parameters: parameters.map(([, type]) => type),
    parameterTexts: parameters.map(([text]) => text),
  };
}

function valueFunction(result: CType): FunctionType {
  return { result: result.kind === 'void' ? VOID : result, parameters: [], resultText: '', parameterTexts: [] };
}
