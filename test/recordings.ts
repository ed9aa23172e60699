// recordings.ts -- what other implementations were given and what they made of
// it, in a folder beside the project that not every machine has.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = process.env['WEFT_SHARED'] ?? fileURLToPath(new URL('../../shared', import.meta.url));

/** Path of a recording, or undefined after saying that it is not here. */
export function recording(name: string): string | undefined {
  const path = `${folder}/${name}`;
  if (existsSync(path)) return path;
  console.log(`  skipped: no ${path}`);
  return undefined;
}

/** Frames of a little-endian microsecond pcap. */
export function frames(path: string): Buffer[] {
  const pcap = readFileSync(path), list: Buffer[] = [];
  for (let at = 24; at < pcap.length; at += 16 + pcap.readUInt32LE(at + 8)) list.push(pcap.subarray(at + 16, at + 16 + pcap.readUInt32LE(at + 8)));
  return list;
}
