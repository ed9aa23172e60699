// capture_fuzz.test.ts -- broken captures: no trap, no hang, no byte read that
// is not there. Seeded, so that a failure repeats.
//
// Each broken file is read twice, cut into chunks at other places and with other
// rubbish behind what is loaded: whoever reads behind the end tells by it.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BlockReader } from '../src/capture/block_reader.ts';
import type { Source } from '../src/capture/source.ts';
import type { Kernels } from '../src/kernel/kernels.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { Bytes, madeFrame, readAll, smallKernels } from './capture_files.ts';
import { random } from './wasm.ts';

const FILES = 4000;
/** Bytes of it: more than any record of these files. */
const RUBBISH = 1024;

/** Give `bytes` in chunks of up to `most`, rubbish behind each. */
function choppy(bytes: Uint8Array, most: number, rubbish: number, next: () => number): Source {
  let at = 0;
  return {
    read(into) {
      const n = Math.min(bytes.length - at, into.length, 1 + next() % most);
      into.fill(rubbish, 0, n + RUBBISH);
      into.set(bytes.subarray(at, at + n));
      at += n;
      return n;
    },
    skip(n) {
      const step = Math.min(n, bytes.length - at, next() % 2 ? n : 3);
      at += step;
      return step;
    },
    rewind: () => false,
    close() {},
  };
}

let shared: Kernels | undefined;
/** Kernels with room for another reader: readers keep their memory. */
function roomy(): Kernels {
  if (!shared || shared.used > 900 * 2 ** 20) shared = loadKernels({ memory: 2 ** 30, small: 64, jumbo: 8, huge: 8 });
  return shared;
}

/** A file of every kind of record, and where its headers begin. */
function seeds(): { name: string; bytes: Uint8Array; headers: number[] }[] {
  const out = [];
  for (const big of [false, true]) {
    const b = new Bytes(big), order = big ? 'big' : 'little';
    for (const link of [1, 101, 113, 276, 0])
      out.push({ name: `pcap ${order} ${link}`, parts: [b.pcapHeader({ link, snaplen: 100 }), ...[60, 20, 100, 13].map((n, i) => b.pcapRecord(madeFrame(n, i), i, i, n + i * 40))] });
    out.push({
      name: `pcapng ${order}`, parts: [b.shb(), b.idb(1, 96, b.option(9, Uint8Array.of(9)), b.option(14, b.i64(-3n)), b.option(13, Uint8Array.of(4))), b.idb(101),
        b.epb(0, 5n, madeFrame(60)), b.block(5, madeFrame(24)), b.epb(1, 9n, madeFrame(41), 90, 41, b.option(1, madeFrame(9))), b.block(3, Buffer.concat([b.u32(33), madeFrame(33)])),
        b.block(2, Buffer.concat([b.u16(1, 0), b.u32(0, 3, 20, 20), madeFrame(20)])), b.shb(), b.idb(1), b.epb(0, 1n, madeFrame(64))],
    });
  }
  return out.map(({ name, parts }) => {
    let at = 0;
    return { name, bytes: Buffer.concat(parts), headers: parts.map(p => (at += p.length) - p.length) };
  });
}

const INTERESTING = [0, 1, 2, 3, 6, 11, 12, 13, 16, 28, 31, 32, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0x20000, 0x40000, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff];

function mutate(bytes: Uint8Array, headers: readonly number[], next: () => number): Uint8Array {
  const out = Uint8Array.from(bytes), v = new DataView(out.buffer);
  for (let n = next() % 4; n >= 0; n--) {
    const field = headers[next() % headers.length]! + next() % 9 * 4;
    if (field + 4 > out.length) continue;
    if (next() % 3) v.setUint32(field, INTERESTING[next() % INTERESTING.length]!, next() % 2 === 0);
    else out[next() % out.length] = next();
  }
  return next() % 4 ? out : out.subarray(0, next() % (out.length + 1));
}

const files = seeds();
test(`${FILES} broken captures end in packets and a fault with its place, the same for all ways they are cut up`, async () => {
  const next = random(2024);
  let faults = 0, packets = 0;
  for (let i = 0; i < FILES; i++) {
    const { name, bytes, headers } = files[i % files.length]!, broken = mutate(bytes, headers, next);
    const results = [];
    for (const [most, rubbish] of [[7, 0xff], [broken.length + 1, 0x00], [40, 0x06]] as const) {
      const k = roomy(), before = k.fn['pool_free']!(k.pool), reader = new BlockReader(k, name, choppy(broken, most, rubbish, next));
      const taken = await readAll(k, reader, 1 + next() % 8);
      assert.is(k.fn['pool_free']!(k.pool), before);
      assert.is(taken.length + reader.drops.reduce((n, d) => n + d.packets, 0), reader.packets);
      if (reader.fault) assert.ok(reader.fault.offset >= 0 && reader.fault.offset <= broken.length, `${name}: offset ${reader.fault.offset}`);
      results.push({ taken, fault: reader.fault, packets: reader.packets, drops: reader.drops, interfaces: reader.interfaces });
    }
    assert.equal(results[1], results[0], `${name}, file ${i}`);
    assert.equal(results[2], results[0], `${name}, file ${i}`);
    packets += results[0]!.packets;
    if (results[0]!.fault) faults++;
  }
  // The files are broken in earnest, but not so that nothing is left.
  assert.ok(faults > FILES / 3 && packets > FILES, `${faults} faults, ${packets} packets`);
});

test('whole captures read the same in chunks of one byte', async () => {
  const next = random(7);
  for (const { name, bytes } of files) {
    const results = [];
    for (const most of [1, bytes.length]) {
      const k = smallKernels(), reader = new BlockReader(k, name, choppy(bytes, most, 0xaa, next));
      results.push({ taken: await readAll(k, reader), fault: reader.fault });
    }
    assert.is(results[0]!.fault, undefined, name);
    assert.equal(results[0], results[1], name);
  }
});

test.run();
