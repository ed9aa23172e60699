// srv6_path.test.ts -- whatever enters a policy comes out at its end as it
// went in, but for the TTL of a packet: random packets and frames over 1 to 30
// segments of five linked switches. Some segments are binding SIDs, whose
// policies are gone again where the next segment is.
//
//   head --- m0 --- m1 --- m2      every pair of switches is linked
//     \_______tail_______/

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { showPolicies, showSids } from '../src/switch/srv6.ts';
import { checksum } from '../src/wire/checksum.ts';
import { BenchSwitch } from './bench_switch.ts';

const NAMES = ['head', 'm0', 'm1', 'm2', 'tail'] as const;
const SEED = 8986, SEGMENTS_MAX = 30;
/** SIDs of a switch in the middle by function; at the tail what a path ends with. */
const MIDDLE = ['e', 'e1', 'e7'], ENDS = ['d4', '46', 'd6'] as const;
/** What a path ends with that leads to one neighbour or port. */
const CROSSES = ['x4', 'x6', 'd2'] as const;
/** Binding SIDs of m0, and how many segments their policies have. */
const BINDING = { b6: 2, b7: 2, b8: 1, b9: 2 } as const;
/** VLAN of the frames that enter policy 0 at head. */
const VLAN = 1000;

const mac = (from: number, to: number): string => `02:00:00:00:0${from}:0${to}`;
/** Port of `from` to `to`: to0 .. to4; both ends share fd00:<low>:<high>::/64. */
const link = (from: number, to: number): string => `fd00:${Math.min(from, to)}:${Math.max(from, to)}::${from + 1}`;

/** One policy for each count of segments, mode and end; number `id` leads to 10.id.0.0/16 and 2001:db8:id::/48. */
const plain = (i: number): string[] => Array.from({ length: i }, (_, n) => `fc00:0:${n % 3 + 1}:${MIDDLE[(n * 7 + i) % 3]}::`);
const bound = Object.keys(BINDING).map(b => `fc00:0:1:${b}::`);
const policies = ['encaps', 'encaps.red'].flatMap(mode => [
  ...ENDS.flatMap(end => Array.from({ length: SEGMENTS_MAX }, (_, i) => ({ mode, end, middle: plain(i) }))),
  ...CROSSES.flatMap(end => [0, 1, 5, 29].map(i => ({ mode, end, middle: plain(i) }))),
  ...CROSSES.flatMap(end => bound.map((sid, i) => ({ mode, end, middle: [...plain(i), sid, ...plain(1)] }))),
  ...ENDS.map(end => ({ mode, end, middle: bound })),
]).map(({ mode, end, middle }, id) => ({ mode, end, id, segments: [...middle, `fc00:0:4:${end.replace('x', 'a')}::`] }));
const isFour = (end: string): boolean => end === 'd4' || end === 'x4';

