// fabric.test.ts -- fabrics in virtual time against what can be worked out on
// paper.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ACK_BYTES, Flow, Sim, SimPort, SimSwitch, WIRE_OVERHEAD } from '../assembly/abi/sim.ts';
import { DATA_HEADERS, RunStatus } from '../src/fabric/simulation.ts';
import { crossLeaf, finish, LOSSLESS, portCount, simulate, SWITCH, timeOf, TRANSPORT, twoTier, US } from './fabric_lab.ts';

/** Picoseconds that a frame takes on a wire: 400 Gbit/s is 20 ps a byte. */
const wire = (bytes: number): number => (bytes + WIRE_OVERHEAD) * 20;
const FULL = wire(DATA_HEADERS + 4096), NIC = 500_000, HOST_LINK = 15_000, FABRIC_LINK = 250_000;

test('one message through an idle fabric, to the picosecond', () => {
  const packets = 100, sim = finish(simulate(twoTier(2, 2, 1), [{ src: 0, dst: 1, bytes: packets * 4096, start: 7 * US }], { transport: { ...TRANSPORT, window: 1024 } }));
  // All packets behind one another on the first wire, the last one on three more.
  const way = HOST_LINK + NIC + SWITCH.latency + 2 * (FABRIC_LINK + SWITCH.latency) + HOST_LINK + NIC, arrived = 7 * US + (packets + 3) * FULL + way;
  assert.is(timeOf(sim, 0, Flow.ARRIVED), arrived);
  assert.is(timeOf(sim, 0, Flow.END), arrived + 4 * wire(ACK_BYTES) + way);
});

test('sixteen hosts into one: its wire is what takes time', () => {
  const n = 16, packets = 256, sim = finish(simulate(twoTier(4, 4, 5), Array.from({ length: n }, (_, i) => ({ src: i + 1, dst: 0, bytes: packets * 4096, start: 0 }))));
  const last = Math.max(...Array.from({ length: n }, (_, i) => timeOf(sim, i, Flow.ARRIVED))), drain = n * packets * FULL;
  assert.ok(last >= drain && last < drain * 1.005 + 10 * US, `${last} ps for ${drain}`);
  assert.equal(sim.drops(), {});
  assert.ok(sim.count(Sim.PAUSES) > 0, 'and PFC holds the others back');
});

test('every packet is accounted for', () => {
  const bytes = 1_000_003, sim = finish(simulate(twoTier(4, 4, 4), crossLeaf(16, 4, bytes), { balance: 'ecmp' }));
  assert.is(sim.count(Sim.DELIVERED), 16 * bytes);
  sim.run(); // what is still on its way
  assert.is(sim.k.view.getUint32(sim.at + Sim.LIVE, true), 0);
  const ports = sim.k.view.getUint32(sim.at + Sim.PORT_COUNT, true);
  assert.is(Array.from({ length: ports }, (_, n) => portCount(sim, n, SimPort.TX_PACKETS)).reduce((a, b) => a + b, 0), sim.count(Sim.HOPS));
  for (let s = 0; s < 8; s++) assert.is(sim.k.view.getUint32(sim.switchRecord(s) + SimSwitch.USED, true), 0);
});

test('the same seed gives the same run, another one another', () => {
  const ends = (seed: number) => {
    const sim = finish(simulate(twoTier(4, 4, 4), crossLeaf(16, 4, 300_000), { balance: 'random', seed }));
    return Array.from({ length: 16 }, (_, i) => timeOf(sim, i, Flow.END)).join();
  };
  assert.is(ends(5), ends(5));
  assert.is.not(ends(5), ends(6));
});

test('in slices it is the same run', () => {
  const make = () => simulate(twoTier(2, 2, 4), crossLeaf(8, 4, 500_000)), whole = finish(make()), sliced = make();
  for (let t = 0; sliced.run(t, 1000) !== RunStatus.DONE; t += 100_000);
  for (let i = 0; i < 8; i++) assert.is(timeOf(sliced, i, Flow.END), timeOf(whole, i, Flow.END));
});

test('without PFC a buffer that is too small loses packets, and go-back-N brings them back', () => {
  const incast = Array.from({ length: 8 }, (_, i) => ({ src: i + 1, dst: 0, bytes: 400_000, start: 0 }));
  const sim = finish(simulate(twoTier(2, 2, 9), incast, { switches: { ...SWITCH, buffer: 100_000 }, transport: { ...TRANSPORT, mode: 'go-back-n', timeout: 50 * US }, balance: 'ecmp' }));
  assert.ok(sim.drops()['BUFFER_FULL']! > 0);
  assert.ok(sim.count(Sim.RESENT) > 0);
  assert.is(sim.count(Sim.DELIVERED), 8 * 400_000);
});

test('messages wait for those they come after', () => {
  const sim = finish(simulate(twoTier(2, 2, 2), [
    { src: 0, dst: 2, bytes: 100_000, start: 0 }, { src: 1, dst: 3, bytes: 900_000, start: 0 },
    { src: 2, dst: 0, bytes: 4096, start: 3 * US, after: [0, 1] }, { src: 0, dst: 0, bytes: 0, start: 10 * US, after: [2] },
  ]));
  assert.is(timeOf(sim, 2, Flow.START), Math.max(timeOf(sim, 0, Flow.END), timeOf(sim, 1, Flow.END)) + 3 * US);
  assert.is(timeOf(sim, 3, Flow.END), timeOf(sim, 2, Flow.END) + 10 * US);
});

test('half of a spine is gone: FARE gives the other one twice as much', () => {
  const t = twoTier(2, 2, 4, 2), dead = t.links.findIndex(l => t.devices[l.ends[0].device]!.name === 'leaf1' && t.devices[l.ends[1].device]!.name === 'spine1');
  const sim = simulate(t, crossLeaf(8, 4, 4_000_000), { switches: LOSSLESS });
  sim.setLink(dead, true);
  sim.route(new Set([dead]));
  finish(sim);
  const sent = t.links.map(({ ends: [a] }, i) => [i, portCount(sim, sim.port(a.device, a.port), SimPort.TX_BYTES)] as const).slice(8);
  const by = (leaf: string, spine: string) => sent.filter(([i]) => t.devices[t.links[i]!.ends[0].device]!.name === leaf && t.devices[t.links[i]!.ends[1].device]!.name === spine).reduce((s, [, b]) => s + b, 0);
  const share = by('leaf1', 'spine1') / (by('leaf1', 'spine1') + by('leaf1', 'spine2'));
  assert.ok(Math.abs(share - 1 / 3) < 0.01, `spine1 has ${share}`);
  assert.is(sent.find(([i]) => i === dead)![1], 0);
});

test.run();
