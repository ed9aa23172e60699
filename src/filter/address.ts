// address.ts -- addresses as a filter expression writes them.

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

/** @returns the four 32-bit words of an IPv6 address (RFC 4291 section 2.2), or undefined */
export function parseIp6(text: string): number[] | undefined {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (tail) {
    const last = parseIp4(tail[2]!);
    if (!last) return undefined;
    text = tail[1]! + (last.address >>> 16).toString(16) + ':' + (last.address & 0xffff).toString(16);
  }
  const halves = text.split('::').map(half => half === '' ? [] : half.split(':'));
  const groups = halves.flat(), missing = 8 - groups.length;
  if (halves.length > 2 || groups.some(group => !/^[\da-f]{1,4}$/i.test(group))) return undefined;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...halves[0]!, ...Array<string>(missing).fill('0'), ...(halves[1] ?? [])].map(group => Number.parseInt(group, 16));
  return [0, 2, 4, 6].map(i => all[i]! * 65536 + all[i + 1]!);
}

/** A 32-bit mask whose first `bits` (0 to 32) bits are one. */
export const prefixMask = (bits: number): number => bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
