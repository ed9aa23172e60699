// roce.test.ts -- RoCEv2: the invariant CRC, by the kernels and by the host,
// judged by scapy and by packets of a real NIC.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Port } from '../assembly/abi/port.ts';
import { Switch } from '../assembly/abi/switch.ts';
import { replay } from '../src/replay/replay.ts';
import { showPorts } from '../src/switch/port_report.ts';
import { build } from '../src/wire/build.ts';
import { dissect, values } from '../src/wire/dissect.ts';
import { crc32, icrc } from '../src/wire/icrc.ts';
import { BenchSwitch } from './bench_switch.ts';
import { networkOf, readerOf } from './captured.ts';
import { needs, noProgram, noRecording, shared } from './skip.ts';
import { tsharkFields, writeCapture } from './tshark.ts';
import { bench, random } from './wasm.ts';

const { k, u32, alloc } = bench(4);
const tables = alloc(u32('crc32_sizeof')), buf = alloc(8192);
k.fn['crc32_init']!(tables);
const at = (bytes: Uint8Array, shift = 0): number => {
  k.bytes.set(bytes, buf + shift);
  return buf + shift;
};

test('CRC-32: the check value, and the host bit by bit at every length and alignment', () => {
  assert.is(u32('crc32', tables, at(Buffer.from('123456789')), 9), 0xcbf43926);
  const next = random(3);
  for (let n = 0; n < 100; n++) {
    const bytes = Uint8Array.from({ length: n }, next);
    assert.is(u32('crc32', tables, at(bytes, n & 7), n), crc32(bytes), `${n} bytes`);
  }
});

const hex = (text: string): Uint8Array => Buffer.from(text.replace(/\s/g, ''), 'hex');

/** Frames whose ICRC others made. */
const FRAMES: Readonly<Record<string, Uint8Array>> = {
  'R1, RC RDMA write': hex('02000000 00020200 00000001 0800456a 00440002 40004011 263b0a00 00010a00 0002c001 12b70030 00000a40 ffff0000 00118000 00020000 00000000 1000dead beef0000 00080001 02030405 0607b6d7 c972'),
  'R2, its acknowledgement': hex('02000000 00010200 00000002 0800456a 00300003 40004011 264e0a00 00020a00 0001c001 12b7001c 00001140 ffff0000 00120000 00021f00 0002e562 ecf8'),
  'R3, CNP of a ConnectX-4 Lx': hex('e41d2dab 2bc27cfe 90643b32 080045c2 003c718c 40004011 91610a00 11010a00 12010000 12b70028 00008100 ffff4000 01180000 00000000 00000000 00000000 00000000 000082fd 002a'),
  'R4, UC send over IPv4': hex('248a07a8fa22 248a07a8fa22 0800 45010040047840004011b4d5c0a80007c0a80007 c00012b7002caca2 2460ffff000000d300cf1710 4630818be28935d90e9a95505401be885e500000 78f353f3'),
  'R4, the same over IPv6': hex('248a07a8fa22 248a07a8fa22 86dd 6e21face 002c 11ff 20220000000000000000000000001023 20230000000000000000000000001024 c00012b7002c0000 2460ffff000000d300cf1710 4630818be28935d90e9a95505401be885e500000 3e5b743b'),
};

test('ICRC: kernels and host agree with others', () => {
  for (const [name, frame] of Object.entries(FRAMES)) {
    const packet = frame.subarray(14), theirs = packet.subarray(-4), body = packet.subarray(0, -4);
    assert.equal([...icrc(body)], [...theirs], `${name}, host`);
    const p = at(packet);
    assert.is(u32('roceLength', p, packet.length), packet.length, name);
    assert.is(u32('icrc', tables, p, body.length), new DataView(theirs.buffer, theirs.byteOffset).getUint32(0, true), `${name}, kernels`);
    assert.is(values(dissect(frame), 'infiniband.invariant.crc.status')[0], 1, `${name}, dissected`);
  }
});

