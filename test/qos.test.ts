// qos.test.ts -- flow control frames, ECN marking, priorities.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { replay } from '../src/replay/replay.ts';
import { showEcn, showPfc } from '../src/switch/port_report.ts';
import { ConfigError } from '../src/switch/file.ts';
import { build } from '../src/wire/build.ts';
import { dissect, values } from '../src/wire/dissect.ts';
import { BenchSwitch, type Sent } from './bench_switch.ts';
import { networkOf, readerOf } from './captured.ts';
import { needs, noProgram, noRecording, shared } from './skip.ts';
import { tsharkFields, writeCapture } from './tshark.ts';
import { bench } from './wasm.ts';

const { k, i64, alloc } = bench(4);
const mac = alloc(64), frame = alloc(64);
k.bytes.set([2, 0, 0, 0, 0, 1], mac);

/** A frame that a kernel writes: the byte before and behind must stay. */
function written(kernel: string, ...args: number[]): Uint8Array {
  k.bytes.fill(0xee, frame, frame + 64);
  k.fn[kernel]!(frame + 2, mac, ...args);
  assert.equal([...k.bytes.subarray(frame, frame + 2), ...k.bytes.subarray(frame + 62, frame + 64)], [0xee, 0xee, 0xee, 0xee]);
  return k.bytes.slice(frame + 2, frame + 62);
}
const P1 = Buffer.from('0180c200000102000000000188080101000800000000' + '0000ffff0000000000000000' + '00'.repeat(26), 'hex');
const P2 = Buffer.from('0180c200000102000000000188080101000800000000' + '000000000000000000000000' + '00'.repeat(26), 'hex');
const FROM = 'eth(dst=01:80:c2:00:00:01,src=02:00:00:00:00:01)';

test('PFC and PAUSE frames, by the kernels and by the builder: P1, P2', () => {
  assert.equal(written('putPfc', 1 << 3, 0xffff), Uint8Array.from(P1));
  assert.equal(written('putPfc', 1 << 3, 0), Uint8Array.from(P2));
  assert.equal(build(`${FROM}/pfc(c3=0xffff)`), Uint8Array.from(P1));
  assert.equal(build(`${FROM}/pfc(c3=0)`), Uint8Array.from(P2));
  assert.equal(written('putPause', 0x1234), build(`${FROM}/pause(time=0x1234)`));
  assert.equal(written('putPfc', 0x81, 7), build(`${FROM}/pfc(c0=7,c7=7)`));
});

needs(noProgram('tshark'))('tshark reads them', () => {
  const work = mkdtempSync(join(tmpdir(), 'weft-pfc-'));
  try {
    writeCapture(join(work, 'pfc.pcap'), [written('putPfc', 1 << 3 | 1 << 7, 0xabcd), written('putPause', 99)]);
    const names = ['macc.opcode', 'macc.cbfc.enbv', 'macc.cbfc.pause_time.c3', 'macc.cbfc.pause_time.c4', 'macc.cbfc.pause_time.c7', 'macc.pause_time'];
    assert.equal(tsharkFields(join(work, 'pfc.pcap'), names), [['0x0101', '0x0088', '43981', '0', '43981', ''], ['0x0001', '', '', '', '', '99']]);
  } finally { rmSync(work, { recursive: true }); }
});

test('quanta are 512 bit times, exact to the picosecond', () => {
  const G = 10n ** 9n;
  for (const [rate, ps] of [[100n, 335_539_200n], [200n, 167_769_600n], [400n, 83_884_800n], [800n, 41_942_400n]] as const)
    assert.is(i64('quantaTime', 0xffff, rate * G), ps);
  assert.is(i64('quantaTime', 1, 100n * G), 5_120n);
  assert.is(i64('quantaTime', 1, 3n * G), 170_667n, 'rounded up');
  assert.is(i64('quantaTime', 0, G), 0n);
});

