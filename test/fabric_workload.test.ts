// fabric_workload.test.ts -- what works come to, in messages and bytes, and how
// long they take where that can be worked out.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Flow } from '../assembly/abi/sim.ts';
import { flowsCsv } from '../src/fabric/flows_csv.ts';
import { Scenario } from '../src/fabric/scenario.ts';
import type { Message } from '../src/fabric/simulation.ts';
import { lots } from '../src/fabric/workload/build.ts';
import { exponential } from '../src/fabric/workload/poisson.ts';
import { meanSize, SIZES, sizeAt } from '../src/fabric/workload/sizes.ts';
import { ConfigError } from '../src/switch/file.ts';
import { finish, simulate, timeOf, US } from './fabric_lab.ts';

const folder = mkdtempSync(join(tmpdir(), 'weft-workload-'));
const EIGHT = 'kind: leaf-spine, leaves: 2, spines: 2, hosts_per_leaf: 4';

const scenario = (work: string, topology = EIGHT): Scenario => new Scenario(join(folder, 'fabric.yaml'), `topology: {${topology}}\nworkload:\n  - {${work}}\n`);
const messages = (work: string, seed = 1): readonly Message[] => scenario(work).model('fare', seed).messages;
const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
/** Bytes out of each host. */
const sent = (list: readonly Message[], hosts = 8): number[] => Array.from({ length: hosts }, (_, h) => sum(list.filter(m => m.src === h && m.dst !== h).map(m => m.bytes)));
const got = (list: readonly Message[], hosts = 8): number[] => Array.from({ length: hosts }, (_, h) => sum(list.filter(m => m.dst === h && m.src !== h).map(m => m.bytes)));

/** The one fault: line:column and message. */
function fault(work: string): string {
  try {
    scenario(work);
  } catch (e) {
    assert.instance(e, ConfigError);
    const { faults } = e as ConfigError;
    assert.is(faults.length, 1, faults.join('\n'));
    return faults[0]!.split('\n')[0]!.replace(/^.*\/([^/]*?:\d+:\d+: )/, '$1');
  }
  throw new Error('no fault');
}

const MB = 8_000_000;

for (const [work, share] of [
  ['allreduce', 2 * 7 / 8], ['allreduce, algorithm: halving-doubling', 2 * 7 / 8], ['all-gather', 7 / 8], ['reduce-scatter', 7 / 8],
] as const)
  test(`${work} of N hosts: ${share} of the bytes out of every host, and in`, () => {
    const list = messages(`kind: ${work}, bytes: 8MB`);
    assert.equal([new Set(sent(list)), new Set(got(list))], [new Set([share * MB]), new Set([share * MB])]);
  });

test('ring: a host passes on what it got in the step before', () => {
  const list = messages('kind: allreduce, bytes: 8MB, hosts: 4');
  assert.is(list.length, 2 * 3 * 4);
  list.forEach((m, n) => {
    assert.is(m.dst, (m.src + 1) % 4);
    if (n >= 4) assert.equal(m.after!.map(a => [a < n && a >= n - 8, list[a]!.dst]), [[true, m.src]]);
    else assert.is(m.after, undefined);
  });
});

test('halving and doubling: partners are those of a hypercube, and each step waits for the one before', () => {
  const list = messages('kind: allreduce, bytes: 8MB, algorithm: halving-doubling');
  assert.equal(list.filter(m => m.src === 5).map(m => [m.dst, m.bytes]), [[1, MB / 2], [7, MB / 4], [4, MB / 8], [4, MB / 8], [7, MB / 4], [1, MB / 2]]);
  list.slice(8).forEach(m => assert.equal(m.after!.map(a => list[a]!.dst), [m.src]));
});