/** Bytes of an IPv4 packet, or an IPv6 one, that routers may change, and masks of bits. */
const CHANGING: Readonly<Record<4 | 6, Readonly<Record<number, number>>>> = {
  4: { 1: 0xff, 8: 0xff, 10: 0xff, 11: 0xff, 26: 0xff, 27: 0xff, 32: 0xff },
  6: { 0: 0x0f, 1: 0xff, 2: 0xff, 3: 0xff, 7: 0xff, 46: 0xff, 47: 0xff, 52: 0xff },
};
/** Bytes that say whether it is RoCEv2 at all: version, lengths, fragments, protocol, port, UDP length. */
const SHAPE: Readonly<Record<4 | 6, readonly number[]>> = { 4: [0, 2, 3, 6, 7, 9, 22, 23, 24, 25], 6: [0, 4, 5, 6, 42, 43, 44, 45] };

test('ICRC: every bit counts but those that routers may change', () => {
  for (const [name, version] of [['R1, RC RDMA write', 4], ['R4, the same over IPv6', 6]] as const) {
    const packet = FRAMES[name]!.slice(14);
    for (let i = 0; i < packet.length; i++)
      for (let bit = 0; bit < 8; bit++) {
        if (SHAPE[version].includes(i) && !((CHANGING[version][i] ?? 0) >> bit & 1)) continue;
        packet[i]! ^= 1 << bit;
        assert.is(u32('icrcWrong', tables, at(packet), packet.length), (CHANGING[version][i] ?? 0) >> bit & 1 ? 0 : 1, `${name}, byte ${i} bit ${bit}`);
        packet[i]! ^= 1 << bit;
      }
  }
});

test('ICRC: IPv4 options count', () => {
  const packet = build('ip(src=10.0.0.1,dst=10.0.0.2)/udp(srcport=1)/bth/data(len=9)').slice(), longer = new Uint8Array(packet.length + 4);
  longer.set(packet.subarray(0, 20));
  longer.set([0x46, 0, 0, longer.length], 0);
  longer.set([1, 1, 1, 0], 20);
  longer.set(packet.subarray(20), 24);
  longer.set(icrc(longer.subarray(0, -4)), longer.length - 4);
  assert.is(u32('icrcWrong', tables, at(longer), longer.length), 0);
  longer[21] = 0;
  assert.is(u32('icrcWrong', tables, at(longer), longer.length), 1);
});

test('any bytes at all are RoCEv2 inside their bounds, or none', () => {
  const next = random(9), seeds = Object.values(FRAMES).map(f => f.subarray(14));
  for (let run = 0; run < 20_000; run++) {
    const packet = Uint8Array.from(seeds[next() % seeds.length]!), have = next() % (packet.length + 1);
    for (let hits = next() % 4; hits > 0; hits--) packet[next() % packet.length] = next();
    assert.ok(u32('roceLength', at(packet), have) <= have);
  }
});

