// fabric_explain.test.ts -- what explanations say, against what the simulation
// counted by itself.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Flow, Sim, SimPort, WIRE_OVERHEAD } from '../assembly/abi/sim.ts';
import { explainFlow } from '../src/fabric/explain/flow.ts';
import { explainLinks } from '../src/fabric/explain/link.ts';
import { listPorts, matchPorts } from '../src/fabric/ports.ts';
import { runScenario } from '../src/fabric/run.ts';
import { Scenario } from '../src/fabric/scenario.ts';
import { type BalanceName, DATA_HEADERS } from '../src/fabric/simulation.ts';
import { loadKernels } from '../src/kernel/load.ts';

const kernels = () => loadKernels({ memory: 512 * 2 ** 20, small: 64, jumbo: 16, huge: 4 });
const INCAST = new Scenario('incast.yaml', `
topology: {kind: leaf-spine, leaves: 2, spines: 2, hosts_per_leaf: 5}
switches: {pfc: {xoff: 100kB, xon: 80kB}}
workload: [{kind: incast, bytes: 500kB, to: host1}]`);
const LOSSY = new Scenario('lossy.yaml', `
topology: {kind: leaf-spine, leaves: 2, spines: 2, hosts_per_leaf: 5}
switches: {pfc: false, buffer: 100kB}
transport: {mode: go-back-n, timeout: 50us}
workload: [{kind: incast, bytes: 300kB, to: host1}]`);

/** The same run without a look at it. */
const plain = async (s: Scenario, balance: BalanceName) => (await runScenario(kernels(), s, balance, 1)).sim;
const counted = (sim: Awaited<ReturnType<typeof plain>>, flow: number, field: Flow) => sim.k.view.getUint32(sim.flowRecord(flow) + field, true);

test('a message: all its packets, what was lost, and what came out of order', async () => {
  const sim = await plain(LOSSY, 'random'), drops = Object.values(sim.drops()).reduce((a, b) => a + b, 0);
  let dropped = 0;
  for (let flow = 0; flow < 9; flow++) {
    const s = await explainFlow(kernels(), LOSSY, 'random', 1, flow, undefined, {});
    assert.is(s.sent, s.packets + counted(sim, flow, Flow.RESENT));
    assert.is(s.resent, counted(sim, flow, Flow.RESENT));
    assert.is(s.reordered, counted(sim, flow, Flow.REORDERED));
    assert.is(s.end, Number(sim.k.view.getBigInt64(sim.flowRecord(flow) + Flow.END, true)));
    dropped += s.dropped;
  }
  assert.ok(drops > 0);
  assert.is(dropped, drops, 'only data is lost here');
});

test('a lost packet: where, and why', async () => {
  const { examples } = await explainFlow(kernels(), LOSSY, 'ecmp', 1, 3, undefined, {}), [lost] = examples.dropped;
  const { packet } = await explainFlow(kernels(), LOSSY, 'ecmp', 1, 3, lost!.psn, {}), ends = packet!.journeys.map(j => j.end?.how);
  assert.is(packet!.journeys[0]!.end!.reason, 'BUFFER_FULL');
  assert.is(packet!.journeys[0]!.end!.port, 'leaf1:e5');
  assert.ok(packet!.journeys[0]!.end!.buffer! > 90_000, 'the buffer is all but full');
  assert.is(ends.at(-1), 'delivered');
  assert.ok(packet!.journeys.slice(1).every(j => j.again));
});

test('a packet that was overtaken: who did, and where it waited longer', async () => {
  const s = new Scenario('spray.yaml', `
topology: {kind: leaf-spine, leaves: 3, spines: 4, hosts_per_leaf: 4}
workload: [{kind: all-to-all, bytes: 240KiB}]`);
  const sim = await plain(s, 'random'), flow = Array.from({ length: 132 }, (_, i) => i).find(i => counted(sim, i, Flow.REORDERED) > 0)!;
  const story = await explainFlow(kernels(), s, 'random', 1, flow, undefined, {}), [r] = story.examples.reordered;
  assert.is(story.reordered, counted(sim, flow, Flow.REORDERED));
  const late = (await explainFlow(kernels(), s, 'random', 1, flow, r!.psn, {})).packet!.reordered!;
  assert.ok(late.overtaker.psn > late.psn && late.overtaker.end!.at < late.journey.end!.at && late.overtaker.sent > late.journey.sent);
  const waited = (j: typeof late.journey) => j.hops.reduce((sum, h) => sum + h.waited!, 0);
  assert.ok(waited(late.journey) > waited(late.overtaker));
  // What it waited, and what the way takes without: four wires, two cards, three switches.
  const idle = (j: typeof late.journey) => j.end!.at - j.sent - waited(j);
  const wires = 4 * (4096 + DATA_HEADERS + WIRE_OVERHEAD) * 20 + 2 * (15_000 + 250_000), way = wires + 2 * 500_000 + 3 * 600_000;
  assert.equal([idle(late.journey), idle(late.overtaker)], [way, way]);
});

test('a packet that PFC held', async () => {
  const s = INCAST, sim = await plain(s, 'fare'), story = await explainFlow(kernels(), s, 'fare', 1, 0, undefined, {});
  assert.ok(story.cards[0]!.paused > 0, 'host2 was stopped');
  const links = await explainLinks(kernels(), s, 'fare', 1, matchPorts(listPorts(s.topology), '*'), {});
  assert.is(links.reduce((n, l) => n + l.stops, 0), sim.count(Sim.PAUSES));
  const sent = links.reduce((n, l) => n + l.packets, 0);
  assert.ok(sent >= sim.count(Sim.HOPS) && sent - sim.count(Sim.HOPS) < 20, 'all that crossed a wire, and what is on one as the run ends');
  const host2 = links.find(l => l.port === 'host2:e1')!;
  assert.is(host2.stopped.byPriority[3], story.cards[0]!.paused);
  const port = sim.portRecord(sim.port(1, 0)), { view } = sim.k, since = view.getUint16(port + SimPort.STOPPED, true) ? sim.now - Number(view.getBigInt64(port + SimPort.SINCE, true)) : 0;
  assert.is(host2.stopped.byPriority[3], Number(view.getBigInt64(port + SimPort.PAUSED, true)) + since);
  let held: number | undefined;
  for (let psn = 100; psn < 122 && !held; psn++) held = (await explainFlow(kernels(), s, 'fare', 1, 0, psn, {})).packet!.journeys[0]!.held;
  assert.ok(held! > 0, 'some packet says so');
});

test('FARE: the chosen way had earned most', async () => {
  const s = INCAST, { packet } = await explainFlow(kernels(), s, 'fare', 1, 5, 7, {}), hop = packet!.journeys[0]!.hops[0]!;
  assert.is(hop.mode, 'fare');
  assert.is(hop.offers.length, 2);
  const earned = (o: typeof hop.offers[number]) => o.credit! + o.weight! * o.factor!, most = hop.offers.reduce((a, b) => (earned(b) > earned(a) ? b : a));
  assert.is(hop.out, most.port);
});

test('the shortest queue', async () => {
  const { packet } = await explainFlow(kernels(), INCAST, 'shortest', 1, 5, 11, {}), hop = packet!.journeys[0]!.hops[0]!;
  assert.is(hop.offers.find(o => o.port === hop.out)!.queued, Math.min(...hop.offers.map(o => o.queued)));
});

test.run();
