// vxlan_kernel.test.ts -- a VXLAN tunnel between weft and a Linux kernel that
// runs now, over IPv4 and IPv6: each takes out what the other puts in.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UDP } from '../../assembly/wire/udp.ts';
import { parseMac } from '../../src/wire/address.ts';
import { build } from '../../src/wire/build.ts';
import { hexdump } from '../../src/wire/hexdump.ts';
import { BenchSwitch } from '../bench_switch.ts';
import { needs, noProgram } from '../skip.ts';
import { LinuxRouter, MACS } from './linux_router.ts';
import { noNamespaces } from './namespaces.ts';

const withLinux = needs(noNamespaces(), noProgram('tcpdump', 'tcpreplay'));

const A = '02:00:00:00:0a:01', B = '02:00:00:00:0b:01';
const frames = (src: string, dst: string): Buffer[] => [
  'eth()/ip(src=192.168.0.1,dst=192.168.0.2)/udp(srcport=1000,dstport=53)/data(len=40)',
  'eth()/ip(src=192.168.0.1,dst=192.168.0.2,dscp=46,ecn=2)/tcp(srcport=1000,dstport=80)/data(len=1400)',
  'eth()/ipv6(src=fd00:a::1,dst=fd00:a::2,flow=0x12345)/udp(srcport=1001,dstport=53)/data(len=333)',
].map(t => Buffer.from(build(t, { src: parseMac(src), dst: parseMac(dst) })));

/** weft where the kernel's peer is: hosts behind e1, the tunnel behind e2. */
const weft = (local: string, remote: string, more: string): BenchSwitch => new BenchSwitch(`
ports:
  e1: {mac: 02:00:00:00:00:f1, mtu: 8900}
  e2: {address: [10.0.2.9/24, fd00:2::9/64], mac: ${MACS.d0}, mtu: 9000}
bridges: {b: {ports: [e1]}}
neighbors:
  - {address: 10.0.2.2, mac: ${MACS.r1}, port: e2}
  - {address: fd00:2::2, mac: ${MACS.r1}, port: e2}
vxlan:
  vx: {vni: 100, bridge: b, local: "${local}", remotes: ["${remote}"]${more}}
`);

for (const [family, local, remote, linuxMore, more] of [
  ['IPv4', '10.0.2.9', '10.0.2.2', '', ''],
  ['IPv6', 'fd00:2::9', 'fd00:2::2', '', ''],
  ['IPv4 without checksums', '10.0.2.9', '10.0.2.2', 'noudpcsum', ''],
  ['IPv6 without checksums', 'fd00:2::9', 'fd00:2::2', 'udp6zerocsumtx udp6zerocsumrx', ', udp6_zero_csum: true'],
] as const)
  withLinux(`VXLAN over ${family}: Linux and weft take out what the other put in`, async () => {
    const linux = new LinuxRouter(), r = linux.router, b = weft(local, remote, more);
    try {
      for (const line of [`link add vx100 type vxlan id 100 local ${remote} remote ${local} dstport 4789 nolearning ${linuxMore}`, 'link add br9 type bridge stp_state 0 mcast_snooping 0', 'link set vx100 master br9 mtu 8900', 'addr flush dev r0', '-6 addr flush dev r0', 'link set r0 master br9'])
        r.ip(line);
      r.sysctl('net.ipv6.conf.vx100.disable_ipv6=1', 'net.ipv6.conf.br9.disable_ipv6=1', 'net.ipv6.conf.r0.disable_ipv6=1');
      for (const name of ['vx100', 'br9']) r.ip(`link set ${name} up`);
      const there = frames(A, B), tunnelled = (await linux.forward(there)).filter(f => f.includes(Buffer.from(parseMac(A)))); // the kernel's bridge has things to say, too
      assert.is(tunnelled.length, there.length);
      const out = tunnelled.flatMap((bytes, i) => b.send([{ port: 'e2', bytes, id: i + 1 }]).sent);
      out.forEach((s, i) => { assert.fixture(hexdump(s.bytes), hexdump(there[i]!), `Linux to weft, frame ${i}`); });
      assert.equal(out.map(s => s.port), ['e1', 'e1', 'e1']);

      const back = frames(B, A), ours = back.flatMap((bytes, i) => b.send([{ port: 'e1', bytes, id: i + 10 }]).sent.map(s => Buffer.from(s.bytes)));
      const arrived = await linux.back(ours);
      assert.is(arrived.length, back.length);
      arrived.forEach((f, i) => { assert.fixture(hexdump(f), hexdump(back[i]!), `weft to Linux, frame ${i}`); });
      const l4 = 14 + (remote.includes('.') ? 20 : 40), sums = [...new Set(ours.map(f => f.readUInt16BE(l4 + UDP.CHECKSUM) !== 0))];
      assert.equal(sums, [family === 'IPv6'], 'zero over IPv4 (RFC 7348 section 5; Linux computes one there too), never zero over IPv6 unless asked');
    } finally {
      linux.remove();
    }
  });

test.run();
