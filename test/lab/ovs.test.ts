// ovs.test.ts -- tunnels and labels between weft and an Open vSwitch that runs
// now: each reads what the other wrote.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseMac } from '../../src/wire/address.ts';
import { build } from '../../src/wire/build.ts';
import { hexdump } from '../../src/wire/hexdump.ts';
import { BenchSwitch } from '../bench_switch.ts';
import { needs, noProgram } from '../skip.ts';
import { OpenVswitch, OVS } from './open_vswitch.ts';

const withOvs = needs(noProgram('ovs-vswitchd', 'ovs-vsctl', 'ovs-ofctl', 'setpriv'));

const HOST = '02:00:00:00:0a:01', OTHER = '02:00:00:00:0b:01';
const frame = (src: string, dst: string, text: string): Buffer => Buffer.from(build(text, { src: parseMac(src), dst: parseMac(dst) }));
const TEXTS = ['eth()/ip(src=192.168.0.1,dst=192.168.0.2)/udp(srcport=1000,dstport=53)/data(len=40)', 'eth()/ipv6(src=fd00:a::1,dst=fd00:a::2)/tcp(srcport=1001,dstport=80)/data(len=333)'];
const there = TEXTS.map(t => frame(HOST, OTHER, t)), back = TEXTS.map(t => frame(OTHER, HOST, t));

/** A switch with hosts behind e1 and the underlay behind e2. */
const underlay = `
ports:
  e1: {mac: 02:00:00:00:00:f1, mtu: 8900}
  e2: {address: ${OVS.peer}/24, mac: ${OVS.peerMac}, mtu: 9000}
bridges: {b: {ports: [e1]}}
neighbors: [{address: ${OVS.own}, mac: ${OVS.ownMac}, port: e2}]
`;
const TUNNELS = {
  VXLAN: { ovs: `tn -- set interface tn type=vxlan ofport_request=2 options:remote_ip=${OVS.peer} options:key=5000`, weft: `vxlan: {tn: {vni: 5000, bridge: b, local: ${OVS.peer}, remotes: [${OVS.own}]}}` },
} as const;

for (const [name, { ovs: port, weft }] of Object.entries(TUNNELS))
  withOvs(`${name}: each takes out what the other put in`, async () => {
    const ovs = new OpenVswitch(), b = new BenchSwitch(underlay + weft);
    try {
      await ovs.start([port]);
      ovs.flow('in_port=p1,actions=output:tn', 'in_port=tn,actions=output:p1');
      const tunnelled = await ovs.exchange('p1', there, 'p0');
      assert.is(tunnelled.length, there.length);
      tunnelled.forEach((bytes, i) => {
        const { sent } = b.send([{ port: 'e2', bytes, id: i + 1 }]);
        assert.equal(sent.map(s => [s.port, hexdump(s.bytes)]), [['e1', hexdump(there[i]!)]]);
      });
      const ours = back.flatMap((bytes, i) => b.send([{ port: 'e1', bytes, id: i + 10 }]).sent.map(s => s.bytes)), out = await ovs.exchange('p0', ours, 'p1');
      assert.equal(out.map(f => hexdump(f)), back.map(f => hexdump(f)));
    } finally {
      ovs.stop();
    }
  });

/** A label switching router, and what OVS is told to do in its place. */
const lsr = (labels: string): BenchSwitch => new BenchSwitch(`
ports:
  e1: {address: 10.0.1.1/24, mac: ${OVS.ownMac}, mtu: 9000}
  e2: {address: 10.0.2.1/24, mac: ${OVS.peerMac}, mtu: 9000}
neighbors: [{address: 10.0.2.9, mac: ${OTHER}, port: e2}]
mpls: {ports: [e1, e2], labels: {${labels}}}
`);
const mac = `set_field:${OVS.peerMac}->eth_src,set_field:${OTHER}->eth_dst`;
for (const [what, flow, label, text] of [
  ['swap', `mpls,actions=dec_mpls_ttl,set_field:777->mpls_label,${mac},output:p5`, '102: {swap: 777, via: 10.0.2.9}', 'eth()/mpls(label=102,ttl=9,exp=5)/ip(src=192.168.0.1,dst=192.168.0.2,ttl=33)/udp()'],
  ['swap, two labels', `mpls,actions=dec_mpls_ttl,set_field:777->mpls_label,${mac},output:p5`, '102: {swap: 777, via: 10.0.2.9}', 'eth()/mpls(label=102,ttl=9)/mpls(label=55,ttl=3)/ip(src=192.168.0.1,dst=192.168.0.2,ttl=33)/udp()'],
  ['swap for two', `mpls,actions=dec_mpls_ttl,set_field:16001->mpls_label,push_mpls:0x8847,set_field:16002->mpls_label,${mac},output:p5`, '102: {swap: [16002, 16001], via: 10.0.2.9}', 'eth()/mpls(label=102,ttl=9)/ip(src=192.168.0.1,dst=192.168.0.2,ttl=33)/udp()'],
] as const)
  withOvs(`MPLS, ${what}: the same bytes`, async () => {
    const ovs = new OpenVswitch(), input = frame(HOST, OVS.ownMac, text);
    try {
      await ovs.start();
      ovs.flow(`in_port=p1,${flow}`);
      const theirs = await ovs.exchange('p1', [input], 'p5'), ours = lsr(label).send([{ port: 'e1', bytes: input, id: 1 }]).sent;
      assert.equal(ours.map(s => hexdump(s.bytes)), theirs.map(f => hexdump(f)));
    } finally {
      ovs.stop();
    }
  });

test.run();
