// show.test.ts -- the views of `weft show`: what stands in their tables.

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { table } from '../src/cli/table.ts';
import { replay } from '../src/replay/replay.ts';
import { mermaid } from '../src/show/graph.ts';
import type { Report } from '../src/show/report.ts';
import { VIEWS } from '../src/show/views.ts';
import type { Network } from '../src/switch/network.ts';
import { captureFile, type Described, networkOf, readerOf } from './captured.ts';
import { golden } from './golden.ts';

const SITE = `
ports:
  e1: {address: [10.0.1.1/24, "2001:db8:1::1/64"]}
  e2: {address: 10.0.2.1/24, mtu: 1000}
  e3: {vlans: {30: {address: 10.0.3.1/24, vrf: red}}}
  p1:
  p2:
vrfs: [red]
bridges:
  br: {ports: [p1, p2], static: [{mac: 02:00:00:00:00:44, port: p2}]}
unresolved: queue
neighbors:
  - {address: 10.0.2.9, mac: 02:00:00:00:00:29, port: e2}
  - {address: 10.0.3.9, mac: 02:00:00:00:00:39, port: e3.30}
routes:
  - {to: 10.1.0.0/16, via: 10.0.2.9}
  - {to: 10.2.0.0/16, action: prohibit}
  - {to: 10.3.0.0/16, vrf_leak: red}
  - {to: "2001:db8::/32", via: "2001:db8:1::9"}
  - {to: default, vrf: red, via: 10.0.3.9}
`;
const udp = (to: string): Described => ({ port: 'e1', packet: `udp 10.0.1.5:1 > ${to}:2` });
const arp = (port: string, station: string): Described => ({ port, packet: `eth(src=${station},dst=ff:ff:ff:ff:ff:ff)/arp()` });
const PACKETS: readonly Described[] = [
  udp('10.1.0.1'), udp('10.2.0.1'), udp('10.3.0.1'), udp('10.1.0.2'), udp('10.9.0.1'), udp('10.9.0.2'),
  arp('p1', '02:00:00:00:00:33'), { port: 'p2', packet: 'eth(src=02:00:00:00:00:34,dst=02:00:00:00:00:33)/ip(src=10.0.0.1,dst=10.0.0.2)/udp()' },
];

/** A view of the site, after the packets where `run`. The clock ticks a microsecond a call. */
async function shown(view: string, run: boolean, yaml = SITE, packets = PACKETS): Promise<{ report: Report; network: Network }> {
  let now = 0n;
  const network = networkOf(yaml), watcher = VIEWS[view]!.open(network, () => now += 1000n);
  if (!run) return { report: watcher.report(), network };
  const reader = readerOf(network, captureFile(network, 'show.pcapng', packets));
  const { unexplained } = await replay(network, reader, watcher);
  assert.is(unexplained, 0);
  return { report: watcher.report(reader), network };
}

const text = ({ columns, rows, notes }: Report): string => [...table(columns, rows).map(l => l.trimEnd()), ...notes].join('\n') + '\n';

for (const view of ['interfaces', 'fib'])
  test(`${view}: from the file alone`, async () => { golden(`show/${view}.txt`, text((await shown(view, false)).report)); });

const TUNNELS = `
ports:
  e1: {vrf: red, address: 10.1.0.1/24}
  up: {address: [10.0.0.1/24, "2001:db8::1/64"]}
  p1:
vrfs: [red]
bridges: {br: {ports: [p1, vx100]}}
neighbors: [{address: 10.0.0.2, mac: 02:00:00:00:00:02, port: up}, {address: "2001:db8::2", mac: 02:00:00:00:00:02, port: up}]
vxlan:
  vx100: {vni: 100, local: [10.0.0.1, "2001:db8::1"], remotes: [10.0.0.2, "2001:db8::2"]}
  vx200: {vni: 200, vrf_l3: red, local: 10.0.0.1, router_mac: 02:00:00:00:00:bb}
routes: [{to: 10.2.0.0/16, vrf: red, vxlan: vx200, remote: 10.0.0.2, router_mac: 02:00:00:00:00:cc}]
`;
const TUNNELLED: readonly Described[] = [
  arp('p1', '02:00:00:00:00:33'), { port: 'e1', packet: 'udp 10.1.0.5:1 > 10.2.0.1:2' },
  { port: 'up', packet: 'eth()/ip(src=10.0.0.2,dst=10.0.0.1)/udp(checksum=0)/vxlan(vni=100)/eth(src=02:00:00:00:00:44,dst=02:00:00:00:00:33)/arp()' },
];

