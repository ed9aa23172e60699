// vxlan.test.ts -- VXLAN end to end: what goes into a tunnel comes out of it
// unchanged, source ports spread flows, VTEPs do not see each other's VRFs,
// and what a file may not say.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../src/switch/file.ts';
import { showFdb } from '../src/switch/fdb.ts';
import { showVxlan } from '../src/switch/vxlan_report.ts';
import { build } from '../src/wire/build.ts';
import { dissect, values } from '../src/wire/dissect.ts';
import { hexdump } from '../src/wire/hexdump.ts';
import { BenchSwitch, type Outcome } from './bench_switch.ts';
import { needs, noProgram } from './skip.ts';
import { tsharkFields, writeCapture } from './tshark.ts';

const SEED = 7348;
const example = (name: string) => new BenchSwitch(readFileSync(new URL(`../examples/${name}.yaml`, import.meta.url), 'utf8'));
const drops = ({ visits }: Outcome): string[] => visits.filter(v => v.edge === 'drop').map(v => v.drop);
const seen = (bytes: Uint8Array, field: string): string => values(dissect(bytes), field).join();

/** Two VTEPs back to back, IPv4 and IPv6 underlay, tags carried. */
const PAIR = (options: string) => `
switches:${['a', 'b'].map((name, i) => `
  ${name}:
    ports: {e1: {mtu: 9000}, up: {address: [10.0.0.${i}/31, "2001:db8::${i}/127"], mtu: 9100}}
    bridges: {four: {vlan: 4}, six: {vlan: 6}}
    neighbors: [{address: 10.0.0.${1 - i}, mac: "02:00:00:00:0${2 - i}:02", port: up}, {address: "2001:db8::${1 - i}", mac: "02:00:00:00:0${2 - i}:02", port: up}]
    vxlan:
      vx4: {vni: 4, bridge: four, local: 10.0.0.${i}, remotes: [10.0.0.${1 - i}], inner_vlan: true${options}}
      vx6: {vni: 6, bridge: six, local: "2001:db8::${i}", remotes: ["2001:db8::${1 - i}"], inner_vlan: true${options}}`).join('').replaceAll('e1: {mtu: 9000}', 'e1: {trunk: [4, 6], mtu: 9000}')}
links: [{endpoints: ["a:up", "b:up"]}]
`;

test('what goes in at one VTEP comes out at the other, byte for byte', () => {
  for (const options of ['', ', udp6_zero_csum: true', ', tos: inherit']) {
    const b = new BenchSwitch(PAIR(options));
    let id = 0;
    // Anything at all behind the addresses: ECN goes through an unmarked underlay untouched.
    fc.assert(fc.property(fc.uint8Array({ minLength: 4, maxLength: 600 }), fc.integer({ min: 0, max: 255 }), fc.constantFrom(4, 6), fc.constantFrom('0800', '86dd', '8100', '88a8', '0806', ''),
      (payload, host, vid, type) => {
        const macs = `02aa000000${(host | 1).toString(16).padStart(2, '0')}02bb000000${(host & 0xfe).toString(16).padStart(2, '0')}`;
        const frame = Buffer.concat([Buffer.from(`${macs}8100000${vid}${type}`, 'hex'), payload]);
        const { sent, visits } = b.send([{ port: 'a:e1', bytes: frame, id: ++id }], false);
        assert.equal(visits, []);
        assert.equal(sent.map(s => s.port), ['b:e1']);
        assert.fixture(hexdump(sent[0]!.bytes), hexdump(frame));
      }), { seed: SEED, numRuns: 300 });
  }
});

test('source ports spread flows, and a flow keeps its port', () => {
  const b = new BenchSwitch(`
    ports: {e1: , up: {address: 10.0.0.0/31}}
    bridges: {br: {ports: [e1, vx]}}
    neighbors: [{address: 10.0.0.1, mac: 02:00:00:00:00:01, port: up}]
    vxlan: {vx: {vni: 4, local: 10.0.0.0, remotes: [10.0.0.1]}}`);
  const portOf = (text: string) => Number(values(dissect(b.send([{ port: 'e1', bytes: build(text), id: 1 }], false).sent[0]!.bytes), 'udp.srcport')[0]);
  const buckets = new Uint32Array(64), FLOWS = 4096;
  for (let i = 0; i < FLOWS; i++) {
    const port = portOf(`udp 192.168.0.1:${1024 + i} > 192.168.0.2:53`);
    assert.ok(port >= 49152 && port <= 65535, `port ${port}`);
    buckets[(port - 49152) >> 8]!++;
  }
  // 64 buckets of 64 flows each; chi squared over its 63 degrees of freedom is near 1, 1.6 the one in a thousand.
  const expected = FLOWS / buckets.length, chi = buckets.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0) / (buckets.length - 1);
  assert.ok(chi < 1.6, `chi squared ${chi.toFixed(2)} for a degree of freedom`);
  assert.is(portOf('udp 192.168.0.1:1024 > 192.168.0.2:53'), portOf('udp 192.168.0.1:1024 > 192.168.0.2:53'));
  assert.is.not(portOf('eth(src=02:00:00:00:00:01,dst=ff:ff:ff:ff:ff:ff)/arp'), portOf('eth(src=02:00:00:00:00:03,dst=ff:ff:ff:ff:ff:ff)/arp'));
});

