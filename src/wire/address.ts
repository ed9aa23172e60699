// address.ts -- MAC and IP addresses as text, both ways.
//
// An address is octets in network order: 6 for a MAC, 4 for IPv4, 16 for IPv6.
// Parsers take a whole string and nothing else; they throw AddressError, whose
// message quotes the string and says what was expected.

export class AddressError extends Error {
  override name = 'AddressError';
}

/** A prefix: octets of the network, and how many leading bits count. */
export interface Prefix { readonly address: Uint8Array; readonly length: number }

/** `02:00:00:00:01:01`. */
export function formatMac(mac: Uint8Array): string {
  return Array.from(mac, hex2).join(':');
}

/** Six pairs of hex digits joined by `:` or `-`. */
export function parseMac(text: string): Uint8Array {
  if (!/^[0-9a-f]{2}([:-])[0-9a-f]{2}(\1[0-9a-f]{2}){4}$/i.test(text))
    throw new AddressError(`"${text}" is not a MAC address: expected six pairs of hex digits, as in 02:00:00:00:00:01`);
  return Uint8Array.from(text.split(/[:-]/), pair => parseInt(pair, 16));
}

/** `10.0.0.1`. */
export function formatIp4(ip: Uint8Array): string {
  return ip.join('.');
}

/** Four decimal numbers, 0 to 255, without leading zeros (which some read as octal). */
export function parseIp4(text: string): Uint8Array {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every(p => /^(0|[1-9]\d{0,2})$/.test(p) && Number(p) < 256))
    throw new AddressError(`"${text}" is not an IPv4 address: expected four numbers from 0 to 255, as in 10.0.0.1`);
  return Uint8Array.from(parts, Number);
}

/**
 * The one spelling of RFC 5952: lower case, no leading zeros, the first of the
 * longest runs of two or more zero groups as `::`, IPv4-mapped with dots.
 */
export function formatIp6(ip: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => ip[2 * i]! << 8 | ip[2 * i + 1]!);
  if (groups.every((g, i) => i > 5 || g === (i === 5 ? 0xffff : 0))) return `::ffff:${formatIp4(ip.subarray(12))}`;
  let from = 0, most = 1;
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (i + run < 8 && groups[i + run] === 0) run++;
    if (run > most) [from, most] = [i, run];
  }
  const text = groups.map(g => g.toString(16));
  if (most === 1) return text.join(':');
  return `${text.slice(0, from).join(':')}::${text.slice(from + most).join(':')}`;
}

/** Every form of RFC 4291 section 2.2, the dotted tail included; no zone. */
export function parseIp6(text: string): Uint8Array {
  const refuse = () => new AddressError(`"${text}" is not an IPv6 address: expected eight hex groups, as in 2001:db8::1`);
  const halves = text.split('::');
  if (halves.length > 2) throw refuse();
  const [head, tail] = halves.map((half, i) => octetsOf(half, i === halves.length - 1));
  if (!head || (halves.length === 2 && !tail)) throw refuse();
  const size = head.length + (tail?.length ?? 0);
  if (tail ? size > 14 : size !== 16) throw refuse(); // :: is one group at least
  return Uint8Array.from([...head, ...new Array<number>(16 - size).fill(0), ...(tail ?? [])]);
}

/** Octets of `:`-joined groups, the last perhaps dotted; undefined when malformed. */
function octetsOf(half: string, last: boolean): number[] | undefined {
  if (half === '') return [];
  const out: number[] = [];
  for (const [i, group, all] of half.split(':').map((g, n, a) => [n, g, a] as const)) {
    if (/^[0-9a-f]{1,4}$/i.test(group)) out.push(parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff);
    else if (last && i === all.length - 1 && group.includes('.'))
      try { out.push(...parseIp4(group)); } catch { return undefined; }
    else return undefined;
  }
  return out;
}

/** IPv4 or IPv6, by its length in octets. */
export function formatIp(ip: Uint8Array): string {
  return ip.length === 4 ? formatIp4(ip) : formatIp6(ip);
}

/** IPv4 or IPv6, by the presence of a colon. */
export function parseIp(text: string): Uint8Array {
  return text.includes(':') ? parseIp6(text) : parseIp4(text);
}

/** `10.0.0.0/8`. */
export function formatPrefix(prefix: Prefix): string {
  return `${formatIp(prefix.address)}/${prefix.length}`;
}

/** An address and a length; bits beyond the length must be zero. */
export function parsePrefix(text: string): Prefix {
  const prefix = parseInterface(text);
  const network = maskAddress(prefix.address, prefix.length);
  if (network.some((octet, i) => octet !== prefix.address[i]))
    throw new AddressError(`"${text}" has bits set beyond its length: the prefix is ${formatPrefix({ address: network, length: prefix.length })}`);
  return prefix;
}

/** An interface's own address and the length of its network: `10.0.0.1/24`. */
export function parseInterface(text: string): Prefix {
  const slash = text.lastIndexOf('/');
  if (slash < 0) throw new AddressError(`"${text}" has no prefix length: expected address/length, as in 10.0.0.0/8`);
  const address = parseIp(text.slice(0, slash)), digits = text.slice(slash + 1), most = address.length * 8;
  if (!/^(0|[1-9]\d{0,2})$/.test(digits) || Number(digits) > most)
    throw new AddressError(`"${text}" has no valid prefix length: expected 0 to ${most}`);
  return { address, length: Number(digits) };
}

/** A copy of `ip` with the bits from `length` on cleared. */
export function maskAddress(ip: Uint8Array, length: number): Uint8Array {
  return ip.map((octet, i) => octet & 0xff00 >> Math.min(8, Math.max(0, length - 8 * i)));
}

function hex2(octet: number): string {
  return octet.toString(16).padStart(2, '0');
}