function network(): string {
  const switches = NAMES.map((name, s) => {
    const others = NAMES.map((_, o) => o).filter(o => o !== s);
    const ports = others.map(o => `to${o}: {mac: "${mac(s, o)}", mtu: 9000, address: "${link(s, o)}/64"}`);
    const neighbors = others.map(o => `{address: "${link(o, s)}", mac: "${mac(o, s)}", port: to${o}}`);
    const routes = others.map(o => `{to: "fc00:0:${o}::/48", via: "${link(o, s)}"}`);
    let srv6 = 'sids: {' + MIDDLE.map((f, i) => `"fc00:0:${s}:${f}::": {behavior: End, flavors: [${['', 'psp', 'psp, usp, usd'][i]}]}`).join() + '}';
    if (name === 'm0') srv6 += `, source: fc00:0:1::1, policies: {${[
      'b6: {segments: ["fc00:0:2:e::", "fc00:0:3:e7::"]', 'b7: {mode: encaps.red, segments: ["fc00:0:2:e1::", "fc00:0:3:e7::"]',
      'b8: {mode: insert, segments: ["fc00:0:3:e::"]', 'b9: {mode: insert.red, segments: ["fc00:0:2:e::", "fc00:0:3:e1::"]',
    ].map(p => `${p}, bsid: "fc00:0:1:${p.slice(0, 2)}::"}`).join()}}`;
    if (name === 'head') {
      ports.push(`x: {mac: "02:00:00:00:00:98", mtu: 9000, vlans: {${policies.filter(p => p.end === 'd2').map(p => `${VLAN + p.id}: `).join()}}}`);
      ports.push('in: {mac: "02:00:00:00:00:99", mtu: 9000, address: [192.0.2.1/24]}');
      srv6 = `source: fc00::1, policies: {${policies.map(p => `p${p.id}: {mode: ${p.mode}, segments: [${p.segments.map(a => `"${a}"`).join()}]}`).join()}}, l2: {${policies.filter(p => p.end === 'd2').map(p => `l${p.id}: {port: x.${VLAN + p.id}, policy: p${p.id}}`).join()}}`;
      for (const p of policies) {
        if (isFour(p.end) || p.end === '46') routes.push(`{to: 10.${p.id}.0.0/16, srv6: p${p.id}}`);
        if (!isFour(p.end) && p.end !== 'd2') routes.push(`{to: "2001:db8:${p.id.toString(16)}::/48", srv6: p${p.id}}`);
      }
    }
    if (name === 'tail') {
      ports.push('out: {mac: "02:00:00:00:04:99", mtu: 9000, vrf: red, address: [192.0.2.1/24, "2001:db8:ff::1/64"]}');
      neighbors.push('{address: 192.0.2.9, mac: "02:00:00:00:00:88", port: out}', '{address: "2001:db8:ff::9", mac: "02:00:00:00:00:88", port: out}');
      routes.push('{to: default, vrf: red, via: 192.0.2.9}', '{to: default6, vrf: red, via: "2001:db8:ff::9"}');
      ports.push('x: {mac: "02:00:00:00:04:98", mtu: 9000}');
      srv6 = 'sids: {"fc00:0:4:a4::": {behavior: End.DX4, vrf: red, via: 192.0.2.9}, "fc00:0:4:a6::": {behavior: End.DX6, vrf: red, via: "2001:db8:ff::9"}, "fc00:0:4:d2::": {behavior: End.DX2, port: x}, "fc00:0:4:d4::": {behavior: End.DT4, vrf: red}, "fc00:0:4:d6::": {behavior: End.DT6, vrf: red}, "fc00:0:4:46::": {behavior: End.DT46, vrf: red}}';
    }
    return `  ${name}: {ports: {${ports.join()}}, vrfs: [red], neighbors: [${neighbors.join()}], srv6: {${srv6}}, routes: [${routes.join()}]}`;
  });
  const links = NAMES.flatMap((a, i) => NAMES.flatMap((b, j) => (i < j ? [`  - {endpoints: ["${a}:to${j}", "${b}:to${i}"]}`] : [])));
  return `switches:\n${switches.join('\n')}\nlinks:\n${links.join('\n')}\n`;
}

/** An inner packet: what the policy's prefix and the generators make it. */
function packet(four: boolean, p: (typeof policies)[number], tos: number, ttl: number, protocol: number, payload: Uint8Array): Buffer {
  const out = Buffer.alloc((four ? 20 : 40) + payload.length);
  if (four) {
    out.set([0x45, tos, out.length >> 8, out.length & 255, 0, 1, 0, 0, ttl, protocol, 0, 0, 10, 200, 0, 1, 10, p.id, 0, 7]);
    out.writeUInt16BE(checksum(out.subarray(0, 20)), 10);
  } else {
    out.writeUInt32BE((0x60000000 | tos << 20 | payload.length) >>> 0, 0);
    out.set([payload.length >> 8, payload.length & 255, protocol, ttl], 4);
    out.set(Buffer.from('20010db802000000000000000000000120010db8', 'hex'), 8);
    out.set([0, p.id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7], 28);
  }
  out.set(payload, four ? 20 : 40);
  return out;
}

/** Addresses of a frame into head and out of tail. */
const HEAD = '020000000099020000000077', TAIL = '020000000088020000000499';
const frame = (addresses: string, four: boolean, packet: Buffer): Buffer => Buffer.concat([Buffer.from(addresses + (four ? '0800' : '86dd'), 'hex'), packet]);