test('the same VNI and local address in two underlay VRFs are two networks', () => {
  const b = new BenchSwitch(`
    ports: {red_up: {vrf: red, address: 10.0.0.1/24}, blue_up: {vrf: blue, address: 10.0.0.1/24}, r1: , b1: }
    vrfs: [red, blue]
    bridges: {r: {ports: [r1, vr]}, bl: {ports: [b1, vb]}}
    neighbors: [{address: 10.0.0.2, mac: 02:00:00:00:00:aa, port: red_up}, {address: 10.0.0.2, mac: 02:00:00:00:00:bb, port: blue_up}]
    vxlan:
      vr: {vni: 7, vrf: red, local: 10.0.0.1, remotes: [10.0.0.2]}
      vb: {vni: 7, vrf: blue, local: 10.0.0.1, remotes: [10.0.0.2]}
  `);
  const inner = 'eth(src=02:00:00:00:00:11,dst=02:00:00:00:00:12)/arp';
  const ports = (port: string, bytes: Uint8Array) => b.send([{ port, bytes, id: 1 }]).sent.map(s => `${s.port} ${seen(s.bytes, 'eth.dst')}`);
  assert.equal(ports('r1', build(inner)), ['red_up 02:00:00:00:00:aa,02:00:00:00:00:12']);
  assert.equal(ports('b1', build(inner)), ['blue_up 02:00:00:00:00:bb,02:00:00:00:00:12']);
  const to = 'eth(src=02:00:00:00:00:12,dst=02:00:00:00:00:11)/arp', answer = (mac: string) => build(`eth(dst=${mac})/ip(src=10.0.0.2,dst=10.0.0.1)/udp(checksum=0)/vxlan(vni=7)/${to}`);
  assert.equal(ports('red_up', answer('02:00:00:00:01:01')), ['r1 02:00:00:00:00:11']);
  assert.equal(ports('blue_up', answer('02:00:00:00:01:02')), ['b1 02:00:00:00:00:11']);
});

test('MACs are learnt behind the remote they came from; nothing floods from tunnel to tunnel', () => {
  const b = new BenchSwitch(`
    ports: {up: {address: 10.0.0.1/24}, e1: }
    bridges: {br: {ports: [e1, vx]}}
    neighbors: [{address: 10.0.0.2, mac: 02:00:00:00:00:02, port: up}, {address: 10.0.0.3, mac: 02:00:00:00:00:03, port: up}]
    vxlan: {vx: {vni: 7, local: 10.0.0.1, remotes: [10.0.0.2, 10.0.0.3], fdb: [{mac: 02:00:00:00:00:99, remote: 10.0.0.3}]}}
  `), sw = b.network.switches[0]!;
  const from = (remote: string, src: string, dst: string) => build(`eth(dst=02:00:00:00:01:01)/ip(src=${remote},dst=10.0.0.1)/udp(checksum=0)/vxlan(vni=7)/eth(src=${src},dst=${dst})/arp`);
  const send = (port: string, bytes: Uint8Array) => b.send([{ port, bytes, id: 1 }]);
  const H = (n: number) => `02:00:00:00:00:${n}`;
  assert.equal(send('up', from('10.0.0.2', H(21), 'ff:ff:ff:ff:ff:ff')).sent.map(s => s.port), ['e1']);
  const behind = () => Object.fromEntries(showFdb(sw).rows.map(r => [r.mac, r.interface]));
  assert.equal(behind(), { [H(21)]: 'vx@10.0.0.2', [H(99)]: 'vx@10.0.0.3' });
  const to = (dst: string) => send('e1', build(`eth(src=${H(11)},dst=${dst})/arp`)).sent.map(s => seen(s.bytes, 'ip.dst'));
  assert.equal(to(H(21)), ['10.0.0.2']);
  assert.equal(to(H(99)), ['10.0.0.3']);
  assert.equal(to(H(50)), ['10.0.0.2', '10.0.0.3']);
  assert.equal(drops(send('up', from('10.0.0.2', H(22), H(99)))), ['SPLIT_HORIZON']);
  send('up', from('10.0.0.3', H(21), H(11))); // it moved
  assert.is(behind()[H(21)], 'vx@10.0.0.3');
  const [row] = showVxlan(sw);
  assert.equal({ ...row, remotes: undefined }, { name: 'vx', vni: 7, bridge: 'br', local: ['10.0.0.1'], underlay: 'default', port: 4789, packets: 3n, bytes: 3n * 42n, remotes: undefined });
  assert.equal(row!.remotes, [
    { address: '10.0.0.2', interface: 'vx@10.0.0.2', packets: 2n, bytes: 2n * 78n },
    { address: '10.0.0.3', interface: 'vx@10.0.0.3', packets: 2n, bytes: 2n * 78n },
  ]);
});

