// recorded.ts -- frames of recordings, read without the reader under test.

import { readFileSync } from 'node:fs';

/** Frames of a little-endian microsecond pcap file. */
export function recordedFrames(path: string): Buffer[] {
  const pcap = readFileSync(path), list: Buffer[] = [];
  for (let at = 24; at < pcap.length; at += 16 + pcap.readUInt32LE(at + 8)) list.push(pcap.subarray(at + 16, at + 16 + pcap.readUInt32LE(at + 8)));
  return list;
}
