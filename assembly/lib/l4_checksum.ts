// l4_checksum.ts -- the transport checksum of a whole IP packet: TCP (RFC
// 9293), UDP (RFC 768, RFC 8200 section 8.1), ICMP and ICMPv6.
//
// `p` points at an IPv4 or IPv6 header that a node passed, or may be any bytes
// at all; `have` bytes can be read from there. Fragments, packets that are not
// all there and other protocols have no checksum that could be told.

import { checksumPseudo4, checksumPseudo6, checksumTransport, checksumVerify } from "./checksum";
import { CHAIN_CUT, extension6, upper6 } from "./ext6";
import { be16 } from "./packet";
import { ICMP4 } from "../wire/icmp4";
import { ICMP6 } from "../wire/icmp6";
import { IP_PROTOCOL } from "../wire/ip";
import { IP4, IP4_FRAGMENT, IP4_VERSION_IHL_PLAIN } from "../wire/ip4";
import { IP6, IP6_EXT, IP6_FRAGMENT, IP6_FRAGMENT_PART } from "../wire/ip6";
import { SRH, SRH_ROUTING_TYPE } from "../wire/srh";
import { TCP } from "../wire/tcp";
import { UDP } from "../wire/udp";

/** Whether the packet has a transport checksum that is wrong. */
export function l4ChecksumWrong(p: usize, have: u32): bool {
  const plain = plainLength(p, have);
  if (plain) return !checksumVerify(checksumPseudo4(p + IP4.SRC, load<u8>(p, IP4.PROTOCOL), plain), p + IP4.LEN, plain);
  const upper = transport(p, have), header = upper & 255, at = upper >> 8, n = covered(p, upper);
  if (!n) return false;
  if (header == <u32>IP_PROTOCOL.UDP && load<u16>(p + at, UDP.CHECKSUM) == 0) return !isIp4(p); // none was made: RFC 768
  return !checksumVerify(pseudo(p, header, n), p + at, n);
}

/** Write the right transport checksum, if the packet has one. UDP over IPv4 that has none stays so. */
export function l4ChecksumRepair(p: usize, have: u32): void {
  const upper = transport(p, have), header = upper & 255, at = upper >> 8, n = covered(p, upper), field = fieldOf(header);
  if (!n || (header == <u32>IP_PROTOCOL.UDP && isIp4(p) && load<u16>(p + at, UDP.CHECKSUM) == 0)) return;
  const sum = checksumTransport(pseudo(p, header, n), p + at, n, field);
  store<u16>(p + at + field, <u16>(sum == 0 && header == <u32>IP_PROTOCOL.UDP ? 0xffff : sum));
}

/** Bytes that TCP or UDP's checksum covers, where an IPv4 packet is as most are; 0 for all others: they take the long way. */
function plainLength(p: usize, have: u32): u32 {
  if (have < <u32>(IP4.LEN + UDP.LEN) || load<u8>(p) != IP4_VERSION_IHL_PLAIN || load<u16>(p, IP4.FLAGS_OFFSET) & bswap<u16>(<u16>(IP4_FRAGMENT.MF | IP4_FRAGMENT.OFFSET))) return 0;
  const total = be16(p + IP4.TOTAL_LENGTH), n = total - IP4.LEN, protocol = <u32>load<u8>(p, IP4.PROTOCOL);
  if (total < <u32>(IP4.LEN + UDP.LEN) || total > have) return 0;
  if (protocol == <u32>IP_PROTOCOL.TCP) return n >= <u32>TCP.LEN ? n : 0;
  return protocol == <u32>IP_PROTOCOL.UDP && be16(p + IP4.LEN + UDP.LENGTH) == n && load<u16>(p + IP4.LEN, UDP.CHECKSUM) ? n : 0;
}

function isIp4(p: usize): bool {
  return load<u8>(p) >> 4 == 4;
}

/** Offset of the upper layer << 8 | its protocol; 0 for a fragment, or what is not all there. */
function transport(p: usize, have: u32): u32 {
  if (have < <u32>IP4.LEN) return 0;
  if (!isIp4(p)) return have < <u32>IP6.LEN || load<u8>(p) >> 4 != 6 ? 0 : transport6(p, have);
  const header = (<u32>load<u8>(p) & 15) << 2, total = be16(p + IP4.TOTAL_LENGTH);
  if (header < <u32>IP4.LEN || total < header || total > have) return 0;
  if (load<u16>(p, IP4.FLAGS_OFFSET) & bswap<u16>(<u16>(IP4_FRAGMENT.MF | IP4_FRAGMENT.OFFSET))) return 0;
  return (header << 8) | <u32>load<u8>(p, IP4.PROTOCOL);
}

function transport6(p: usize, have: u32): u32 {
  const end = lengthOf(p);
  if (end > have) return 0;
  const fragment = extension6(p, end, IP_PROTOCOL.FRAGMENT);
  if (fragment && be16(p + fragment + IP6_FRAGMENT.OFFSET_M) & (IP6_FRAGMENT_PART.OFFSET | IP6_FRAGMENT_PART.M)) return 0;
  const upper = upper6(p, end);
  return upper == CHAIN_CUT || !finalDestination(p, end) ? 0 : upper;
}

function lengthOf(p: usize): u32 {
  return isIp4(p) ? be16(p + IP4.TOTAL_LENGTH) : <u32>IP6.LEN + be16(p + IP6.PAYLOAD_LENGTH);
}

/** Offset of the checksum field in a transport header; 0 for one that has none. */
function fieldOf(header: u32): u32 {
  if (header == <u32>IP_PROTOCOL.TCP) return TCP.CHECKSUM;
  if (header == <u32>IP_PROTOCOL.UDP) return UDP.CHECKSUM;
  if (header == <u32>IP_PROTOCOL.ICMP) return ICMP4.CHECKSUM;
  return header == <u32>IP_PROTOCOL.ICMPV6 ? ICMP6.CHECKSUM : 0;
}

/** Bytes from the transport header on that the checksum covers; 0 when there is none. */
function covered(p: usize, upper: u32): u32 {
  const header = upper & 255, field = fieldOf(header);
  if (!upper || !field || header == <u32>(isIp4(p) ? IP_PROTOCOL.ICMPV6 : IP_PROTOCOL.ICMP)) return 0;
  const n = lengthOf(p) - (upper >> 8);
  if (n < field + 2) return 0;
  if (header != <u32>IP_PROTOCOL.UDP) return n;
  const length = be16(p + (upper >> 8) + UDP.LENGTH);
  return length < <u32>UDP.LEN || length > n ? 0 : length;
}

function pseudo(p: usize, header: u32, n: u32): u64 {
  if (isIp4(p)) return header == <u32>IP_PROTOCOL.ICMP ? 0 : checksumPseudo4(p + IP4.SRC, header, n);
  return checksumPseudo6(p + IP6.SRC, finalDestination(p, lengthOf(p)), header, n);
}

/** Where the packet goes in the end (RFC 8200 section 8.1): an SRH says so in Segment List[0]. 0: nobody can tell. */
function finalDestination(p: usize, end: u32): usize {
  const at = extension6(p, end, IP_PROTOCOL.ROUTING), routing = p + at;
  if (!at || !load<u8>(routing, IP6_EXT.SEGMENTS_LEFT)) return p + IP6.DST;
  const known = load<u8>(routing, IP6_EXT.ROUTING_TYPE) == SRH_ROUTING_TYPE && at + SRH.SEGMENT_LIST + SRH.SEGMENT_LEN <= end;
  return known ? routing + SRH.SEGMENT_LIST : 0;
}
