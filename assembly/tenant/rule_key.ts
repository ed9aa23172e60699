// rule_key.ts -- a packet's key: the words that rules of security groups look at.

import { Drop } from "../abi/drop";
import { NO_PORT, RuleAbove, RuleKey } from "../abi/policy";
import { be16, be32 } from "../lib/packet";
import { CHAIN_CUT, extension6, upper6 } from "../lib/ext6";
import { IP_PROTOCOL } from "../wire/ip";
import { IP4, IP4_FRAGMENT } from "../wire/ip4";
import { IP6, IP6_FRAGMENT, IP6_FRAGMENT_PART } from "../wire/ip6";

/** Bytes of ports, or of ICMP type and code. */
const PORTS: u32 = 4, TYPE_CODE: u32 = 2;

/**
 * Write the key of the IPv4 packet at `p` to RuleKey at `key`.
 * @param have bytes from `p` that can be read, at least the fixed header
 * @param wire bytes that the wire had
 * @param iface index of the interface it came in by
 * @returns NONE, or why the packet must drop: its header or ports are not all there
 */
export function ruleKey4(p: usize, have: u32, wire: u32, iface: u32, key: usize): Drop {
  const header = (<u32>load<u8>(p) & 15) << 2, protocol = <u32>load<u8>(p, IP4.PROTOCOL);
  store<u32>(key, be32(p + IP4.SRC), RuleKey.SRC4);
  store<u32>(key, be32(p + IP4.DST), RuleKey.DST4);
  store<u64>(key, 0, RuleKey.SIZE4 - 8);
  const later = (be16(p + IP4.FLAGS_OFFSET) & IP4_FRAGMENT.OFFSET) != 0;
  return above(p, header, have, wire, later ? 0 : portBytes(protocol, IP_PROTOCOL.ICMP), protocol, iface, key + RuleKey.ABOVE4);
}

/** The same for the IPv6 packet at `p`: protocol is the upper layer's, behind extension headers. */
export function ruleKey6(p: usize, have: u32, wire: u32, iface: u32, key: usize): Drop {
  for (let i: usize = 0; i < 16; i += 4) {
    store<u32>(key + i, be32(p + i + IP6.SRC), RuleKey.SRC6);
    store<u32>(key + i, be32(p + i + IP6.DST), RuleKey.DST6);
  }
  const upper = upper6(p, have), cut = have < wire ? Drop.SNAP_CUT : Drop.IP6_EXTENSION_HEADER;
  if (upper == CHAIN_CUT) return cut;
  let protocol = upper & 255, later = false;
  if (protocol == <u32>IP_PROTOCOL.FRAGMENT) {
    // A later fragment: what is above is said by its header, but not shown.
    const at = upper >> 8;
    if (at + <u32>IP6_FRAGMENT.LEN > have) return cut;
    later = true;
    protocol = load<u8>(p + at);
  }
  return above(p, upper >> 8, have, wire, later ? 0 : portBytes(protocol, IP_PROTOCOL.ICMPV6), protocol, iface, key + RuleKey.ABOVE6);
}

/** Bytes of the transport header that a key takes. */
function portBytes(protocol: u32, icmp: u32): u32 {
  if (protocol == icmp) return TYPE_CODE;
  return protocol == <u32>IP_PROTOCOL.TCP || protocol == <u32>IP_PROTOCOL.UDP || protocol == <u32>IP_PROTOCOL.SCTP || protocol == <u32>IP_PROTOCOL.UDP_LITE ? PORTS : 0;
}

function above(p: usize, at: u32, have: u32, wire: u32, need: u32, protocol: u32, iface: u32, key: usize): Drop {
  let src: u32 = NO_PORT, dst: u32 = NO_PORT;
  if (need) {
    if (at + need > have) return at + need > wire ? Drop.TRUNCATED : Drop.SNAP_CUT;
    src = need == PORTS ? be16(p + at) : <u32>load<u8>(p + at);
    dst = need == PORTS ? be16(p + at + 2) : <u32>load<u8>(p + at, 1);
  }
  store<u32>(key, src, RuleAbove.SRC_PORT);
  store<u32>(key, dst, RuleAbove.DST_PORT);
  store<u32>(key, protocol, RuleAbove.PROTOCOL);
  store<u32>(key, iface, RuleAbove.IFACE);
  return Drop.NONE;
}

/** Whether the IPv6 packet at `p` belongs to a link's own business: neighbour discovery (RFC 4861, types 133 to 137). */
export function isDiscovery6(p: usize, have: u32): bool {
  const upper = upper6(p, have), at = upper >> 8;
  return upper != CHAIN_CUT && (upper & 255) == <u32>IP_PROTOCOL.ICMPV6 && at < have && <u32>load<u8>(p + at) - 133 < 5
    && !later6(p, have);
}

function later6(p: usize, have: u32): bool {
  const at = extension6(p, have, IP_PROTOCOL.FRAGMENT);
  return at != 0 && (be16(p + at + IP6_FRAGMENT.OFFSET_M) & IP6_FRAGMENT_PART.OFFSET) != 0;
}
