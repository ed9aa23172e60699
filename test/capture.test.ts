// capture.test.ts -- readers against captures made by hand: every format, byte
// order, link type and resolution, every fault with its offset.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { faultText } from '../src/capture/fault.ts';
import { openCapture } from '../src/capture/open.ts';
import { openWithPcapParser } from '../src/capture/pcap_parser.ts';
import type { CaptureReader, ReadOptions } from '../src/capture/reader.ts';
import { compileFilter } from '../src/filter/filter.ts';
import { Bytes, madeFrame, readAll, scratchFile, scratchPath, smallKernels, type Taken } from './capture_files.ts';
import { needs, noProgram } from './skip.ts';

const PS = 10n ** 12n;

async function read(path: string, options: ReadOptions = {}, burst = 256): Promise<{ reader: CaptureReader; packets: Taken[] }> {
  const k = smallKernels(), before = k.fn['pool_free']!(k.pool), reader = openCapture(k, path, options);
  const packets = await readAll(k, reader, burst);
  reader.close();
  assert.is(k.fn['pool_free']!(k.pool), before, 'no buffer is lost');
  return { reader, packets };
}

const bytesOf = (packets: Taken[]) => packets.map(p => Buffer.from(p.bytes).toString('hex'));
const hexOf = (frames: Uint8Array[]) => frames.map(f => Buffer.from(f).toString('hex'));

for (const big of [false, true]) {
  const b = new Bytes(big), order = big ? 'big' : 'little', f1 = madeFrame(60), f2 = madeFrame(1514, 3), f3 = madeFrame(61, 9);

  for (const [name, magic, unit] of [['us', 0xa1b2c3d4, 10n ** 6n], ['ns', 0xa1b23c4d, 10n ** 3n]] as const)
    test(`pcap, ${order} endian, ${name}: bytes, lengths, times, numbers`, async () => {
      const path = scratchFile('a.pcap', b.pcapHeader({ magic }), b.pcapRecord(f1, 1000, 5), b.pcapRecord(f2, 1002, 999, 9000), b.pcapRecord(f3, 999, 1));
      const { reader, packets } = await read(path);
      assert.is(reader.fault, undefined);
      assert.is(reader.resolution, name);
      assert.is(reader.origin, 1000n);
      assert.equal(bytesOf(packets), hexOf([f1, f2, f3]));
      assert.equal(packets.map(p => p.time), [5n * unit, 2n * PS + 999n * unit, -PS + unit]);
      assert.equal(packets.map(p => [p.id, p.orig]), [[1, 60], [2, 9000], [3, 61]]);
      assert.equal([reader.packets, reader.bytes], [3, 60 + 1514 + 61]);
    });

  test(`pcapng, ${order} endian: interfaces, all packet blocks, blocks passed over`, async () => {
    const ns = b.option(9, Uint8Array.of(9)), named = b.option(2, new TextEncoder().encode('eth1'));
    const pb = b.block(2, Buffer.concat([b.u16(1, 7), b.u32(0, 3_000_000, 61, 61), f3]));
    const spb = b.block(3, Buffer.concat([b.u32(100), madeFrame(48)]));
    const path = scratchFile('a.pcapng',
      b.shb(), b.idb(1, 48), b.idb(1, 0, named, ns), b.block(4, new Uint8Array(8)), b.block(0x0bad, madeFrame(300000)),
      b.epb(1, 5_000_000_001n, f1), pb, b.block(5, new Uint8Array(16)), spb, b.block(10, madeFrame(20)), b.epb(0, 6_000_000n, f2, 2000, 1514, b.option(1, madeFrame(200))));
    const { reader, packets } = await read(path, { port: (index, name) => name === 'eth1' ? 40 : index + 2 });
    assert.is(reader.fault, undefined);
    assert.equal(reader.interfaces.map(i => [i.index, i.name, i.link, i.snaplen, i.port]), [[0, '', 1, 48, 2], [1, 'eth1', 1, 0, 40]]);
    assert.equal(bytesOf(packets), hexOf([f1, f3, madeFrame(48), f2]));
    assert.equal(packets.map(p => p.port), [40, 40, 2, 2]);
    assert.equal(packets.map(p => p.orig), [60, 61, 100, 2000]);
    assert.is(reader.origin, 5n);
    // A simple packet has the time of the packet before it.
    assert.equal(packets.map(p => p.time), [1000n, -PS * 5n + 3_000_000_000n, -PS * 5n + 3_000_000_000n, PS]);
  });

  for (const [name, option, stamp, offset, expected] of [
    ['10^-0', [0], 3n, 0n, 0n],
    ['10^-12', [12], 3_000_000_000_007n, 0n, 7n],
    ['10^-15', [15], 3_000_000_000_007_999n, 0n, 7n],
    ['10^-19', [19], 5_000_000_000_009_999_999n, 3n, 500_000_000_000n],
    ['2^-1', [0x81], 7n, 0n, PS / 2n],
    ['2^-10', [0x8a], (3n << 10n) + 1n, 0n, PS / 1024n],
    ['2^-32', [0xa0], (3n << 32n) + 0xffffffffn, 0n, (0xffffffffn * PS) >> 32n],
    ['2^-50', [0xb2], (3n << 50n) + (1n << 50n) - 1n, 0n, (((1n << 50n) - 1n) * PS) >> 50n],
    ['2^-63', [0xbf], (1n << 63n) + (1n << 62n) + 12345n, 2n, (((1n << 62n) + 12345n) * PS) >> 63n],
    ['us, offset -7', [6], 10_000_001n, -7n, 1_000_000n],
  ] as const)
    test(`pcapng, ${order} endian: stamps of ${name} s`, async () => {
      const path = scratchFile('b.pcapng', b.shb(), b.idb(1, 0, b.option(9, Uint8Array.from(option)), b.option(14, b.i64(offset))), b.epb(0, BigInt.asUintN(64, stamp), f1));
      const { reader, packets } = await read(path);
      assert.is(reader.fault, undefined);
      assert.is(reader.origin, 3n);
      assert.is(packets[0]!.time, expected);
    });
}