test('broadcast: everyone gets it once, from who has it, in log2 N rounds', () => {
  const list = messages('kind: broadcast, bytes: 1MB, from: host3'), depth = (m: Message): number => 1 + Math.max(0, ...(m.after ?? []).map(a => depth(list[a]!)));
  assert.equal(got(list), [1, 1, 0, 1, 1, 1, 1, 1].map(n => n * 1e6));
  for (const m of list) if (m.src !== 2) assert.ok(m.after!.some(a => list[a]!.dst === m.src || list[a]!.src === m.src));
  assert.is(Math.max(...list.map(depth)), 3);
});

test('experts: every token goes out to k others at most, and as much comes back', () => {
  const list = messages('kind: moe, tokens: 100, top_k: 3, bytes: 1kB, compute: 10us'), out = sent(list), back = got(list), compute = list.filter(m => m.src === m.dst);
  assert.equal(out, back);
  assert.is(compute.length, 8);
  // Each token has three experts; on average 1/8 of them are its own host's.
  assert.ok(sum(out) / 2 / 1000 < 2400 && Math.abs(sum(out) / 2 / 1000 - 2400 * 7 / 8) < 150, `${sum(out)}`);
  for (const m of compute) assert.equal([m.start, m.after!.every(a => list[a]!.dst === m.src)], [10 * US, true]);
  const skewed = got(messages('kind: moe, tokens: 1000, top_k: 1, bytes: 1kB, skew: 1').filter(m => m.after === undefined)), harmonic = sum(Array.from({ length: 8 }, (_, i) => 1 / (i + 1)));
  assert.ok(Math.abs(Math.max(...skewed) / 7_000_000 - 1 / harmonic) < 0.02, `the favourite has ${Math.max(...skewed)}`);
});

test('pipeline: (microbatches + stages - 1) * compute forward, and the same back', () => {
  const s = scenario('kind: pipeline, stages: 4, microbatches: 6, bytes: 1B, compute: 1ms, hosts: 4'), m = s.model('fare', 1), sim = finish(simulate(m.topology, m.messages)), ideal = 2 * (6 + 4 - 1) * 1000 * US;
  // What a stage sends takes a packet's way, forward and back; that and no more is on top.
  assert.ok(sim.now > ideal && sim.now < ideal + 8 * 20 * US, `${sim.now}`);
});

test('training: phases one after the other on every host', () => {
  const s = scenario('kind: training, steps: 2, phases: [{compute: 1ms}, {kind: all-gather, bytes: 8B}, {compute: 2ms}]'), m = s.model('fare', 1), sim = finish(simulate(m.topology, m.messages)), steps = 2 * 7;
  assert.is(m.messages.filter(x => x.src === x.dst).length, 2 * 2 * 8);
  assert.ok(sim.now > 6000 * US && sim.now < 6000 * US + steps * 20 * US, `${sim.now}`);
  const first = m.messages.findIndex(x => x.start === 2000 * US);
  assert.ok(timeOf(sim, first, Flow.START) >= 3000 * US);
});

test('exponential variates without a logarithm: mean 1, variance 1, and e^-1 above 1', () => {
  const below = lots(7), n = 200_000, list = Array.from({ length: n }, () => exponential(below)), mean = sum(list) / n;
  assert.ok(Math.abs(mean - 1) < 0.01, `${mean}`);
  assert.ok(Math.abs(sum(list.map(x => (x - mean) ** 2)) / n - 1) < 0.02);
  for (const at of [0.5, 1, 2]) assert.ok(Math.abs(list.filter(x => x > at).length / n - Math.exp(-at)) < 0.004);
});

test('sizes: means and quantiles of what was published', () => {
  assert.ok(Math.abs(meanSize(SIZES['web-search']) - 1_711_250) < 1, `${meanSize(SIZES['web-search'])}`);
  assert.equal([sizeAt(SIZES['web-search'], 0.6), sizeAt(SIZES['web-search'], 0.65), sizeAt(SIZES['web-search'], 0), sizeAt(SIZES.hadoop, 0.5)], [200_000, 600_000, 1, 700]);
  const below = lots(3), n = 100_000, drawn = sum(Array.from({ length: n }, () => sizeAt(SIZES.hadoop, below(2 ** 32) / 2 ** 32))) / n;
  assert.ok(Math.abs(drawn / meanSize(SIZES.hadoop) - 1) < 0.03, `${drawn}`);
});

