// fabric_gallery.test.ts -- examples/fabric: every file is read, and those that
// run in seconds show the figures that their heads promise.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Flow } from '../assembly/abi/sim.ts';
import { describeTopology } from '../src/fabric/facts.ts';
import type { Result } from '../src/fabric/results.ts';
import { runScenario } from '../src/fabric/run.ts';
import { Scenario } from '../src/fabric/scenario.ts';
import type { BalanceName, Simulation } from '../src/fabric/simulation.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { timeOf, US } from './fabric_lab.ts';

const folder = fileURLToPath(new URL('../examples/fabric/', import.meta.url));

/** @param edit of the file's text, for what a head compares with */
async function run(name: string, balance: BalanceName, seed = 1, edit = (text: string) => text, until?: number): Promise<Result & { sim: Simulation }> {
  const file = `${folder}${name}.yaml`, k = loadKernels({ memory: 2 ** 30, small: 64, jumbo: 16, huge: 4 });
  const { sim, result } = await runScenario(k, new Scenario(file, edit(readFileSync(file, 'utf8'))), balance, seed, { until });
  return { ...result, sim };
}

const within = (value: number, from: number, to: number, what: string): void => assert.ok(value >= from && value <= to, `${what}: ${value}, expected ${from} to ${to}`);
const whole = (r: Result): void => assert.is(r.completed, r.messages);
const withoutEvents = (text: string): string => text.slice(0, text.indexOf('\nevents:') + 1);

for (const name of readdirSync(folder).filter(f => f.endsWith('.yaml')))
  test(`${name} is a fabric, and says how to run it`, () => {
    assert.match(readFileSync(folder + name, 'utf8'), new RegExp(`^#     weft fabric run examples/fabric/${name}`, 'm'));
    assert.ok(Scenario.read(folder + name).topology.hosts > 1);
  });

test('ring all-reduce: FARE uses 95 % and more of the busiest stage, ECMP what hashes hit', async () => {
  const first = 400 * US; // to the end of the first step
  for (const seed of [1, 2]) within((await run('ring-allreduce', 'fare', seed, undefined, first)).utilisation.busiestStage, 0.975, 0.985, `seed ${seed}`);
  within((await run('ring-allreduce', 'ecmp', 1, undefined, first)).utilisation.busiestStage, 0.6, 0.75, 'ECMP');
});

test('a plane fails: the job ends, with half the bandwidth from then on', async () => {
  const small = (text: string) => text.replace('bytes: 64MB', 'bytes: 16MB').replace('200us', '100us'), lost = await run('plane-failure', 'fare', 1, small), both = await run('plane-failure', 'fare', 1, text => withoutEvents(small(text)));
  whole(lost);
  whole(both);
  assert.ok(lost.dropped['LINK_DOWN']! > 0 && both.resent === 0);
  assert.ok(lost.seconds > both.seconds && lost.seconds < 2 * both.seconds + 200e-6, `${both.seconds} and ${lost.seconds}`);
});

test('half of the links of a spine are lost: at most 1.1 times the lost capacity', async () => {
  const lost = await run('half-spine', 'fare'), all = await run('half-spine', 'fare', 1, withoutEvents), share = 1 - lost.goodput / all.goodput;
  whole(lost);
  within(share, 0.12, 1.1 / 8, 'lost goodput');
});

test('five-stage Clos: pairs of hosts, and FARE near what wires allow', async () => {
  assert.equal(describeTopology(Scenario.read(`${folder}five-stage.yaml`).topology).switchesBetween, { 1: 96, 3: 384, 5: 1536 });
  const wire = 977 * (4096 + 74 + 24) * 20e-12, fare = await run('five-stage', 'fare'), ecmp = await run('five-stage', 'ecmp');
  within(fare.seconds, wire, wire + 13e-6, 'FARE');
  within(ecmp.seconds, 3 * wire, 5 * wire, 'ECMP');
});

test('supernode: both readings of 300 ns, to the picosecond', async () => {
  // 256 bytes and 98 of headers, preamble and gap, at 10 ps a byte; 1 m and 5 m twice each.
  const way = 4 * (256 + 74 + 24) * 10 + 12 * 5000, arrives = async (name: string) => timeOf((await run(name, 'fare')).sim, 0, Flow.ARRIVED);
  assert.is(await arrives('supernode-switch-300ns'), 3 * 300_000 + way);
  assert.is(await arrives('supernode-card-300ns'), 3 * 75_000 + way);
  assert.ok(3 * 75_000 + way < 300_000);
});

test('10 us end to end at 80 % load', async () => {
  const r = await run('ten-microseconds', 'fare', 1, text => text.replace('during: 500us', 'during: 100us'));
  whole(r);
  // The histogram tells a value that is at most 6 % below.
  within(r.packetLatency.p99 * 1.0625, 6.5e-6, 10e-6, 'p99');
});

test('experts: FARE helps when all are asked for alike, a favourite is slow whatever is done', async () => {
  const small = (skew: number) => (text: string) => text.replace('tokens: 512', 'tokens: 128').replace('skew: 0.5', `skew: ${skew}`), time = async (balance: BalanceName, skew: number) => (await run('experts', balance, 1, small(skew))).seconds;
  within(await time('ecmp', 0) / await time('fare', 0), 1.05, 1.5, 'even');
  within(await time('ecmp', 0.5) / await time('fare', 0.5), 0.97, 1.03, 'with a favourite');
});

test('training: computing and the network add up', async () => {
  const r = await run('training', 'fare'), step = 17.194e-6;
  whole(r);
  within(r.seconds, 3 * (500e-6 + 2 * 31 * step) - 1e-6, 3 * (500e-6 + 2 * 31 * step) + 1e-6, 'the job');
});

test('web search and a part of a million cards: all is done', async () => {
  whole(await run('web-search', 'fare'));
  const part = await run('million-cards', 'fare'), ecmp = await run('million-cards', 'ecmp');
  within(part.seconds, 50e-6, 60e-6, 'FARE');
  assert.ok(ecmp.seconds > 1.5 * part.seconds);
});

test('the PoD of 61,440 GPUs is counted as the paper counts it', () => {
  const facts = describeTopology(Scenario.read(`${folder}pod-60k.yaml`).topology);
  assert.equal([facts.hosts, facts.oversubscription, facts.switches, facts.links], [61_440, 15, { leaf: 512, spine: 32 }, { host: 122_880, fabric: 8192 }]);
  assert.equal(facts.tiers.map(t => t.ports), [{ '200G': 256 }, { '200G': 256 }]);
  assert.equal(facts.switchesBetween, { 1: 256 * 240 * 239 / 2, 3: 256 * 255 / 2 * 240 * 240 });
});

test.run();
