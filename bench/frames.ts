// frames.ts -- frames of the measured sets. Stations and routers have MACs
// 02:00:00:00:xx:yy; the switch's own port 1 answers to 02:00:00:00:01:01.

import { checksum } from '../src/wire/checksum.ts';

export const join = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

const word = (v: number): number[] => [v >>> 8 & 255, v & 255];
const words = (...v: number[]): number[] => v.flatMap(word);
const long = (v: number): number[] => [...word(v >>> 16), ...word(v & 0xffff)];

export const dotted = (n: number): string => [n >>> 24, n >>> 16 & 255, n >>> 8 & 255, n & 255].join('.');
/** An IPv6 address of eight words, as text and as bytes. */
export const colons = (v: readonly number[]): string => v.map(w => w.toString(16)).join(':');
export const octets = (v: readonly number[]): Uint8Array => Uint8Array.from(words(...v));

/** 02:00:`kind`:`n`. */
export const mac = (kind: number, n: number): Uint8Array => Uint8Array.of(2, 0, ...word(kind), ...word(n));
export const macText = (m: Uint8Array): string => Buffer.from(m).toString('hex').replace(/..(?!$)/g, '$&:');
/** MAC of port 1 of the switch under test. */
export const OWN = mac(0, 0x0101);
/** MAC of whoever sends to it. */
export const PEER = mac(0, 1);

export const ethernet = (dst: Uint8Array, src: Uint8Array, type: number, payload: Uint8Array): Uint8Array =>
  join(dst, src, Uint8Array.from(word(type)), payload);

/** UDP datagram without a checksum. */
export const udp = (sport: number, dport: number, payload: Uint8Array): Uint8Array =>
  join(Uint8Array.from(words(sport, dport, 8 + payload.length, 0)), payload);

export function ip4(src: number, dst: number, protocol: number, payload: Uint8Array): Uint8Array {
  const header = Uint8Array.from([0x45, 0, ...words(20 + payload.length, 0, 0), 64, protocol, 0, 0, ...long(src), ...long(dst)]);
  header.set(word(checksum(header)), 10);
  return join(header, payload);
}

/** @param src and dst eight words */
export const ip6 = (src: readonly number[], dst: readonly number[], next: number, payload: Uint8Array): Uint8Array =>
  join(Uint8Array.from([0x60, 0, 0, 0, ...words(payload.length), next, 64, ...words(...src, ...dst)]), payload);

/** A 64-byte UDP frame (with FCS) to the switch. */
export const udp4 = (entropy: number, dst: number): Uint8Array =>
  ethernet(OWN, PEER, 0x0800, ip4(0x0b000001 + (entropy & 0xffff), dst, 17, udp(entropy >>> 16 | 1024, 53, new Uint8Array(18))));