test('flow control that a port received', () => {
  const b = new BenchSwitch('ports: {e1: {mac: 02:00:00:00:00:11}, e2: }\nbridges: {br: {ports: [e1, e2]}}');
  const frames = [P1, P1, P2, build(`${FROM}/pfc(c0=5,c3=0,c7=9)`), build(`${FROM}/pause(time=8)`), build(`${FROM}/pause(time=0)`), build('eth(dst=01:80:c2:00:00:0e)/pause(time=1)'), build('eth(dst=02:00:00:00:00:11)/pause(time=1)')];
  assert.is(b.send(frames.map((bytes, i) => ({ port: 'e1', bytes, id: i + 1 }))).sent.length, 0, 'never forwarded');
  const [e1, e2] = showPfc(b.network.switches[0]!);
  assert.equal({ ...e1, classes: e1!.classes.map(c => `${c.pause}/${c.resume}`).join(' ') }, { port: 'e1', pause: 2n, resume: 1n, pfc: 4n, classes: '1/0 0/0 0/0 2/2 0/0 0/0 0/0 1/0', bad: 1n });
  assert.is(e2!.pfc, 0n);
});

needs(noRecording('pcaps', 'synth_pfc_and_pause.pcap'))('a capture of PFC and PAUSE: all but the short one are read', async () => {
  const network = networkOf('ports: {e1: }\nbridges: {br: {ports: [e1]}}');
  const { consumed, drops, unexplained } = await replay(network, readerOf(network, join(shared, 'pcaps', 'synth_pfc_and_pause.pcap')));
  assert.is(unexplained, 0);
  assert.is(consumed + drops.reduce((n, d) => n + d.packets, 0), 18);
  assert.ok(drops.every(d => d.reason === 'MAC_CONTROL'), JSON.stringify(drops));
  assert.ok(consumed >= 15, `${consumed} consumed`);
});

/** Frames of 1000 bytes from e1 to e2, `gap` ns apart. */
function burst(ecn: string, count: number, gap: number, vector = 64, seed = 1): { sent: Sent[]; b: BenchSwitch } {
  const b = new BenchSwitch(`seed: ${seed}\nports: {e1: , e2: {ecn: ${ecn}}, e3: }\nbridges: {br: {ports: [e1, e2, e3], static: [{mac: 02:00:00:00:00:02, port: e2}]}}`);
  const bytes = build('eth(dst=02:00:00:00:00:02)/ip(src=10.0.0.1,dst=10.0.0.2,ecn=2)/udp/data(len=958)'), sent: Sent[] = [];
  for (let i = 0; i < count; i += vector)
    sent.push(...b.send(Array.from({ length: Math.min(vector, count - i) }, (_, j) => ({ port: 'e1', bytes, id: i + j + 1, time: BigInt((i + j) * gap * 1000) })), false).sent);
  return { sent, b };
}
const marks = (sent: readonly Sent[]): string => sent.map(s => (s.bytes[15]! & 3) === 3 ? 'x' : '.').join('');

test('a virtual queue: slower than the rate nothing is marked, faster it fills and marks', () => {
  assert.not.match(marks(burst('{rate: 1G, kmin: 2000B, kmax: 2000B}', 500, 8192).sent), /x/);
  // 8.192 us of sending every 4.096: the queue grows by 512 bytes a packet; packet n finds 512 n + 512 waiting.
  assert.is(marks(burst('{rate: 1G, kmin: 10kB, kmax: 10kB}', 60, 4096).sent), '.'.repeat(Math.ceil(10_000 / 512)) + 'x'.repeat(60 - Math.ceil(10_000 / 512)));
});

test('between kmin and kmax the share grows to pmax, and a seed says which', () => {
  const { sent, b } = burst('{rate: 1G, kmin: 1000kB, kmax: 3000kB, pmax: 0.2}', 7000, 4096, 256), line = marks(sent);
  // Packet n finds 512 n bytes: kmin at 1954, kmax at 5860.
  const share = (from: number, to: number) => [...line.slice(from, to)].filter(m => m === 'x').length / (to - from);
  assert.is(share(0, 1953), 0);
  assert.is(share(5861, 7000), 1);
  assert.ok(Math.abs(share(1954, 5859) - 0.1) < 0.02, `${share(1954, 5859)}`);
  assert.ok(Math.abs(share(5000, 5859) - 0.178) < 0.04, `${share(5000, 5859)}`);
  assert.ok(share(1954, 2500) < 0.05);
  const row = showEcn(b.network.switches[0]!)[0]!;
  assert.is(row.marked, BigInt([...line].filter(m => m === 'x').length));
  assert.equal([row.port, row.rate, row.kmin, row.kmax, row.pmax, row.packets, row.capable], ['e2', 10n ** 9n, 1_000_000n, 3_000_000n, 0.2, 7000n, 7000n]);
  assert.is(marks(burst('{rate: 1G, kmin: 1000kB, kmax: 3000kB, pmax: 0.2}', 7000, 4096, 7).sent), line, 'whatever the vectors');
  assert.is.not(marks(burst('{rate: 1G, kmin: 1000kB, kmax: 3000kB, pmax: 0.2}', 7000, 4096, 256, 2).sent), line, 'another seed');
});

