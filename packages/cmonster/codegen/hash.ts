/** FNV-1a, 32 bit, over the UTF-8 bytes of the lines, each ended by a newline. */
export function schemaHash(lines: Iterable<string>): number {
  let hash = 0x811c9dc5;
  for (const line of lines)
    for (const byte of Buffer.from(`${line}\n`)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