test('pcapng: sections of either order, each with interfaces of its own', async () => {
  const l = new Bytes(false), b = new Bytes(true), body = Buffer.concat([l.idb(), l.epb(0, 1n, madeFrame(60))]);
  const path = scratchFile('s.pcapng', l.shb(BigInt(body.length)), body, b.shb(), b.idb(101), b.epb(0, 2n, Uint8Array.of(0x45, 0)), l.shb(), l.idb(), l.epb(0, 3n, madeFrame(61)), l.shb());
  const { reader, packets } = await read(path);
  assert.is(reader.fault, undefined);
  assert.equal(packets.map(p => p.bytes.length), [60, 16, 61]);
  // The third section describes the first one's interface again.
  assert.equal(reader.interfaces.map(i => i.link), [1, 101]);
});

const mac = (port: number) => Uint8Array.of(2, 9, 9, 9, 9, port);
const own = '020909090905', other = '020000000000';
const ip4 = '4500001400000000400100000a0000010a000002', ip6 = '6000000000003b40' + '00'.repeat(32);
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
for (const [name, link, record, expected] of [
  ['RAW IPv4', 101, ip4, own + other + '0800' + ip4],
  ['RAW IPv6', 12, ip6, own + other + '86dd' + ip6],
  ['RAW neither', 14, '00', own + other + '080000'],
  ['IPV4', 228, ip4, own + other + '0800' + ip4],
  ['IPV6', 229, ip6, own + other + '86dd' + ip6],
  ['NULL little', 0, '1e000000' + ip6, own + other + '86dd' + ip6],
  ['NULL big', 0, '00000002' + ip4, own + other + '0800' + ip4],
  ['NULL of no known family', 0, '07000000' + ip4, own + other + 'ffff' + ip4],
  ['LOOP', 108, '00000018' + ip6, own + other + '86dd' + ip6],
  ['SLL with address', 113, '0000' + '0001' + '0006' + '001122334455' + '0000' + '0806' + 'abcd', own + '001122334455' + '0806' + 'abcd'],
  ['SLL without address', 113, '0000' + '0304' + '0000' + '0000000000000000' + '86dd' + ip6, own + other + '86dd' + ip6],
  ['SLL with an 802.2 frame', 113, '0000' + '0001' + '0006' + '001122334455' + '0000' + '0004' + '4242', own + '001122334455' + '0066' + '4242'],
  ['SLL2', 276, '0800' + '0000' + '00000003' + '0001' + '00' + '06' + '001122334455' + '0000' + ip4, own + '001122334455' + '0800' + ip4],
] as const)
  test(`link type ${name}: a header addressed to the port`, async () => {
    const b = new Bytes(false), data = bytes(record);
    const { reader, packets } = await read(scratchFile('l.pcap', b.pcapHeader({ link }), b.pcapRecord(data, 1, 0, data.length + 100)), { port: () => 5, mac });
    assert.equal([reader.fault, bytesOf(packets)], [undefined, [expected]]);
    assert.is(packets[0]!.orig, expected.length / 2 + 100);
  });

