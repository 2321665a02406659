// The types of `agent`, written from the descriptors that the chosen agents told: what the page's editor completes and
// checks with. See ../values/message.ts for how messages become values.
import {
  type DescEnum,
  type DescField,
  type DescMessage,
  type DescMethod,
  type DescService,
  ScalarType,
} from '@bufbuild/protobuf';
import { isLong, isNumber, isOptional, wellKnown } from '../values/message.js';
import { commentOf } from './comments.js';

export interface DeclaredAgent {
  jid: string;
  services: readonly DescService[];
}

/** `Info`, `watch_load` and `WatchLoad` as the code says them: `info`, `watchLoad`. */
export function propertyName(name: string): string {
  const camel = name.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
  return camel.replace(/^[A-Z]+(?![a-z])|^[A-Z]/, (start) => start.toLowerCase());
}

/** Methods that the console can call: not those whose requests are streams. */
export function callable(service: DescService): DescMethod[] {
  return service.methods.filter(({ methodKind }) => methodKind === 'unary' || methodKind === 'server_streaming');
}

/** A global declaration file: `agent`, `agents`, `show` and what else the sandbox offers. */
export function declare(agents: readonly DeclaredAgent[]): string {
  const writer = new Writer();
  const names = agents.map((agent, index) => writer.agent(agent, `Agent${index + 1}`));
  const union = names.length === 0 ? 'AgentBase' : [...new Set(names)].join(' | ');
  const [first] = names;
  return [
    surroundings,
    ...writer.declarations.values(),
    first
      ? `/** The first of the chosen agents: \`${agents[0]!.jid}\`. */\ndeclare const agent: ${first};`
      : '/** No agent is chosen. */\ndeclare const agent: never;',
    `/** The chosen agents. */\ndeclare const agents: readonly [${names.join(', ')}] & AgentList<${union}>;`,
    '',
  ].join('\n\n');
}

class Writer {
  /** By the name that is declared, so that a type is declared once. */
  readonly declarations = new Map<string, string>();
  readonly #agents = new Map<string, string>();
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** @returns the name of its type: the same for agents that offer the same */
  agent({ services }: DeclaredAgent, name: string): string {
    const key = services.map(({ typeName }) => typeName).join();
    const known = this.#agents.get(key);
    if (known) return known;
    const taken = new Set(['jid', 'facts', 'service']);
    const members: string[] = [];
    const byName: string[] = [];
    for (const service of services) {
      const type = this.#service(service);
      const property = propertyName(service.name);
      byName.push(`  service(typeName: '${service.typeName}'): ${type};`);
      if (taken.has(property)) continue;
      taken.add(property);
      members.push(`${comment(commentOf(service), '  ')}  readonly ${property}: ${type};`);
    }
    this.declarations.set(name, `interface ${name} extends AgentBase {\n${[...members, ...byName].join('\n')}\n}`);
    this.#agents.set(key, name);
    return name;
  }

  /** `monsterlab.v1.System.Fact` is `Fact`, unless that means something else already. */
  #name({ typeName }: { typeName: string }): string {
    let name = this.#names.get(typeName);
    if (!name) {
      const short = typeName.slice(typeName.lastIndexOf('.') + 1);
      const free = !reserved.has(short) && !/^Agent\d+$|_Input$/.test(short) && !this.#taken.has(short);
      name = free ? short : typeName.replaceAll('.', '_');
      this.#taken.add(name);
      this.#names.set(typeName, name);
    }
    return name;
  }

  #service(service: DescService): string {
    const name = this.#name(service);
    if (this.declarations.has(name)) return name;
    this.declarations.set(name, '');
    const methods = callable(service).map((method) => {
      const optional = method.input.fields.length === 0 ? '?' : '';
      const answer = this.#message(method.output).out;
      const result = method.methodKind === 'unary' ? `Promise<${answer}>` : `Stream<${answer}>`;
      const parameters = `request${optional}: ${this.#message(method.input).in}, options?: CallOptions`;
      return `${comment(commentOf(method), '  ')}  ${propertyName(method.name)}(${parameters}): ${result};`;
    });
    this.declarations.set(name, `${comment(commentOf(service))}interface ${name} {\n${methods.join('\n')}\n}`);
    return name;
  }

  #message(message: DescMessage): Type {
    switch (wellKnown(message)) {
      case 'date':
        return both('Date');
      case 'seconds':
        return both('Seconds');
      case 'json':
        return both('JsonValue');
      case 'wrapper':
        return scalarType(message.fields[0]!);
      default:
    }
    const name = this.#name(message);
    const type = { out: name, in: `${name}_Input` };
    if (this.declarations.has(name)) return type;
    // Noted before its fields are looked at, as a message may contain itself.
    this.declarations.set(name, '');
    const fields = message.fields.map((field) => ({ field, type: this.#field(field) }));
    const said = comment(commentOf(message));
    const output = fields.map((it) => member(it.field, it.type.out, isOptional(it.field)));
    const input = fields.map((it) => member(it.field, it.type.in, true));
    this.declarations.set(name, `${said}interface ${type.out} {\n${output.join('\n')}\n}`);
    this.declarations.set(type.in, `${said}interface ${type.in} {\n${input.join('\n')}\n}`);
    return type;
  }

  #field(field: DescField): Type {
    const one = this.#one(field);
    if (field.fieldKind === 'list') return { out: `Array<${one.out}>`, in: `ReadonlyArray<${one.in}>` };
    if (field.fieldKind === 'map') return { out: `Record<string, ${one.out}>`, in: `Record<string, ${one.in}>` };
    return one;
  }

  #one(field: DescField): Type {
    if (field.message) return this.#message(field.message);
    if (field.enum) return both(this.#enum(field.enum));
    return scalarType(field);
  }

  #enum(desc: DescEnum): string {
    const name = this.#name(desc);
    const values = desc.values.map((value) => `'${value.name}'`).join(' | ');
    this.declarations.set(name, `${comment(commentOf(desc))}type ${name} = ${values};`);
    return name;
  }
}

