// srv6_kernel.test.ts -- SRv6 beside a Linux kernel that runs now: what weft
// sends into a tunnel the kernel takes out, what the kernel sends in weft takes
// out, and as an endpoint each does to a frame what the other does.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { build } from '../../src/wire/build.ts';
import { parseMac } from '../../src/wire/address.ts';
import { hexdump } from '../../src/wire/hexdump.ts';
import { BenchSwitch } from '../bench_switch.ts';
import { needs, noProgram } from '../skip.ts';
import { LinuxRouter, MACS, ROUTER } from './linux_router.ts';
import { noNamespaces } from './namespaces.ts';

const withLinux = needs(noNamespaces(), noProgram('tcpdump', 'tcpreplay'));

const ETH = 14;
const macs = { src: parseMac(MACS.s0), dst: parseMac(MACS.r0) };
const frames = (...texts: string[]): Buffer[] => texts.map(t => Buffer.from(build(t, macs)));

/** Payloads as hosts send them. */
const IP6_TRAFFIC = frames(
  'eth()/ipv6(src=2001:db8:1::7,dst=2001:db8:2::9,hlim=20)/udp(srcport=1000,dstport=53)/data(len=40)',
  'eth()/ipv6(src=2001:db8:1::7,dst=2001:db8:2::9,hlim=64,dscp=46,flow=0x12345)/tcp(srcport=1000,dstport=80)',
  'eth()/ipv6(src=2001:db8:1::8,dst=2001:db8:2::9)/icmpv6(type=128)/data(len=1200)',
);
const IP4_TRAFFIC = frames(
  'eth()/ip(src=192.0.2.7,dst=198.51.100.9,ttl=20)/udp(srcport=1000,dstport=53)/data(len=40)',
  'eth()/ip(src=192.0.2.7,dst=198.51.100.9,dscp=46)/tcp(srcport=1000,dstport=80)',
);

/** Frames into port e1 of a switch; those that leave by e2. */
function weft(config: string, input: readonly Buffer[]): Buffer[] {
  const b = new BenchSwitch(config);
  return input.flatMap((bytes, i) => b.send([{ port: 'e1', bytes, id: i + 1 }]).sent.filter(s => s.port === 'e2').map(s => Buffer.from(s.bytes)));
}

/** What left by a wire, as it comes in by the next one. */
const readdressed = (list: readonly Buffer[]): Buffer[] => list.map(f => Buffer.concat([macs.dst, macs.src, f.subarray(12)]));
const same = (got: readonly Buffer[], want: readonly Buffer[], what: string): void => {
  assert.is(got.length, want.length, `${what}: frames`);
  want.forEach((f, i) => { assert.fixture(hexdump(got[i]!), hexdump(f), `${what}: frame ${i}`); });
};
/** Packets behind their Ethernet headers, TTL or hop limit (and what follows from it) left out. */
const carried = (list: readonly Buffer[]): string[] => list.map(f => {
  const p = Buffer.from(f.subarray(ETH));
  if (p[0]! >> 4 === 6) p[7] = 0;
  else p.fill(0, 8, 9).fill(0, 10, 12);
  return p.toString('hex');
});

const routes = (...lines: string[]): string => `routes:\n${['{to: default6, via: fd00:2::9}', '{to: default, via: 10.0.2.9}', ...lines].map(l => `  - ${l}\n`).join('')}`;
const headend = (segments: readonly string[], mode: string): string => `${ROUTER}${routes('{to: 2001:db8:2::/48, srv6: p}', '{to: 198.51.100.0/24, srv6: p}')}
srv6:
  source: fd00:ffff::1
  policies: {p: {segments: [${segments.map(s => `"${s}"`).join(', ')}], mode: ${mode}}}
`;
const endpoint = (sid: string, rest: string): string => `${ROUTER}${routes()}
srv6:
  source: fd00:ffff::1
  sids: {"${sid}": ${rest}}
`;

const SID = 'fcbb:bb00:e::', NEXT = 'fcbb:bb10:2::';

