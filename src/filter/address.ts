// address.ts -- addresses as a filter expression writes them: shorter than
// elsewhere, and as numbers to compare with.

import { AddressError, parseIp6 as parseIp6Octets } from '../wire/address.ts';

const MAC_FORMS = [
  /^[\da-f]{1,2}(?::[\da-f]{1,2}){5}$/i, /^[\da-f]{1,2}(?:-[\da-f]{1,2}){5}$/i, /^[\da-f]{1,2}(?:\.[\da-f]{1,2}){5}$/i,
];

/** @returns the six bytes of `1:2:3:4:5:6`, `-` or `.` likewise, `0102.0304.0506` or twelve digits; undefined when it is none of them */
export function parseMac(text: string): number[] | undefined {
  if (MAC_FORMS.some(form => form.test(text))) return text.split(/[:.-]/).map(part => Number.parseInt(part, 16));
  const digits = /^[\da-f]{4}\.[\da-f]{4}\.[\da-f]{4}$/i.test(text) ? text.replaceAll('.', '') : text;
  return /^[\da-f]{12}$/i.test(digits) ? digits.match(/../g)!.map(part => Number.parseInt(part, 16)) : undefined;
}

/**
 * Leading bytes of an IPv4 address: `10.1` is the first half of one.
 * @returns the address with zeros behind, and the bits that were written; undefined when a part exceeds 255
 */
export function parseIp4(text: string): { address: number; bits: number } | undefined {
  const parts = text.split('.').map(Number);
  if (parts.length > 4 || parts.some(part => !(part <= 255))) return undefined;
  return { address: parts.reduce((sum, part, i) => sum + part * 2 ** (24 - 8 * i), 0), bits: 8 * parts.length };
}

/** @returns the four 32-bit words of an IPv6 address, or undefined */
export function parseIp6(text: string): number[] | undefined {
  try {
    const { buffer, byteOffset } = parseIp6Octets(text), view = new DataView(buffer, byteOffset);
    return [0, 4, 8, 12].map(at => view.getUint32(at));
  } catch (error) {
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}

/** A 32-bit mask whose first `bits` (0 to 32) bits are one. */
export const prefixMask = (bits: number): number => bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
