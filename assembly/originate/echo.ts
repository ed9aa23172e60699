// echo.ts -- the packet becomes the answer to itself: RFC 792 and RFC 4443
// section 4.2. Its options and extension headers are not returned: a route
// that the sender asked for is not ours to keep (RFC 7126 section 4.3).
//
//   in   | anything, L3 bytes | IP | [options] | echo request
//   out  | IP | echo reply |

import { Packet, PacketFlag } from "../abi/packet";
import { copy6, isMulticast6 } from "../lib/address6";
import { checksum, checksumUpdate16 } from "../lib/checksum";
import { data, len, put16, strip } from "../lib/packet";
import { ICMP4, ICMP4_TYPE } from "../wire/icmp4";
import { ICMP6, ICMP6_TYPE } from "../wire/icmp6";
import { IP_PROTOCOL } from "../wire/ip";
import { IP4, IP4_VERSION_IHL_PLAIN } from "../wire/ip4";
import { IP6 } from "../wire/ip6";
import { icmp6Checksum } from "./icmp6";

const TTL: u8 = 64;

/** Turn an echo request (L4) into its reply. Precondition: its checksum is right. */
export function echoReply4(d: usize): void {
  const p = bare(d, IP4.LEN, PacketFlag.ORIGINATED), m = p + IP4.LEN, src = load<u32>(p, IP4.SRC);
  store<u8>(p, IP4_VERSION_IHL_PLAIN, IP4.VERSION_IHL);
  put16(p + IP4.TOTAL_LENGTH, len(d));
  store<u8>(p, TTL, IP4.TTL);
  store<u32>(p, load<u32>(p, IP4.DST), IP4.SRC);
  store<u32>(p, src, IP4.DST);
  store<u16>(p, 0, IP4.CHECKSUM);
  store<u16>(p, <u16>checksum(p, IP4.LEN), IP4.CHECKSUM);
  const before = load<u16>(m);
  store<u8>(m, ICMP4_TYPE.ECHO_REPLY, ICMP4.TYPE);
  store<u16>(m, <u16>checksumUpdate16(load<u16>(m, ICMP4.CHECKSUM), before, load<u16>(m)), ICMP4.CHECKSUM);
}

/** The same for IPv6. What a group was asked is answered from the address of the interface (NO_SOURCE). */
export function echoReply6(d: usize): void {
  const group = isMulticast6(data(d) + <usize>load<u16>(d, Packet.L3) + IP6.DST);
  const p = bare(d, IP6.LEN, group ? PacketFlag.ORIGINATED | PacketFlag.NO_SOURCE : PacketFlag.ORIGINATED);
  const m = p + IP6.LEN, n = len(d) - IP6.LEN, from0 = load<u64>(p, IP6.SRC), from1 = load<u64>(p, IP6.SRC + 8);
  if (group) memory.fill(p + IP6.SRC, 0, 16);
  else copy6(p + IP6.SRC, p + IP6.DST);
  store<u64>(p, from0, IP6.DST);
  store<u64>(p, from1, IP6.DST + 8);
  put16(p + IP6.PAYLOAD_LENGTH, n);
  store<u8>(p, IP_PROTOCOL.ICMPV6, IP6.NEXT_HEADER);
  store<u8>(p, TTL, IP6.HOP_LIMIT);
  store<u8>(m, ICMP6_TYPE.ECHO_REPLY, ICMP6.TYPE);
  icmp6Checksum(p, m, n);
}

/** Bring the first `n` bytes of the IP header, a plain one, up to L4 and drop all before. @returns its address */
function bare(d: usize, n: u32, flags: u32): usize {
  const l3 = <u32>load<u16>(d, Packet.L3), l4 = <u32>load<u16>(d, Packet.L4);
  memory.copy(data(d) + l4 - n, data(d) + l3, n);
  strip(d, l4 - n);
  store<u16>(d, 0, Packet.L3);
  store<u16>(d, n, Packet.L4);
  store<u32>(d, 0, Packet.FLOW);
  store<u8>(d, (load<u8>(d, Packet.FLAGS) & PacketFlag.COPY) | <u8>flags, Packet.FLAGS);
  return data(d);
}
