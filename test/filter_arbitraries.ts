// filter_arbitraries.ts -- random expressions, frames that some of them match (both
// draw on the same few addresses, ports, tags and labels), programs, noise.

import fc from 'fast-check';
import { BPF_ALU, BPF_CLASS, BPF_JMP, BPF_MEMWORDS, BPF_MISC, BPF_MODE, BPF_SIZE, BPF_SRC } from '../assembly/wire/bpf.ts';

const MACS = ['02:00:00:00:00:01', 'ff:ff:ff:ff:ff:ff', '01:00:5e:00:00:05', '33:33:00:00:00:01'] as const;
const IP4S = ['10.0.0.1', '10.0.1.2', '192.168.0.7', '224.0.0.5', '255.255.255.255'] as const;
const IP6S = ['2001:db8::1', 'fe80::1:2', 'ff02::1'] as const;
const PORTS = [53, 80, 443, 4791] as const, TAGS = [0, 7, 100, 4095] as const, LABELS = [0, 16, 1000, 1048575] as const;
const PROTOCOLS = [1, 2, 6, 17, 44, 47, 51, 58, 132] as const;

// -- expressions

const one = (...texts: readonly (string | number)[]) => fc.constantFrom(...texts).map(String);
const words = (...parts: readonly fc.Arbitrary<string>[]) => fc.tuple(...parts).map(found => found.filter(part => part !== '').join(' '));
const direction = one('src', 'dst', 'src or dst', 'src and dst', 'dst or src', 'dst and src');
const maybe = (part: fc.Arbitrary<string>) => fc.oneof(one(''), part);
const number = fc.oneof(one(0, 1, 2, 3, 6, 14, 31, 64, 255, '0x0f', '0xff00', '017', 1500, 65535), fc.nat(0xffffffff).map(String));

/** Operands with the qualifier they need; some share it, as in `port 80 or 443`. */
const shared = (head: fc.Arbitrary<string>, operand: fc.Arbitrary<string>) => fc.oneof(
  { weight: 4, arbitrary: words(head, operand) },
  words(head, operand, one('or', 'and', 'or not'), operand),
  fc.tuple(head, operand, one('or', 'and'), operand).map(([h, a, op, b]) => `${h} (${a} ${op} ${b})`));

const primitive = fc.oneof(
  one('ip', 'ip6', 'arp', 'rarp', 'tcp', 'udp', 'sctp', 'icmp', 'icmp6', 'igmp', 'esp', 'ah', 'pim', 'vrrp'),
  one('broadcast', 'multicast', 'ether broadcast', 'ether multicast', 'ip broadcast', 'ip multicast', 'ip6 multicast'),
  words(one('vlan', 'mpls'), maybe(one(...TAGS, 16, 1000))),
  words(one('less', 'greater'), one(0, 14, 60, 64, 100)),
  shared(words(one('ether'), fc.oneof(words(direction, maybe(one('host'))), one('host'))), one(...MACS)),
  shared(words(maybe(one('ip', 'arp', 'rarp')), fc.oneof(words(direction, maybe(one('host'))), one('host'))), one(...IP4S, '10.0')),
  shared(words(maybe(one('ip6')), fc.oneof(words(direction, maybe(one('host'))), one('host'))), one(...IP6S)),
  shared(words(maybe(one('ip', 'arp')), maybe(direction), one('net')), one('10.0.0.0/8', '10', '10.0', '192.168.0.0 mask 255.255.0.0', '224.0.0.0/4', '0.0.0.0/0')),
  shared(words(maybe(one('ip6')), maybe(direction), one('net')), one('2001:db8::/32', 'fe80::/10', '::/0', 'ff02::/16', '2001:db8::/47')),
  shared(words(maybe(one('tcp', 'udp', 'sctp')), maybe(direction), one('port')), one(...PORTS)),
  words(maybe(one('tcp', 'udp', 'sctp')), maybe(direction), one('portrange'), one('50-90', '400-5000', '80-53')),
  shared(one('ip proto', 'ip6 proto', 'proto'), one(...PROTOCOLS)),
  shared(one('ether proto'), one('0x800', '0x806', '0x86dd', '0x8847', '0x8100', 5, 6, 66)));