test('poisson: the load that was asked for, at times in order, to all others alike', () => {
  const list = messages('kind: poisson, load: 0.5, bytes: 4kB, during: 2ms'), offered = sum(list.map(m => m.bytes)) * 8 / (8 * 400e9 * 2e-3);
  assert.ok(Math.abs(offered - 0.5) < 0.01, `${offered}`);
  assert.ok(list.every(m => m.src !== m.dst && m.start < 2000 * US));
  const pairs = new Map<string, number>();
  for (const m of list) pairs.set(`${m.src} ${m.dst}`, (pairs.get(`${m.src} ${m.dst}`) ?? 0) + 1);
  assert.is(pairs.size, 56);
  for (const n of pairs.values()) assert.ok(Math.abs(n / (list.length / 56) - 1) < 0.15);
  assert.equal(messages('kind: poisson, load: 0.5, bytes: 4kB, during: 20us', 4), messages('kind: poisson, load: 0.5, bytes: 4kB, during: 20us', 4));
  assert.not.equal(messages('kind: poisson, load: 0.5, bytes: 4kB, during: 20us', 4), messages('kind: poisson, load: 0.5, bytes: 4kB, during: 20us', 5));
});

test('several at once', () => {
  const list = messages('kind: message, from: host1, to: host2, bytes: 1kB}\n  - {kind: allreduce, bytes: 8kB, start: 5us');
  assert.is(list.length, 1 + 14 * 8);
  assert.equal(list.slice(1, 9).map(m => m.start), Array.from({ length: 8 }, () => 5 * US));
  assert.ok(list.slice(9).every(m => m.after!.every(a => a > 0)));
});

test('messages from a table, and their completions as one', () => {
  writeFileSync(join(folder, 'flows.csv'), '# a comment\ndst,start,src,bytes\nhost5,0us,host1,1MB\nhost1, 1.5us, host8, 4096\n');
  const s = scenario('kind: csv, file: flows.csv, start: 1us'), m = s.model('fare', 1);
  assert.equal(m.messages, [{ src: 0, dst: 4, bytes: 1_000_000, start: US }, { src: 7, dst: 0, bytes: 4096, start: 2.5 * US }]);
  const lines = [...flowsCsv(finish(simulate(m.topology, m.messages)))];
  assert.is(lines[0], 'flow,flow_id,src,dst,started_at_us,arrived_at_us,finished_at_us,total_packets,rtx,total_bytes');
  assert.match(lines[1]!, /^0->4,1,host1,host5,1,[\d.]+,[\d.]+,245,0,1000000$/);
  assert.is(lines.length, 3);
  for (const [text, expected] of [
    ['start,src,dst\n', 'flows.csv:1:1: no column "bytes": expected a header with start,src,dst,bytes'],
    ['start,src,dst,bytes\n0us,host1,host99,1kB\n', 'flows.csv:2:11: no host "host99" in this fabric'],
    ['start,src,dst,bytes\n5,host1,host2,1kB\n', 'flows.csv:2:1: 5 lacks its unit (ps, ns, us, ms, s, min, h): expected a time, as in 300s, 5us, 1.5ms'],
    ['start,src,dst,bytes\n0us,host1,host2\n', 'flows.csv:2:1: 3 columns, the header has 4'],
  ] as const) {
    writeFileSync(join(folder, 'flows.csv'), text);
    assert.is(fault('kind: csv, file: flows.csv'), expected);
  }
});

const MATRIX = `Nodes 8
Connections 4
Triggers 2
0->1 id 1 start 3000000 size 2000000 send_done_trigger 1
2->3 id 2 start 0 size 4096 recv_done_trigger 2
1->2 id 3 trigger 1 size 5000 send_done_trigger 2
3->0 id 4 trigger 2 size 1
trigger id 1 oneshot
trigger id 2 barrier count 2
`;

