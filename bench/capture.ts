// capture.ts -- reader to writer without a switch: packets a second, and that
// memory stays flat however long the capture.
//
//     tsx bench/capture.ts [passes]
//
// A million 64-byte packets (80 MB) are read once a pass and written to
// /dev/null and to a file, in each format.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VEC_MAX } from '../assembly/abi/packet.ts';
import { createCapture, openCapture } from '../src/capture/open.ts';
import { loadKernels } from '../src/kernel/load.ts';

const PACKETS = 1_000_000, SIZE = 64, RECORD = 16 + SIZE;
const passes = Number(process.argv[2] ?? 5), folder = mkdtempSync(join(tmpdir(), 'weft-bench-')), source = join(folder, 'source.pcap');

const file = Buffer.alloc(24 + PACKETS * RECORD);
file.writeUInt32LE(0xa1b2c3d4, 0);
file.writeUInt16LE(2, 4);
file.writeUInt16LE(4, 6);
file.writeUInt32LE(65535, 16);
file.writeUInt32LE(1, 20);
for (let i = 0, at = 24; i < PACKETS; i++, at += RECORD) {
  file.writeUInt32LE(1_700_000_000 + Math.floor(i / 100_000), at);
  file.writeUInt32LE(i % 100_000 * 10, at + 4);
  file.writeUInt32LE(SIZE, at + 8);
  file.writeUInt32LE(SIZE, at + 12);
  file.fill(i & 0xff, at + 16, at + RECORD);
}
writeFileSync(source, file);

const resident = () => (process.memoryUsage().rss / 2 ** 20).toFixed(0);
try {
  for (const name of ['(read only)', '/dev/null', join(folder, 'out.pcap'), join(folder, 'out.pcapng')]) {
    const k = loadKernels(), vec = k.alloc(4 * VEC_MAX, 'vector'), reader = openCapture(k, source);
    const writer = name === '(read only)' ? undefined : createCapture(k, name, { ports: [{ port: 0, name: 'e1' }] });
    const rates: number[] = [], before = resident();
    for (let pass = 0; pass < passes; pass++) {
      const start = performance.now();
      for (;;) {
        const n = reader.next(vec, VEC_MAX);
        if (n > 0) {
          if (writer) writer.write(vec, n);
          else for (let i = 0; i < n; i++) k.fn['free']!(k.pool, k.u32[(vec >>> 2) + i]!);
        } else if (!await reader.fill()) break;
      }
      rates.push(PACKETS / (performance.now() - start) / 1000);
      reader.rewind();
    }
    writer?.close();
    reader.close();
    rates.sort((a, b) => a - b);
    console.log(`${name.replace(folder + '/', '').padEnd(12)} ${passes} passes: median ${rates[rates.length >> 1]!.toFixed(1)}, best ${rates.at(-1)!.toFixed(1)} Mpps; resident ${before} MiB before, ${resident()} MiB after`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
