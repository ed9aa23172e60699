// captures.ts -- captures for whole-process runs: UDP flows from a host behind
// e1 of examples/router.yaml to the world, every packet forwarded.

import { closeSync, openSync, writeSync } from 'node:fs';
import { checksum, pseudoSum } from '../src/wire/checksum.ts';
import { ethernet, ip4, mac } from './frames.ts';
import { generator } from './random.ts';

const ROUTER = mac(0, 0x0101), HOST = mac(0, 1), SOURCE = 0x0a000109;
/** Packets that differ; a capture repeats them. */
const DIFFERENT = 4096;
const HEADER = 24, RECORD = 16, PER_SECOND = 1_000_000;

/** Lengths of frames, without FCS, in turn. */
export const MIXES = {
  '64 B': [64],
  // 7:4:1, the simple IMIX
  'IMIX': [64, 64, 594, 64, 64, 594, 1514, 64, 594, 64, 64, 594],
  '1500 B': [1514],
} as const;
export type Mix = keyof typeof MIXES;

/** Bytes of a record, on average. */
export const recordBytes = (mix: Mix): number => RECORD + MIXES[mix].reduce((sum, n) => sum + n, 0) / MIXES[mix].length;

/** Write a pcap of `packets` packets, a microsecond apart. */
export function writeCapture(path: string, mix: Mix, packets: number): void {
  const random = generator(3), lengths = MIXES[mix], frames = Array.from({ length: DIFFERENT }, (_, i) => frame(lengths[i % lengths.length]!, random));
  const block = Buffer.alloc(frames.reduce((sum, f) => sum + RECORD + f.length, 0)), starts: number[] = [];
  let end = 0;
  for (const f of frames) {
    starts.push(end);
    block.writeUInt32LE(f.length, end + 8);
    block.writeUInt32LE(f.length, end + 12);
    block.set(f, end + RECORD);
    end += RECORD + f.length;
  }
  const header = Buffer.alloc(HEADER), file = openSync(path, 'w');
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65535, 16);
  header.writeUInt32LE(1, 20);
  writeSync(file, header);
  for (let done = 0; done < packets; done += DIFFERENT) {
    const many = Math.min(DIFFERENT, packets - done);
    for (let i = 0; i < many; i++) {
      block.writeUInt32LE(1_700_000_000 + Math.floor((done + i) / PER_SECOND), starts[i]!);
      block.writeUInt32LE((done + i) % PER_SECOND, starts[i]! + 4);
    }
    const size = starts[many] ?? end;
    for (let at = 0; at < size; ) at += writeSync(file, block, at, size - at);
  }
  closeSync(file);
}

function frame(length: number, random: () => number): Uint8Array {
  const datagram = new Uint8Array(length - 34), view = new DataView(datagram.buffer);
  for (let i = 8; i < datagram.length; i++) datagram[i] = random();
  view.setUint16(0, 1024 + random() % 60000);
  view.setUint16(2, 4000);
  view.setUint16(4, datagram.length);
  const dst = 0x08000000 + random() % 0x01000000, packet = ip4(SOURCE, dst, 17, datagram);
  view.setUint16(6, checksum(datagram, pseudoSum(packet.subarray(12, 16), packet.subarray(16, 20), 17, datagram.length)) || 0xffff);
  packet.set(datagram, 20);
  return ethernet(ROUTER, HOST, 0x0800, packet);
}