test('marks do not depend on the ways that packets took', () => {
  // Every other packet is flooded, and comes to the port by another node.
  const run = (vector: number) => {
    const b = new BenchSwitch('ports: {e1: , e2: {ecn: {rate: 1G, kmin: 10kB, kmax: 60kB}}, e3: }\nbridges: {br: {ports: [e1, e2, e3], static: [{mac: 02:00:00:00:00:02, port: e2}]}}');
    const frames = ['02:00:00:00:00:02', '02:00:00:00:00:99'].map(dst => build(`eth(dst=${dst})/ip(src=10.0.0.1,dst=10.0.0.2,ecn=2)/udp/data(len=958)`)), sent: Sent[] = [];
    for (let i = 0; i < 240; i += vector) sent.push(...b.send(Array.from({ length: vector }, (_, j) => ({ port: 'e1', bytes: frames[(i + j) & 1]!, id: i + j + 1, time: BigInt(i + j) * 4_096_000n })), false).sent);
    return marks(sent.filter(s => s.port === 'e2'));
  };
  assert.match(run(1), /\.x.*\.x/);
  assert.is(run(120), run(1));
});

test('examples/qos.yaml: RDMA keeps its class all the way', () => {
  const b = new BenchSwitch(readFileSync(new URL('../examples/qos.yaml', import.meta.url), 'utf8'));
  const packet = (dst: string, dscp: number) => build(`eth(dst=02:00:00:00:01:01)/ip(src=10.0.1.5,dst=${dst},dscp=${dscp},ecn=2)/udp(srcport=5)/bth/data(len=64)`);
  const { sent } = b.send([packet('10.8.0.1', 26), packet('10.9.0.1', 26), packet('10.8.0.1', 5)].map((bytes, i) => ({ port: 'e1', bytes, id: i + 1 })));
  const read = sent.map(s => { const l = dissect(s.bytes); return [s.port, values(l, 'vlan.priority')[0] ?? '-', values(l, 'ip.dsfield.dscp')[0], values(l, 'infiniband.invariant.crc.status')[0]].join(' '); });
  assert.equal(read, ['e2 - 26 1', 'e3 3 26 1', 'e2 - 0 1']);
});

test('faults say what is wrong with marks and maps', () => {
  const faults = (port: string): string => {
    try {
      new BenchSwitch(`ports: {e1: ${port}}`);
    } catch (e) {
      if (e instanceof ConfigError) return e.message;
      throw e;
    }
    return '';
  };
  assert.is(faults('{speed: 10G, ecn: {kmin: 1kB, kmax: 2kB}}'), '');
  assert.match(faults('{ecn: {kmin: 1kB, kmax: 2kB}}'), /needs `rate`/);
  assert.match(faults('{ecn: {rate: 0G, kmin: 1kB, kmax: 2kB}}'), /never drains/);
  assert.match(faults('{ecn: {rate: 1G, kmin: 3kB, kmax: 2kB}}'), /below kmin/);
  assert.match(faults('{ecn: {rate: 1G, kmin: 3, kmax: 2kB}}'), /kmin/);
  assert.match(faults('{qos: {dscp_map: {46: 5}}}'), /goes with trust: dscp/);
  assert.match(faults('{qos: {trust: dscp, dscp_map: {64: 5}}}'), /expected 0 to 63/);
  assert.match(faults('{qos: {pcp_map: {9: 5}}}'), /expected 0 to 7/);
});

test.run();