const { expression } = fc.letrec<{ value: string; relation: string; expression: string }>(tie => ({
  value: fc.oneof({ maxDepth: 3, withCrossShrink: true },
    number,
    one('len', 'ip[8]', 'ip[0] & 15', 'tcp[13]', 'tcp[tcpflags]', 'udp[0:2]', 'icmp[icmptype]', 'icmp6[0]', 'ip6[6]', 'ether[12:2]', 'arp[7]'),
    fc.tuple(one('ether', 'ip', 'ip6', 'arp', 'tcp', 'udp', 'icmp', 'icmp6', 'igmp', 'sctp'), tie('value'), one('', ':1', ':2', ':4')).map(([p, i, s]) => `${p}[${i}${s}]`),
    fc.tuple(tie('value'), one('+', '-', '*', '/', '%', '&', '|', '^'), tie('value')).map(([a, op, b]) => `${a} ${op} ${b}`),
    fc.tuple(tie('value'), one('<<', '>>'), one(0, 1, 4, 31, 'ip[8]')).map(([a, op, b]) => `${a} ${op} ${b}`),
    tie('value').map(v => `(${v})`), tie('value').map(v => `-${v}`)),
  relation: fc.tuple(tie('value'), one('=', '==', '!=', '<', '<=', '>', '>='), tie('value')).map(([a, op, b]) => `${a} ${op} ${b}`),
  expression: fc.oneof({ maxDepth: 4, withCrossShrink: true },
    { weight: 4, arbitrary: primitive },
    { weight: 2, arbitrary: tie('relation') },
    { weight: 4, arbitrary: fc.tuple(tie('expression'), one('and', 'or', '&&', '||'), tie('expression')).map(([a, op, b]) => `${a} ${op} ${b}`) },
    tie('expression').map(e => `not ${e}`), tie('expression').map(e => `(${e})`)),
}));

export { expression };

// -- frames

const be = (bytes: number, value: number): number[] => Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** (bytes - 1 - i)) & 0xff);
const ip4Bytes = (text: string) => text.split('.').map(Number);
const ip6Bytes = (text: string) => {
  const [head, tail] = text.split('::').map(half => half.split(':').flatMap(group => be(2, Number.parseInt(group, 16)))) as [number[], number[]];
  return [...head, ...Array<number>(16 - head.length - tail.length).fill(0), ...tail];
};
const bytes = (length: number) => fc.array(fc.nat(255), { minLength: length, maxLength: length });

const transport = fc.tuple(fc.constantFrom(...PORTS), fc.constantFrom(...PORTS), bytes(30)).map(([src, dst, rest]) => [...be(2, src), ...be(2, dst), ...rest]);
const ip4 = fc.record({ ihl: fc.constantFrom(5, 5, 6, 15, 2), fragment: fc.constantFrom(0, 0, 0x4000, 0x2000, 0x2005), ttl: fc.nat(255),
  proto: fc.constantFrom(...PROTOCOLS), src: fc.constantFrom(...IP4S), dst: fc.constantFrom(...IP4S), payload: transport })
  .map(p => [0x40 | p.ihl, 0, ...be(2, 4 * p.ihl + p.payload.length), 0, 1, ...be(2, p.fragment), p.ttl, p.proto, 0, 0,
    ...ip4Bytes(p.src), ...ip4Bytes(p.dst), ...Array<number>(Math.max(0, 4 * p.ihl - 20)).fill(1), ...p.payload]);
const ip6 = fc.record({ next: fc.constantFrom(...PROTOCOLS), inner: fc.constantFrom(...PROTOCOLS), hops: fc.nat(255), src: fc.constantFrom(...IP6S), dst: fc.constantFrom(...IP6S), payload: transport })
  .map(p => [0x60, 0, 0, 0, ...be(2, p.payload.length), p.next, p.hops, ...ip6Bytes(p.src), ...ip6Bytes(p.dst), ...p.next === 44 ? [p.inner, 0, 0, 0, 0, 0, 0, 1] : [], ...p.payload]);
const arp = fc.tuple(fc.constantFrom(...IP4S), fc.constantFrom(...IP4S)).map(([a, b]) => [0, 1, 8, 0, 6, 4, 0, 1, ...bytesOfMac(MACS[0]), ...ip4Bytes(a), 0, 0, 0, 0, 0, 0, ...ip4Bytes(b)]);
const bytesOfMac = (mac: string) => mac.split(':').map(part => Number.parseInt(part, 16));

const network = fc.oneof(
  { weight: 4, arbitrary: ip4.map(body => ({ type: 0x0800, body })) }, { weight: 3, arbitrary: ip6.map(body => ({ type: 0x86dd, body })) },
  arp.map(body => ({ type: 0x0806, body })), arp.map(body => ({ type: 0x8035, body })),
  fc.tuple(fc.constantFrom(5, 0x42, 0x88cc), bytes(40)).map(([type, body]) => ({ type, body })));

