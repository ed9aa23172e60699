// groups.test.ts -- ECMP: shares, what moves when a member leaves, switches in
// a row, and what a flow is.

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../src/switch/file.ts';
import { listGroups } from '../src/switch/groups.ts';
import { build } from '../src/wire/build.ts';
import { BenchSwitch } from './bench_switch.ts';
import { random } from './wasm.ts';

const FLOWS = 10_000, BURST = 200;
const HEAD = 'eth(src=02:00:00:00:00:01,dst=02:00:00:00:01:01)';

/** A switch with ports e1 (in) to e5, a neighbour behind each, and group g. */
function fabric(members: readonly string[], more = '', { seed = 1, hash = '' } = {}): BenchSwitch {
  const ports = [1, 2, 3, 4, 5];
  return new BenchSwitch(`
seed: ${seed}
ports:
${ports.map(i => `  e${i}: {address: [10.0.${i}.1/24, "2001:db8:${i}::1/64"]}`).join('\n')}
neighbors:
${ports.map(i => `  - {address: 10.0.${i}.9, mac: 02:00:00:00:00:0${i}, port: e${i}}\n  - {address: "2001:db8:${i}::9", mac: 02:00:00:00:00:0${i}, port: e${i}}`).join('\n')}
groups:
  g: {members: [${members.join(', ')}]${hash ? `, hash: [${hash}]` : ''}}
routes:
  - {to: 10.9.0.0/16, group: g}
${more}`);
}
const four = (i: number, rest = '') => `{via: 10.0.${i}.9${rest}}`;
const EQUAL = [2, 3, 4, 5].map(i => four(i));

/** The port each frame leaves by. */
function choices(b: BenchSwitch, frames: readonly Uint8Array[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < frames.length; i += BURST) {
    const { sent } = b.send(frames.slice(i, i + BURST).map((bytes, n) => ({ port: 'e1', bytes, id: i + n + 1 })), false);
    out.push(...sent.map(s => s.port));
  }
  assert.is(out.length, frames.length, 'every frame leaves');
  return out;
}

/** UDP flows that differ in their ports. */
const udpFlows = (() => {
  const next = random(7), frame = build(`${HEAD}/ip(src=10.0.1.9,dst=10.9.0.7)/udp(srcport=1,dstport=2)/data(len=8)`);
  return Array.from({ length: FLOWS }, () => {
    const f = frame.slice();
    new DataView(f.buffer).setUint32(34, next());
    return f;
  });
})();

const tally = (list: readonly string[]) => list.reduce((m, c) => m.set(c, (m.get(c) ?? 0) + 1), new Map<string, number>());
const rows = (b: BenchSwitch) => listGroups(b.network.switches[0]!.built);

/** Pearson's statistic of the joint choice of two switches, against independence. */
function chi2(a: readonly string[], b: readonly string[]): number {
  const joint = tally(a.map((c, i) => `${c} ${b[i]}`)), left = tally(a), right = tally(b);
  let sum = 0;
  for (const [x, n] of left) for (const [y, m] of right) {
    const want = n * m / a.length;
    sum += ((joint.get(`${x} ${y}`) ?? 0) - want) ** 2 / want;
  }
  return sum;
}

test('flows are shared out by weight: buckets within one, flows within chance', () => {
  const b = fabric([four(2), four(3, ', weight: 2'), four(4, ', weight: 5')]), out = tally(choices(b, udpFlows));
  const [{ members, buckets, group, vrf, family }] = rows(b) as [ReturnType<typeof rows>[number]];
  assert.equal({ group, vrf, family, buckets }, { group: 'g', vrf: 'default', family: 4, buckets: 256 });
  for (const m of members) {
    const share = m.weight / 8, sigma = Math.sqrt(FLOWS * share * (1 - share));
    assert.ok(Math.abs(m.buckets - buckets * share) < 1, `${m.interface} has ${m.buckets} buckets`);
    assert.ok(Math.abs(Number(m.packets) - FLOWS * m.buckets / buckets) < 4 * sigma, `${m.interface} got ${m.packets}`);
    assert.is(Number(m.packets), out.get(m.interface), 'what is counted is what left');
    assert.is(m.bytes, m.packets * 36n);
    assert.is(m.asked, share);
    assert.is(m.actual, Number(m.packets) / FLOWS);
  }
  assert.is(members.reduce((sum, m) => sum + m.packets, 0n), BigInt(FLOWS));
});

