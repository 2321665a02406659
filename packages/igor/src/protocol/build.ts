/**
 * Services described in TypeScript, without a `.proto` file and without a generator:
 *
 *     export const Disk = service('disk.v1.Disk', {
 *       usage: unary({ path: field.string }, { bytes: field.uint64 }),
 *       watch: streaming({ path: field.string }, { path: field.string, size: optional(field.uint64) }),
 *     });
 *
 * Field numbers follow the order, so new fields go to the end. Give a number with `at(7, field.string)` to keep gaps.
 */
import { create, createFileRegistry, type DescService, type Message } from '@bufbuild/protobuf';
import type { GenMessage, GenService } from '@bufbuild/protobuf/codegenv2';
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  type FieldDescriptorProto,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
  MethodDescriptorProtoSchema,
  OneofDescriptorProtoSchema,
  ServiceDescriptorProtoSchema,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import { IgorError } from '../error.js';

/** A field of a message; `Value` is what it holds in TypeScript. */
export interface Field<Value> {
  readonly kind: 'scalar' | 'message';
  readonly scalar?: Type;
  readonly fields?: Fields;
  readonly repeated?: boolean;
  readonly map?: boolean;
  readonly optional?: boolean;
  readonly number?: number;
  /** Only in types. */
  readonly value?: Value;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

type OptionalNames<F extends Fields> = {
  [Name in keyof F]: undefined extends ValueOf<F[Name]> ? Name : never;
}[keyof F];
type ValueOf<F> = F extends Field<infer Value> ? Value : never;

/** What a message of these fields looks like. */
export type MessageOf<F extends Fields> = { [Name in Exclude<keyof F, OptionalNames<F>>]: ValueOf<F[Name]> } & {
  [Name in OptionalNames<F>]?: Exclude<ValueOf<F[Name]>, undefined>;
};

const scalar = <Value>(type: Type): Field<Value> => ({ kind: 'scalar', scalar: type });

export const field = {
  string: scalar<string>(Type.STRING),
  bool: scalar<boolean>(Type.BOOL),
  bytes: scalar<Uint8Array>(Type.BYTES),
  int32: scalar<number>(Type.INT32),
  uint32: scalar<number>(Type.UINT32),
  int64: scalar<bigint>(Type.INT64),
  uint64: scalar<bigint>(Type.UINT64),
  float: scalar<number>(Type.FLOAT),
  double: scalar<number>(Type.DOUBLE),
} as const;

/** A message in a message. Absent when it is not set. */
export function message<F extends Fields>(fields: F): Field<(Message & MessageOf<F>) | undefined> {
  return { kind: 'message', fields };
}

export function repeated<Value>(of: Field<Value>): Field<Exclude<Value, undefined>[]> {
  return { ...(of as object), repeated: true } as Field<Exclude<Value, undefined>[]>;
}

/** Values by strings. */
export function map<Value>(of: Field<Value>): Field<{ [key: string]: Exclude<Value, undefined> }> {
  return { ...(of as object), map: true } as Field<{ [key: string]: Exclude<Value, undefined> }>;
}

/** A scalar that knows whether it was set. */
export function optional<Value>(of: Field<Value>): Field<Value | undefined> {
  return { ...(of as object), optional: true } as Field<Value | undefined>;
}

/** With this field number. */
export function at<Value>(number: number, of: Field<Value>): Field<Value> {
  return { ...of, number };
}

export interface BuiltMethod<Kind extends 'unary' | 'server_streaming', Input extends Fields, Output extends Fields> {
  readonly kind: Kind;
  readonly input: Input;
  readonly output: Output;
}

export function unary<Input extends Fields, Output extends Fields>(
  input: Input,
  output: Output,
): BuiltMethod<'unary', Input, Output> {
  return { kind: 'unary', input, output };
}

/** Answers with any number of messages. */
export function streaming<Input extends Fields, Output extends Fields>(
  input: Input,
  output: Output,
): BuiltMethod<'server_streaming', Input, Output> {
  return { kind: 'server_streaming', input, output };
}

type BuiltMethods = Readonly<Record<string, BuiltMethod<'unary' | 'server_streaming', Fields, Fields>>>;

export type BuiltService<Methods extends BuiltMethods> = GenService<{
  [Name in keyof Methods]: {
    methodKind: Methods[Name]['kind'];
    input: GenMessage<Message & MessageOf<Methods[Name]['input']>>;
    output: GenMessage<Message & MessageOf<Methods[Name]['output']>>;
  };
}>;

/**
 * @param name with its package: `disk.v1.Disk`
 * @throws IgorError `usage` for names that Protobuf does not allow, and numbers that are used twice
 */
export function service<const Methods extends BuiltMethods>(name: string, methods: Methods): BuiltService<Methods> {
  if (!/^([a-z_]\w*\.)+[A-Z]\w*$/.test(name)) {
    throw new IgorError('usage', `"${name}" is not a service's name with its package, such as disk.v1.Disk`);
  }
  const dot = name.lastIndexOf('.');
  const [packageName, short] = [name.slice(0, dot), name.slice(dot + 1)];
  const messageType: DescriptorProto[] = [];
  const method = Object.entries(methods).map(([localName, { kind, input, output }]) => {
    const base = localName.charAt(0).toUpperCase() + localName.slice(1);
    if (!/^[a-z]\w*$/.test(localName))
      throw new IgorError('usage', `"${localName}" is not a method's name in lower camel case`);
    messageType.push(
      buildMessage(`${base}Request`, input, `.${packageName}`),
      buildMessage(`${base}Response`, output, `.${packageName}`),
    );
    return create(MethodDescriptorProtoSchema, {
      name: base,
      inputType: `.${packageName}.${base}Request`,
      outputType: `.${packageName}.${base}Response`,
      serverStreaming: kind === 'server_streaming',
    });
  });
  const file = create(FileDescriptorProtoSchema, {
    name: `${name.replaceAll('.', '/')}.proto`,
    package: packageName,
    syntax: 'proto3',
    messageType,
    service: [create(ServiceDescriptorProtoSchema, { name: short, method })],
  });
  try {
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] }));
    return registry.getService(name) as DescService as BuiltService<Methods>;
  } catch (cause) {
    throw new IgorError('usage', `${name}: ${(cause as Error).message}`, { cause });
  }
}