/** Tags and labels in front of a network header. */
const packet = fc.tuple(network, fc.array(fc.constantFrom(...LABELS), { maxLength: 2 }), fc.array(fc.tuple(fc.constantFrom(0x8100, 0x88a8, 0x9100), fc.constantFrom(...TAGS)), { maxLength: 2 }))
  .map(([{ type, body }, labels, tags]) => {
    const stack = labels.flatMap((label, i) => be(4, label * 4096 + (i === labels.length - 1 ? 256 : 0) + 64));
    let rest = [...be(2, labels.length > 0 ? 0x8847 : type), ...stack, ...body];
    for (const [tpid, id] of tags) rest = [...be(2, tpid), ...be(2, id), ...rest];
    return rest;
  });

/** A frame, some of them cut by the capture, and its length on the wire. */
export const frame = fc.record({ dst: fc.constantFrom(...MACS), src: fc.constantFrom(...MACS), rest: packet, cut: fc.oneof({ weight: 2, arbitrary: fc.constant(Number.POSITIVE_INFINITY) }, fc.nat(80)) })
  .map(({ dst, src, rest, cut }) => {
    const whole = Uint8Array.from([...bytesOfMac(dst), ...bytesOfMac(src), ...rest]);
    return { bytes: whole.slice(0, cut), wirelen: whole.length };
  });

// -- programs

/** code, jt, jf, k of an instruction. */
export type Row = readonly [code: number, jt: number, jf: number, k: number];

const small = fc.oneof(fc.nat(20), fc.constantFrom(31, 32, 33, 255, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff));
const either = [BPF_SRC.K, BPF_SRC.X];
const row = (codes: readonly number[], k: fc.Arbitrary<number>, jump: fc.Arbitrary<number> = fc.constant(0)): fc.Arbitrary<Row> =>
  fc.tuple(fc.constantFrom(...codes), jump, jump, k);
const enumerated = (e: object): number[] => Object.values(e).filter(v => typeof v === 'number');
const loads = enumerated(BPF_SIZE).flatMap(size => [BPF_MODE.ABS | size, BPF_MODE.IND | size]);

/** Instructions of every kind, most of them sound; jumps may leave the program. */
const instruction = fc.oneof(
  { weight: 4, arbitrary: row(loads, small) },
  row([BPF_CLASS.LD | BPF_MODE.IMM, BPF_CLASS.LD | BPF_MODE.LEN, BPF_CLASS.LDX | BPF_MODE.IMM, BPF_CLASS.LDX | BPF_MODE.LEN, BPF_CLASS.LDX | BPF_MODE.MSH | BPF_SIZE.B], small),
  row([BPF_CLASS.LD | BPF_MODE.MEM, BPF_CLASS.LDX | BPF_MODE.MEM, BPF_CLASS.ST, BPF_CLASS.STX], fc.oneof({ weight: 30, arbitrary: fc.nat(15) }, fc.constant(16))),
  { weight: 4, arbitrary: row(enumerated(BPF_ALU).filter(op => op !== BPF_ALU.NEG).flatMap(op => either.map(src => BPF_CLASS.ALU | op | src)), small) },
  row([BPF_CLASS.ALU | BPF_ALU.NEG, BPF_CLASS.MISC | BPF_MISC.TAX, BPF_CLASS.MISC | BPF_MISC.TXA], small),
  { weight: 3, arbitrary: row([BPF_JMP.JEQ, BPF_JMP.JGT, BPF_JMP.JGE, BPF_JMP.JSET].flatMap(op => either.map(src => BPF_CLASS.JMP | op | src)), small, fc.nat(3)) },
  row([BPF_CLASS.JMP | BPF_JMP.JA], fc.nat(3)),
  row([BPF_CLASS.RET, BPF_CLASS.RET | 0x10], small));

/** A program that stores all of M first and returns A last. */
export const rows: fc.Arbitrary<Row[]> = fc.array(instruction, { maxLength: 30 }).map(body => [
  ...Array.from({ length: BPF_MEMWORDS }, (_, i): Row => [BPF_CLASS.ST, 0, 0, i]), ...body,
  [BPF_CLASS.ALU | BPF_ALU.OR, 0, 0, 1], [BPF_CLASS.RET | 0x10, 0, 0, 0]]);

/** Anything: the language's own words and marks in any order, and plain noise. */
export const text = fc.oneof(
  fc.array(fc.oneof(one(...'( ) [ ] : ! < > = != & | && || + - * / % ^ << >> \\ $ ip ip6 tcp udp ether vlan mpls host net port portrange proto src dst and or not mask'.split(' '),
    'len', 'less', 'broadcast', 'geneve', 'tcp-syn', 'http', '\\tcp', '80', '10.0.0.1', '10.0', '::1', '1::', '1:2:3:4:5:6', '0x', '08', '99999999999', '1-2', '/8'), number), { maxLength: 14 })
    .chain(parts => one(' ', '').map(by => parts.join(by))),
  fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 20 }));