test('draining a member moves its flows and no others, whatever the weights', () => {
  const weights = [', weight: 3', ', weight: 2', '', ', weight: 2'];
  const before = choices(fabric([2, 3, 4, 5].map((i, n) => four(i, weights[n]))), udpFlows);
  const drained = fabric([2, 3, 4, 5].map((i, n) => four(i, weights[n] + (i === 3 ? ', drain: true' : ''))));
  const after = choices(drained, udpFlows);
  assert.is(after.includes('e3'), false);
  assert.is(before.filter((c, i) => c !== 'e3' && c !== after[i]).length, 0);
  assert.is(tally(before.flatMap((c, i) => (c === 'e3' ? after[i]! : []))).size, 3, 'all the others take over');
  assert.equal(rows(drained)[0]!.members.map(m => [m.weight, m.packets === 0n]), [[3, false], [0, true], [1, false], [2, false]]);
});

test('so does a weight of 0 among equals, and taking the last member away', () => {
  const all = choices(fabric(EQUAL), udpFlows);
  const zero = choices(fabric(EQUAL.map((m, i) => (i === 1 ? four(3, ', weight: 0') : m))), udpFlows);
  assert.is(all.filter((c, i) => c !== 'e3' && c !== zero[i]).length, 0);
  const fewer = choices(fabric(EQUAL.slice(0, 3)), udpFlows);
  assert.is(all.filter((c, i) => c !== 'e5' && c !== fewer[i]).length, 0);
});

test('the same seed chooses the same, another seed independently: switches in a row do not polarise', () => {
  const [one, again, two, three] = [1, 1, 2, 3].map(seed => choices(fabric(EQUAL, '', { seed }), udpFlows)) as [string[], string[], string[], string[]];
  assert.equal(again, one);
  assert.ok(chi2(one, again) > FLOWS, 'the statistic sees polarisation');
  // 9 degrees of freedom: beyond 33 once in 10,000.
  for (const other of [two, three]) assert.ok(chi2(one, other) < 33, `chi2 ${chi2(one, other)}`);
  // All that the first switch sent one way: the second still uses all of its own.
  const behind = tally(two.filter((_, i) => one[i] === 'e2')), most = Math.max(...behind.values()), mean = one.filter(c => c === 'e2').length / 4;
  assert.is(behind.size, 4);
  assert.ok(most / mean < 1.15, `max/mean ${most / mean}`);
});

test('RoCEv2: queue pairs of two hosts spread where asked to, packets of each stay together', () => {
  const roce = (qp: number, psn: number) => build(`${HEAD}/ip(src=10.0.1.9,dst=10.9.0.7)/udp(srcport=49152,dstport=4791)/data(hex=0a40ffff00${qp.toString(16).padStart(6, '0')}80${psn.toString(16).padStart(6, '0')}00000000)`);
  const pairs = Array.from({ length: 1000 }, (_, i) => i * 3 + 17), frames = [1, 2].flatMap(psn => pairs.map(qp => roce(qp, psn)));
  assert.is(tally(choices(fabric(EQUAL), frames)).size, 1);
  const out = choices(fabric(EQUAL, '', { hash: 'qp' }), frames), share = tally(out);
  assert.equal(out.slice(1000), out.slice(0, 1000));
  assert.is(share.size, 4);
  for (const n of share.values()) assert.ok(Math.abs(n / 2 - 250) < 4 * Math.sqrt(1000 * 0.25 * 0.75), `${n / 2} of 1000`);
});

test('all fragments of a datagram go one way', () => {
  const piece = (host: number, i: number) => [
    `${HEAD}/ip(src=10.0.1.${host},dst=10.9.0.7,id=${i},mf=1)/udp(srcport=${1000 + i},dstport=53)/data(len=8)`,
    `${HEAD}/ip(src=10.0.1.${host},dst=10.9.0.7,id=${i},mf=1,frag_offset=2,proto=17)/data(len=16)`,
    `${HEAD}/ip(src=10.0.1.${host},dst=10.9.0.7,id=${i},frag_offset=4,proto=17)/data(len=3)`,
  ];
  const out = choices(fabric(EQUAL), Array.from({ length: 100 }, (_, i) => piece(20 + i, i)).flat().map(t => build(t)));
  for (let i = 0; i < out.length; i += 3) assert.equal(new Set(out.slice(i, i + 3)).size, 1, `datagram ${i / 3}`);
  assert.is(tally(out).size, 4);
});

