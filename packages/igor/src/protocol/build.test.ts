import { create, fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { at, field, map, message, optional, repeated, service, streaming, unary } from './build.js';
import { describeServices, readDescriptor } from './descriptor.js';

const Weather = service('weather.v1.Weather', {
  look: unary(
    { place: field.string, detail: optional(field.int32) },
    {
      reports: repeated(message({ hour: field.uint32, degrees: field.double })),
      byName: map(field.int64),
      raw: at(9, field.bytes),
    },
  ),
  watch: streaming({}, { degrees: field.float }),
});

test('messages are written and read, and look the same in JSON', () => {
  const { input, output } = Weather.method.look;
  const request = create(input, { place: 'Ulm' });
  expect(request.detail).toBeUndefined();
  expect(toJson(input, create(input, { place: 'Ulm', detail: 0 }))).toEqual({ place: 'Ulm', detail: 0 });
  const response = create(output, {
    reports: [{ hour: 1, degrees: 2.5 }],
    byName: { a: 5n },
    raw: new Uint8Array([1]),
  });
  const again = fromBinary(output, toBinary(output, response));
  expect(again.reports[0]?.degrees).toBe(2.5);
  expect(again.byName.a).toBe(5n);
  expect(toJson(output, again)).toEqual({ reports: [{ hour: 1, degrees: 2.5 }], byName: { a: '5' }, raw: 'AQ==' });
  expect(fromJson(output, { byName: { b: '7' } }).byName.b).toBe(7n);
});

test('whoever has the descriptor has the service', () => {
  const { bytes, hash } = describeServices([Weather]);
  expect(describeServices([Weather]).hash).toBe(hash);
  const found = readDescriptor(bytes).getService('weather.v1.Weather');
  expect(found?.method.watch?.methodKind).toBe('server_streaming');
  expect(found?.method.look?.output.fields.map(({ name, number }) => `${name} ${number}`)).toEqual([
    'reports 1',
    'by_name 2',
    'raw 9',
  ]);
});

test('names and numbers that Protobuf does not allow', () => {
  expect(() => service('weather', {})).toThrow(/with its package/);
  expect(() => service('a.v1.A', { Look: unary({}, {}) })).toThrow(/lower camel case/);
  expect(() => service('a.v1.A', { look: unary({ a: at(2, field.bool), b: at(2, field.bool) }, {}) })).toThrow(
    /number 2/,
  );
  expect(() => service('a.v1.A', { look: unary({ 'a b': field.bool }, {}) })).toThrow(/field's name/);
});
