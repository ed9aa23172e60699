// five_tuple.ts -- the 5-tuple of an IP packet itself, where a hash of it (flow.ts)
// would take two flows for one. Fragments go without ports, as there.
//
//   0       4       8                 32      36 37 38    40
//   +-------+-------+-----------------+-------+--+--+-----+
//   | src   | dst   | zero            | ports |pr| 4|  0  |
//   +-------+-------+-----------------+-------+--+--+-----+
//   | IPv6 source     | destination   | ports |pr| 6|  0  |
//   +-----------------+---------------+-------+--+--+-----+

import { IP_PROTOCOL } from "../wire/ip";
import { IP4, IP4_FRAGMENT } from "../wire/ip4";
import { IP6 } from "../wire/ip6";
import { copy6 } from "./address6";
import { CHAIN_CUT, extension6, upper6 } from "./ext6";

/** Bytes of a key. */
export const FLOW_KEY: u32 = 40;

/** Write the key of the IPv4 packet in `end` bytes at `p` to `to`. Precondition: end >= IP4.LEN. */
export function flowKey4(to: usize, p: usize, end: u32): void {
  const header = (<u32>load<u8>(p) & 15) << 2, protocol = <u32>load<u8>(p, IP4.PROTOCOL);
  const fragment = (load<u16>(p, IP4.FLAGS_OFFSET) & bswap<u16>(<u16>(IP4_FRAGMENT.OFFSET | IP4_FRAGMENT.MF))) != 0;
  store<u64>(to, load<u64>(p, IP4.SRC));
  store<u64>(to, 0, 8);
  store<u64>(to, 0, 16);
  store<u64>(to, 0, 24);
  store<u64>(to, rest(p + header, fragment || header > end ? 0 : end - header, protocol, 4), 32);
}

/** The same of an IPv6 packet. Precondition: end >= IP6.LEN. */
export function flowKey6(to: usize, p: usize, end: u32): void {
  const upper = upper6(p, end), whole = upper != CHAIN_CUT && !extension6(p, end, IP_PROTOCOL.FRAGMENT), at = whole ? upper >> 8 : 0;
  copy6(to, p + IP6.SRC);
  copy6(to + 16, p + IP6.DST);
  store<u64>(to, whole ? rest(p + at, end - at, upper & 0xff, 6) : rest(p, 0, IP_PROTOCOL.FRAGMENT, 6), 32);
}

/** Ports, protocol and version. @param left bytes of the transport header that can be read */
function rest(l4: usize, left: u32, protocol: u32, version: u64): u64 {
  const ports = left >= 4 && (protocol == <u32>IP_PROTOCOL.TCP || protocol == <u32>IP_PROTOCOL.UDP || protocol == <u32>IP_PROTOCOL.SCTP);
  return <u64>(ports ? load<u32>(l4) : 0) | (<u64>protocol << 32) | (version << 40);
}