/** Descriptions, and what tshark reads in each. */
const BUILT: readonly [text: string, fields: Record<string, string>][] = [
  ['bth(destqp=0x11,psn=2,a=1,m=1)/reth(va=0x1000,r_key=0xdeadbeef)/data(hex=0001020304050607)', { 'bth.opcode': '10', 'bth.destqp': '0x000011', 'bth.psn': '2', 'bth.a': '1', 'reth.va': '0x0000000000001000', 'reth.r_key': '0xdeadbeef', 'reth.dmalen': '8' }],
  ['bth(destqp=0x12,psn=2)/aeth(syndrome=0x60,msn=2)', { 'bth.opcode': '17', 'aeth.syndrome.opcode': '3', 'aeth.syndrome.error_code': '0', 'aeth.msn': '2' }],
  ['bth/atomiceth(va=0x20,r_key=7,swapdt=18446744073709551615,cmpdt=0x10)', { 'bth.opcode': '19', 'reth.va': '0x0000000000000020', 'atomiceth.swapdt': '18446744073709551615', 'atomiceth.cmpdt': '16' }],
  ['bth(opcode=18)/aeth(msn=3)/atomicacketh(origremdt=99)', { 'bth.opcode': '18', 'atomicacketh.origremdt': '99' }],
  ['bth(opcode=11)/reth(dmalen=4)/immdt(immediate=0xcafe)/data(len=4)', { 'bth.opcode': '11', 'reth.dmalen': '4' }],
  ['bth/immdt(immediate=1)/data(len=4)', { 'bth.opcode': '5' }],
  ['bth/deth(q_key=0x80010000,srcqp=9)/data(len=8)', { 'bth.opcode': '100', 'deth.srcqp': '0x00000009' }],
  ['bth(psn=9,padcnt=3)/data(len=5)', { 'bth.opcode': '4', 'bth.padcnt': '3' }],
];
const around = (text: string) => `eth/ip(src=10.0.0.1,dst=10.0.0.2,dscp=26,ecn=2,id=5)/udp(srcport=0xc001,checksum=0)/${text}`;

test('what is built is read again, its ICRC right', () => {
  for (const [text, fields] of BUILT) {
    const layers = dissect(build(around(text)));
    for (const [name, value] of Object.entries(fields)) assert.is(values(layers, `infiniband.${name}`).join(), value, `${text}: ${name}`);
    assert.is(values(layers, 'infiniband.invariant.crc.status')[0], 1, text);
    assert.is(values(dissect(build(around(text).replace(/bth(\(|\/|$)/, (_, end: string) => (end === '(' ? 'bth(icrc=1,' : `bth(icrc=1)${end}`)))), 'infiniband.invariant.crc.status')[0], 0, `${text}, wrong`);
  }
  assert.equal(build('eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02)/ip(src=10.0.0.1,dst=10.0.0.2,dscp=26,ecn=2,id=2,df=1)/udp(srcport=0xc001,checksum=0)/bth(destqp=0x11,psn=2,a=1,m=1)/reth(va=0x1000,r_key=0xdeadbeef)/data(hex=0001020304050607)'), Uint8Array.from(FRAMES['R1, RC RDMA write']!));
});

test('a CNP is as a ConnectX-4 Lx sends it', () => {
  assert.equal(build('eth(dst=e4:1d:2d:ab:2b:c2,src=7c:fe:90:64:3b:32)/ip(src=10.0.17.1,dst=10.0.18.1,dscp=48,ecn=2,id=0x718c,df=1)/udp(srcport=0,checksum=0)/bth(opcode=0x81,destqp=0x118,m=0)'), Uint8Array.from(FRAMES['R3, CNP of a ConnectX-4 Lx']!));
});

needs(noProgram('tshark'))('tshark reads what is built', () => {
  const names = [...new Set(BUILT.flatMap(([, fields]) => Object.keys(fields)))], work = mkdtempSync(join(tmpdir(), 'weft-roce-'));
  try {
    writeCapture(join(work, 'built.pcap'), BUILT.map(([text]) => build(around(text))));
    tsharkFields(join(work, 'built.pcap'), names.map(n => `infiniband.${n}`)).forEach((got, i) => {
      const [text, fields] = BUILT[i]!;
      for (const [name, value] of Object.entries(fields)) assert.is(got[names.indexOf(name)], value, `${text}: ${name}`);
    });
  } finally { rmSync(work, { recursive: true }); }
});

/** A Python that has scapy's RoCE. */
const python = ['/usr/bin/python3', 'python3'].find(p => spawnSync(p, ['-c', 'import scapy.contrib.roce'], { stdio: 'ignore' }).status === 0);
const SCAPY = `
import sys
from scapy.layers.l2 import Ether
from scapy.contrib.roce import BTH
for line in sys.stdin:
    frame = Ether(bytes.fromhex(line))
    del frame[BTH].icrc
    print(bytes(frame)[-4:].hex())
`;

needs(python === undefined ? 'no scapy with scapy.contrib.roce' : undefined)('scapy makes the same ICRCs', () => {
  const frames = BUILT.map(([text]) => Buffer.from(build(around(text))));
  const theirs = execFileSync(python!, ['-c', SCAPY], { input: frames.map(f => f.toString('hex')).join('\n'), encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] }).trim().split('\n');
  assert.equal(frames.map(f => f.subarray(-4).toString('hex')), theirs);
});

