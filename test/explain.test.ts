// explain.test.ts -- what `weft explain` says of one packet: golden texts for
// people, fields for programs.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { appendFileSync, readFileSync } from 'node:fs';
import { explainFrame, explainPacket } from '../src/explain/explain.ts';
import type { Explanation } from '../src/explain/explanation.ts';
import { explanationJson } from '../src/explain/json.ts';
import { explanationText } from '../src/explain/text.ts';
import { compileFilter } from '../src/filter/filter.ts';
import { WeftError } from '../src/kernel/errors.ts';
import type { Network } from '../src/switch/network.ts';
import { captureFile, type Described, frameOf, networkOf, portOf, readerOf } from './captured.ts';
import { golden } from './golden.ts';

const ROUTER = `
ports:
  e1: {address: 10.0.1.1/24}
  e2: {address: 10.0.2.1/24, mtu: 1000}
  e3: {vlans: {30: {address: 10.0.3.1/24, vrf: red}}}
vrfs: [red]
neighbors:
  - {address: 10.0.1.5, mac: 02:00:00:00:00:15, port: e1}
  - {address: 10.0.2.9, mac: 02:00:00:00:00:29, port: e2}
  - {address: 10.0.3.9, mac: 02:00:00:00:00:39, port: e3.30}
routes:
  - {to: 10.1.0.0/16, via: 10.0.2.9}
  - {to: 10.2.0.0/16, action: blackhole}
  - {to: 10.3.0.0/16, vrf_leak: red}
  - {to: default, vrf: red, via: 10.0.3.9}
`;
const BRIDGE = `
ports: {p1: , p2: , p3: , p4: }
bridges:
  br: {ports: [p1, p2, p3, p4], static: [{mac: 02:00:00:00:00:44, port: p4}]}
`;
const TWO = `
switches:
  a:
    ports: {e1: {address: 10.0.1.1/24}, up: {address: 10.0.9.1/30}}
    neighbors: [{address: 10.0.9.2, mac: 02:00:00:00:02:02, port: up}]
    routes: [{to: default, via: 10.0.9.2}]
  b:
    ports: {e1: {address: 10.0.2.1/24}, up: {address: 10.0.9.2/30}}
    neighbors: [{address: 10.0.2.9, mac: 02:00:00:00:00:29, port: e1}]
    routes: [{to: 10.1.0.0/16, via: 10.0.2.9}, {to: 10.4.0.0/16, action: prohibit}]
links:
  - {endpoints: ["a:up", "b:up"]}
`;

const plain = (s: string): string => s;
const PAINTS = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain };

function text(network: Network, e: Explanation): string {
  const lines = network.file.text.split('\n');
  return explanationText(e, network.switches.length > 1, p => lines[p.line - 1], PAINTS).join('\n') + '\n';
}

/** Explain the last of some packets in a capture. */
async function explained(yaml: string, packets: readonly Described[], name = 'explain.pcapng') {
  const network = networkOf(yaml), path = captureFile(network, name, packets);
  const explanation = await explainPacket(network, readerOf(network, path, { mark: packets.length }), packets.length);
  return { network, explanation, said: text(network, explanation) };
}

const example = (name: string) => readFileSync(new URL(`../examples/${name}.yaml`, import.meta.url), 'utf8');
const one = (yaml: string, port: string, packet: string) => explained(yaml, [{ port, packet }]);

test('a forwarded packet: the entries that decided, and what changed', async () => {
  const { said, explanation } = await one(ROUTER, 'e1', 'eth()/ip(src=10.0.1.5,dst=10.1.0.2,ttl=64)/udp(srcport=1,dstport=53)/data(len=20)');
  golden('explain/forwarded.txt', said);
  assert.is(explanation.outcome.port, 'e2');
  const rewrite = explanation.visits.find(v => v.node === 'ip4_rewrite')!;
  assert.ok(rewrite.headers.includes('ip.ttl 64 -> 63'));
  assert.ok(rewrite.headers.includes('eth.dst 02:00:00:00:01:01 -> 02:00:00:00:00:29'));
  assert.equal(rewrite.changes.find(c => c.offset === 22), { offset: 22, before: '40', after: '3f' });
  assert.is(explanation.visits.find(v => v.node === 'ip4_lookup')!.matched!.position!.line, 12);
});