/** Behaviours that this kernel accepts. `segments` of the policies that lead there. */
interface Behavior { readonly name: string; readonly linux: string; readonly weft: string; readonly traffic: readonly Buffer[]; readonly segments: readonly string[]; /** Differences that the RFC asks for. */ readonly adjust?: (linux: Buffer) => Buffer }
const PASSING: readonly Behavior[] = [
  { name: 'End', linux: 'End', weft: '{behavior: End}', traffic: IP6_TRAFFIC, segments: [SID, NEXT] },
  { name: 'End with PSP', linux: 'End flavors psp', weft: '{behavior: End, flavors: [psp]}', traffic: IP6_TRAFFIC, segments: [SID, NEXT] },
  { name: 'End.X', linux: 'End.X nh6 fd00:2::9', weft: '{behavior: End.X, via: fd00:2::9}', traffic: IP6_TRAFFIC, segments: [SID, NEXT] },
  { name: 'End with three segments', linux: 'End', weft: '{behavior: End}', traffic: IP4_TRAFFIC, segments: [SID, 'fcbb:bb10:1::', NEXT] },
];
const ENDING: readonly Behavior[] = [
  { name: 'End.DT6', linux: 'End.DT6 table 254', weft: '{behavior: End.DT6}', traffic: IP6_TRAFFIC, segments: [SID] },
];

for (const b of [...PASSING, ...ENDING])
  withLinux(`${b.name}: Linux and weft do the same with what weft sent in`, async () => {
    const linux = new LinuxRouter();
    try {
      linux.router.ip(`-6 route add ${SID}/128 encap seg6local action ${b.linux} dev r1`);
      for (const mode of ['encaps', 'encaps.red']) {
        const tunnelled = readdressed(weft(headend(b.segments, mode), b.traffic));
        assert.is(tunnelled.length, b.traffic.length);
        const theirs = await linux.forward(tunnelled), ours = weft(endpoint(SID, b.weft), tunnelled);
        same(ours, theirs, mode);
        if (ENDING.includes(b)) assert.equal(carried(theirs), carried(b.traffic), 'Linux takes out what weft put in');
      }
    } finally {
      linux.remove();
    }
  });

/** Headend modes of this kernel, and where weft takes out what they put in. */
for (const [mode, segments, traffic, sid] of [
  ['encap', [SID], IP6_TRAFFIC, '{behavior: End.DT6}'],
  ['encap', [SID], IP4_TRAFFIC, '{behavior: End.DT4}'],
  ['encap.red', [SID], IP6_TRAFFIC, '{behavior: End.DT46}'],
  ['encap.red', [SID], IP4_TRAFFIC, '{behavior: End.DT46}'],
  ['encap', ['fcbb:bb10:1::', SID], IP6_TRAFFIC, '{behavior: End.DT6}'],
  ['encap.red', ['fcbb:bb10:1::', SID], IP6_TRAFFIC, '{behavior: End.DT6}'],
  ['encap.red', ['fcbb:bb10:1::', 'fcbb:bb10:3::', SID], IP4_TRAFFIC, '{behavior: End.DT4}'],
] as const)
  withLinux(`mode ${mode}, ${segments.length} segments, IPv${traffic === IP4_TRAFFIC ? 4 : 6}: weft takes out what Linux put in`, async () => {
    const linux = new LinuxRouter();
    try {
      for (const to of ['-6 route add 2001:db8:2::/48', 'route add 198.51.100.0/24']) linux.router.ip(`${to} encap seg6 mode ${mode} segs ${segments.join(',')} dev r1`);
      const tunnelled = await linux.forward(traffic);
      assert.is(tunnelled.length, traffic.length);
      // Every segment but the last is a weft switch, too.
      let on = readdressed(tunnelled);
      for (const hop of segments.slice(0, -1)) on = readdressed(weft(endpoint(hop, '{behavior: End}'), on));
      const out = weft(endpoint(segments.at(-1)!, sid), on);
      assert.equal(carried(out), carried(traffic));
    } finally {
      linux.remove();
    }
  });

test.run();