test('examples/vxlan.yaml: two hosts in one LAN', () => {
  const b = example('vxlan'), h1 = '02:00:00:00:00:0a', h2 = '02:00:00:00:00:0b';
  const over = (port: string, text: string) => b.send([{ port, bytes: build(text), id: 1 }]).sent.map(s => [s.port, hexdump(s.bytes)]);
  const ask = `eth(src=${h1},dst=ff:ff:ff:ff:ff:ff)/arp(op=request,spa=10.1.0.1,tpa=10.1.0.2)`, tell = `eth(src=${h2},dst=${h1})/arp(op=reply,spa=10.1.0.2,tpa=10.1.0.1)`;
  assert.equal(over('a:e1', ask), [['b:e1', hexdump(build(ask))]]);
  assert.equal(over('b:e1', tell), [['a:e1', hexdump(build(tell))]]);
  // A full frame of the LAN fits: the underlay's MTU has room for the headers.
  const full = `eth(src=${h1},dst=${h2})/ip(src=10.1.0.1,dst=10.1.0.2,df=1)/udp/data(len=1472)`;
  assert.equal(over('a:e1', full), [['b:e1', hexdump(build(full))]]);
});

test('examples/vxlan-l3.yaml: two networks of a VRF, two routers on the way', () => {
  const b = example('vxlan-l3');
  const { sent } = b.send([{ port: 'leaf1:e1', bytes: build('eth(src=02:00:00:00:00:0a,dst=02:00:00:00:11:01)/ip(src=10.1.0.10,dst=10.2.0.10,ttl=64)/icmp'), id: 1 }]);
  assert.equal(sent.map(s => s.port), ['leaf2:e1']);
  assert.equal(hexdump(sent[0]!.bytes), hexdump(build('eth(src=02:00:00:00:22:01,dst=02:00:00:00:00:0b)/ip(src=10.1.0.10,dst=10.2.0.10,ttl=62)/icmp')));
  // traceroute: the second router answers through the VNI, with its address in the VRF.
  const trace = b.send([{ port: 'leaf1:e1', bytes: build('eth(src=02:00:00:00:00:0a,dst=02:00:00:00:11:01)/ip(src=10.1.0.10,dst=10.2.0.10,ttl=2)/icmp'), id: 2 }]);
  assert.equal(trace.sent.map(s => s.port), ['leaf1:e1']);
  assert.is(seen(trace.sent[0]!.bytes, 'ip.src').split(',')[0], '10.2.0.1');
  assert.is(seen(trace.sent[0]!.bytes, 'icmp.type').split(',')[0], '11');
  const rows = b.network.switches.map(s => showVxlan(s)[0]!);
  assert.equal(rows.map(r => [r.vrf, r.bridge, r.packets, r.remotes.map(x => [x.address, x.interface, x.packets])]), [
    ['red', undefined, 1n, [['10.0.0.1', 'vx5000', 2n]]], ['red', undefined, 2n, [['10.0.0.0', 'vx5000', 1n]]]]);
});

/** A solicitation for the link-local address that the router MAC makes, asked by another router. */
const SOLICITATION = '02005e00000202005e00000186dd'
  + '6000000000203afffe800000000000000000000000000001ff0200000000000000000001ff000002'
  + '8700bf9600000000fe8000000000000000005efffe000002010102005e000001';