test('frame check sequences are cut off, by the link word and by if_fcslen', async () => {
  const b = new Bytes(true), whole = madeFrame(64), cut = madeFrame(40), edge = madeFrame(62);
  const records = (make: (data: Uint8Array, orig: number) => Uint8Array) => [make(whole, 64), make(cut, 64), make(edge, 64)];
  const wanted = hexOf([whole.subarray(0, 60), cut, edge.subarray(0, 60)]);
  for (const path of [
    scratchFile('f.pcap', b.pcapHeader({ link: 0x24000001 }), ...records((d, orig) => b.pcapRecord(d, 1, 0, orig))),
    ...[4, 32].map(n => scratchFile(`f${n}.pcapng`, b.shb(), b.idb(1, 0, b.option(13, Uint8Array.of(n))), ...records((d, orig) => b.epb(0, 1n, d, orig)))),
  ]) {
    const { packets } = await read(path);
    assert.equal([bytesOf(packets), packets.map(p => p.orig)], [wanted, [60, 60, 60]]);
  }
  // Without the flag the other bits of the word mean nothing.
  assert.is((await read(scratchFile('g.pcap', b.pcapHeader({ link: 0x23ff0001 }), b.pcapRecord(whole)))).packets[0]!.bytes.length, 64);
});

test('what is no frame drops by name and keeps its number', async () => {
  const b = new Bytes(false);
  const { reader, packets } = await read(scratchFile('d.pcap', b.pcapHeader(),
    b.pcapRecord(madeFrame(13)), b.pcapRecord(madeFrame(14)), b.pcapRecord(madeFrame(65536)), b.pcapRecord(madeFrame(65535)), b.pcapRecord(madeFrame(13), 1, 0, 60), b.pcapRecord(madeFrame(262144)), b.pcapRecord(madeFrame(0)), b.pcapRecord(madeFrame(60))));
  assert.is(reader.fault, undefined);
  assert.equal(packets.map(p => [p.id, p.bytes.length]), [[2, 14], [4, 65535], [8, 60]]);
  assert.equal(reader.drops, [
    { reason: 'OVERSIZE', packets: 2, bytes: 65536 + 262144, first: 3 },
    { reason: 'RUNT', packets: 2, bytes: 13, first: 1 },
    { reason: 'SNAP_CUT', packets: 1, bytes: 13, first: 5 },
  ]);
  assert.is(reader.packets, 8);
  const raw = await read(scratchFile('e.pcap', b.pcapHeader({ link: 101 }), b.pcapRecord(madeFrame(65535)), b.pcapRecord(madeFrame(65521))));
  assert.equal([raw.reader.drops.map(d => d.reason), raw.packets.map(p => p.bytes.length)], [['OVERSIZE'], [65535]]);
});

test('a mark and a filter', async () => {
  const b = new Bytes(false), k = smallKernels(), program = compileFilter('greater 100'), at = k.alloc(program.room, 'filter');
  k.bytes.set(program.bytes, at);
  const path = scratchFile('m.pcap', b.pcapHeader(), ...[60, 200, 99, 100].map(n => b.pcapRecord(madeFrame(n))));
  const reader = openCapture(k, path, { mark: 4, filter: { program: at, count: program.count } }), packets = await readAll(k, reader);
  assert.equal(packets.map(p => [p.id, p.mark]), [[2, 0], [4, 1]]);
  assert.equal([reader.packets, reader.filtered, reader.bytes], [4, 2, 459]);
});

