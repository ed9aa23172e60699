// srv6_csid_model.test.ts -- random packets at compressed SIDs of random
// lengths, against RFC 9800 written down a second time: addresses as strings of
// 0 and 1, the pseudocode line by line.

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatIp6 } from '../src/wire/address.ts';
import { BenchSwitch } from './bench_switch.ts';
import { random } from './wasm.ts';

const SEED = 9800, RUNS = 6000, ETH = 14, IP6 = 40;

type Bits = string;
const bitsOf = (p: Uint8Array): Bits => Array.from(p, octet => octet.toString(2).padStart(8, '0')).join('');
const octets = (bits: Bits): Uint8Array => Uint8Array.from({ length: bits.length / 8 }, (_, i) => parseInt(bits.slice(i * 8, i * 8 + 8), 2));
const num = (value: number, bits: number): Bits => value.toString(2).padStart(bits, '0');

interface Sid { kind: 'next-csid' | 'replace-csid'; behavior: 'End' | 'End.X'; flavors: string[]; lbl: number; lnfl: number; bits: Bits }

/** SIDs of all kinds and of lengths that fall on octets and elsewhere; each in a block of its own. */
const draw = random(SEED), below = (n: number): number => draw() % n;
const sids: Sid[] = Array.from({ length: 64 }, (_, i) => {
  const kind = i % 2 === 0 ? 'next-csid' : 'replace-csid', behavior = i % 4 < 2 ? 'End' : 'End.X';
  const flavors = ['psp', 'usp', 'usd'].filter((_, f) => i >> 2 & 1 << f), lnfl = kind === 'replace-csid' ? [16, 32][below(2)]! : i % 3 === 0 ? 16 : 1 + below(100);
  const most = (kind === 'replace-csid' ? 120 : 126) - lnfl, lbl = i % 3 === 0 ? Math.min(most, 48) : Math.min(most, 14 + below(most));
  const block = ('001111' + num(i + 1, 8) + num(below(2 ** 30), 30) + num(below(2 ** 30), 30) + num(below(2 ** 30), 30) + num(below(2 ** 30), 30)).slice(0, lbl);
  return { kind, behavior, flavors, lbl, lnfl, bits: (block + '1' + num(below(2 ** 30), 128)).slice(0, lbl + lnfl).padEnd(128, '0') };
});
const name = (s: Sid): string => `${formatIp6(octets(s.bits))}/${s.lbl + s.lnfl}`;

const SWITCH = `
ports: {e1: {address: "2001:db8:1::1/64"}, e2: {address: "2001:db8:2::1/64"}}
neighbors:
  - {address: "2001:db8:1::9", mac: 02:00:00:00:00:01, port: e1}
  - {address: "2001:db8:2::9", mac: 02:00:00:00:00:04, port: e2}
routes: [{to: 2001:db8:f::/48, via: "2001:db8:1::9"}, {to: default6, via: "2001:db8:2::9"}]
icmp: {rate: 1000000000, burst: 1000000}
srv6: {sids: {${sids.map(s => `"${name(s)}": {behavior: ${s.behavior}, lblen: ${s.lbl}, flavors: [${[s.kind, ...s.flavors].join()}]${s.behavior === 'End.X' ? ', via: "2001:db8:2::9"' : ''}}`).join()}}}`;

interface Shape {
  sid: Sid; limit: number; before: number; srh: boolean; type: number; argument: number; index: number;
  /** Each eight 16-bit words, some of them zero. */
  list: (readonly number[])[]; left: number; last: number; upper: number;
}

