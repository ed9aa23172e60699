// hexdump.ts -- bytes for reading: 16 to a row, offset first.

const ROW = 16;

/**
 * Bytes as rows of an offset and up to 16 hex pairs; text2pcap reads it.
 * @param before when given, every byte that differs from the one at its place
 *               there, or has none there, stands in brackets
 */
export function hexdump(bytes: Uint8Array, before?: Uint8Array): string {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW) {
    const row = bytes.subarray(at, at + ROW);
    let line = at.toString(16).padStart(4, '0') + ' ', marked = false;
    row.forEach((octet, i) => {
      const changed = before !== undefined && before[at + i] !== octet;
      line += (changed === marked ? ' ' : changed ? '[' : ']') + octet.toString(16).padStart(2, '0');
      marked = changed;
    });
    rows.push(marked ? line + ']' : line);
  }
  return rows.join('\n');
}
