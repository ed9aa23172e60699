// capture_write.test.ts -- the writer: bytes by hand, and what tshark makes of them.

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Packet, PacketFlag } from '../assembly/abi/packet.ts';
import { createCapture, openCapture } from '../src/capture/open.ts';
import type { WriteOptions } from '../src/capture/writer.ts';
import type { Kernels } from '../src/kernel/kernels.ts';
import { type Arrival, receive } from '../src/kernel/packets.ts';
import { Bytes, madeFrame, readAll, scratchFile, scratchPath, smallKernels } from './capture_files.ts';
import { needs, noProgram } from './skip.ts';

const PS = 10n ** 12n, L = new Bytes(false);

/** A list in memory of packets that leave by `out`. */
function list(k: Kernels, packets: readonly (Arrival & { bytes: Uint8Array; out?: number })[]): number {
  const at = k.alloc(4 * packets.length, 'list');
  packets.forEach(({ bytes, out = 0, ...arrival }, i) => {
    const d = receive(k, bytes, arrival);
    k.view.setUint16(d + Packet.TX_PORT, out, true);
    k.u32[(at >> 2) + i] = d;
  });
  return at;
}

const ports: WriteOptions['ports'] = [{ port: 0, name: 'e1' }];

for (const [resolution, magic, tick] of [['us', 0xa1b2c3d4, 10n ** 6n], ['ns', 0xa1b23c4d, 10n ** 3n]] as const)
  test(`pcap in ${resolution}: header and records to the byte, packets freed`, () => {
    const k = smallKernels(), path = scratchPath('w.pcap'), before = k.fn['pool_free']!(k.pool), w = createCapture(k, path, { ports, resolution, origin: 1000n });
    const vec = list(k, [{ bytes: madeFrame(60), time: 3n * PS + 7n * tick + 1n }, { bytes: madeFrame(61), time: -tick, orig: 9000 }]);
    w.write(vec, 2);
    w.close();
    assert.is(k.fn['pool_free']!(k.pool), before);
    assert.equal([w.packets, w.bytes], [2, 121]);
    assert.equal(readFileSync(path), Buffer.concat([L.pcapHeader({ magic, snaplen: 262144 }), L.pcapRecord(madeFrame(60), 1003, 7), L.pcapRecord(madeFrame(61), 999, Number(PS / tick) - 1, 9000)]));
  });

test('pcapng: section, interfaces, packets with flags, number and comment, statistics', () => {
  const k = smallKernels(), path = scratchPath('w.pcapng'), w = createCapture(k, path, {
    ports: [{ port: 7, name: 'e7', description: 'to the spine', speed: 400_000_000_000n }, { port: 2, name: 'é' }], origin: 10n, version: '1.2.3',
  });
  const text = (s: string) => new TextEncoder().encode(s), u64 = (n: bigint) => L.i64(n);
  const vec = list(k, [{ bytes: madeFrame(61), id: 5, time: 1500n, out: 2 }, { bytes: madeFrame(60), id: 6, time: PS, out: 9 }, { bytes: madeFrame(64), id: 5, port: 7, time: 2n * PS, out: 7 }]);
  const [, , made] = k.u32.subarray(vec >> 2, (vec >> 2) + 3);
  k.view.setUint8(made! + Packet.FLAGS, PacketFlag.ORIGINATED);
  w.copy(vec, 3, 'in'); // only the third came in by a port of the file
  w.writeComment(made!, 2, 'in', 'DROP ip4_lookup NO_ROUTE 10.9.0.0');
  w.writeComment(made!, 9, 'in', 'a port the file has not');
  w.write(vec, 3);
  w.close([{ port: 2, received: 11n, dropped: 1n, start: 0n, end: PS }, { port: 9, received: 0n, dropped: 0n }]);
  const options = (flags: number, id: bigint, ...more: Uint8Array[]) => Buffer.concat([L.option(2, L.u32(flags)), L.option(5, u64(id)), ...more, L.u32(0)]);
  const s = 10n ** 9n, stamp = (n: bigint) => L.u32(Number(n >> 32n), Number(n & 0xffffffffn));
  assert.equal(readFileSync(path), Buffer.concat([
    L.block(0x0a0d0d0a, Buffer.concat([L.u32(0x1a2b3c4d), L.u16(1, 0), u64(-1n), L.option(4, text('weft 1.2.3')), L.u32(0)])),
    L.idb(1, 0, L.option(2, text('e7')), L.option(3, text('to the spine')), L.option(8, u64(400_000_000_000n)), L.option(9, Uint8Array.of(9))),
    L.idb(1, 0, L.option(2, text('é')), L.option(9, Uint8Array.of(9))),
    L.epb(0, 12n * s, madeFrame(64), 64, 64, options(1, 5n + (1n << 32n))),
    L.epb(1, 12n * s, madeFrame(64), 64, 64, options(1, 5n + (1n << 32n), L.option(1, text('DROP ip4_lookup NO_ROUTE 10.9.0.0')))),
    L.epb(1, 10n * s + 1n, madeFrame(61), 61, 61, options(2, 5n)),
    L.epb(0, 12n * s, madeFrame(64), 64, 64, options(2, 5n + (1n << 32n))),
    L.block(5, Buffer.concat([L.u32(1), stamp(11n * s), L.option(2, stamp(10n * s)), L.option(3, stamp(11n * s)), L.option(4, u64(11n)), L.option(5, u64(1n)), L.u32(0)])),
  ]));
});

