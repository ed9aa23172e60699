// srv6_model.test.ts -- random packets at every kind of SID, against RFC 8986
// written down a second time, step by step and without a thought for speed.

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BenchSwitch } from './bench_switch.ts';

const SEED = 8754, RUNS = 8000;
const ETH = 14, IP6 = 40;

interface Sid { address: string; behavior: string; flavors: string[] }

const FLAVORS = [0, 1, 2, 3, 4, 5, 6, 7].map(bits => ['psp', 'usp', 'usd'].filter((_, i) => bits & 1 << i));
const sids: Sid[] = [
  ...FLAVORS.map((flavors, i) => ({ address: `fc00::e${i}`, behavior: 'End', flavors })),
  ...FLAVORS.map((flavors, i) => ({ address: `fc00::a${i}`, behavior: 'End.X', flavors })),
  ...FLAVORS.map((flavors, i) => ({ address: `fc00::b${i}`, behavior: 'End.T', flavors })),
  ...['End.DT4', 'End.DT6', 'End.DT46', 'End.DX4', 'End.DX6', 'End.DX2', 'End.DX2V', 'End.DT2U', 'End.DT2M', 'End.B6.Encaps', 'End.B6.Insert', 'End.BM']
    .map((behavior, i) => ({ address: `fc00::c${i.toString(16)}`, behavior, flavors: [] })),
];
/** Keys of a behaviour besides. */
const KEYS: Readonly<Record<string, string>> = {
  'End.X': 'via: "2001:db8:2::9"', 'End.T': 'vrf: red', 'End.DX4': 'via: 10.0.2.9', 'End.DX6': 'via: "2001:db8:2::9"', 'End.DX2': 'port: m1', 'End.DX2V': 'vlans: {5: m1}',
  'End.DT2U': 'bridge: b1', 'End.DT2M': 'bridge: b1', 'End.B6.Encaps': 'policy: over', 'End.B6.Insert': 'policy: in', 'End.BM': 'push: [16002], via: 10.0.2.9',
};
const FRAMES = ['End.DX2', 'End.DX2V', 'End.DT2U', 'End.DT2M'];
const SWITCH = `
ports: {e1: {address: "2001:db8:1::1/64"}, e2: {address: [10.0.2.1/24, "2001:db8:2::1/64"]}, m1: {bridge: b1}}
vrfs: [red]
bridges: {b1: }
mpls: {ports: [e2]}
neighbors:
  - {address: 10.0.2.9, mac: 02:00:00:00:00:04, port: e2}
  - {address: "2001:db8:1::9", mac: 02:00:00:00:00:01, port: e1}
  - {address: "2001:db8:2::9", mac: 02:00:00:00:00:04, port: e2}
routes: [{to: 2001:db8:f::/48, via: "2001:db8:1::9"}, {to: default6, via: "2001:db8:2::9"}]
icmp: {rate: 1000000000, burst: 1000000}
srv6:
  source: fc00::1
  policies: {over: {segments: ["fc00:2::1"]}, in: {segments: ["fc00:2::1"], mode: insert}}
  sids: {${sids.map(s => `"${s.address}": {behavior: ${s.behavior}, flavors: [${s.flavors.join()}]${KEYS[s.behavior] ? `, ${KEYS[s.behavior]}` : ''}}`).join()}}`;

const SEGMENTS = ['fc000002000000000000000000000001', '20010db8000f00000000000000000007', 'ff050000000000000000000000000001', '00000000000000000000000000000001'];

interface Shape { sid: Sid; limit: number; before: number; srh: boolean; type: number; list: string[]; tlv: number; left: number; last: number; behind: number; upper: number }

