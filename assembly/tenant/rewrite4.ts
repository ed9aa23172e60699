// rewrite4.ts -- another address or port in an IPv4 packet, its checksums
// brought up to date by what changed (RFC 1624; RFC 3022 section 4.1).

import { checksumUpdate16, checksumUpdate32 } from "../lib/checksum";
import { ICMP4 } from "../wire/icmp4";
import { IP_PROTOCOL } from "../wire/ip";
import { IP4 } from "../wire/ip4";
import { TCP } from "../wire/tcp";
import { UDP } from "../wire/udp";

/** Give the packet at `p` another address, in host order, at `field` (IP4.SRC or DST). The transport checksum is not touched. */
export function setAddress4(p: usize, field: u32, address: u32): void {
  const before = load<u32>(p + field), after = bswap<u32>(address);
  store<u32>(p + field, after);
  store<u16>(p, <u16>checksumUpdate32(load<u16>(p, IP4.CHECKSUM), before, after), IP4.CHECKSUM);
}

/** Where the transport header at an offset keeps its checksum; 0 for ICMP, whose checksum covers no addresses. */
function checksumField(protocol: u32): u32 {
  return protocol == <u32>IP_PROTOCOL.TCP ? TCP.CHECKSUM : protocol == <u32>IP_PROTOCOL.UDP ? UDP.CHECKSUM : 0;
}

/**
 * Give the TCP, UDP or ICMP echo packet at `p` another end: address and port,
 * or identifier. Precondition: its transport checksum is there.
 */
export function setEnd4(p: usize, field: u32, address: u32, port: u32): void {
  const t = p + <usize>((<u32>load<u8>(p) & 15) << 2), protocol = <u32>load<u8>(p, IP4.PROTOCOL), was = load<u32>(p + field);
  setAddress4(p, field, address);
  if (protocol == <u32>IP_PROTOCOL.ICMP) return put(t, ICMP4.IDENTIFIER, port, ICMP4.CHECKSUM, false);
  const sum = checksumField(protocol), udp = protocol == <u32>IP_PROTOCOL.UDP;
  if (!udp || load<u16>(t + sum)) store<u16>(t + sum, <u16>notZero(checksumUpdate32(load<u16>(t + sum), was, load<u32>(p + field)), udp));
  put(t, field == <u32>IP4.SRC ? 0 : 2, port, sum, udp);
}

/** Write a port and bring a checksum of the same header up to date. */
function put(t: usize, at: u32, port: u32, sum: u32, udp: bool): void {
  const before = load<u16>(t + at), after = bswap<u16>(<u16>port);
  store<u16>(t + at, after);
  if (!udp || load<u16>(t + sum)) store<u16>(t + sum, <u16>notZero(checksumUpdate16(load<u16>(t + sum), before, after), udp));
}

/** UDP sends a computed zero as 0xffff (RFC 768). */
function notZero(sum: u32, udp: bool): u32 {
  return udp && !sum ? 0xffff : sum;
}

/**
 * Give an ICMP error another end, outside and in the packet that it is about
 * (RFC 5508 section 4.2): that packet's opposite address and port. Its header
 * checksum follows, and its transport checksum as far as it is quoted; the ICMP
 * checksum follows all of them.
 * Precondition: the quoted header and eight bytes behind it are there.
 * @param at    offset of the quoted packet from `p`
 * @param have  bytes from `p` that can be read
 * @param field of the outer header, IP4.SRC or DST
 */
export function setQuoted4(p: usize, at: u32, have: u32, field: u32, address: u32, port: u32): void {
  const q = p + at, header = (<u32>load<u8>(q) & 15) << 2, t = q + header, m = q - ICMP4.LEN, protocol = <u32>load<u8>(q, IP4.PROTOCOL), icmp = protocol == <u32>IP_PROTOCOL.ICMP;
  const opposite: u32 = field == <u32>IP4.SRC ? IP4.DST : IP4.SRC, sum = checksumField(protocol), covered = icmp ? ICMP4.CHECKSUM : sum;
  const place: u32 = icmp ? ICMP4.IDENTIFIER : opposite == <u32>IP4.SRC ? 0 : 2, quotedSum = at + header + covered + 2 <= have;
  const total = load<u16>(m, ICMP4.CHECKSUM), wasAddress = load<u32>(q + opposite), wasHeader = load<u16>(q, IP4.CHECKSUM), wasPort = load<u16>(t + place), wasSum: u32 = quotedSum ? <u32>load<u16>(t + covered) : 0;
  setAddress4(p, field, address);
  setAddress4(q, opposite, address);
  store<u16>(t + place, bswap<u16>(<u16>port));
  let icmpSum = checksumUpdate32(total, wasAddress, load<u32>(q + opposite));
  icmpSum = checksumUpdate16(icmpSum, wasHeader, load<u16>(q, IP4.CHECKSUM));
  icmpSum = checksumUpdate16(icmpSum, wasPort, load<u16>(t + place));
  if (quotedSum && (wasSum || protocol != <u32>IP_PROTOCOL.UDP)) {
    let inner = checksumUpdate16(wasSum, wasPort, load<u16>(t + place));
    if (sum) inner = checksumUpdate32(inner, wasAddress, load<u32>(q + opposite));
    store<u16>(t + covered, <u16>notZero(inner, protocol == <u32>IP_PROTOCOL.UDP));
    icmpSum = checksumUpdate16(icmpSum, wasSum, load<u16>(t + covered));
  }
  store<u16>(m, <u16>icmpSum, ICMP4.CHECKSUM);
}
