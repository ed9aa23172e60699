// make_pcaps.ts -- makes the captures in pcaps/, the same bytes each time.
//
//     npx tsx scripts/make_pcaps.ts [folder]

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCapture } from '../src/capture/open.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { receive, release, Vector } from '../src/kernel/packets.ts';
import { build } from '../src/wire/build.ts';

/** A kind of packet: where it comes in, how many, and the i-th of them. */
interface Kind { readonly port: string; readonly packets: number; readonly text: (i: number) => string }

const ORIGIN = 1_750_000_000n, GAP = 20_000_000n; // 20 us
const PORTS = ['office', 'servers', 'acme', 'wan'];

const office = 'eth(src=02:00:00:00:00:10,dst=02:00:00:00:01:01)';
const servers = 'eth(src=02:00:00:00:00:30,dst=02:00:00:00:01:02)/vlan(id=30)';
const acme = 'eth(src=02:00:00:00:00:40,dst=02:00:00:00:01:03)';
const wan = 'eth(src=02:00:00:00:00:a1,dst=02:00:00:00:01:04)';
const branch = 'eth(src=02:00:00:00:00:77,dst=02:00:00:00:00:10)';
const web = (i: number) => `tcp(srcport=${40000 + i % 64},dstport=443,flags=A,seq=${i * 100})`;

/** A query for the address of x...x.example.net, or its answer (RFC 1035 section 4.1). */
const dns = (i: number, answer: boolean) => {
  const octets = (text: string) => text.length.toString(16).padStart(2, '0') + Buffer.from(text).toString('hex');
  const header = `${(i + 1).toString(16).padStart(4, '0')}${answer ? '8180' : '0100'}0001${answer ? '0001' : '0000'}00000000`;
  const question = `${octets('x'.repeat(i % 40 + 1))}${octets('example')}${octets('net')}0000010001`, pointer = 'c00c0001000100000e100004c6336403';
  return `data(hex=${header}${question}${answer ? pointer : ''})`;
};

/** An SRv6 packet from the uplink, with an SRH where its path has several segments. */
const sr = (src: string, ...path: readonly string[]) => `${wan}/ipv6(src=${src},dst=${path[0]})${path.length > 1 ? `/srh(path=${path.join('|')})` : ''}`;
const EAST = '5f00:0:3::1', HEADQUARTERS = '5f00:0:8::1';
const SID = { end: '5f00:0:1:e::', acme: '5f00:0:1:46::', office: '5f00:0:1:4::', unknown: '5f00:0:1:47::', east: '5f00:0:3:46::' };
const east4 = (i: number, dst = '10.1.0.9') => `ip(src=10.2.0.${i % 50 + 1},dst=${dst})/${web(i)}`;
const east6 = (i: number) => `ipv6(src=2001:db8:a2::${i % 9 + 1},dst=2001:db8:a1::9)/${web(i)}`;

