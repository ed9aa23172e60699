// fabric_topology.test.ts -- topologies against what can be counted on paper,
// files of others, and what cannot be.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dotTopology, listTopology, mermaidTopology } from '../src/fabric/draw.ts';
import { describeTopology, type Facts } from '../src/fabric/facts.ts';
import { headroom, headroomByTier } from '../src/fabric/headroom.ts';
import { Routes } from '../src/fabric/routes.ts';
import { Scenario } from '../src/fabric/scenario.ts';
import type { Topology } from '../src/fabric/topology.ts';
import { KINDS } from '../src/fabric/topology/kinds.ts';
import { ConfigError } from '../src/switch/file.ts';

const folder = mkdtempSync(join(tmpdir(), 'weft-topology-'));
const WORK = 'workload: [{kind: permutation, bytes: 4kB}]';

const scenario = (topology: string, more = WORK): Scenario => new Scenario(join(folder, 'fabric.yaml'), `topology: {${topology}}\n${more}\n`);
const topology = (text: string): Topology => scenario(text).topology;
const facts = (text: string): Facts => describeTopology(topology(text));

/** The one fault of a fabric file: line:column and message. */
function fault(text: string): string {
  try {
    scenario(text);
  } catch (e) {
    assert.instance(e, ConfigError);
    const { faults } = e as ConfigError;
    assert.is(faults.length, 1, faults.join('\n'));
    return faults[0]!.split('\n')[0]!.replace(/^.*\/([^/]*?:\d+:\d+: )/, '$1');
  }
  throw new Error('no fault');
}

test('five-stage Clos: pods under cores', () => {
  const f = facts('kind: five-stage, pods: 3, leaves: 2, spines: 4, cores: 8, hosts_per_leaf: 10');
  assert.equal([f.hosts, f.switches, f.links], [60, { leaf: 6, spine: 12, core: 8 }, { host: 60, fabric: 6 * 4 + 12 * 2 }]);
  assert.equal(f.tiers.map(t => [t.name, t.down, t.up]), [['leaf', 60 * 400e9, 24 * 400e9], ['spine', 24 * 400e9, 24 * 400e9], ['core', 24 * 400e9, 0]]);
  assert.equal([f.oversubscription, f.bisection], [2.5, 12 * 400e9]);
  assert.equal(f.switchesBetween, { 1: 6 * 45, 3: 3 * 100, 5: 3 * 400 });
});

test('every core of a five-stage Clos has a way to every pod, spine i of each', () => {
  const t = topology('kind: five-stage, pods: 3, leaves: 2, spines: 4, cores: 8, hosts_per_leaf: 1'), spines = new Map<string, string[]>();
  for (const { ends: [a, b] } of t.links) if (t.devices[b.device]!.tier === 'core') spines.set(t.devices[b.device]!.name, [...spines.get(t.devices[b.device]!.name) ?? [], t.devices[a.device]!.name]);
  assert.equal([spines.get('core1'), spines.get('core2'), spines.get('core8')], [['spine1', 'spine5', 'spine9'], ['spine1', 'spine5', 'spine9'], ['spine4', 'spine8', 'spine12']]);
});

test('supernodes: two levels of 64 ports of 800G, or of 144 lanes of PCIe', () => {
  const e = facts('kind: supernode, cards: 1024'), p = facts('kind: supernode, cards: 1024, supernode: pcie5');
  assert.equal([e.switches, e.oversubscription, e.tiers.map(t => t.ports)], [{ leaf: 256, spine: 128 }, 1, [{ '800G': 64 }, { '800G': 64 }]]);
  assert.equal([p.switches, p.oversubscription, p.tiers.map(t => t.ports)], [{ leaf: 32, spine: 4 }, 8, [{ '128G': 36 }, { '128G': 32 }]]);
  assert.equal(e.switchesBetween, { 1: 32 * 32 * 31 / 2, 3: 32 * 31 / 2 * 1024 });
  assert.equal(facts('kind: supernode, cards: 32').switches, { leaf: 8 });
  for (let cards = 32; cards <= 1024; cards += 32) for (const t of facts(`kind: supernode, cards: ${cards}, supernode: pcie5`).tiers) assert.ok(t.capacity <= 4.608e12, `${cards}: ${t.capacity}`);
  assert.equal([scenario('kind: supernode, cards: 64').switches.latency, scenario('kind: supernode, cards: 64, supernode: pcie5').switches.latency], [300_000, 100_000]);
  assert.is(scenario('kind: supernode, cards: 64', `switches: {latency: 1us}\n${WORK}`).switches.latency, 1_000_000);
});