test('an empty pool stops the reader, which loses nothing', async () => {
  const b = new Bytes(false), k = smallKernels(), vec = k.alloc(1024, 'vector');
  const reader = openCapture(k, scratchFile('p.pcap', b.pcapHeader(), ...Array.from({ length: 12 }, (_, i) => b.pcapRecord(madeFrame(20000, i)))));
  assert.ok(await reader.fill());
  assert.is(reader.next(vec, 256), 8); // the buffers of that size
  assert.is(reader.starved, true);
  const held = Array.from(k.u32.subarray(vec >> 2, (vec >> 2) + 8));
  assert.is(reader.next(vec, 256), 0);
  assert.throws(() => reader.fill(), /all packet buffers are in use/);
  for (const d of held) k.fn['free']!(k.pool, d);
  assert.equal((await readAll(k, reader)).map(p => p.id), [9, 10, 11, 12]);
});

test('another pass: numbers go on, times go on by the mean gap', async () => {
  const b = new Bytes(false), k = smallKernels();
  for (const reader of [
    openCapture(k, scratchFile('r.pcap', b.pcapHeader(), b.pcapRecord(madeFrame(60), 10), b.pcapRecord(madeFrame(60), 14), b.pcapRecord(madeFrame(60), 12))),
    openCapture(k, scratchFile('r.pcap.gz', gzipSync(Buffer.concat([b.pcapHeader(), b.pcapRecord(madeFrame(60), 10), b.pcapRecord(madeFrame(60), 14), b.pcapRecord(madeFrame(60), 12)])))),
  ]) {
    const packets: Taken[] = [];
    for (let pass = 0; pass < 3; pass++) {
      packets.push(...await readAll(k, reader));
      assert.ok(reader.rewind());
    }
    assert.equal(packets.map(p => p.id), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.equal(packets.map(p => p.time / PS), [0n, 4n, 2n, 6n, 10n, 8n, 12n, 16n, 14n]);
    reader.close();
  }
  const lone = openCapture(k, scratchFile('q.pcap', b.pcapHeader(), b.pcapRecord(madeFrame(60), 10)));
  await readAll(k, lone);
  lone.rewind();
  assert.equal((await readAll(k, lone)).map(p => p.time), [1_000_000n]);
});

test('times beyond 106 days are the limit, counted', async () => {
  const b = new Bytes(false);
  const { reader, packets } = await read(scratchFile('t.pcap', b.pcapHeader(), b.pcapRecord(madeFrame(60), 1_700_000_000), b.pcapRecord(madeFrame(60), 0), b.pcapRecord(madeFrame(60), 0xffffffff, 0xffffffff)));
  assert.equal(packets.map(p => p.time), [0n, -9_200_000n * PS, 9_200_000n * PS]);
  assert.is(reader.clamped, 2);
});

// Faults: what was before is delivered, then path, offset and what was expected.
const L = new Bytes(false), B = new Bytes(true), one = L.pcapRecord(madeFrame(60)), ngHead = [L.shb(), L.idb()], ngOne = L.epb(0, 1n, madeFrame(60));
const ngAt = 28 + 20, ngNext = ngAt + ngOne.length;
const pcapFault = (...tail: Uint8Array[]) => [L.pcapHeader(), one, ...tail];
const ngFault = (...tail: Uint8Array[]) => [...ngHead, ngOne, ...tail];
for (const [name, parts, delivered, offset, text] of [
  ['an empty file', [], 0, 0, /expected a file header of 24 bytes, found a file of 0 bytes/],
  ['a file shorter than its header', [L.pcapHeader().subarray(0, 23)], 0, 0, /found a file of 23 bytes/],
  ['a bad magic number', [new TextEncoder().encode('<!DOCTYPE html><html></html>')], 0, 0, /pcap or pcapng magic number, found 0x3c21444f/],
  ['a modified file', [L.pcapHeader({ magic: 0xa1b2cd34 })], 0, 0, /Kuznetzov/],
  ['a modified file, big endian', [B.pcapHeader({ magic: 0xa1b2cd34 })], 0, 0, /Kuznetzov/],
  ['an old version', [L.pcapHeader({ minor: 3 })], 0, 4, /pcap version 2.4, found 2.3/],
  ['a link type with a name', [L.pcapHeader({ link: 105 })], 0, 20, /found 105 \(IEEE802_11\)/],
  ['a link type without', [B.pcapHeader({ link: 9999 })], 0, 20, /found 9999$/],
  ['a record header cut', pcapFault(one.subarray(0, 9)), 1, 100, /a record of 16 bytes, found 9 bytes/],
  ['a record cut', pcapFault(one.subarray(0, 75)), 1, 100, /a record of 76 bytes, found 75 bytes/],
  ['a captured length of more than there is', pcapFault(L.pcapRecord(madeFrame(60), 1, 0, 60, 262144)), 1, 100, /a record of 262160 bytes, found 76 bytes/],
  ['an impossible captured length', pcapFault(L.pcapRecord(madeFrame(60), 1, 0, 60, 262145)), 1, 100, /at most 262144 captured bytes, found 262145/],
  ['a leading interface description of odd length', [L.shb(), L.block(1, new Uint8Array(12), 22)], 0, 28, /a multiple of 4, found 22/],
  ['a section header cut', [L.shb().subarray(0, 20)], 0, 0, /a block of 28 bytes, found 20 bytes/],
  ['a byte order magic that is none', [L.block(0x0a0d0d0a, madeFrame(16))], 0, 8, /byte order magic 0x1a2b3c4d/],
  ['a section header too short', [L.block(0x0a0d0d0a, Buffer.concat([L.u32(0x1a2b3c4d), L.u16(1, 0), L.i64(-1n)]), 24)], 0, 0, /a block of 28 to 131072 bytes, a multiple of 4, found 24/],
  ['pcapng 2.0', ngFault(L.block(0x0a0d0d0a, Buffer.concat([L.u32(0x1a2b3c4d), L.u16(2, 0), L.i64(-1n)]))), 1, ngNext + 12, /pcapng version 1, found 2.0/],
  ['a block length not of 4', ngFault(L.block(77, new Uint8Array(8), 21)), 1, ngNext, /block length .* found 21/],
  ['a block length below 12', ngFault(L.block(77, new Uint8Array(8), 8)), 1, ngNext, /block length .* found 8/],
  ['a packet block too short', ngFault(L.block(6, new Uint8Array(16))), 1, ngNext, /block length .* found 28/],
  ['a trailer that differs', ngFault(L.block(77, new Uint8Array(8), 20, 24)), 1, ngNext, /length again at its end, found 24/],
  ['a packet with a trailer that differs', ngFault(L.block(6, Buffer.concat([L.u32(0, 0, 0, 8, 8), new Uint8Array(8)]), 40, 44)), 1, ngNext, /length again at its end, found 44/],
  ['a huge block with a trailer that differs', ngFault(L.block(77, new Uint8Array(3 * 2 ** 20), 12 + 3 * 2 ** 20, 4)), 1, ngNext, /length again at its end, found 4/],
  ['a huge block cut', ngFault(L.block(77, new Uint8Array(3 * 2 ** 20), 12 + 4 * 2 ** 20)), 1, ngNext, /a block of 4194316 bytes, found 3145740 bytes/],
  ['an interface that is not there', ngFault(L.epb(1, 1n, madeFrame(60))), 1, ngNext, /one of the section's 1 interfaces, found interface 1/],
  ['a simple packet without interface', [L.shb(), L.block(3, L.u32(60, 0))], 0, 28, /one of the section's 0 interfaces/],
  ['an interface of another section', ngFault(B.shb(), B.epb(0, 1n, madeFrame(60))), 1, ngNext + 28, /the section's 0 interfaces/],
  ['a packet longer than its block', ngFault(L.epb(0, 1n, madeFrame(60), 61, 61)), 1, ngNext, /a packet within its block, found 61/],
  ['an impossible captured length, pcapng', ngFault(L.epb(0, 1n, madeFrame(60), 61, 0xffffffff)), 1, ngNext, /captured bytes, found 4294967295/],
  ['a resolution of 10^-20', ngFault(L.idb(1, 0, L.option(9, Uint8Array.of(20)))), 1, ngNext + 16, /resolution .* found 10\^-20 s/],
  ['a resolution of 2^-64', ngFault(L.idb(1, 0, L.option(9, Uint8Array.of(0xc0)))), 1, ngNext + 16, /resolution .* found 2\^-64 s/],
  ['an option longer than its block', ngFault(L.block(1, Buffer.concat([L.u16(1, 0), L.u32(0), L.u16(2, 400), new Uint8Array(4)]))), 1, ngNext + 16, /an option within its block, found one of 400 bytes/],
  ['an interface description too short', ngFault(L.block(1, new Uint8Array(4))), 1, ngNext, /a block of 20 to 131072 bytes, .* found 16/],
  ['an interface description too long', ngFault(L.block(1, new Uint8Array(200000))), 1, ngNext, /a block of 20 to 131072 bytes, .* found 200012/],
  ['a packet of a link type that is not read', ngFault(L.idb(220), L.epb(0, 2n, madeFrame(60)), L.epb(1, 1n, madeFrame(60))), 2, ngNext + 20 + 92, /interface 1 with link type 220 \(USB_LINUX_MMAPPED\)/],
  ['a block header cut', ngFault(new Uint8Array(5)), 1, ngNext, /a block of 12 bytes, found 5 bytes/],
] as const)
  test(`fault: ${name}`, async () => {
    const all = Buffer.concat(parts as readonly Uint8Array[]);
    for (const [file, content] of [['fault', all], ['fault.gz', gzipSync(all)]] as const) {
      const path = scratchFile(file, content), { reader, packets } = await read(path);
      assert.ok(reader.fault, 'a fault');
      assert.is(packets.length, delivered);
      assert.equal([reader.fault.path, reader.fault.offset], [path, offset]);
      assert.match(faultText(reader.fault), text);
    }
  });

test('a cut gzip file: all that can be unzipped is delivered', async () => {
  const b = new Bytes(false), records = Array.from({ length: 3000 }, (_, i) => b.pcapRecord(madeFrame(60 + i % 1000, i)));
  const plain = Buffer.concat([b.pcapHeader(), ...records]), zipped = gzipSync(plain);
  const { reader, packets } = await read(scratchFile('cut.gz', zipped.subarray(0, zipped.length - 9)));
  assert.is(packets.length, 3000);
  assert.equal([reader.fault?.offset, reader.fault?.expected], [plain.length, 'gzip data to go on']);
  const half = await read(scratchFile('half.gz', zipped.subarray(0, zipped.length >> 1)));
  assert.ok(half.packets.length > 0 && half.packets.length < 3000 && half.reader.fault);
  const members = await read(scratchFile('members.gz', gzipSync(plain.subarray(0, 5000)), gzipSync(plain.subarray(5000))));
  assert.equal([members.packets.length, members.reader.fault], [3000, undefined]);
});

test('records longer than what is loaded, at every alignment to the block', async () => {
  const b = new Bytes(false), huge = b.block(0x0bad, new Uint8Array(2 ** 20 + 4));
  const parts: Uint8Array[] = [b.shb(), b.idb()], sizes: number[] = [];
  for (let i = 0; i < 300; i++) {
    const size = 14 + (i * 977) % 9000;
    sizes.push(size);
    // Options beyond RECORD_MAX: the packet is taken before its block is loaded.
    const options = i % 50 === 7 ? Buffer.concat(Array.from({ length: 3 }, () => b.option(1, new Uint8Array(65500)))) : new Uint8Array(0);
    parts.push(b.epb(0, BigInt(i), madeFrame(size, i), size, size, options));
    if (i % 100 === 50) parts.push(huge);
  }
  const path = scratchFile('long.pcapng', ...parts);
  for (const burst of [1, 7, 256]) {
    const { reader, packets } = await read(path, {}, burst);
    assert.is(reader.fault, undefined);
    assert.equal(packets.map(p => p.bytes.length), sizes);
    assert.ok(packets.every((p, i) => Buffer.compare(p.bytes, madeFrame(sizes[i]!, i)) === 0));
  }
});

test('standard input: plain and gzip, by pipe', () => {
  const b = new Bytes(false), plain = Buffer.concat([b.pcapHeader(), ...Array.from({ length: 5000 }, (_, i) => b.pcapRecord(madeFrame(60 + i % 500, i)))]);
  const script = fileURLToPath(new URL('read_stdin.ts', import.meta.url));
  for (const [input, expected] of [[plain, '5000 none\n'], [gzipSync(plain), '5000 none\n'], [plain.subarray(0, plain.length - 1), `4999 ${plain.length - 16 - 559}\n`], [new Uint8Array(0), '0 0\n']] as const) {
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script], { input, encoding: 'utf8' });
    assert.is(stdout, expected, stderr);
  }
});

needs(noProgram('mkfifo'))('a named pipe', async () => {
  const b = new Bytes(false), path = scratchFile('through.pcap', b.pcapHeader(), b.pcapRecord(madeFrame(60))), pipe = scratchPath('pipe');
  assert.is(spawnSync('mkfifo', [pipe]).status, 0);
  const fed = once(spawn('sh', ['-c', `cat ${path} > ${pipe}`]), 'exit');
  const { reader, packets } = await read(pipe);
  await fed;
  assert.equal([packets.length, reader.fault], [1, undefined]);
});

test('pcap-parser: faults, drops, an empty pool and another pass', async () => {
  const k = smallKernels(), head = L.pcapHeader(), lie = L.pcapRecord(madeFrame(60), 1, 0, 60, 0x7fffffff);
  for (const [parts, delivered, offset, text] of [
    [[], 0, 0, /a file header of 24 bytes, found 0 bytes/],
    [[L.pcapHeader({ magic: 0xa1b23c4d })], 0, 0, /unknown magic number/],
    [[L.pcapHeader({ link: 105 })], 0, 20, /found 105 \(IEEE802_11\)/],
    [[head, one, one.subarray(0, 40)], 1, 100, /a whole record, found 40 bytes/],
    [[head, one, lie, one], 1, 100, /at most 262144 captured bytes, found 2147483647/],
  ] as const) {
    const reader = openWithPcapParser(k, scratchFile('second.pcap', ...parts)), packets = await readAll(k, reader);
    assert.is(packets.length, delivered);
    assert.is(reader.fault?.offset, offset);
    assert.match(faultText(reader.fault!), text);
    reader.close();
  }
  const path = scratchFile('second.pcap', head, L.pcapRecord(madeFrame(13)), ...Array.from({ length: 9 }, (_, i) => L.pcapRecord(madeFrame(20000), i)), L.pcapRecord(madeFrame(70000)));
  const reader = openWithPcapParser(k, path), vec = k.alloc(1024, 'vector');
  const held: number[] = [];
  while (!reader.starved) {
    const n = reader.next(vec, 256);
    held.push(...k.u32.subarray(vec >> 2, (vec >> 2) + n));
    if (n === 0 && !reader.starved) await reader.fill();
  }
  assert.is(held.length, 8);
  for (const d of held) k.fn['free']!(k.pool, d);
  assert.equal((await readAll(k, reader)).map(p => p.id), [10]);
  assert.equal(reader.drops.map(d => d.reason), ['OVERSIZE', 'RUNT']);
  reader.rewind();
  const again = openCapture(k, path);
  await readAll(k, again, 8);
  again.rewind();
  assert.equal((await readAll(k, reader, 8)).map(p => [p.id, p.time]), (await readAll(k, again, 8)).map(p => [p.id, p.time]));
  assert.throws(() => openWithPcapParser(k, '/nonexistent.pcap'), /no such file/);
});

test('a path that cannot be read', () => {
  const k = smallKernels();
  assert.throws(() => openCapture(k, '/nonexistent.pcap'), /\/nonexistent\.pcap: no such file or directory/);
  assert.throws(() => openCapture(k, '/'), /illegal operation on a directory/);
});

test.run();