/** Bytes from the IPv6 header on. */
function build(s: Shape): Buffer {
  const parts: Buffer[] = [], numbers = [...new Array<number>(s.before).fill(60), ...(s.srh ? [43] : []), ...new Array<number>(s.behind).fill(60), s.upper];
  numbers.slice(0, -1).forEach((n, i) => {
    const next = numbers[i + 1]!;
    if (n === 60) parts.push(Buffer.from([next, 0, 1, 4, 0, 0, 0, 0]));
    else parts.push(Buffer.from([next, s.list.length * 2 + s.tlv, s.type, s.left, s.last, 0, 0, 7]), Buffer.from(s.list.join(''), 'hex'), ...new Array<Buffer>(s.tlv).fill(Buffer.from([4, 6, 0, 0, 0, 0, 0, 0])));
  });
  // An ICMPv6 type: of an error no error tells.
  const payload = Buffer.concat([...parts, Buffer.from([s.upper === 58 ? 128 : 0x45, 0, 0, 28, 0, 1, 0, 0, 64, 17, 0, 0, 10, 1, 0, 1, 10, 2, 0, 2, 4, 87, 8, 174, 0, 8, 0, 0])]);
  const header = Buffer.from(`60000000 0000 ${numbers[0]!.toString(16).padStart(2, '0')}00 20010db8000f00000000000000000001 fc00000000000000000000000000 00${s.sid.address.slice(6)}`.replace(/ /g, ''), 'hex');
  header.writeUInt16BE(payload.length, 4);
  header[7] = s.limit;
  return Buffer.concat([header, payload]);
}

/** Where packets with segments left go on from. */
const NEXT: Readonly<Record<string, string>> = { 'End.X': 'ip6_rewrite', 'End.B6.Encaps': 'srv6_encaps', 'End.B6.Insert': 'srv6_insert', 'End.BM': 'mpls_push' };

/** What the RFC makes of it: `edge hex`, or `drop REASON type code pointer`. */
function rfc(packet: Buffer, { behavior, flavors }: Sid): string {
  const p = Buffer.from(packet), srhs: [number, number][] = [];
  let header = p[6]!, named = 6, at = IP6;
  while (header === 60 || header === 43) {
    const size = 8 * (p[at + 1]! + 1), left = p[at + 3]!, last = p[at + 4]!;
    if (header === 43 && left > 0) {
      if (p[at + 2] !== 4) return `drop IP6_EXTENSION_HEADER 4 0 ${at + 2}`;
      if (behavior.startsWith('End.D')) return `drop SRH_SEGMENTS_LEFT 4 0 ${at + 3}`;                // DX and DT S02
      if (p[7]! <= 1) return 'drop HOP_LIMIT_EXCEEDED 3 0 0';                                          // S05
      const maxLast = Math.floor(p[at + 1]! / 2) - 1;                                                  // S08
      if (last > maxLast) return `drop SRH_MALFORMED 4 0 ${at + 3}`;                                   // S09
      if (left > last + 1) return `drop SRH_SEGMENTS_LEFT 4 0 ${at + 3}`;
      const to = at + 8 + 16 * (left - 1), segment = p.subarray(to, to + 16).toString('hex');
      if (segment.startsWith('ff')) return 'drop MULTICAST';
      if (/^0{31}[01]$/.test(segment)) return 'drop MARTIAN_DESTINATION';
      p[7]!--;                                                                                         // S12
      p[at + 3]!--;                                                                                    // S13
      p.set(p.subarray(to, to + 16), 24);                                                              // S14
      const gone = left === 1 && flavors.includes('psp') ? without(p, named, at, size) : p;            // S14.1
      return `${NEXT[behavior] ?? 'ip6_lookup'} ${gone.toString('hex')}`;                              // S15
    }
    if (header === 43 && p[at + 2] === 4) srhs.unshift([named, at]);
    [header, named, at] = [p[at]!, at, at + size];
  }
  if (header === 143 && FRAMES.includes(behavior)) return `srv6_${behavior.slice(4, 7).toLowerCase()}${behavior.startsWith('End.DT2') ? behavior.at(-1)!.toLowerCase() : ''} ${p.toString('hex')}`;
  const four = header === 4 && (['End.DX4', 'End.DT4', 'End.DT46'].includes(behavior) || flavors.includes('usd'));
  const six = header === 41 && (['End.DX6', 'End.DT6', 'End.DT46'].includes(behavior) || flavors.includes('usd'));
  if (four || six) return `${four ? 'ip4_input' : 'ip6_input'} ${p.subarray(at).toString('hex')}`;
  if (header !== 58) return `drop UPPER_LAYER_NOT_ALLOWED 4 4 ${at}`;                                  // 4.1.1
  let out: Buffer = p;
  if (flavors.includes('usp')) for (const [n, a] of srhs) out = without(out, n, a, 8 * (out[a + 1]! + 1));
  return `ip6_local ${out.toString('hex')}`;
}