test('a dropped packet names the line, the reason, its rule, and the ICMP it caused', async () => {
  const { said, explanation } = await one(ROUTER, 'e1', 'udp 10.0.1.5:1 > 10.9.0.2:2');
  golden('explain/no_route.txt', said);
  assert.match(said, /FIB of VRF default: no prefix covers 10\.9\.0\.2/);
  assert.match(said, /rule +RFC 1812 5\.2\.7\.1/);
  assert.is(explanation.outcome.reason, 'NO_ROUTE');
  assert.is(explanation.branches[1]!.kind, 'made');
  assert.is(explanation.branches[1]!.outcome.port, 'e1');
});

test('a blackhole names its line', async () => {
  const { said, explanation } = await one(ROUTER, 'e1', 'udp 10.0.1.5:1 > 10.2.0.2:2');
  assert.match(said, /FIB of VRF default: 10\.2\.0\.0\/16, BLACKHOLE {2}switch\.yaml:13:5\n +13 \| {3}- \{to: 10\.2\.0\.0\/16, action: blackhole\}/);
  assert.is(explanation.branches.length, 1);
});

test('a route leads into another VRF and a tag goes on', async () => {
  const { said, explanation } = await one(ROUTER, 'e1', 'udp 10.0.1.5:1 > 10.3.0.2:2');
  golden('explain/vrf_leak.txt', said);
  const tables = explanation.visits.filter(v => v.node === 'ip4_lookup').map(v => v.matched!.table);
  assert.equal(tables, ['FIB of VRF default', 'FIB of VRF red']);
  const rewrite = explanation.visits.find(v => v.node === 'ip4_rewrite')!;
  assert.ok(rewrite.headers.includes('+ vlan (30)'));
});

test('BIER: whose bits each copy has, and the lines that say so', async () => {
  const { said, explanation } = await one(example('bier'), 'a:e1', 'eth(dst=01:00:5e:01:01:01)/ip(src=10.1.0.9,dst=232.1.1.1,ttl=9)/udp(srcport=5,dstport=6)');
  golden('explain/bier.txt', said);
  assert.equal(explanation.branches.map(b => `${b.kind} ${b.outcome.port}`), ['packet c:e2', 'copy d:e2', 'copy e:e2']);
  assert.match(said, /BIER groups: sports, BFR 3-5/);
  assert.match(said, /BIFT of sub-domain 0, set 0: BFR 4-5 via 10\.0\.24\.2/);
  assert.match(said, /BIFT of sub-domain 0, set 0: BFR 4, this router/);
});

test('marks on the way out name their lines', async () => {
  const { said } = await one(example('qos'), 'e1', 'eth()/ip(src=10.0.1.5,dst=10.8.0.1,dscp=5,ecn=2)/udp()');
  assert.match(said, /qos_remark -> ecn_mark\n +qos: of e2 {2}switch\.yaml:20:7/);
  assert.match(said, /ip\.dsfield\.dscp 5 -> 0/);
  assert.match(said, /ecn: virtual queue of e2/);
});

test('drops before any table name the interface or port', async () => {
  const mac = await one(ROUTER, 'e1', 'eth(dst=02:00:00:00:00:99)/ip(src=10.0.1.5,dst=10.1.0.2)/udp()');
  assert.match(mac.said, /interface: e1, MAC 02:00:00:00:01:01 {2}switch\.yaml:3:7/);
  const vlan = await one(ROUTER, 'e1', 'eth()/vlan(id=4)/ip(src=10.0.1.5,dst=10.1.0.2)/udp()');
  assert.match(vlan.said, /ethernet_input DROP VLAN_UNKNOWN\n +port: e1 {2}switch\.yaml:3:7/);
  const unresolved = await one(ROUTER, 'e1', 'udp 10.0.1.5:1 > 10.0.2.77:2');
  assert.match(unresolved.said, /neighbors on e2: the MAC of 10\.0\.2\.77 is not known {2}switch\.yaml:4/);
});

