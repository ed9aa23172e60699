// values.ts -- what fields may be given as.

import { TCP_FLAG } from '../../../assembly/wire/tcp.ts';
import { parseIp4, parseIp6, parseMac } from '../address.ts';

export type Value = number | Uint8Array | readonly Uint8Array[];

/** Reads a value or throws an Error that says what was expected. */
export type Reader = (text: string) => Value;

/** Decimal or 0x hex, of up to `bits` bits. */
export function uint(bits: number): Reader {
  return text => {
    const v = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
    if (!(v < 2 ** bits)) throw new Error(`expected a number from 0 to ${2 ** bits - 1}`);
    return v;
  };
}

/** Decimal or 0x hex of up to 64 bits, as octets. */
export const uint64: Reader = text => {
  const value = /^(\d+|0x[0-9a-f]+)$/i.test(text) ? BigInt(text) : -1n;
  if (value < 0n || value >= 2n ** 64n) throw new Error('expected a number from 0 to 2^64 - 1');
  return Uint8Array.from({ length: 8 }, (_, i) => Number(value >> BigInt(56 - 8 * i) & 255n));
};

/** Any number of octets as pairs of hex digits. */
export const hexOctets: Reader = text => {
  if (!/^([0-9a-f]{2})+$/i.test(text)) throw new Error('expected pairs of hex digits');
  return Uint8Array.from(text.match(/../g)!, pair => parseInt(pair, 16));
};

/** Flags by first letters, as in SA for SYN and ACK, or as a number. C and E are CWR and ECE. */
export const tcpFlags: Reader = text => {
  if (/^\d/.test(text)) return uint(8)(text);
  const letters: Record<string, TCP_FLAG> = { F: TCP_FLAG.FIN, S: TCP_FLAG.SYN, R: TCP_FLAG.RST, P: TCP_FLAG.PSH, A: TCP_FLAG.ACK, U: TCP_FLAG.URG, E: TCP_FLAG.ECE, C: TCP_FLAG.CWR };
  return Array.from(text.toUpperCase()).reduce((sum, letter) => {
    const flag = letters[letter];
    if (flag === undefined) throw new Error('expected letters of FSRPAUEC, or a number');
    return sum | flag;
  }, 0);
};

/** One of `names`, or a number. */
export function oneOf(names: Readonly<Record<string, number>>, bits: number): Reader {
  return text => names[text] ?? uint(bits)(text);
}

/** IPv6 addresses joined by `|`. */
export const ip6List: Reader = text => text.split('|').map(parseIp6);

export const mac: Reader = parseMac;
export const ip4: Reader = parseIp4;
export const ip6: Reader = parseIp6;