function without(p: Buffer, named: number, at: number, size: number): Buffer {
  const out = Buffer.concat([p.subarray(0, at), p.subarray(at + size)]);
  out[named] = p[at]!;
  out.writeUInt16BE(p.readUInt16BE(4) - size, 4);
  return out;
}

/** What the switch makes of it, in the same words. */
function weft(b: BenchSwitch, packet: Buffer): string {
  const { visits, sent } = b.send([{ bytes: Buffer.concat([Buffer.from('02000000010102000000000186dd', 'hex'), packet]), id: 1 }]);
  const v = visits.find(x => x.node === 'srv6_local')!;
  if (v.edge !== 'drop') return `${v.edge} ${Buffer.from(v.bytes.subarray(v.l3)).toString('hex')}`;
  const [icmp] = sent.filter(s => s.port === 'e1').map(s => Buffer.from(s.bytes.subarray(ETH + IP6)));
  if (!icmp) return `drop ${v.drop}`;
  assert.is(icmp.subarray(8).toString('hex'), packet.toString('hex'), 'the answer quotes the packet as it came');
  return `drop ${v.drop} ${icmp[0]} ${icmp[1]} ${icmp.readUInt32BE(4)}`;
}

test('every SID does what the RFC says', () => {
  const b = new BenchSwitch(SWITCH), seen = new Map<string, number>();
  fc.assert(fc.property(fc.record({
    sid: fc.constantFrom(...sids, ...[1, 2, 3].flatMap(() => sids.slice(-7))), limit: fc.constantFrom(0, 1, 2, 64, 255), before: fc.integer({ min: 0, max: 2 }), srh: fc.constantFrom(true, true, true, false),
    type: fc.constantFrom(4, 4, 4, 4, 0), list: fc.array(fc.constantFrom(...SEGMENTS, ...SEGMENTS.slice(0, 2)), { maxLength: 4 }), tlv: fc.integer({ min: 0, max: 3 }),
    left: fc.integer({ min: 0, max: 5 }), last: fc.integer({ min: 0, max: 5 }), behind: fc.integer({ min: 0, max: 1 }), upper: fc.constantFrom(4, 41, 17, 58, 143, 50),
  }), shape => {
    const packet = build(shape), want = rfc(packet, shape.sid);
    assert.is(weft(b, packet), want);
    const what = want.split(' ').slice(0, want.startsWith('drop') ? 2 : 1).join(' ');
    seen.set(what, (seen.get(what) ?? 0) + 1);
  }), { seed: SEED, numRuns: RUNS });
  // Nothing was left out for want of luck.
  for (const what of ['ip6_lookup', 'ip6_rewrite', 'ip4_input', 'ip6_input', 'ip6_local', 'srv6_encaps', 'srv6_insert', 'mpls_push', 'srv6_dx2', 'srv6_dt2u', 'srv6_dt2m', 'drop IP6_EXTENSION_HEADER', 'drop SRH_SEGMENTS_LEFT', 'drop HOP_LIMIT_EXCEEDED',
    'drop SRH_MALFORMED', 'drop MULTICAST', 'drop MARTIAN_DESTINATION', 'drop UPPER_LAYER_NOT_ALLOWED']) assert.ok((seen.get(what) ?? 0) >= 10, `${what}: ${seen.get(what)}`);
});

test.run();
