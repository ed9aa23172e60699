// fabric_capture.test.ts -- captures on simulated links, read by others.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Flow, Sim, SimPort } from '../assembly/abi/sim.ts';
import { FabricCapture } from '../src/fabric/capture.ts';
import { listPorts, matchPorts } from '../src/fabric/ports.ts';
import type { Simulation } from '../src/fabric/simulation.ts';
import { crossLeaf, finish, LOSSLESS, portCount, simulate, timeOf, TRANSPORT, twoTier, US } from './fabric_lab.ts';
import { needs, noProgram } from './skip.ts';
import { tsharkFields } from './tshark.ts';

const dir = mkdtempSync(join(tmpdir(), 'weft-fabric-capture-'));
test.after(() => { rmSync(dir, { recursive: true }); });

/** Run it to the end with a capture at ports. */
function captured(sim: Simulation, pattern: string, name: string) {
  const file = join(dir, name), capture = new FabricCapture(sim, matchPorts(listPorts(sim.model.topology), pattern), file, 'test');
  finish(sim);
  return { file, counts: capture.close() };
}

/** Sixteen into one through small buffers: PFC and marks. */
const congested = (): Simulation => simulate(twoTier(2, 2, 5), Array.from({ length: 9 }, (_, i) => ({ src: i + 1, dst: 0, bytes: 300_001, start: 0 })), { switches: { ...LOSSLESS, pfc: { xoff: 100_000, xon: 80_000, priorities: [3] }, ecn: { kmin: 50_000, kmax: 200_000, pmax: 0.5 } } });

const withTshark = needs(noProgram('tshark'));
const withScapy = needs((() => {
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import scapy.contrib.roce'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'python3-scapy not installed';
  }
})());

withTshark('tshark reads RoCEv2, PFC with class and quanta, CE marks and virtual nanoseconds', () => {
  const sim = congested(), { file, counts } = captured(sim, 'leaf1:*', 'congested.pcapng');
  const rows = tsharkFields(file, ['frame.interface_name', 'frame.time_epoch', 'frame.len', 'infiniband.bth.opcode', 'infiniband.bth.psn', 'macc.opcode', 'macc.cbfc.enbv.c3', 'macc.cbfc.pause_time.c3', 'ip.dsfield.ecn', '_ws.malformed', 'ip.checksum.status', 'frame.packet_flags_direction']);
  assert.is(rows.length, counts.reduce((n, c) => n + c.sent + c.received, 0), 'frames');
  assert.is(rows.filter(r => r[9] !== '').length, 0, 'malformed');
  assert.is(rows.filter(r => r[10] === '0').length, 0, 'wrong checksums');
  const out = rows.filter(r => Number(r[11]) === 2);
  for (const { n, name } of matchPorts(listPorts(sim.model.topology), 'leaf1:*')) assert.is(out.filter(r => r[0] === name).length, portCount(sim, n, SimPort.TX_PACKETS), name);
  // What host 1 got of each message: all its packets, once.
  const toHost = out.filter(r => r[0] === 'leaf1:e1' && Number(r[3]) === 0x0a);
  assert.is(toHost.length, 9 * Math.ceil(300_001 / 4096));
  const pauses = out.filter(r => r[5] !== '').map(r => Number(r[7]));
  assert.ok(pauses.includes(0xffff) && pauses.includes(0), `quanta ${[...new Set(pauses)]}`);
  assert.ok(out.filter(r => r[5] !== '').every(r => Number(r[5]) === 0x0101 && ['1', 'True'].includes(r[6]!) && Number(r[2]) === 60));
  const marked = toHost.filter(r => r[8] === '3').length;
  assert.ok(marked > 0, 'marks');
  const end = timeOf(sim, 0, Flow.END), last = Math.max(...rows.map(r => Number(r[1])));
  assert.ok(last * 1e12 <= sim.now + 1 && last * 1e12 > end / 2, `${last} s`);
  assert.ok(sim.count(Sim.MARKS) >= marked);
});

withTshark('stamps are to the nanosecond, and count from nothing', () => {
  const sim = simulate(twoTier(2, 2, 1), [{ src: 0, dst: 1, bytes: 4096, start: 7 * US }]), { file } = captured(sim, 'host1', 'one.pcapng');
  const [first, ack] = tsharkFields(file, ['frame.time_epoch', 'infiniband.bth.opcode', 'infiniband.reth.dmalen', 'ip.ttl', 'infiniband.bth.psn', 'infiniband.aeth.msn']);
  assert.is(first![0], '0.000007000');
  assert.equal(first!.slice(1, 5).map(Number), [0x0a, 4096, 64, 0]);
  assert.is(Math.floor(timeOf(sim, 0, Flow.END) / 1000), Math.round(Number(ack![0]) * 1e9));
  // It says that packet 0 is there, one message in all.
  assert.equal([ack![1], ack![3], ack![4], ack![5]].map(Number), [0x11, 61, 0, 1]);
});

withScapy('scapy finds every ICRC right', () => {
  const { file } = captured(simulate(twoTier(2, 2, 2), crossLeaf(4, 2, 50_001), { transport: { ...TRANSPORT, mtu: 1024 } }), 'spine*', 'icrc.pcapng');
  const script = `
import sys
from scapy.all import PcapNgReader, UDP, raw
from scapy.contrib.roce import BTH
from struct import unpack
good = bad = 0
for p in PcapNgReader(sys.argv[1]):
    if BTH not in p: continue
    b = p[BTH]
    wire = raw(p)
    if bytes(b.compute_icrc(raw(b)[:-4])) == wire[-4:]: good += 1
    else: bad += 1
print(good, bad)
`;
  const [good, bad] = execFileSync('/usr/bin/python3', ['-c', script, file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim().split(' ').map(Number);
  assert.is(bad, 0);
  assert.ok(good! > 4 * 49, `${good} packets`);
});

test('a capture changes nothing', () => {
  const plain = finish(congested()), sim = congested();
  captured(sim, '*', 'all.pcapng');
  for (let i = 0; i < 9; i++) assert.is(timeOf(sim, i, Flow.END), timeOf(plain, i, Flow.END));
  for (const field of [Sim.EVENTS, Sim.HOPS, Sim.MARKS, Sim.PAUSES]) assert.is(sim.count(field), plain.count(field));
});

test('patterns of ports', () => {
  const ports = listPorts(twoTier(2, 2, 2)), names = (pattern: string) => matchPorts(ports, pattern).map(p => p.name);
  assert.equal(names('leaf1:*'), ['leaf1:e1', 'leaf1:e2', 'leaf1:e3', 'leaf1:e4']);
  assert.equal(names('leaf*:e3'), ['leaf1:e3', 'leaf2:e3']);
  assert.equal(names('spine2'), ['spine2:e1', 'spine2:e2']);
  assert.equal(names('eaf1:*'), []);
  assert.is(ports.find(p => p.name === 'leaf1:e3')!.peer, 'spine1:e1');
});

test.run();