/** Bytes from the IPv6 header on. */
function build(s: Shape): Buffer {
  const parts: Buffer[] = [], numbers = [...new Array<number>(s.before).fill(60), ...(s.srh ? [43] : []), s.upper];
  numbers.slice(0, -1).forEach((n, i) => {
    const next = numbers[i + 1]!;
    if (n === 60) parts.push(Buffer.from([next, 0, 1, 4, 0, 0, 0, 0]));
    else parts.push(Buffer.from([next, s.list.length * 2, s.type, s.left, s.last, 0, 0, 7]), ...s.list.map(words => Buffer.from(words.flatMap(w => [w >> 8, w & 255]))));
  });
  const payload = Buffer.concat([...parts, Buffer.from([s.upper === 58 ? 128 : 0x45, 0, 0, 28, 0, 1, 0, 0, 64, 17, 0, 0, 10, 1, 0, 1, 10, 2, 0, 2, 4, 87, 8, 174, 0, 8, 0, 0])]);
  const header = Buffer.from('600000000000000020010db8000f00000000000000000001'.padEnd(80, '0'), 'hex');
  header.writeUInt16BE(payload.length, 4);
  header[6] = numbers[0]!;
  header[7] = s.limit;
  // NEXT-CSID: any argument, most of them a few bits; REPLACE-CSID: an index, and sometimes bits before it.
  const tail = 128 - s.sid.lbl - s.sid.lnfl, argument = s.sid.kind === 'next-csid' ? num(s.argument, 40).slice(-tail).padEnd(tail, '0') : num(s.argument % 2 === 0 ? s.index : 0x70 | s.index, 8).slice(-Math.min(tail, 8)).padStart(tail, '0');
  header.set(octets(s.sid.bits.slice(0, s.sid.lbl + s.sid.lnfl) + argument), 24);
  return Buffer.concat([header, payload]);
}

/** What the RFC makes of it: `edge hex`, or `drop REASON type code pointer`. */
function rfc(packet: Buffer, sid: Sid): string {
  const p = Buffer.from(packet), on = sid.behavior === 'End.X' ? 'ip6_rewrite' : 'ip6_lookup', da = (): Bits => bitsOf(p.subarray(24, 40)), setDa = (bits: Bits) => { p.set(octets(bits), 24); };
  let header = p[6]!, named = 6, at = IP6;
  while (header === 60) [header, named, at] = [p[at]!, at, at + 8];
  const srh = header === 43 && p[at + 2] === 4;

  if (sid.kind === 'next-csid') {
    const argument = da().slice(sid.lbl + sid.lnfl);
    if (!argument.includes('1')) return `srv6_local ${p.toString('hex')}`;
    if (p[7]! <= 1) return 'drop HOP_LIMIT_EXCEEDED 3 0 0';                                         // N02
    setDa((da().slice(0, sid.lbl) + argument).padEnd(128, '0'));                                    // N05, N06
    p[7]!--;                                                                                        // N07
    return `${on} ${p.toString('hex')}`;                                                            // N08
  }

  if (!srh) return `srv6_local ${p.toString('hex')}`;
  const k = 128 / sid.lnfl, width = Math.log2(k), lastEntry = p[at + 4]!, maxLe = Math.floor(p[at + 1]! / 2) - 1;
  const entry = (i: number): Bits => bitsOf(p.subarray(at + 8 + 16 * i, at + 24 + 16 * i)), csid = (i: number, j: number): Bits => entry(i).slice(j * sid.lnfl, (j + 1) * sid.lnfl);
  let left = p[at + 3]!, index = parseInt(da().slice(128 - width), 2);
  const isZero = (bits: Bits): boolean => bits.length > 0 && !bits.includes('1');
  if (left === 0 && (index === 0 || (maxLe >= 0 && isZero(csid(0, index - 1))))) return `srv6_local ${p.toString('hex')}`; // S02
  if (p[7]! <= 1) return 'drop HOP_LIMIT_EXCEEDED 3 0 0';                                           // S05
  const done = (last: boolean): string => {
    p[at + 3] = left;
    p[7]!--;
    if (!last || !sid.flavors.includes('psp')) return `${on} ${p.toString('hex')}`;
    const size = 8 * (p[at + 1]! + 1), out = Buffer.concat([p.subarray(0, at), p.subarray(at + size)]);
    out[named] = p[at]!;
    out.writeUInt16BE(p.readUInt16BE(4) - size, 4);
    return `${on} ${out.toString('hex')}`;
  };
  if (index !== 0) {                                                                                // R01
    if (lastEntry > maxLe) return `drop SRH_MALFORMED 4 0 ${at + 3}`;                               // R02
    if (left > lastEntry) return `drop SRH_SEGMENTS_LEFT 4 0 ${at + 3}`;
    index--;                                                                                        // R05
    if (isZero(csid(left, index))) {                                                                // R06
      left--;                                                                                       // R07
      const whole = Buffer.from(octets(entry(left)));
      if (whole[0] === 0xff) return 'drop MULTICAST';
      if (/^0{31}[01]$/.test(whole.toString('hex')) || /^0{20}ffff/.test(whole.toString('hex'))) return 'drop MARTIAN_DESTINATION';
      setDa(entry(left));                                                                           // R09
      return done(left === 0);
    }
  } else {
    if (lastEntry > maxLe) return `drop SRH_MALFORMED 4 0 ${at + 3}`;                               // R13
    if (left > lastEntry + 1) return `drop SRH_SEGMENTS_LEFT 4 0 ${at + 3}`;
    left--;                                                                                         // R16
    index = k - 1;                                                                                  // R17
  }
  setDa(da().slice(0, 128 - width) + num(index, width));
  setDa(da().slice(0, sid.lbl) + csid(left, index) + da().slice(sid.lbl + sid.lnfl));               // R20
  return done(left === 0 && (index === 0 || isZero(csid(0, index - 1))));
}