const ROUTER = `
ports: {e1: {address: [10.0.0.254/24, "2001:db8::1/64"], mac: 02:00:00:00:00:02}, e2: {address: 10.0.1.254/24, FIX}}
neighbors: [{address: 10.0.1.9, mac: 02:00:00:00:00:19, port: e2}]
routes: [{to: default, via: 10.0.1.9}]
`;
const badIcrcs = (b: BenchSwitch): bigint => b.k.view.getBigUint64(b.k.view.getUint32(b.network.switches[0]!.at + Switch.PORTS, true) + Port.BAD_ICRC, true);
const roce = (icrc = '') => build(`eth/ip(src=10.0.0.1,dst=10.9.0.2,ecn=2)/udp(srcport=9)/bth${icrc}/data(len=40)`);

test('wrong ICRCs are counted by port, and passed on all the same', () => {
  const b = new BenchSwitch(ROUTER.replace(', FIX', ''));
  assert.is(b.send([roce(), roce('(icrc=7)'), roce('(icrc=8)'), build('udp 10.0.0.1:1 > 10.9.0.2:4791'), build('tcp 10.0.0.1:1 > 10.9.0.2:4791')].map((bytes, i) => ({ bytes, id: i + 1 }))).sent.length, 5);
  assert.is(badIcrcs(b), 2n);
  assert.is(showPorts(b.network.switches[0]!)[0]!.badIcrcs, 2n);
  const blind = new BenchSwitch(`count_checksums: false\n${ROUTER.replace(', FIX', '')}`);
  blind.send([{ bytes: roce('(icrc=7)'), id: 1 }]);
  assert.is(badIcrcs(blind), 0n);
});

test('fix_checksums makes ICRC and UDP checksum', () => {
  const { sent } = new BenchSwitch(ROUTER.replace('FIX', 'fix_checksums: true')).send([{ bytes: roce('(icrc=7)'), id: 1 }]);
  const layers = dissect(sent[0]!.bytes);
  assert.is(values(layers, 'infiniband.invariant.crc.status')[0], 1);
  assert.is(values(layers, 'udp.checksum.status')[0], 1);
});

needs(noRecording('pcaps', 'synth_rocev2_write_ack_cnp.pcap'))('a capture of RoCEv2: no ICRC is wrong', async () => {
  const network = networkOf('ports: {e1: {address: 192.0.2.1/24, promiscuous: true, mtu: 9000}}'), path = join(shared, 'pcaps', 'synth_rocev2_write_ack_cnp.pcap');
  const { in: { packets } } = await replay(network, readerOf(network, path));
  assert.is(packets, 18);
  assert.is(showPorts(network.switches[0]!)[0]!.badIcrcs, 0n);
  // And the kernels looked: one bit of a payload shows.
  const bytes = readFileSync(path), broken = Uint8Array.from(bytes.subarray(24 + 16, 24 + 16 + bytes.readUInt32LE(24 + 8)));
  broken[broken.length - 6]! ^= 1;
  const b = new BenchSwitch('ports: {e1: {address: 192.0.2.1/24, promiscuous: true, mtu: 9000}}');
  b.send([{ bytes: broken, id: 1 }]);
  assert.is(badIcrcs(b), 1n);
});

test.run();