test('fragments are copies, and an MTU that forbids them is named', async () => {
  const fragments = await one(ROUTER, 'e1', 'eth()/ip(src=10.0.1.5,dst=10.1.0.2)/udp()/data(len=1200)');
  golden('explain/fragments.txt', fragments.said);
  const df = await one(ROUTER, 'e1', 'eth()/ip(src=10.0.1.5,dst=10.1.0.2,df=1)/udp()/data(len=1200)');
  assert.match(df.said, /DROP FRAGMENTATION_NEEDED\n +interface: e2, MTU 1000 {2}switch\.yaml:4:35/);
  assert.match(df.said, /RFC 1191 4/);
});

test('an answer in place: an echo request becomes its reply', async () => {
  const { explanation } = await one(ROUTER, 'e1', 'icmp 10.0.1.5 > 10.0.1.1');
  const local = explanation.visits.find(v => v.node === 'ip4_local')!;
  assert.ok(local.headers.includes('icmp.type 8 -> 0'));
  assert.equal([explanation.outcome.end, explanation.outcome.port], ['out', 'e1']);
});

test('flooding: one branch a copy, each with its end', async () => {
  const { said, explanation } = await one(BRIDGE, 'p1', 'eth(dst=ff:ff:ff:ff:ff:ff)/arp()');
  golden('explain/flood.txt', said);
  assert.equal(explanation.branches.map(b => `${b.kind} ${b.outcome.port}`), ['packet p2', 'copy p3', 'copy p4']);
});

test('a bridge names static and learnt stations', async () => {
  const fixed = await one(BRIDGE, 'p1', 'eth(dst=02:00:00:00:00:44)/ip(src=10.0.0.1,dst=10.0.0.2)/udp()');
  assert.match(fixed.said, /02:00:00:00:00:44 is behind p4, static {2}switch\.yaml:4:/);
  const hello: Described = { port: 'p3', packet: 'eth(src=02:00:00:00:00:33,dst=ff:ff:ff:ff:ff:ff)/arp()' };
  const learnt = await explained(BRIDGE, [hello, { port: 'p1', packet: 'eth(dst=02:00:00:00:00:33)/ip(src=10.0.0.1,dst=10.0.0.2)/udp()' }]);
  assert.match(learnt.said, /02:00:00:00:00:33 is behind p3, learnt/);
  assert.is(learnt.explanation.outcome.port, 'p3');
});

test('over the links of a network', async () => {
  const { said, explanation } = await one(TWO, 'a:e1', 'udp 10.0.1.5:1 > 10.1.0.2:2');
  golden('explain/linked.txt', said);
  assert.equal(explanation.visits.map(v => v.switch).filter((s, i, all) => s !== all[i - 1]), ['a', 'b']);
  assert.is(explanation.outcome.port, 'b:e1');
  const prohibited = await one(TWO, 'a:e1', 'udp 10.0.1.5:1 > 10.4.0.2:2');
  assert.is(prohibited.explanation.outcome.switch, 'b');
  assert.match(prohibited.said, /dropped by b:ip4_lookup: PROHIBITED/);
});

test('a label stack is pushed, its top popped, its bottom popped', async () => {
  const { said, explanation } = await one(example('mpls-vpn'), 'pe1:e1', 'udp 10.1.0.9:1 > 10.2.0.9:2');
  golden('explain/mpls_vpn.txt', said);
  const labels = explanation.visits.filter(v => v.node === 'mpls_lookup').map(v => v.matched!.entry);
  assert.equal(labels, ['16002 php to 192.0.2.6', '3002 pop to red']);
  assert.is(explanation.outcome.port, 'pe2:e1');
});

test('through a VXLAN tunnel: the VNI, and where its headers lead', async () => {
  const { said, explanation } = await one(example('vxlan-l3'), 'leaf1:e1', 'eth(dst=02:00:00:00:11:01)/ip(src=10.1.0.10,dst=10.2.0.10,ttl=64)/icmp');
  golden('explain/vxlan.txt', said);
  assert.match(said, /forwarding table of net1: 02:00:00:00:11:01 is behind net1, static/);
  assert.is(explanation.outcome.port, 'leaf2:e1');
});

test('through an SRv6 policy: the policy, the segments, the SIDs', async () => {
  const { said, explanation } = await one(example('srv6'), 'head:e1', 'eth()/ip(src=10.1.0.9,dst=10.2.0.2,ttl=64)/icmp');
  golden('explain/srv6.txt', said);
  assert.equal(explanation.visits.filter(v => v.node === 'srv6_local').map(v => v.matched!.entry), ['fc00:0:2:e:: End psp', 'fc00:0:3:d4:: End.DT4 VRF red']);
  assert.match(said, /SRv6 policies: over-mid, segments fc00:0:2:e:: fc00:0:3:d4::/);
  assert.is(explanation.outcome.port, 'tail:e2');
});