test('a connection matrix of htsim', () => {
  writeFileSync(join(folder, 'x.cm'), MATRIX);
  assert.equal(messages('kind: htsim, file: x.cm'), [
    { src: 0, dst: 1, bytes: 2_000_000, start: 3 * US }, { src: 2, dst: 3, bytes: 4096, start: 0 },
    { src: 1, dst: 2, bytes: 5000, start: 0, after: [0] }, { src: 3, dst: 0, bytes: 1, start: 0, after: [1, 2] },
  ]);
  for (const [from, to, expected] of [
    ['3->0', '8->0', 'x.cm:7:1: no host 8: the fabric has 8, from 0'],
    ['Nodes 8', 'Nodes 9', 'x.cm:1:7: 9 nodes, the fabric has 8 hosts'],
    ['trigger 1 size 5000', 'size 5000', 'x.cm:6:1: never starts: expected "start" or "trigger"'],
    ['trigger 1 size 5000', 'trigger 7 size 5000', 'x.cm:6:19: no trigger 7 in this file'],
    ['count 2', 'count 3', 'x.cm:9:1: waits for 3, 2 connections pull it: expected as many'],
    ['barrier count 2', 'oneshot', 'x.cm:9:1: 2 connections pull it, and the first one would do: only a barrier can wait for several here'],
    ['size 1\n', 'size many\n', 'x.cm:7:26: expected a whole number from 0, not "many"'],
    ['2->3', '2>3', 'x.cm:5:1: "2>3": expected Nodes, Connections, Triggers, Failures, a connection as in 0->1, or a trigger'],
  ] as const) {
    writeFileSync(join(folder, 'x.cm'), MATRIX.replace(from, to));
    assert.is(fault('kind: htsim, file: x.cm'), expected);
  }
});

for (const [work, expected] of [
  ['kind: message, from: host1, bytes: 1kB', '3:5: workload.0: message needs "to"'],
  ['kind: message, from: host1, to: host9, bytes: 1kB', '3:38: workload.0.to: no host9 in this fabric, do you mean "host1"?'],
  ['kind: message, from: host1, to: leaf2, bytes: 1kB', '3:38: workload.0.to: leaf2 is a switch: expected a host'],
  ['kind: permutation, bytes: 0B', '3:32: workload.0.bytes: expected at least a byte'],
  ['kind: permutation, bytes: 1kB, to: host1', '3:37: workload.0.to: means nothing to permutation'],
  ['kind: permutation, bytes: 1kB, hosts: 9', '3:44: workload.0.hosts: 9 hosts, the fabric has 8'],
  ['kind: allreduce, algorithm: halving-doubling, bytes: 1kB, hosts: 6', '3:34: workload.0.algorithm: halving and doubling needs a power of two of hosts, not 6'],
  ['kind: moe, tokens: 1, bytes: 1kB, top_k: 8', '3:47: workload.0.top_k: 8 experts a token, with 8 hosts: expected fewer than hosts'],
  ['kind: pipeline, stages: 3, microbatches: 1, bytes: 1kB, compute: 1us', '3:30: workload.0.stages: 8 hosts are no whole number of pipelines of 3 stages'],
  ['kind: poisson, load: 0.5, during: 1us', '3:5: workload.0: messages have a size: either `bytes` or `sizes`'],
  ['kind: training, phases: [{kind: allreduce}]', '3:31: workload.0.phases.0: allreduce needs "bytes"'],
  ['kind: training, phases: [{kind: incast, bytes: 1B, skew: 1}]', '3:57: workload.0.phases.0.skew: means nothing to incast'],
  ['kind: all-to-all, bytes: 1B, start: -1s', '3:42: workload.0.start: "-1s" is no time: expected a number and its unit, as in 300s, 5us, 1.5ms'],
  ['kind: poisson, load: 10, bytes: 1B, during: 1s', '3:5: workload.0: more messages than there is room for (8000000)'],
] as const)
  test(`refused: ${work}`, () => assert.is(fault(work), `fabric.yaml:${expected}`));

test.run();