test('vxlan: after a capture', async () => { golden('show/vxlan.txt', text((await shown('vxlan', true, TUNNELS, TUNNELLED)).report)); });
test('interfaces: tunnels', async () => { golden('show/interfaces_vxlan.txt', text((await shown('interfaces', false, TUNNELS)).report)); });
test('fib: tunnels', async () => { golden('show/fib_vxlan.txt', text((await shown('fib', false, TUNNELS)).report)); });

for (const view of ['neighbors', 'fdb', 'graph', 'errors', 'paths'])
  test(`${view}: after a capture`, async () => { golden(`show/${view}.txt`, text((await shown(view, true)).report)); });

test('runtime: every node that ran, and its time by the clock', async () => {
  const many = Array.from({ length: 600 }, (_, i) => udp(`10.1.${i >> 8}.${i & 255}`)), { report } = await shown('runtime', true, SITE, many);
  const rows = report.json as { node: string; calls: bigint; vectors: bigint; ns: number; nsPerPacket: number; vectorsPerCall: number }[];
  assert.equal(rows.map(r => r.node), ['ethernet_input', 'ip4_input', 'ip4_verify', 'ip4_lookup', 'ip4_rewrite', 'port_tx']);
  for (const r of rows) {
    assert.equal([r.calls, r.vectors, r.vectorsPerCall], [3n, 600n, 200]);
    assert.is(r.ns, 2000, 'one tick a call, the first call left out');
    assert.ok(Math.abs(r.nsPerPacket - 2000 / 344) < 1e-9);
  }
});

test('what views change nothing: the same drops with and without watching', async () => {
  const drops = async (view: string) => (await shown(view, true)).network.switches[0]!.graph.drops();
  assert.equal(await drops('paths'), await drops('errors'));
  assert.equal(await drops('runtime'), await drops('errors'));
});

test('paths: more packets than a burst, and an example of each way', async () => {
  const stray: Described = { port: 'e1', packet: 'eth(dst=02:00:00:00:00:99)/ip(src=10.0.1.5,dst=10.1.0.1)/udp()' };
  const many = Array.from({ length: 500 }, (_, i) => (i % 5 === 4 ? stray : udp('10.1.0.1'))), { report } = await shown('paths', true, SITE, many);
  const ways = report.json as { count: number; example: number; path: string }[];
  assert.equal(ways.map(w => [w.count, w.example]), [[400, 1], [100, 5]]);
});

for (const view of ['sids', 'policies'])
  test(`${view}: after a capture`, async () => {
    const yaml = readFileSync(new URL('../examples/srv6.yaml', import.meta.url), 'utf8');
    golden(`show/${view}.txt`, text((await shown(view, true, yaml, [{ port: 'head:e1', packet: 'eth()/ip(src=10.1.0.9,dst=10.2.0.2)/icmp' }])).report));
  });

test('bier: after a capture', async () => {
  const yaml = readFileSync(new URL('../examples/bier.yaml', import.meta.url), 'utf8'), packet = (group: string) => ({ port: 'a:e1', packet: `eth(dst=01:00:5e:01:01:01)/ip(src=10.1.0.9,dst=${group})/udp()` });
  golden('show/bier.txt', text((await shown('bier', true, yaml, [packet('232.1.1.1'), packet('232.1.1.1'), packet('232.1.1.2')])).report));
});