test('nothing on an L3 VNI is a neighbour', () => {
  const leaf2 = readFileSync(new URL('../examples/vxlan-l3.yaml', import.meta.url), 'utf8').split('links:')[0]!, mac = 'eth(src=02:00:5e:00:00:01,dst=02:00:5e:00:00:02)';
  for (const [inner, why] of [
    [`data(hex=${SOLICITATION})`, ['ND_NOT_FOR_US']],
    [`${mac}/ipv6(src=fe80::1,dst=2001:db8::1,hlim=1)/udp`, ['NO_ROUTE', 'SCOPE']], // the answer cannot reach its link
    [`${mac}/ipv6(src=2001:db8::5,dst=fe80::99)/udp`, ['SCOPE']],
    [`${mac}/arp`, ['UNKNOWN_ETHERTYPE']],
  ] as const) {
    const o = new BenchSwitch(leaf2).send([{ port: 'leaf2:up', id: 1, bytes: build(`eth(src=02:00:00:00:01:02,dst=02:00:00:00:02:02)/ip(src=10.0.0.0,dst=10.0.0.1)/udp(checksum=0)/vxlan(vni=5000)/${inner}`) }]);
    assert.equal(drops(o), why, inner);
    assert.equal(o.sent, []);
  }
});

needs(noProgram('tshark'))('tshark reads the tunnels', () => {
  const b = new BenchSwitch(`
    ports: {e1: , up: {address: [10.0.0.0/31, "2001:db8::/127"]}}
    bridges: {br: {ports: [e1, vx]}}
    neighbors: [{address: 10.0.0.1, mac: 02:00:00:00:00:01, port: up}, {address: "2001:db8::1", mac: 02:00:00:00:00:01, port: up}]
    vxlan: {vx: {vni: 70000, local: [10.0.0.0, "2001:db8::"], remotes: [10.0.0.1, "2001:db8::1"]}}`);
  const inner = 'eth(src=02:00:00:00:00:11,dst=ff:ff:ff:ff:ff:ff)/ip(src=192.168.0.1,dst=192.168.0.2,dscp=46,ecn=1)/udp(srcport=5,dstport=6)/data(len=33)';
  const { sent } = b.send([{ port: 'e1', bytes: build(inner), id: 1 }]), work = mkdtempSync(join(tmpdir(), 'weft-vxlan-'));
  try {
    writeCapture(join(work, 'out.pcap'), sent.map(s => s.bytes));
    const fields = ['frame.protocols', 'vxlan.vni', 'vxlan.flags', 'ip.checksum.status', 'udp.checksum.status', 'ip.dsfield', 'ipv6.tclass.dscp', 'ipv6.tclass.ecn', 'ip.flags.df', 'ip.ttl', 'ipv6.hlim'];
    assert.equal(tsharkFields(join(work, 'out.pcap'), fields), [
      ['eth:ethertype:ip:udp:vxlan:eth:ethertype:ip:udp:data', '70000', '0x0800', '1,1', '3,1', '0x01,0xb9', '', '', '1,0', '64,64', ''],
      ['eth:ethertype:ipv6:udp:vxlan:eth:ethertype:ip:udp:data', '70000', '0x0800', '1', '1,1', '0xb9', '0', '1', '0', '64', '64'],
    ]);
  } finally { rmSync(work, { recursive: true }); }
});