const DEMO: readonly Kind[] = [
  // What a router lives from.
  { port: 'office', packets: 900, text: i => `${office}/ip(src=192.0.2.10,dst=203.0.113.${70 + i % 100})/${web(i)}/data(len=${i % 7 * 60})` },
  { port: 'office', packets: 300, text: i => `${office}/ipv6(src=2001:db8:1::10,dst=2001:db8:30::3)/${web(i)}/data(len=${i % 5 * 40})` },
  { port: 'wan', packets: 500, text: i => `${wan}/ip(src=203.0.113.${70 + i % 100},dst=198.51.100.3)/${web(i)}/data(len=64)` },
  { port: 'servers', packets: 400, text: i => `${servers}/ip(src=198.51.100.3,dst=192.0.2.10)/udp(srcport=53,dstport=${50000 + i % 32})/${dns(i, true)}` },
  { port: 'servers', packets: 100, text: i => `${servers}/ipv6(src=2001:db8:30::3,dst=2001:db8:77::${i % 9 + 1})/udp(srcport=50053,dstport=53)/${dns(i, false)}` },
  // The branch: its hosts are in the office's LAN, through a tunnel over the uplink.
  { port: 'wan', packets: 150, text: i => `${wan}/ip(src=203.0.113.50,dst=203.0.113.2)/udp(srcport=${50000 + i % 16},dstport=4789)/vxlan(vni=100)/${branch}/ip(src=192.0.2.77,dst=192.0.2.10)/${web(i)}/data(len=100)` },
  { port: 'office', packets: 150, text: i => `eth(src=02:00:00:00:00:10,dst=02:00:00:00:00:77)/ip(src=192.0.2.10,dst=192.0.2.77)/${web(i)}/data(len=200)` },
  // The customer: its sites are joined by SRv6, IPv4 and IPv6 to one SID.
  { port: 'acme', packets: 260, text: i => `${acme}/ip(src=10.1.0.9,dst=10.2.0.${i % 50 + 1})/${web(i)}/data(len=${i % 6 * 50})` },
  { port: 'acme', packets: 140, text: i => `${acme}/ipv6(src=2001:db8:a1::9,dst=2001:db8:a2::${i % 9 + 1})/${web(i)}/data(len=${i % 4 * 60})` },
  { port: 'wan', packets: 200, text: i => `${sr(EAST, SID.acme)}/${east4(i)}/data(len=${i % 6 * 50})` },
  { port: 'wan', packets: 90, text: i => `${sr(EAST, SID.end, SID.acme)}/${east6(i)}/data(len=60)` },
  // Headquarters and the office: a SID that unpacks IPv4.
  { port: 'office', packets: 120, text: i => `${office}/ip(src=192.0.2.10,dst=10.80.0.${i % 40 + 1})/${web(i)}/data(len=80)` },
  { port: 'wan', packets: 120, text: i => `${sr(HEADQUARTERS, SID.office)}/ip(src=10.80.0.${i % 40 + 1},dst=192.0.2.10)/${web(i)}/data(len=120)` },
  // Only passing by: the site is a waypoint of theirs.
  { port: 'wan', packets: 70, text: i => `${sr(EAST, SID.end, SID.east)}/${east4(i)}/data(len=90)` },
  // For the router itself.
  { port: 'office', packets: 10, text: i => `${office}/ip(src=192.0.2.10,dst=192.0.2.1)/icmp(type=8,ident=7,seq=${i})/data(len=56)` },
  // What goes wrong on networks.
  { port: 'office', packets: 30, text: i => `${office}/ip(src=192.0.2.10,dst=203.0.113.99,ttl=1)/udp(srcport=50000,dstport=${33434 + i})/data(len=32)` },
  { port: 'office', packets: 12, text: i => `${office}/ipv6(src=2001:db8:1::10,dst=2001:db8:77::1,hlim=1)/udp(srcport=50000,dstport=${33434 + i})/data(len=32)` },
  { port: 'office', packets: 45, text: i => `${office}/ip(src=192.0.2.10,dst=10.${i}.0.1)/udp(srcport=4000,dstport=161)/data(len=20)` },
  { port: 'office', packets: 9, text: i => `${office}/ip(src=192.0.2.10,dst=198.51.100.${130 + i})/${web(i)}` },
  { port: 'office', packets: 24, text: i => `${office}/ip(src=192.0.2.10,dst=203.0.113.99,df=1)/${web(i)}/data(len=1440)` },
  { port: 'office', packets: 16, text: i => `${office}/ipv6(src=2001:db8:1::10,dst=2a00:1450::${i + 1})/${web(i)}` },
  { port: 'office', packets: 7, text: i => `${office}/ip(src=192.0.2.10,dst=203.0.113.99,checksum=0x1234)/${web(i)}` },
  { port: 'office', packets: 5, text: i => `${office}/ip(src=127.0.0.1,dst=203.0.113.99)/${web(i)}` },
  { port: 'servers', packets: 18, text: i => `eth(src=02:00:00:00:00:31,dst=02:00:00:00:01:02)/vlan(id=31)/ip(src=198.51.100.19,dst=192.0.2.10)/${web(i)}` },
  { port: 'wan', packets: 21, text: i => `${wan}/ip(src=203.0.113.80,dst=198.51.100.5)/${web(i)}` },
  { port: 'wan', packets: 14, text: i => `${wan}/ip(src=203.0.113.50,dst=203.0.113.2)/udp(srcport=50000,dstport=4789)/vxlan(vni=200)/${branch}/ip(src=192.0.2.77,dst=192.0.2.10)/${web(i)}` },
  { port: 'wan', packets: 8, text: i => `${wan}/ip(src=203.0.113.66,dst=203.0.113.2)/udp(srcport=50000,dstport=4789)/vxlan(vni=100)/${branch}/ip(src=192.0.2.77,dst=192.0.2.10)/${web(i)}` },
  { port: 'wan', packets: 26, text: i => `${sr(EAST, SID.unknown)}/${east4(i)}` },
  { port: 'wan', packets: 13, text: i => `${sr(EAST, SID.acme, SID.east)}/${east4(i)}` },
  { port: 'wan', packets: 19, text: i => `${sr(HEADQUARTERS, SID.end, SID.office)}/ipv6(src=2001:db8:80::${i % 9 + 1},dst=2001:db8:1::10)/${web(i)}` },
  { port: 'wan', packets: 10, text: i => `${sr(EAST, SID.acme)}/${east4(i, `172.16.0.${i + 1}`)}` },
  { port: 'wan', packets: 6, text: i => `${sr(EAST, '2001:db8:ffff::2', SID.east)}/${east4(i)}` },
  { port: 'office', packets: 15, text: i => `${office}/ip(src=192.0.2.10,dst=10.80.0.9,df=1)/${web(i)}/data(len=1340)` },
  { port: 'acme', packets: 8, text: i => `${acme}/ipv6(src=2001:db8:a1::9,dst=2001:db8:a2::1)/${web(i)}/data(len=1300)` },
  { port: 'wan', packets: 11, text: i => `eth(src=02:00:00:00:00:a1,dst=02:00:00:00:77:77)/ip(src=203.0.113.80,dst=192.0.2.10)/${web(i)}` },
];

/** All kinds mixed: the i-th of n packets of a kind stands at (i + 1/2) / n of the way. */
function mixed(kinds: readonly Kind[]): { port: string; text: string }[] {
  return kinds.flatMap(({ port, packets, text }) => Array.from({ length: packets }, (_, i) => ({ at: (i + 0.5) / packets, port, text: text(i) })))
    .sort((a, b) => a.at - b.at);
}

function write(name: string, ports: readonly string[], packets: readonly { port: string; text: string }[]): void {
  const k = loadKernels({ memory: 32 * 2 ** 20, small: 16, jumbo: 1, huge: 1 }), vector = new Vector(k);
  const path = join(process.argv[2] ?? fileURLToPath(new URL('../pcaps', import.meta.url)), name);
  const writer = createCapture(k, path, { ports: ports.map((port, i) => ({ port: i, name: port })), origin: ORIGIN });
  packets.forEach(({ port, text }, i) => {
    const d = receive(k, build(text), { port: ports.indexOf(port), time: BigInt(i) * GAP, id: i + 1 });
    vector.put([d]);
    writer.copy(vector.at, 1, 'in');
    release(k, d);
  });
  writer.close();
  console.log(`${name}: ${packets.length} packets`);
}

write('demo.pcapng', PORTS, mixed(DEMO));