test('a frame through SRv6: the remote, the segments, the SID that leads into its bridge', async () => {
  const { said, explanation } = await one(example('srv6-l2'), 'east:lan', 'eth(src=02:00:00:00:00:aa,dst=ff:ff:ff:ff:ff:ff)/arp()');
  golden('explain/srv6_l2.txt', said);
  assert.equal(explanation.visits.filter(v => v.node.startsWith('srv6')).map(v => v.matched!.entry), ['west-flood, segments fc00:0:2:2d::', 'fc00:0:2:2d::/64 End.DT2M to b1', 'fc00:0:2:2d::/64 End.DT2M to b1']);
  const wire = await one(example('srv6-l2'), 'east:line', 'eth(src=02:00:00:00:00:aa,dst=02:00:00:00:00:bb)/vlan(id=5)/arp()');
  assert.match(wire.said, /SIDs: fc00:0:2:d1:: End.DX2 by line /);
});

test('several segment lists: the one that a flow takes, and the binding SID of them', async () => {
  const { said } = await one(example('srv6-policy'), 'e1', 'udp 10.1.0.9:1 > 10.2.0.2:2');
  golden('explain/srv6_policy.txt', said);
  const cross = await one(example('srv6-policy'), 'e2', 'eth()/ipv6(src=2001:db8:f::1,dst=fc00:0:1:4::)/ip(src=10.2.0.2,dst=10.1.0.77)/udp()');
  assert.match(cross.said, /SIDs: fc00:0:1:4:: End\.DX4 to 10\.1\.0\.9 by e1 /);
  assert.match(cross.said, /srv6_dx -> ip4_rewrite\n +adjacency: via 10\.1\.0\.9 on e1 /);
});

test('a VNI that nobody has', async () => {
  const { said } = await one(example('vxlan'), 'a:up', 'eth()/ip(src=10.255.0.2,dst=10.255.0.1)/udp(dstport=4789)/vxlan(vni=77)/eth()/arp()');
  assert.match(said, /a:vxlan_decap DROP VXLAN_UNKNOWN_VNI\n +VNIs: VNI 77 /);
  const closed = await one(example('vxlan'), 'a:up', 'udp 10.255.0.2:1 > 10.255.0.1:4790');
  assert.match(closed.said, /UDP ports: nothing listens on 4790\n/);
});

test('a flow takes a member of a group', async () => {
  const yaml = `
ports: {e1: {address: 10.0.1.1/24}, e2: {address: 10.0.2.1/24}}
neighbors: [{address: 10.0.2.9, mac: 02:00:00:00:00:29, port: e2}]
groups: {up: {members: [{via: 10.0.2.9}]}, off: {members: [{via: 10.0.2.9, weight: 0}]}}
routes: [{to: 10.1.0.0/16, group: up}, {to: 10.2.0.0/16, group: off}]
`;
  assert.match((await one(yaml, 'e1', 'udp 10.0.1.5:1 > 10.1.0.2:2')).said, /ip4_group -> rewrite \(ip4_rewrite\)\n +group up: member via 10\.0\.2\.9 on e2 {2}switch\.yaml:4:/);
  assert.match((await one(yaml, 'e1', 'udp 10.0.1.5:1 > 10.2.0.2:2')).said, /ip4_group DROP GROUP_EMPTY\n +group off: no member has a weight {2}switch\.yaml:4:/);
});

test('a routing loop ends where the packet does', async () => {
  const { explanation, said } = await one(`
switches:
  a: {ports: {e1: {address: 10.0.1.1/24}, up: {address: 10.0.9.1/30}}, neighbors: [{address: 10.0.9.2, mac: 02:00:00:00:02:01, port: up}], routes: [{to: default, via: 10.0.9.2}]}
  b: {ports: {up: {address: 10.0.9.2/30}}, neighbors: [{address: 10.0.9.1, mac: 02:00:00:00:01:02, port: up}], routes: [{to: default, via: 10.0.9.1}]}
links: [{endpoints: ["a:up", "b:up"]}]
`, 'a:e1', 'eth()/ip(src=10.0.1.5,dst=10.1.0.2,ttl=255)/udp()');
  assert.equal([explanation.outcome.reason, explanation.outcome.node], ['LOOP', 'port_tx']);
  assert.is(explanation.visits.filter(v => v.node === 'input').length, 65);
  assert.match(said, /dropped by a:port_tx: LOOP/);
  assert.is(explanation.lost, 0);
});