test('fused tiers: a million cards, three links for each, and a part by hand', () => {
  const one = { members: 1, rate: 200e9, delay: 0 };
  assert.is(KINDS.fused.links({ kind: 'fused' }, { host: one, fabric: one, core: one }), 3 * 1_048_576);
  const f = facts('kind: fused, units: 8, cards: 4, leaves: 2, spines: 2');
  assert.equal([f.hosts, f.switches, f.links], [32, { unit: 8, leaf: 8, spine: 8 }, { host: 32, fabric: 8 * 4 + 4 * 2 * 2 }]);
  assert.equal(f.switchesBetween, { 1: 8 * 6, 3: 2 * 6 * 16, 5: 16 * 16 });
});

test('hops agree with counting every pair', () => {
  for (const text of ['kind: leaf-spine, leaves: 3, spines: 2, hosts_per_leaf: 3', 'kind: fat-tree, k: 4', 'kind: rail-clos, gpus: 24, rails: 2, leaves: 4, spines: 2, planes: 2', 'kind: fused, units: 6, cards: 3, leaves: 3, spines: 2']) {
    const t = topology(text), routes = new Routes(t), ways = [...routes.toLeaves()], counts: Record<string, number> = {}, leafOf = (h: number) => t.links[h * t.planes]!.ends[1].device;
    for (let a = 0; a < t.hosts; a++)
      for (let b = a + 1; b < t.hosts; b++) {
        const to = leafOf(b), leaf = routes.leaves.indexOf(to);
        let n = 1;
        for (let at = leafOf(a); at !== to; n++) {
          const here = at;
          at = t.links[ways[leaf]![at - t.hosts]![0]!.link]!.ends.find(e => e.device !== here)!.device;
        }
        counts[n] = (counts[n] ?? 0) + 1;
      }
    assert.equal(describeTopology(t).switchesBetween, counts, text);
  }
});

test('bundles: 80x800G are 80 links, each of 800G', () => {
  const t = topology('kind: leaf-spine, leaves: 2, spines: 1, hosts_per_leaf: 2, uplink: 80x800G'), f = describeTopology(t);
  assert.equal([f.links.fabric, f.tiers[0]!.up, new Set(t.links.slice(4).map(l => l.rate)).size], [160, 128e12, 1]);
  assert.is([...new Routes(t).toLeaves()][0]![1]!.length, 80);
  assert.is(facts('kind: five-stage, pods: 2, leaves: 2, spines: 2, cores: 2, hosts_per_leaf: 2, core_link: 4x1.6T').tiers[2]!.down, 4 * 4 * 1.6e12);
});

test('light takes 5 us a kilometre of glass, and 3.34 us of a hollow core', () => {
  const delays = (fibre: string) => scenario('kind: five-stage, pods: 2, leaves: 1, spines: 1, cores: 1, hosts_per_leaf: 1', `links: {host: 2m, fabric: 100m, core: 10km, fibre: ${fibre}}\n${WORK}`).topology.links.map(l => l.delay);
  assert.equal(delays('glass'), [10_000, 10_000, 500_000, 500_000, 50_000_000, 50_000_000]);
  assert.equal(delays('hollow-core'), [10_000, 10_000, 334_000, 334_000, 33_400_000, 33_400_000]);
});

test('PFC headroom as SONiC sizes it', () => {
  const metre = 1e12 / 198e6;
  assert.is(headroom(400e9, 5 * metre, 9100, 9 * 1024), 58_368);
  assert.is(headroom(400e9, 100 * metre, 9100, 9 * 1024), 163_840);
  const [leaf] = headroomByTier(topology('kind: leaf-spine, leaves: 2, spines: 2, hosts_per_leaf: 2'), { latency: 0, buffer: 500_000, pfc: { xoff: 100_000, xon: 1, priorities: [3] } }, 4170);
  assert.equal([leaf!.switch, leaf!.fits, leaf!.ports], ['leaf1', false, 4]);
  assert.ok(leaf!.needed > 4 * 58_368 && leaf!.portsAtXoff === 0);
});

test('drawings and lists', () => {
  const t = topology('kind: leaf-spine, leaves: 2, spines: 1, hosts_per_leaf: 2, parallel: 3');
  assert.equal(mermaidTopology(t).slice(4, 7), ['  spine1 ---|3| leaf1', '  spine1 ---|3| leaf2', '  leaf1 --- leaf1_hosts(["2 hosts"])']);
  assert.ok(dotTopology(t).includes('  "leaf1" -- "spine1" [label="3x400G"];'));
  assert.equal(listTopology(t).links.at(-1), { ends: ['leaf2:e5', 'spine1:e6'], rate: 400e9, delay: 250_000 });
});

