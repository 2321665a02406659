// Copies that may write too far
// Looks for a pattern in the C and C++ of that machine, through Clang's own
// tree; what it finds arrives file by file.
const { folders: [folder] } = await agent.source.folders();

const found = agent.source.find({
  in: { folder: folder.path },
  pattern: 'strcpy($dst, $src)',
});
for await (const { finding } of found) {
  if (!finding) continue;
  const { file, line, text, bound } = finding;
  show({ file, line, code: text, into: bound.dst }, { title: 'strcpy' });
}
