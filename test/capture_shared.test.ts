// capture_shared.test.ts -- real captures: the reader against capinfos, tshark
// and pcap-parser, and a copy of each in every format against the original.

import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VEC_MAX } from '../assembly/abi/packet.ts';
import { LINK_TYPE } from '../assembly/wire/link_type.ts';
import { createCapture, openCapture } from '../src/capture/open.ts';
import { openWithPcapParser } from '../src/capture/pcap_parser.ts';
import type { CaptureReader } from '../src/capture/reader.ts';
import { readAll, scratchPath, sharedPcaps, smallKernels, type Taken } from './capture_files.ts';
import { needs, noProgram, noRecording } from './skip.ts';

const missing = noRecording('pcaps') ?? noProgram('tshark', 'capinfos', 'mergecap'), judged = needs(missing);
const files = missing ? [] : readdirSync(sharedPcaps).filter(f => /\.(pcap|pcapng|gz)$/.test(f));
const pathOf = (file: string) => `${sharedPcaps}/${file}`;
const run = (command: string, ...args: string[]) => execFileSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] });
/** Packets in each file. */
const capinfos = (paths: string[]): number[] => run('capinfos', '-Mrc', '-T', ...paths).trim().split('\n').map(l => Number(l.split('\t')[1]));

interface Seen { epoch: string; length: number; captured: number; hex: string }

/** What tshark reads: stamp, lengths, and the bytes of each frame. Dissection is off, only the frame itself matters. */
function tshark(path: string): Seen[] {
  const fields = run('tshark', '-r', path, '-T', 'fields', '-e', 'frame.time_epoch', '-e', 'frame.len', '-e', 'frame.cap_len', '--disable-protocol', 'eth').split('\n').filter(Boolean).map(l => l.split('\t'));
  const hex = run('tshark', '-r', path, '-x', '--disable-protocol', 'eth').split(/\n\s*\n/).filter(s => /^0000 /m.test(s))
    .map(s => [...s.matchAll(/^[0-9a-f]{4,} {2}((?:[0-9a-f]{2} )+)/gm)].map(m => m[1]!.replaceAll(' ', '')).join(''));
  return fields.map(([epoch, length, captured], i) => ({ epoch: epoch!, length: Number(length), captured: Number(captured), hex: hex[i] ?? '' }));
}

/** Seconds since 1970 with nine digits. */
function epoch(origin: bigint, time: bigint): string {
  const ns = origin * 10n ** 9n + time / 1000n;
  return `${ns / 10n ** 9n}.${String(ns % 10n ** 9n).padStart(9, '0')}`;
}
const hexOf = (p: Taken) => Buffer.from(p.bytes).toString('hex');

const counts = files.length > 0 ? capinfos(files.map(pathOf)) : [];
for (const [i, file] of files.entries())
  test(`${file}: as many packets as capinfos counts`, async () => {
    const k = smallKernels(), before = k.fn['pool_free']!(k.pool), reader = openCapture(k, pathOf(file)), packets = await readAll(k, reader);
    assert.is(reader.fault, undefined);
    assert.is(reader.packets, counts[i]);
    assert.is(packets.length + reader.drops.reduce((n, d) => n + d.packets, 0), reader.packets);
    assert.is(k.fn['pool_free']!(k.pool), before);
    reader.close();
  });

// Big ones take tshark's hex dump too long. Simple packets have no stamp: tshark shows none, here it is the last one's.
const small = files.filter(f => !f.startsWith('big_'));
judged('stamps, lengths and bytes as tshark shows them; a merged file reads as its parts', async () => {
  const parts: { file: string; packets: Taken[]; reader: CaptureReader }[] = [];
  for (const file of small.filter(f => !f.includes('_spb') && !f.includes('_empty'))) {
    const k = smallKernels(), reader = openCapture(k, pathOf(file)), packets = await readAll(k, reader);
    reader.close();
    if (reader.drops.length === 0 && reader.interfaces.every(i => i.link === LINK_TYPE.ETHERNET)) parts.push({ file, packets, reader });
  }
  const merged = scratchPath('merged.pcapng');
  run('mergecap', '-a', '-w', merged, ...parts.map(p => pathOf(p.file)));
  const seen = tshark(merged);
  assert.is(parts.reduce((n, p) => n + p.packets.length, 0), seen.length);
  let at = 0;
  for (const { file, packets, reader } of parts)
    for (const p of packets) {
      const { epoch: when, length, captured, hex } = seen[at++]!;
      // tshark leaves the frame check sequence on the frame.
      const fcs = file.includes('tsresol') ? Math.max(0, captured - p.bytes.length) : 0;
      assert.equal([file, p.orig, p.bytes.length, hexOf(p)], [file, length - fcs, captured - fcs, hex.slice(0, hex.length - fcs * 2)]);
      if (reader.clamped === 0) assert.is(epoch(reader.origin!, p.time), when, file);
    }

  const k = smallKernels(), reader = openCapture(k, merged, { origin: parts[0]!.reader.origin! }), again = await readAll(k, reader);
  assert.ok(reader.interfaces.length > 1);
  assert.equal(again.map(p => p.orig), seen.map(s => s.length));
});

for (const file of files.filter(f => f.endsWith('.pcap')))
  test(`${file}: pcap-parser reads the same`, async () => {
    const k = smallKernels(), ours = openCapture(k, pathOf(file)), theirs = openWithPcapParser(k, pathOf(file));
    const a = await readAll(k, ours), b = await readAll(k, theirs);
    ours.close();
    theirs.close();
    // Nanoseconds, and pcapng under a classic name: not this reader's.
    if (theirs.fault) return assert.match(theirs.fault.found, ours.resolution === 'ns' ? /unknown magic number: 4d3cb2a1/ : /unknown magic number: 0a0d0d0a/);
    assert.equal([theirs.fault, theirs.drops, theirs.packets, theirs.bytes, theirs.origin], [ours.fault, ours.drops, ours.packets, ours.bytes, ours.origin]);
    assert.equal(b, a);
  });

const copies: { path: string; packets: number }[] = [];
for (const file of small)
  test(`${file}: a copy in each format reads the same`, async () => {
    const k = smallKernels(), vec = k.alloc(VEC_MAX * 4, 'vector');
    const first = openCapture(k, pathOf(file)), packets = await readAll(k, first);
    first.close();
    for (const format of ['pcap', 'pcapng']) {
      const path = scratchPath(`${file}.copy.${format}`), reader = openCapture(k, pathOf(file));
      await reader.fill();
      const writer = createCapture(k, path, { ports: [{ port: 0, name: 'e1' }], resolution: reader.resolution });
      for (;;) {
        const n = reader.next(vec, VEC_MAX);
        writer.origin = reader.origin ?? 0n;
        if (n > 0) writer.write(vec, n);
        else if (!await reader.fill()) break;
      }
      writer.close();
      reader.close();
      const copy = openCapture(k, path, { origin: first.origin ?? 0n }), again = await readAll(k, copy);
      copy.close();
      assert.is(copy.fault, undefined);
      assert.equal(again.map(p => [p.time, p.orig, hexOf(p)]), packets.map(p => [p.time, p.orig, hexOf(p)]));
      copies.push({ path, packets: packets.length });
    }
  });
judged('capinfos counts as many packets in the copies', () => {
  assert.equal(capinfos(copies.map(c => c.path)), copies.map(c => c.packets));
});

test.run();