/** The packet two routers on: where it entered the policy, and where it left. */
function twoHopsOn(packet: Buffer, four: boolean): Buffer {
  const out = Buffer.from(packet);
  out[four ? 8 : 7]! -= 2;
  if (four) {
    out.writeUInt16BE(0, 10);
    out.writeUInt16BE(checksum(out.subarray(0, 20)), 10);
  }
  return out;
}

test('encapsulation, a chain of Ends, and out again: nothing changes but the TTL', () => {
  const b = new BenchSwitch(network()), [head, , , , tail] = b.network.switches;
  let runs = 0;
  fc.assert(fc.property(
    fc.constantFrom(...policies.filter(p => p.end !== 'd2')), fc.boolean(), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 3, max: 255 }),
    fc.constantFrom(6, 17, 50, 58, 59, 89, 132, 253), fc.uint8Array({ maxLength: 1200 }),
    (policy, either, tos, ttl, protocol, payload) => {
      const four = isFour(policy.end) || (policy.end === '46' && either), sent = packet(four, policy, tos, ttl, protocol, payload);
      const out = b.send([{ port: 'head:in', bytes: frame(HEAD, four, sent), id: 1 }], false).sent;
      assert.equal(out.map(s => s.port), ['tail:out']);
      assert.is(Buffer.from(out[0]!.bytes).toString('hex'), frame(TAIL, four, twoHopsOn(sent, four)).toString('hex'));
      runs++;
    },
  ), { seed: SEED, numRuns: 700 });
  const sum = (rows: { packets: bigint }[]): bigint => rows.reduce((n, r) => n + r.packets, 0n);
  assert.is(sum(showPolicies(head!)), BigInt(runs));
  assert.is(sum(showSids(tail!)), BigInt(runs));
});

test('a frame into a policy, a chain of Ends, and out again: not a bit changes', () => {
  const b = new BenchSwitch(network());
  fc.assert(fc.property(
    fc.constantFrom(...policies.filter(p => p.end === 'd2')), fc.uint8Array({ minLength: 12, maxLength: 12 }), fc.constantFrom(0x0800, 0x86dd, 0x0806, 0x8100, 0x88a8, 0x88cc, 0x8847, 0x0026),
    fc.uint8Array({ minLength: 32, maxLength: 1400 }),
    (policy, addresses, type, payload) => {
      addresses[6]! &= 0xfe;
      // Marks of congestion are made by the switches' routers only, and here is none.
      const sent = Buffer.concat([addresses, Buffer.from([type >> 8, type & 255]), payload]), tag = Buffer.from([0x81, 0, (VLAN + policy.id) >> 8, (VLAN + policy.id) & 255]);
      const out = b.send([{ port: 'head:x', bytes: Buffer.concat([sent.subarray(0, 12), tag, sent.subarray(12)]), id: 1 }], false).sent;
      assert.equal(out.map(s => s.port), ['tail:x']);
      assert.is(Buffer.from(out[0]!.bytes).toString('hex'), sent.toString('hex'));
    },
  ), { seed: SEED, numRuns: 300 });
});

test('every segment of every policy was a SID that counted, and those of binding SIDs', () => {
  const b = new BenchSwitch(network());
  for (const p of policies) {
    const four = p.end !== 'd6' && p.end !== 'x6', sent = packet(four, p, 0, 64, 17, new Uint8Array(8));
    const vlan = (VLAN + p.id).toString(16).padStart(4, '0');
    const input = p.end === 'd2' ? { port: 'head:x', bytes: Buffer.from(`0200000000010200000000028100${vlan}0800${sent.toString('hex')}`, 'hex') } : { port: 'head:in', bytes: frame(HEAD, four, sent) };
    const extra = p.segments.reduce((n, s) => n + (BINDING[s.split(':')[3] as keyof typeof BINDING] ?? 0), 0);
    const before = b.network.switches.flatMap(s => showSids(s)).reduce((n, r) => n + r.packets, 0n);
    assert.is(b.send([{ ...input, id: 1 }], false).sent.length, 1);
    const after = b.network.switches.flatMap(s => showSids(s)).reduce((n, r) => n + r.packets, 0n);
    assert.is(after - before, BigInt(p.segments.length + extra), p.segments.join(' '));
  }
});

test.run();