test('ports, pfc and ecn: after a capture', async () => {
  const yaml = readFileSync(new URL('../examples/qos.yaml', import.meta.url), 'utf8'), roce = (crc: string, dst: string) => ({ port: 'e1', packet: `eth()/ip(src=10.0.1.5,dst=${dst},ecn=2,dscp=26)/udp(srcport=5,checksum=0)/bth${crc}/data(len=64)` });
  const packets = [roce('', '10.8.0.1'), roce('(icrc=1)', '10.8.0.1'), roce('', '10.9.0.1'), { port: 'e2', packet: 'eth(dst=01:80:c2:00:00:01)/pfc(c3=0xffff)' }, { port: 'e2', packet: 'eth(dst=01:80:c2:00:00:01)/pfc(c3=0)' }];
  for (const view of ['ports', 'pfc', 'ecn']) golden(`show/${view}.txt`, text((await shown(view, true, yaml, packets)).report));
});

for (const view of ['sids', 'policies', 'interfaces'])
  test(`${view}: frames through SRv6`, async () => {
    const yaml = readFileSync(new URL('../examples/srv6-l2.yaml', import.meta.url), 'utf8');
    const frames = [arp('east:lan', '02:00:00:00:00:aa'), arp('west:line', '02:00:00:00:00:bb')];
    golden(`show/${view}_srv6_l2.txt`, text((await shown(view, true, yaml, frames)).report));
  });

test('policies: several segment lists', async () => {
  const yaml = readFileSync(new URL('../examples/srv6-policy.yaml', import.meta.url), 'utf8');
  golden('show/policies_lists.txt', text((await shown('policies', true, yaml, [1, 2, 3, 4, 5, 6, 7, 8].map(n => ({ port: 'e1', packet: `udp 10.1.0.9:${n} > 10.2.0.1:2` })))).report));
  golden('show/sids_policy.txt', text((await shown('sids', false, yaml)).report));
  golden('show/fib_policy.txt', text((await shown('fib', false, yaml)).report));
});

for (const view of ['sids', 'services'])
  test(`${view} of a chain: after a capture`, async () => {
    const yaml = readFileSync(new URL('../examples/chain.yaml', import.meta.url), 'utf8');
    golden(`show/${view}_chain.txt`, text((await shown(view, true, yaml, [{ port: 'head:e1', packet: 'eth()/ip(src=10.1.0.9,dst=10.2.0.2)/icmp' }])).report));
  });

test('groups and labels', async () => {
  const groups = (await shown('groups', false, `
ports: {e1: {address: 10.0.1.1/24}}
neighbors: [{address: 10.0.1.8, mac: 02:00:00:00:00:08, port: e1}, {address: 10.0.1.9, mac: 02:00:00:00:00:09, port: e1}]
groups: {up: {members: [{via: 10.0.1.8, weight: 3}, {via: 10.0.1.9}], buckets: 8}}
routes: [{to: default, group: up}]
mpls: {ports: [e1], labels: {20: {swap: [30, 31], via: 10.0.1.9}}}
`)), rows = groups.report.json as { via: string; buckets: number; asked: number }[];
  assert.equal(rows.map(r => [r.via, r.buckets, r.asked]), [['10.0.1.8', 6, 0.75], ['10.0.1.9', 2, 0.25]]);
  const labels = VIEWS['labels']!.open(groups.network, () => 0n).report();
  assert.equal(labels.rows.at(-1), ['20', 'swap', '30 31', '10.0.1.9', 'switch.yaml:6:34']);
});

test('several switches: a column says which', async () => {
  const { report } = await shown('interfaces', false, 'switches: {a: {ports: {e1: }}, b: {ports: {e1: }}}');
  assert.is(report.columns[0]!.title, 'Switch');
  assert.equal(report.rows.map(r => r.slice(0, 2)), [['a', 'e1'], ['b', 'e1']]);
  assert.equal((report.json as { switch: string }[]).map(r => r.switch), ['a', 'b']);
});

test('a Mermaid flowchart has the edges that packets took, and their drops', async () => {
  const { network } = await shown('graph', true), reader = readerOf(network, captureFile(network, 'none.pcapng', []));
  golden('show/graph.mmd', mermaid(network, reader).join('\n') + '\n');
  assert.ok(mermaid(networkOf(SITE)).length > 100, 'without a capture all edges are there');
});

test.run();