test('files are refused with what was expected', () => {
  const faults = (vxlan: string, more = '') => {
    try {
      new BenchSwitch(`ports: {e1: , up: {address: 10.0.0.1/24}}\nvrfs: [red]\nbridges: {br: , br2: {ports: [vl]}}\nvxlan: ${vxlan}\n${more}`);
    } catch (e) {
      if (e instanceof ConfigError) return e.faults.map(f => f.split('\n')[0]!.replace(/^[^ ]+ /, ''));
      throw e;
    }
    return [];
  };
  const VX = 'vl: {vni: 1, local: 10.0.0.1}';
  for (const [vxlan, want, more] of [
    [`{${VX}, vx: {vni: 2, local: 10.0.0.1}}`, /vx: carries nothing/],
    [`{${VX}, vx: {vni: 2, local: 10.0.0.1, bridge: br, vrf_l3: red, router_mac: 02:00:00:00:00:01}}`, /vx: carries a bridge or a VRF, not both/],
    [`{vl: {vni: 2, local: 10.0.0.1, bridge: br}}`, /vl.bridge: vl is in bridge br2 already/],
    [`{${VX}, vx: {vni: 2, local: 10.0.0.1, bridge: nowhere}}`, /no bridge "nowhere"/],
    [`{${VX}, vx: {vni: 1, local: 10.0.0.1, bridge: br}}`, /vx.vni: VNI 1 exists already/],
    [`{${VX}, vx: {vni: 2, local: 10.0.0.1, bridge: br, router_mac: 02:00:00:00:00:01}}`, /router_mac: is of an L3 VNI/],
    [`{${VX}, vx: {vni: 2, local: 10.0.0.1, vrf_l3: red}}`, /needs the `router_mac`/],
    [`{${VX}, vx: {vni: 2, local: 10.0.0.1, vrf_l3: red, router_mac: 03:00:00:00:00:01}}`, /router_mac: is a group address/],
    [`{${VX}, vx: {vni: 2, local: 10.0.0.1, vrf_l3: red, router_mac: 02:00:00:00:00:01, learn: false}}`, /learn: is of an L2 VNI/],
    [`{${VX}, vx: {vni: 2, local: 224.0.0.1, bridge: br}}`, /224.0.0.1 cannot be a tunnel's end/],
    [`{${VX}, vx: {vni: 2, local: "fe80::1", bridge: br}}`, /fe80::1 cannot be a tunnel's end/],
    [`{${VX}, vx: {vni: 2, local: [10.0.0.1, 10.0.0.2], bridge: br}}`, /local.1: is the second of its family/],
    [`{${VX}, vx: {vni: 2, local: 10.0.0.1, bridge: br, remotes: ["2001:db8::1"]}}`, /remotes.0: there is no IPv6 address/],
    [`{${VX}, vx: {vni: 2, local: 10.0.0.1, bridge: br, remotes: [10.0.0.1]}}`, /remotes.0: is the local address itself/],
    [`{${VX}, vx: {vni: 2, local: 10.0.0.1, bridge: br, remotes: [10.0.0.2, 10.0.0.2]}}`, /remotes.1: 10.0.0.2 is listed twice/],
    [`{${VX}, vx: {vni: 2, local: 10.0.0.1, bridge: br, remotes: [10.0.0.2], mtu: 65521}}`, /mtu: 65521 leaves no room/],
    [`{${VX}, e1: {vni: 2, local: 10.0.0.1, bridge: br}}`, /there is an interface e1 already/],
    [`{${VX}, vx: {vni: 2, local: 10.0.0.1, bridge: br, remotes: [10.0.0.2], fdb: [{mac: 02:00:00:00:00:01, remote: 10.0.0.3}]}}`, /10.0.0.3 is not among the remotes/],
    [`{${VX}, vx: {vni: 2, local: 10.0.0.1, bridge: br, remotes: [10.0.0.2], fdb: [{mac: 01:00:00:00:00:01, remote: 10.0.0.2}]}}`, /is a group address/],
    [`{${VX}}`, /no vxlan "vx"/, 'routes: [{to: 10.9.0.0/16, vxlan: vx, remote: 10.0.0.2, router_mac: 02:00:00:00:00:01}]'],
    [`{${VX}}`, /vl is an L2 VNI/, 'routes: [{to: 10.9.0.0/16, vxlan: vl, remote: 10.0.0.2, router_mac: 02:00:00:00:00:01}]'],
    [`{${VX}, vx: {vni: 2, local: 10.0.0.1, vrf_l3: red, router_mac: 02:00:00:00:00:01}}`, /vx is of VRF red/, 'routes: [{to: 10.9.0.0/16, vxlan: vx, remote: 10.0.0.2, router_mac: 02:00:00:00:00:01}]'],
    [`{${VX}, vx: {vni: 2, local: 10.0.0.1, vrf_l3: red, router_mac: 02:00:00:00:00:01}}`, /needs `remote`/, 'routes: [{to: 10.9.0.0/16, vrf: red, vxlan: vx}]'],
    [`{${VX}}`, /remote: is of a route with `vxlan`/, 'routes: [{to: 10.9.0.0/16, via: 10.0.0.2, remote: 10.0.0.2}]'],
  ] as const) {
    const got = faults(vxlan, more);
    assert.ok(got.some(f => want.test(f)), `${vxlan} ${more ?? ''}: ${got.join('; ') || 'accepted'}`);
  }
  assert.equal(faults(`{${VX}}`), []);
});

test.run();