const CLAB = `name: dc
topology:
  kinds: {nokia_srlinux: {image: srlinux}}
  nodes:
    leaf1: {kind: nokia_srlinux}
    leaf2: {kind: nokia_srlinux}
    spine1: {kind: nokia_srlinux}
    h1: {kind: linux}
    h2: {kind: linux}
    gateway: {kind: linux, group: server}
  links:
    - endpoints: ["leaf1:e1-49", "spine1:e1-1"]
    - endpoints: ["leaf2:e1-49", "spine1:e1-2"]
    - endpoints: ["h1:eth1", "leaf1:e1-1"]
    - {endpoints: [{node: leaf2, interface: e1-1}, {node: h2, interface: eth1}]}
    - endpoints: ["leaf2:e1-2", "gateway:eth1"]
`;

test('a containerlab file', () => {
  writeFileSync(join(folder, 'dc.clab.yml'), CLAB);
  const f = facts('kind: containerlab, file: dc.clab.yml, rate: 100G, uplink: 2x400G');
  assert.equal([f.hosts, f.switches, f.links, f.switchesBetween], [3, { leaf: 2, spine: 1 }, { host: 3, fabric: 4 }, { 1: 1, 3: 2 }]);
  assert.is(f.tiers[0]!.up, 4 * 400e9);
  for (const [from, to, expected] of [
    ['spine1:e1-2', 'spine9:e1-2', 'dc.clab.yml:13:34: topology.links.1.endpoints.1: no node spine9 in this file, do you mean "spine1"?'],
    ['"gateway:eth1"]', '"gateway:eth1"]\n    - endpoints: ["leaf1:e1-2", "gateway:eth2"]', 'dc.clab.yml:10:14: topology.nodes.gateway: host gateway has 2 links, h1 1: hosts need equally many, one for each plane'],
    ['["h1:eth1", "leaf1:e1-1"]', '["h1:eth1"]', 'dc.clab.yml:14:18: topology.links.2.endpoints: expected two endpoints, as in ["leaf1:e1", "spine1:e1"]'],
  ] as const) {
    writeFileSync(join(folder, 'dc.clab.yml'), CLAB.replace(from, to));
    assert.is(fault('kind: containerlab, file: dc.clab.yml'), expected);
  }
});

const TOPO = `# three tiers
Nodes 16
Tiers 3
Podsize 8

Tier 0
Downlink_speed_Gbps 100
Radix_Down 4
Radix_Up 2
Downlink_Latency_ns 1000
Switch_Latency_ns 300

Tier 1
Downlink_speed_Gbps 200
Radix_Down 2
Radix_Up 4
Downlink_Latency_ns 2000
Switch_Latency_ns 300

Tier 2
Downlink_speed_Gbps 400
Radix_Down 4
Downlink_Latency_ns 3000
Switch_Latency_ns 300
Bundle 2
`;

test('a topology of htsim', () => {
  writeFileSync(join(folder, 'x.topo'), TOPO);
  const s = scenario('kind: htsim, file: x.topo'), f = describeTopology(s.topology);
  assert.equal([f.hosts, f.switches, s.switches.latency], [16, { leaf: 4, spine: 4, core: 4 }, 300_000]);
  assert.equal(f.tiers.map(t => [t.down, t.up]), [[1.6e12, 1.6e12], [1.6e12, 6.4e12], [6.4e12, 0]]);
  assert.equal([...new Set(s.topology.links.map(l => l.delay))], [1_000_000, 2_000_000, 3_000_000]);
  for (const [from, to, expected] of [
    ['Podsize 8', 'Podsize 6', 'x.topo:6:1: nodes by podsize: 16 cannot be shared evenly by 6'],
    ['Downlink_speed_Gbps 200', 'Downlink_speed_Gbps 0', 'x.topo:14:21: a tier needs "downlink_speed_gbps" above 0'],
    ['Radix_Up 4', 'Radix_Up 3', 'x.topo:13:1: uplinks by bundles: 3 cannot be shared evenly by 2'],
    ['Tier 2', 'Tier 3', 'x.topo:20:6: expected tier 2'],
    ['Radix_Down 4\nDownlink_Latency_ns 3000', 'Radix_Down 8\nDownlink_Latency_ns 3000', 'x.topo:20:1: "radix_down" is 8, but 2 pods come with 2 links each'],
    ['Switch_Latency_ns 300\nBundle', 'Switch_Latency_ns 400\nBundle', 'x.topo:24:19: tiers whose switches differ in latency are not modelled'],
    ['Tiers 3', 'Layers 3', 'x.topo:3:1: "Layers": expected one of nodes, tiers, podsize, tier'],
  ] as const) {
    writeFileSync(join(folder, 'x.topo'), TOPO.replace(from, to));
    assert.is(fault('kind: htsim, file: x.topo'), expected);
  }
});