function buildMessage(name: string, fields: Fields, scope: string): DescriptorProto {
  const full = `${scope}.${name}`;
  const built = create(DescriptorProtoSchema, { name });
  const used = new Set<number>();
  let last = 0;
  for (const [localName, of] of Object.entries(fields)) {
    const number = of.number ?? last + 1;
    last = number;
    if (used.has(number)) throw new IgorError('usage', `${full}: two fields have the number ${number}`);
    used.add(number);
    if (!/^[a-z]\w*$/.test(localName))
      throw new IgorError('usage', `${full}: "${localName}" is not a field's name in lower camel case`);
    const protoName = localName.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const proto = create(FieldDescriptorProtoSchema, {
      name: protoName,
      jsonName: localName,
      number,
      label: Label.OPTIONAL,
    });
    const typeName = localName.charAt(0).toUpperCase() + localName.slice(1);
    setType(proto, of, built, typeName, full);
    if (of.map) {
      const entry = create(DescriptorProtoSchema, {
        name: `${typeName}Entry`,
        options: { mapEntry: true },
        field: [
          create(FieldDescriptorProtoSchema, { name: 'key', number: 1, label: Label.OPTIONAL, type: Type.STRING }),
          create(FieldDescriptorProtoSchema, { ...proto, name: 'value', jsonName: 'value', number: 2 }),
        ],
      });
      built.nestedType.push(entry);
      proto.type = Type.MESSAGE;
      proto.typeName = `${full}.${entry.name}`;
      proto.label = Label.REPEATED;
    } else if (of.repeated) proto.label = Label.REPEATED;
    else if (of.optional && of.kind === 'scalar') {
      proto.proto3Optional = true;
      proto.oneofIndex = built.oneofDecl.length;
      built.oneofDecl.push(create(OneofDescriptorProtoSchema, { name: `_${protoName}` }));
    }
    built.field.push(proto);
  }
  return built;
}

function setType(
  proto: FieldDescriptorProto,
  of: Field<unknown>,
  parent: DescriptorProto,
  typeName: string,
  full: string,
): void {
  if (of.kind === 'scalar') {
    proto.type = of.scalar as Type;
    return;
  }
  parent.nestedType.push(buildMessage(typeName, of.fields as Fields, full));
  proto.type = Type.MESSAGE;
  proto.typeName = `${full}.${typeName}`;
}
