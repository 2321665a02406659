import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeServices } from '../protocol/descriptor.js';
import { proto } from './proto.js';
import { defineService } from './service.js';

const folder = mkdtempSync(join(tmpdir(), 'monsterlab-proto-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

writeFileSync(
  join(folder, 'kinds.proto'),
  'syntax = "proto3"; package disk.v1; enum Kind { KIND_UNSPECIFIED = 0; KIND_FILE = 1; }',
);
writeFileSync(
  join(folder, 'disk.proto'),
  `syntax = "proto3";
package disk.v1;
import "google/protobuf/timestamp.proto";
import "kinds.proto";
message UsageRequest { string path = 1; optional int32 depth = 2; map<string, int64> limits = 3; Kind kind = 4; }
message UsageResponse { uint64 bytes = 1; google.protobuf.Timestamp at = 2; }
service Disk {
  rpc Usage(UsageRequest) returns (UsageResponse);
  rpc Watch(UsageRequest) returns (stream UsageResponse);
  rpc Upload(stream UsageRequest) returns (UsageResponse);
}`,
);

test('a service is read from its file, with what that imports', () => {
  const Disk = proto(join(folder, 'disk.proto'), 'disk.v1.Disk');
  expect(Disk.methods.map(({ localName, methodKind }) => `${localName} ${methodKind}`)).toEqual([
    'usage unary',
    'watch server_streaming',
    'upload client_streaming',
  ]);
  expect(Disk.method.usage?.input.fields.map(({ name, fieldKind }) => `${name} ${fieldKind}`)).toEqual([
    'path scalar',
    'depth scalar',
    'limits map',
    'kind enum',
  ]);
  const { bytes } = describeServices([Disk]);
  writeFileSync(join(folder, 'disk.binpb'), bytes);
  expect(proto(join(folder, 'disk.binpb'), 'disk.v1.Disk').methods).toHaveLength(3);
});

test('what can not be served says why', () => {
  const path = join(folder, 'disk.proto');
  const Disk = proto(path, 'disk.v1.Disk');
  expect(() => defineService(Disk, { nothing: async () => ({}) })).toThrow(
    /has no method nothing; it has usage, watch, upload/,
  );
  expect(() => defineService(Disk, { upload: (async () => ({})) as never })).toThrow(/only responses can be streams/);
  expect(() => proto(path, 'disk.v1.Disc')).toThrow(/it has disk.v1.Disk/);
  expect(() => proto(join(folder, 'none.proto'), 'x')).toThrow(/there is no file/);
  writeFileSync(join(folder, 'bad.proto'), 'syntax = "proto3"; message A { Nope x = 1; }');
  expect(() => proto(join(folder, 'bad.proto'), 'x')).toThrow(/can not be compiled[\s\S]*Nope/);
});
