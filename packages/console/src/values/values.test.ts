import {
  createFileRegistry,
  type DescMessage,
  type DescService,
  fromJson,
  type JsonValue,
  toJson,
} from '@bufbuild/protobuf';
import {
  FileDescriptorSetSchema,
  file_google_protobuf_duration,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { declare, propertyName } from '../types/declarations.js';
import { fromPlain, MisfitError, toPlain } from './message.js';
import { inlineBytes, packExactly, packForDisplay, unpack } from './pack.js';

const field = (name: string, number: number, type: Type, more: object = {}) => ({
  name,
  number,
  type: Type[type],
  label: Label[Label.OPTIONAL],
  ...more,
});
const typed = (json: object): JsonValue =>
  JSON.parse(
    JSON.stringify(json, (_, value: unknown) =>
      typeof value === 'string' && value in Type && !/^\d/.test(value)
        ? `TYPE_${value}`
        : typeof value === 'string' && (value === 'OPTIONAL' || value === 'REPEATED')
          ? `LABEL_${value}`
          : value,
    ),
  ) as JsonValue;

const registry = createFileRegistry(
  fromJson(FileDescriptorSetSchema, {
    file: [
      toJsonFile(file_google_protobuf_timestamp),
      toJsonFile(file_google_protobuf_duration),
      toJsonFile(file_google_protobuf_struct),
      typed({
        name: 'test.proto',
        package: 'test.v1',
        syntax: 'proto3',
        dependency: [
          'google/protobuf/timestamp.proto',
          'google/protobuf/duration.proto',
          'google/protobuf/struct.proto',
        ],
        enumType: [
          {
            name: 'Kind',
            value: [
              { name: 'SMALL', number: 0 },
              { name: 'LARGE', number: 1 },
            ],
          },
        ],
        messageType: [
          {
            name: 'Mill',
            field: [
              field('name', 1, Type.STRING),
              field('data', 2, Type.BYTES),
              field('long_count', 3, Type.UINT64),
              field('size', 4, Type.UINT64, { options: { jstype: 'JS_NUMBER' } }),
              field('kind', 5, Type.ENUM, { typeName: '.test.v1.Kind' }),
              field('made', 6, Type.MESSAGE, { typeName: '.google.protobuf.Timestamp' }),
              field('age', 7, Type.MESSAGE, { typeName: '.google.protobuf.Duration' }),
              field('free', 8, Type.MESSAGE, { typeName: '.google.protobuf.Struct' }),
              field('parts', 9, Type.MESSAGE, { typeName: '.test.v1.Mill', label: 'REPEATED' }),
              field('left', 10, Type.STRING, { oneofIndex: 0 }),
              field('right', 11, Type.INT32, { oneofIndex: 0 }),
            ],
            oneofDecl: [{ name: 'side' }],
          },
        ],
        service: [
          {
            name: 'Mills',
            method: [
              { name: 'Grind', inputType: '.test.v1.Mill', outputType: '.test.v1.Mill' },
              { name: 'Watch', inputType: '.test.v1.Mill', outputType: '.test.v1.Mill', serverStreaming: true },
              { name: 'Upload', inputType: '.test.v1.Mill', outputType: '.test.v1.Mill', clientStreaming: true },
            ],
          },
        ],
        sourceCodeInfo: {
          location: [
            { path: [6, 0], span: [0, 0, 0], leadingComments: ' Mills that grind.\n' },
            { path: [6, 0, 2, 0], span: [0, 0, 0], leadingComments: ' Grinds */ it.\n' },
            { path: [4, 0, 2, 0], span: [0, 0, 0], trailingComments: ' What it is called.\n' },
          ],
        },
      }),
    ],
  }),
);

function toJsonFile(file: { proto: object }): JsonValue {
  const { proto } = file as never as { proto: never };
  const [schema] = [FileDescriptorSetSchema.field.file?.message];
  return toJson(schema!, proto) as JsonValue;
}

const Mill = registry.getMessage('test.v1.Mill') as DescMessage;
const Mills = registry.getService('test.v1.Mills') as DescService;

describe('messages as values', () => {
  const full = {
    name: 'Pequod',
    data: new Uint8Array([1, 255]),
    longCount: 2n ** 60n,
    size: 12,
    kind: 'LARGE',
    made: new Date(1_700_000_000_123),
    age: 1.5,
    free: { a: [1, null] },
    parts: [{ name: 'wheel', data: new Uint8Array(), longCount: 0n, size: 0, kind: 'SMALL', parts: [] }],
    right: 7,
  };

  it('go there and back', () => {
    expect(toPlain(Mill, fromPlain(Mill, full))).toEqual(full);
    expect(toPlain(Mill, fromPlain(Mill, { longCount: 3, kind: 1, parts: undefined }))).toMatchObject({
      longCount: 3n,
      kind: 'LARGE',
    });
  });

  it.each([
    [{ nmae: 'x' }, /no field nmae; test.v1.Mill has name, data/],
    [{ name: 1 }, /^name: /],
    [{ data: [1] }, /data must be a Uint8Array/],
    [{ longCount: 1.5 }, /longCount must be a bigint, or a whole number/],
    [{ longCount: -1 }, /^longCount: /],
    [{ kind: 'HUGE' }, /kind must be one of 'SMALL', 'LARGE'/],
    [{ made: 'today' }, /made must be a Date/],
    [{ age: '1s' }, /age must be a number of seconds/],
    [{ parts: {} }, /parts must be an array/],
    [{ parts: [{ parts: [{ name: 2 }] }] }, /^parts\[0\]\.parts\[0\]\.name: /],
    [[], /must be an object/],
    ['text', /must be an object/],
  ])('say which field does not fit: %j', (value, message) => {
    expect(() => fromPlain(Mill, value)).toThrow(MisfitError);
    expect(() => fromPlain(Mill, value)).toThrow(message);
  });
});

describe('declarations', () => {
  const text = declare([
    { jid: 'a@localhost', services: [Mills] },
    { jid: 'b@localhost', services: [Mills] },
    { jid: 'c@localhost', services: [] },
  ]);

  it('say what messages become, and what may be given', () => {
    expect(text).toContain(
      'interface Mill {\n  /** What it is called. */\n  name: string;\n  data: Uint8Array;\n  longCount: bigint;\n  size: number;\n  kind: Kind;\n  made?: Date;\n  age?: Seconds;\n  free?: JsonValue;\n  parts: Array<Mill>;',
    );
    expect(text).toContain('  longCount?: bigint | number;');
    expect(text).toContain('  parts?: ReadonlyArray<Mill_Input>;');
    expect(text).toContain('  /** One of `side`. */\n  right?: number;');
    expect(text).toContain("type Kind = 'SMALL' | 'LARGE';");
  });

  it('have the methods that can be called, with what their author says', () => {
    expect(text).toContain(
      '/** Mills that grind. */\ninterface Mills {\n  /** Grinds *\\/ it. */\n  grind(request: Mill_Input, options?: CallOptions): Promise<Mill>;\n  watch(request: Mill_Input, options?: CallOptions): Stream<Mill>;\n}',
    );
    expect(text).toContain('declare const agent: Agent1;');
    expect(text).toContain('declare const agents: readonly [Agent1, Agent1, Agent3] & AgentList<Agent1 | Agent3>;');
    expect(declare([])).toContain('declare const agent: never;');
  });

  it('name things as code does', () => {
    expect(['Usage', 'WatchLoad', 'watch_load', 'GetURL', 'IO', 'a'].map(propertyName)).toEqual([
      'usage',
      'watchLoad',
      'watchLoad',
      'getURL',
      'io',
      'a',
    ]);
  });
});

describe('packed values', () => {
  it('are whole when sent, and refuse what cannot be sent', () => {
    const value = {
      a: [1, -0, Number.NaN, 2n, undefined, null, 'é'],
      d: new Date(0),
      b: new Uint8Array([0, 255]),
      m: new Map([['k', new Set([1])]]),
      $: 'own',
      proto: 1,
    };
    expect(unpack(packExactly(value))).toEqual(value);
    expect(() => packExactly(() => 1)).toThrow('a function can');
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(() => packExactly(circle)).toThrow('contains itself');
    expect(() => packExactly({ s: Symbol('x') })).toThrow('symbol');
  });

  it('are cut when shown, and say how much is missing', () => {
    const small = { depth: 2, nodes: 10, string: 3, bytes: 2 };
    expect(packForDisplay(new Uint8Array([1, 2, 3]), small)).toEqual({
      tree: { $: 'bytes', v: 0, length: 3 },
      blobs: [new Uint8Array([1, 2])],
    });
    expect(packForDisplay('abcdef', small).tree).toEqual({ $: 'cut', v: 'abc', length: 6 });
    const list = packForDisplay(
      Array.from({ length: 100 }, (_, n) => n),
      small,
    ).tree as unknown[];
    expect(list).toHaveLength(10);
    expect(list.at(-1)).toEqual({ $: 'more', v: 91 });
    expect(packForDisplay([[[1]]], small).tree).toEqual([[{ $: 'cut' }]]);
    expect(packForDisplay(JSON.parse('{"__proto__": 1}')).tree).toSatisfy((tree: object) =>
      Object.hasOwn(tree, '__proto__'),
    );
  });

  it('hold bytes beside them, or in them for a page', () => {
    const packed = packExactly({ a: [new Uint8Array([1, 2])] });
    expect(packed.tree).toEqual({ a: [{ $: 'bytes', v: 0, length: 2 }] });
    expect(inlineBytes(packed, (bytes) => Buffer.from(bytes).toString('base64'))).toEqual({
      a: [{ $: 'bytes', v: 'AQI=', length: 2 }],
    });
  });
});