needs(noProgram('tshark'))('pcapng: tshark sees ports, direction, number and comment', () => {
  const k = smallKernels(), path = scratchPath('t.pcapng'), w = createCapture(k, path, { ports: [{ port: 0, name: 'e1' }, { port: 1, name: 'e2' }], origin: 1_700_000_000n });
  const vec = list(k, [{ bytes: madeFrame(60), id: 77, time: 1_234_567_000n, out: 1, orig: 1500 }]);
  w.writeComment(k.u32[vec >> 2]!, 0, 'in', 'DROP x NO_ROUTE');
  w.write(vec, 1);
  w.close();
  const fields = ['frame.time_epoch', 'frame.interface_name', 'frame.len', 'frame.cap_len', 'frame.packet_flags_direction', 'frame.packet_id', 'frame.comment'];
  const seen = execFileSync('tshark', ['-r', path, '-T', 'fields', '-E', 'separator=|', ...fields.flatMap(f => ['-e', f])], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim().split('\n').map(l => l.split('|'));
  assert.equal(seen.map(f => f.slice(0, 4)), [['1700000000.001234567', 'e1', '1500', '60'], ['1700000000.001234567', 'e2', '1500', '60']]);
  assert.equal(seen.map(f => Number(f[4])), [1, 2]);
  assert.equal(seen.map(f => Number(f[5])), [77, 77]);
  assert.equal(seen.map(f => f[6]), ['DROP x NO_ROUTE', '']);
});

test('more than a block, comments longer than allowed, no packets at all', async () => {
  const k = smallKernels(), sizes: number[] = [];
  for (const name of ['big.pcap', 'big.pcapng']) {
    const w = createCapture(k, scratchPath(name), { ports });
    sizes.length = 0;
    for (let burst = 0; burst < 12; burst++) {
      const sent = Array.from({ length: 40 }, (_, i) => ({ bytes: madeFrame(14 + (burst * 40 + i) * 131 % 9000, i) }));
      sizes.push(...sent.map(s => s.bytes.length));
      const vec = list(k, sent);
      w.write(vec, 40);
    }
    const vec = list(k, [{ bytes: madeFrame(65535) }]);
    for (let i = 0; i < 30; i++) w.writeComment(k.u32[vec >> 2]!, 0, 'out', 'ü'.repeat(5000));
    k.fn['free']!(k.pool, k.u32[vec >> 2]!);
    w.close();
    const copy = openCapture(k, scratchPath(name)), packets = await readAll(k, copy);
    assert.is(copy.fault, undefined);
    assert.equal(packets.map(p => p.bytes.length), [...sizes, ...new Array<number>(30).fill(65535)]);
    assert.ok(packets.slice(480).every(p => Buffer.compare(p.bytes, madeFrame(65535)) === 0));
    const empty = createCapture(k, scratchPath(`no${name}`), { ports });
    empty.close();
    const none = openCapture(k, scratchPath(`no${name}`));
    assert.equal([(await readAll(k, none)).length, none.fault], [0, undefined]);
  }
});

test('long names are cut, and leave the block whole', async () => {
  const k = smallKernels(), path = scratchPath('names.pcapng'), long = 'ß'.repeat(40000), count = 40;
  const w = createCapture(k, path, { ports: Array.from({ length: count }, (_, port) => ({ port, name: long + port, description: long })) });
  w.close();
  const reader = openCapture(k, path);
  assert.is((await readAll(k, reader)).length, 0);
  assert.equal([reader.fault, reader.interfaces.length, reader.interfaces[0]!.name], [undefined, count, 'ß'.repeat(8192)]);
});

test('names that cannot be written', () => {
  const k = smallKernels();
  assert.throws(() => createCapture(k, 'x.pcap.gz', { ports }), /captures are written uncompressed/);
  assert.throws(() => createCapture(k, '/nonexistent/x.pcap', { ports }), /cannot write \/nonexistent\/x\.pcap/);
});

const script = fileURLToPath(new URL('copy_stdin.ts', import.meta.url)), copier = `'${process.execPath}' --import tsx '${script}'`;
test('standard output: pcapng through a pipe, and a reader that goes away ends quietly', async () => {
  const path = scratchFile('in.pcap', L.pcapHeader(), ...Array.from({ length: 4000 }, (_, i) => L.pcapRecord(madeFrame(60 + i % 1400, i))));
  const whole = spawnSync('sh', ['-c', `${copier} < ${path} > ${path}.out`], { encoding: 'utf8' });
  assert.is(whole.stderr, '4000\n');
  const k = smallKernels(), copy = openCapture(k, `${path}.out`);
  assert.is((await readAll(k, copy)).length, 4000);
  const cut = spawnSync('sh', ['-c', `${copier} < ${path} | head -c 1000 | wc -c`], { encoding: 'utf8' });
  assert.equal([cut.stdout.trim(), cut.stderr], ['1000', 'broken\n']);
});

test.run();
