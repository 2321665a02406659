// What a .proto file says about its parts, where a descriptor brings it along.
// https://protobuf.com/docs/descriptors#source-code-info
import type { DescEnum, DescField, DescFile, DescMessage, DescMethod, DescService } from '@bufbuild/protobuf';

type Described = DescService | DescMethod | DescMessage | DescField | DescEnum;

/** Of field numbers in descriptor.proto, by which the parts of a file are addressed. */
const numbers = { messageType: 4, enumType: 5, service: 6, nestedType: 3, nestedEnum: 4, field: 2, method: 2 };

const files = new WeakMap<DescFile, Map<string, string>>();

/** Without leading and trailing white space; undefined when nothing is said. */
export function commentOf(desc: Described): string | undefined {
  return commentsOf(fileOf(desc)).get(pathOf(desc).join());
}

function fileOf(desc: Described): DescFile {
  return 'parent' in desc && desc.parent !== undefined ? desc.parent.file : (desc as DescMessage).file;
}

function commentsOf(file: DescFile): Map<string, string> {
  let comments = files.get(file);
  if (!comments) {
    comments = new Map();
    for (const { path, leadingComments, trailingComments } of file.proto.sourceCodeInfo?.location ?? []) {
      const text = (leadingComments || trailingComments || '').trim();
      if (text) comments.set(path.join(), text);
    }
    files.set(file, comments);
  }
  return comments;
}

function pathOf(desc: Described): number[] {
  switch (desc.kind) {
    case 'service':
      return [numbers.service, desc.file.proto.service.indexOf(desc.proto)];
    case 'rpc':
      return [...pathOf(desc.parent), numbers.method, desc.parent.proto.method.indexOf(desc.proto)];
    case 'field':
      return [...pathOf(desc.parent), numbers.field, desc.parent.proto.field.indexOf(desc.proto)];
    case 'message':
      return desc.parent
        ? [...pathOf(desc.parent), numbers.nestedType, desc.parent.proto.nestedType.indexOf(desc.proto)]
        : [numbers.messageType, desc.file.proto.messageType.indexOf(desc.proto)];
    case 'enum':
      return desc.parent
        ? [...pathOf(desc.parent), numbers.nestedEnum, desc.parent.proto.enumType.indexOf(desc.proto)]
        : [numbers.enumType, desc.file.proto.enumType.indexOf(desc.proto)];
  }
}