/** What comes back, and what may be given in its place. */
interface Type {
  out: string;
  in: string;
}

const both = (type: string): Type => ({ out: type, in: type });

function member(field: DescField, type: string, optional: boolean): string {
  const said = comment(commentOf(field), '  ', field.oneof ? `One of \`${field.oneof.name}\`.` : undefined);
  return `${said}  ${field.localName}${optional ? '?' : ''}: ${type};`;
}

/** Names that the code has another meaning for. */
const reserved = new Set(
  'Array Boolean Date Error Function Map Number Object Promise Record RegExp Set String Symbol Uint8Array'
    .split(' ')
    .concat(
      'AbortController AbortSignal AgentBase AgentList CallError CallOptions JsonValue Seconds Stream'.split(' '),
    ),
);

function scalarType(field: DescField): Type {
  const { scalar } = field;
  if (scalar === undefined) return both('unknown');
  if (isLong(scalar)) return isNumber(field) ? both('number') : { out: 'bigint', in: 'bigint | number' };
  switch (scalar) {
    case ScalarType.BOOL:
      return both('boolean');
    case ScalarType.STRING:
      return both('string');
    case ScalarType.BYTES:
      return both('Uint8Array');
    default:
      return both('number');
  }
}

function comment(said: string | undefined, indent = '', more?: string): string {
  const text = [said, more]
    .filter((part) => part !== undefined)
    .map((part) => part.trim())
    .filter(Boolean)
    .join('\n')
    .replaceAll('*/', '*\\/');
  if (!text) return '';
  const lines = text.split('\n').map((line) => line.trim());
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}

const surroundings = `
type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** A span of time, in seconds. */
type Seconds = number;

interface CallOptions {
  /** Milliseconds from now. */
  deadline?: number;
  /** Cancels the call. */
  signal?: AbortSignal;
}

/** What a stream brings, one after another. Leaving the loop cancels the call. */
interface Stream<T> extends AsyncIterableIterator<T> {}

interface AgentBase {
  /** Its address. */
  readonly jid: string;
  /** What the machine says of itself. */
  readonly facts: Readonly<Record<string, string>>;
  /** A service by its full name. */
  service(typeName: string): object;
}

interface AgentList<A> extends ReadonlyArray<A> {
  /** The same for each of them, at the same time; what fails is told, and stops no other. */
  gather<T>(each: (agent: A) => T | Promise<T>): Promise<({ agent: string; value: T; error?: undefined } | { agent: string; value?: undefined; error: CallError })[]>;
}

/** What a call that failed throws. */
declare class CallError extends Error {
  constructor(code: string, message: string, details?: unknown);
  readonly code: 'canceled' | 'unknown' | 'invalid_argument' | 'deadline_exceeded' | 'not_found' | 'already_exists' | 'permission_denied' | 'resource_exhausted' | 'failed_precondition' | 'aborted' | 'out_of_range' | 'unimplemented' | 'internal' | 'unavailable' | 'data_loss' | 'unauthenticated' | 'unknown_outcome' | (string & {});
  readonly details?: unknown;
  readonly agent?: string;
  /** \`package.Service/Method\` */
  readonly method?: string;
}

/** Shows a value below: as a tree, table, chart or image, by its shape or as you ask. */
declare function show(value: unknown, options?: { as?: 'tree' | 'table' | 'chart' | 'image' | 'text'; title?: string }): void;

declare function sleep(milliseconds: number): Promise<void>;
declare function setTimeout(callback: (...args: any[]) => void, milliseconds?: number, ...args: any[]): number;
declare function setInterval(callback: (...args: any[]) => void, milliseconds?: number, ...args: any[]): number;
declare function clearTimeout(timer: number | undefined): void;
declare function clearInterval(timer: number | undefined): void;

declare const console: {
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
  debug(...values: unknown[]): void;
  table(value: unknown): void;
};

interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: (event: { type: 'abort' }) => void): void;
  removeEventListener(type: 'abort', listener: (event: { type: 'abort' }) => void): void;
  throwIfAborted(): void;
}

declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}`.trim();