const IPV4 = (n: number) => `ip(src=192.168.0.1,dst=192.168.0.2)/udp(srcport=${1000 + n},dstport=53)`;
const hex = (text: string) => Buffer.from(build(text)).toString('hex');
const outer = (entropy: number) => `${HEAD}/ip(src=10.0.1.${20 + entropy},dst=10.9.0.7`;
/** A flow n in a tunnel whose outer header varies with e. */
const TUNNELS: Record<string, (entropy: number, n: number) => string> = {
  vxlan: (e, n) => `${outer(e)})/udp(srcport=${50000 + e})/vxlan(vni=5)/eth/${IPV4(n)}`,
  'vxlan, tagged inside': (e, n) => `${outer(e)})/udp(srcport=${50000 + e})/vxlan(vni=5)/eth/vlan(id=7)/${IPV4(n)}`,
  'IP in IP': (e, n) => `${outer(e)})/${IPV4(n)}`,
  'IPv6 in IP': (e, n) => `${outer(e)})/ipv6(src=2001:db8::1,dst=2001:db8::2)/udp(srcport=${1000 + n},dstport=53)`,
  GRE: (e, n) => `${outer(e)},proto=47)/data(hex=00000800${hex(IPV4(n))})`,
  'GRE with key and sequence': (e, n) => `${outer(e)},proto=47)/data(hex=3000080000000005000000${(e + 16).toString(16)}${hex(IPV4(n))})`,
  'Ethernet in GRE': (e, n) => `${outer(e)},proto=47)/data(hex=00006558${hex(`eth/${IPV4(n)}`)})`,
  'Geneve with options': (e, n) => `${outer(e)})/udp(srcport=${50000 + e},dstport=6081)/data(hex=020065580000050001020301${'00'.repeat(4)}${hex(`eth/${IPV4(n)}`)})`,
  'MPLS in UDP': (e, n) => `${outer(e)})/udp(srcport=${50000 + e},dstport=6635)/data(hex=0003e040003e9140${hex(IPV4(n))})`,
  'MPLS in IP': (e, n) => `${outer(e)},proto=137)/data(hex=003e9140${hex(IPV4(n))})`,
};

test('inner: the flow in a tunnel counts, not the tunnel', () => {
  for (const [name, tunnel] of Object.entries(TUNNELS)) {
    const b = fabric(EQUAL, '', { hash: 'inner' }), many = Array.from({ length: 40 }, (_, i) => i);
    const within = choices(b, many.map(n => build(tunnel(0, n)))), around = choices(b, many.map(e => build(tunnel(e, 0))));
    assert.is(tally(within).size, 4, `${name}: inner flows spread`);
    assert.is(tally(around).size, 1, `${name}: the tunnel does not matter`);
  }
  assert.is(tally(choices(fabric(EQUAL), Array.from({ length: 40 }, (_, n) => build(TUNNELS['IP in IP']!(0, n))))).size, 1, 'unless asked, the outer header is the flow');
});

test('nothing behind the end of a packet is read, though a whole tunnel lies there', () => {
  const b = fabric(EQUAL, '', { hash: 'inner, qp' });
  // Only one packet is in flight, so each is put into the buffer of the one before.
  for (const [name, tunnel] of Object.entries(TUNNELS))
    for (let cut = 1; cut < 60; cut++) {
      const whole = build(tunnel(0, 0)), protocol = whole[23]!;
      const short = build(`${HEAD}/ip(src=10.0.1.20,dst=10.9.0.7,proto=${protocol})/data(hex=${Buffer.from(whole.subarray(34, 34 + cut)).toString('hex')})`);
      const seen = new Set([1, 2, 3].map(n => {
        choices(b, [build(tunnel(0, n))]);
        return choices(b, [short])[0];
      }));
      assert.is(seen.size, 1, `${name}, ${cut} bytes of it`);
    }
});

test('a tunnel in a tunnel is looked into, but not for ever', () => {
  const nested = (depth: number) => Array.from({ length: 40 }, (_, n) => {
    const frames = Array.from({ length: depth }, () => '020000000002020000000001' + '6558').join('');
    return build(`${HEAD}/ip(src=10.0.1.9,dst=10.9.0.7,proto=47)/data(hex=00006558${frames}${Buffer.from(build(`eth/${IPV4(n)}`)).toString('hex')})`);
  });
  const spread = [0, 1, 20, 90].map(depth => tally(choices(fabric(EQUAL, '', { hash: 'inner' }), nested(depth))).size);
  assert.equal(spread, [4, 4, 1, 1]);
});