/** What the switch makes of it, in the same words. */
function weft(b: BenchSwitch, packet: Buffer): string {
  const { visits, sent } = b.send([{ bytes: Buffer.concat([Buffer.from('02000000010102000000000186dd', 'hex'), packet]), id: 1 }]);
  const v = visits.find(x => x.node === 'srv6_csid')!;
  if (v.edge !== 'drop') return `${v.edge} ${Buffer.from(v.bytes.subarray(v.l3)).toString('hex')}`;
  const [icmp] = sent.map(s => Buffer.from(s.bytes.subarray(ETH + IP6)));
  if (!icmp) return `drop ${v.drop}`;
  assert.is(icmp.subarray(8).toString('hex'), packet.toString('hex'), 'the answer quotes the packet as it came');
  return `drop ${v.drop} ${icmp[0]} ${icmp[1]} ${icmp.readUInt32BE(4)}`;
}

test('every C-SID does what the RFC says', () => {
  const b = new BenchSwitch(SWITCH), seen = new Map<string, number>();
  const word = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.integer({ min: 1, max: 0xffff }) });
  const whole = fc.constantFrom([0xfc09, 0, 0, 0, 0, 0, 0, 1], [0xff05, 0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0, 1]);
  fc.assert(fc.property(fc.record({
    sid: fc.constantFrom(...sids), limit: fc.constantFrom(0, 1, 2, 64, 255), before: fc.integer({ min: 0, max: 2 }), srh: fc.constantFrom(true, true, true, false),
    type: fc.constantFrom(4, 4, 4, 4, 0), argument: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2 ** 31 - 1 })), index: fc.integer({ min: 0, max: 7 }),
    list: fc.array(fc.oneof(fc.array(word, { minLength: 8, maxLength: 8 }), whole), { minLength: 1, maxLength: 4 }),
    left: fc.integer({ min: 0, max: 4 }), last: fc.integer({ min: 0, max: 4 }), upper: fc.constantFrom(4, 41, 17, 58, 44, 50),
  }), shape => {
    const packet = build(shape), want = rfc(packet, shape.sid), got = weft(b, packet);
    assert.is(got, want);
    const what = `${shape.sid.kind} ${want.split(' ').slice(0, want.startsWith('drop') ? 2 : 1).join(' ')}`;
    seen.set(what, (seen.get(what) ?? 0) + 1);
  }), { seed: SEED, numRuns: RUNS });
  // Nothing was left out for want of luck.
  const both = ['ip6_lookup', 'ip6_rewrite', 'srv6_local', 'drop HOP_LIMIT_EXCEEDED'];
  for (const what of [...both.map(e => `next-csid ${e}`), ...[...both, 'drop SRH_MALFORMED', 'drop SRH_SEGMENTS_LEFT', 'drop MULTICAST', 'drop MARTIAN_DESTINATION'].map(e => `replace-csid ${e}`)])
    assert.ok((seen.get(what) ?? 0) >= 8, `${what}: ${seen.get(what)}`);
});

test.run();