for (const [text, expected] of [
  ['kind: five-stage, pods: 2, leaves: 2, spines: 3, cores: 4, hosts_per_leaf: 2', 'fabric.yaml:1:68: topology.cores: 4 cores cannot be shared evenly by the 3 spines of a pod'],
  ['kind: five-stage, pods: 2, leaves: 2, spines: 3, hosts_per_leaf: 2', 'fabric.yaml:1:11: topology: a five-stage needs "cores"'],
  ['kind: leaf-spine, leaves: 1, spines: 1, hosts_per_leaf: 1', 'fabric.yaml:1:68: topology.hosts_per_leaf: one host has nobody to send to'],
  ['kind: leaf-spine, leaves: 2, spines: 1, hosts_per_leaf: 2, rate: 0G', 'fabric.yaml:1:77: topology.rate: a link of 0 bit/s carries nothing'],
  ['kind: leaf-spine, leaves: 2, spines: 1, hosts_per_leaf: 2, uplink: 0x400G', 'fabric.yaml:1:79: topology.uplink: a bundle has 1 to 256 links, not 0'],
  ['kind: leaf-spine, leaves: 2, spines: 1, hosts_per_leaf: 2, uplink: 2x0G', 'fabric.yaml:1:79: topology.uplink: a link of 0 bit/s carries nothing'],
  ['kind: leaf-spine, leaves: 2, spines: 1, hosts_per_leaf: 2, uplink: 2x400G, parallel: 2', 'fabric.yaml:1:87: topology.parallel: uplink 2x400G says already how many links go side by side'],
  ['kind: leaf-spine, leaves: 2, spines: 1, hosts_per_leaf: 2, pods: 2', 'fabric.yaml:1:71: topology.pods: means nothing to a leaf-spine'],
  ['kind: supernode, cards: 100', 'fabric.yaml:1:36: topology.cards: expected 32 to 1,024 cards in units of 32, not 100'],
  ['kind: fused, units: 9, leaves: 2', 'fabric.yaml:1:32: topology.units: 9 units cannot be shared evenly by the 2 leaves of a rail'],
  ['kind: pod, leaves: 12', 'fabric.yaml:1:31: topology.leaves: 12 leaves cannot be shared evenly by 8 rails'],
  ['kind: leaf-spine, leaves: 2, spines: 33, hosts_per_leaf: 32, rate: 800G, profile: 51.2T', 'fabric.yaml:1:94: topology.profile: leaf1 has 65 x 800G = 52T of ports: more than a 51.2T switch'],
  ['kind: leaf-spine, leaves: 2, spines: 2, hosts_per_leaf: 2, rate: 1.6T, profile: {leaf: 51.2T}', 'fabric.yaml:1:92: topology.profile: leaf1 has ports of 1.6T: a 51.2T switch has them of 100G, 200G, 400G, 800G'],
  ['kind: leaf-spine, leaves: 2, spines: 2, hosts_per_leaf: 2, profile: {core: 51.2T}', 'fabric.yaml:1:81: topology.profile.core: no switches "core" here: there are leaf, spine'],
  ['kind: leaf-spine, leaves: 4096, spines: 4096, hosts_per_leaf: 2', 'fabric.yaml:1:11: topology: 16785408 links are more than there is room for (4000000)'],
] as const)
  test(`refused: ${text}`, () => assert.is(fault(text), expected));

test('as many ports as the chip has are fine, and 102.4T has twice that', () => {
  assert.is(facts('kind: leaf-spine, leaves: 2, spines: 32, hosts_per_leaf: 32, rate: 800G, profile: 51.2T').tiers[0]!.capacity, 51.2e12);
  assert.is(facts('kind: leaf-spine, leaves: 2, spines: 32, hosts_per_leaf: 32, rate: 1.6T, profile: {leaf: 102.4T}').tiers[0]!.capacity, 102.4e12);
});

test('a run of what can only be counted is refused', () => {
  const s = scenario('kind: pod, leaves: 2048, hosts_per_leaf: 240, planes: 4, rails: 8', 'workload: [{kind: permutation, bytes: 4kB, hosts: 2}]');
  assert.throws(() => s.model('fare', 1), /2097152 links can be counted, but a run has room for 2000000: run a part of it/);
});

test.run();