test('selected fields, and no others, make a flow', () => {
  const vary = (f: (i: number) => string) => Array.from({ length: 40 }, (_, i) => build(`${HEAD}/${f(i)}`));
  const by = {
    src: vary(i => `ip(src=10.0.1.${20 + i},dst=10.9.0.7)/udp(srcport=1,dstport=2)`),
    dst: vary(i => `ip(src=10.0.1.9,dst=10.9.0.${i})/udp(srcport=1,dstport=2)`),
    sport: vary(i => `ip(src=10.0.1.9,dst=10.9.0.7)/udp(srcport=${i},dstport=2)`),
    dport: vary(i => `ip(src=10.0.1.9,dst=10.9.0.7)/udp(srcport=1,dstport=${i})`),
    proto: vary(i => `ip(src=10.0.1.9,dst=10.9.0.7,proto=${i + 200})/data(len=4)`),
  };
  for (const chosen of Object.keys(by)) {
    const b = fabric(EQUAL, '', { hash: chosen });
    for (const [varied, frames] of Object.entries(by))
      assert.is(tally(choices(b, frames)).size, chosen === varied ? 4 : 1, `hash: [${chosen}], ${varied} varies`);
  }
});

test('IPv6: ports, flow label and addresses, as selected', () => {
  const members = [2, 3, 4, 5].map(i => `{via: "2001:db8:${i}::9"}`), more = '  - {to: "2001:db8:9::/48", group: g}';
  const vary = (f: (i: number) => string) => Array.from({ length: 40 }, (_, i) => build(`${HEAD}/${f(i)}`));
  const by = {
    src: vary(i => `ipv6(src=2001:db8:1::${i + 20},dst=2001:db8:9::7)/udp(srcport=1,dstport=2)`),
    dst: vary(i => `ipv6(src=2001:db8:1::9,dst=2001:db8:9::${i})/udp(srcport=1,dstport=2)`),
    sport: vary(i => `ipv6(src=2001:db8:1::9,dst=2001:db8:9::7)/udp(srcport=${i},dstport=2)`),
    label: vary(i => `ipv6(src=2001:db8:1::9,dst=2001:db8:9::7,flow=${i})/udp(srcport=1,dstport=2)`),
  };
  for (const chosen of ['', ...Object.keys(by)]) {
    const one = fabric(members, more, { hash: chosen });
    for (const [varied, frames] of Object.entries(by))
      assert.is(tally(choices(one, frames)).size, chosen === '' || chosen === varied ? 4 : 1, `hash: [${chosen}], ${varied} varies`);
  }
  // One group, both families, counted apart; IPv4 through IPv6 gateways (RFC 8950).
  const b = fabric(members, more);
  choices(b, [...by.src, ...udpFlows.slice(0, 100)]);
  assert.equal(rows(b).map(r => [r.family, r.members.reduce((sum, m) => sum + m.packets, 0n)]), [[4, 100n], [6, 40n]]);
});

test('faults say where and what', () => {
  const cases: [() => unknown, RegExp][] = [
    [() => fabric(EQUAL, '  - {to: 10.8.0.0/16, group: gg}'), /no group "gg", do you mean "g"\?/],
    [() => fabric(EQUAL, '  - {to: 10.8.0.0/16, group: g, via: 10.0.2.9}'), /a route goes one way/],
    [() => fabric(EQUAL, '  - {to: "2001:db8:9::/48", group: g}'), /is an IPv4 gateway/],
    [() => fabric(['{via: 10.77.0.1}']), /groups\.g\.members\.0\.via: is on no connected network/],
    [() => fabric(['{via: 10.0.2.999}']), /groups\.g\.members\.0\.via/],
    [() => fabric(EQUAL, '', { hash: 'source' }), /expected one of src, dst/],
    [() => fabric(Array.from({ length: 257 }, (_, i) => four(2 + (i & 3)))), /257 members cannot share 256 buckets/],
  ];
  for (const [f, message] of cases) assert.throws(f, (e: unknown) => e instanceof ConfigError && message.test(e.message), String(message));
});

test('the examples load', () => {
  for (const name of ['ecmp', 'neighbors']) assert.ok(new BenchSwitch(readFileSync(new URL(`../examples/${name}.yaml`, import.meta.url), 'utf8')).network.switches.length === 1);
});

test.run();