test('a packet waits for its neighbour', async () => {
  const { explanation, said } = await one(`unresolved: queue\n${ROUTER}`, 'e1', 'udp 10.0.1.5:1 > 10.0.2.77:2');
  assert.is(explanation.outcome.end, 'held');
  assert.equal(explanation.branches.map(b => b.kind), ['packet', 'made']);
  assert.match(said, /ARP Who has 10\.0\.2\.77\? Tell 10\.0\.2\.1/);
});

test('what if: a packet from a description, after the state of a capture', async () => {
  const network = networkOf(BRIDGE), path = captureFile(network, 'state.pcapng', [{ port: 'p3', packet: 'eth(src=02:00:00:00:00:33,dst=ff:ff:ff:ff:ff:ff)/arp()' }]);
  const frame = frameOf(network, 'p1', 'eth(dst=02:00:00:00:00:33)/ip(src=10.0.0.1,dst=10.0.0.2)/udp()');
  const e = await explainFrame(network, portOf(network, 'p1'), frame, readerOf(network, path));
  assert.equal([e.number, e.outcome.end, e.outcome.port], [0, 'out', 'p3']);
  const fresh = networkOf(BRIDGE), alone = await explainFrame(fresh, portOf(fresh, 'p1'), frame);
  assert.is(alone.branches.length, 3, 'without the capture it is flooded');
  assert.match(text(fresh, alone), /^the packet, in by p1/);
});

test('the JSON document', async () => {
  const { explanation } = await one(ROUTER, 'e1', 'udp 10.0.1.5:1 > 10.9.0.2:2');
  golden('explain/no_route.json', JSON.stringify(explanationJson(explanation, 0), null, 1) + '\n');
});

const refused = async (run: Promise<unknown>, code: number, pattern: RegExp) => {
  const e = await run.then(() => undefined, (fault: unknown) => fault);
  assert.instance(e, WeftError);
  assert.is((e as WeftError).code, code);
  assert.match((e as WeftError).message, pattern);
};

test('packets that are not there', async () => {
  const packets: Described[] = [1, 2, 3].map(n => ({ port: 'e1', packet: `udp 10.0.1.5:${n} > 10.9.0.2:2` }));
  const network = networkOf(ROUTER), path = captureFile(network, 'three.pcapng', packets);
  await refused(explainPacket(network, readerOf(network, path, { mark: 4 }), 4), 2, /has 3 packets, no packet 4/);
  appendFileSync(path, Buffer.alloc(40, 1));
  const cut = networkOf(ROUTER);
  await refused(explainPacket(cut, readerOf(cut, path, { mark: 9 }), 9), 3, /byte \d+: expected/);
  const before = networkOf(ROUTER);
  assert.is((await explainPacket(before, readerOf(before, path, { mark: 3 }), 3)).outcome.reason, 'NO_ROUTE', 'what stands before the fault is explained');
});

test('packets that never entered: too long for the reader, or not taken by the filter', async () => {
  const network = networkOf(ROUTER), path = captureFile(network, 'long.pcapng', [{ port: 'e1', packet: 'udp 10.0.1.5:1 > 10.9.0.2:2' }, { port: 'e1', packet: new Uint8Array(70000) }]);
  const { outcome, visits } = await explainPacket(network, readerOf(network, path, { mark: 2 }), 2);
  assert.equal([outcome.node, outcome.reason, visits.length], ['reader', 'OVERSIZE', 0]);
  const filtered = networkOf(ROUTER), program = compileFilter('tcp'), at = filtered.k.alloc(program.room, 'filter');
  filtered.k.bytes.set(program.bytes, at);
  await refused(explainPacket(filtered, readerOf(filtered, path, { mark: 1, filter: { program: at, count: program.count } }), 1), 2, /the filter does not take packet 1/);
});

test.run();
