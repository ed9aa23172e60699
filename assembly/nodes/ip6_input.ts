// ip6_input.ts -- node: is this an IPv6 header that a router may act on?
//
// RFC 8200 sections 3 and 4 (header, extension headers; hop-by-hop options,
// 4.3, are read when there are any), RFC 4291 section 2.5 (addresses that no
// wire carries). Jumbograms (RFC 2675) are refused. Bytes behind the payload,
// padding of short frames, are cut off.
//
// Solicited-node groups are taken without regard to the address behind them:
// nd_input looks at the target itself (RFC 4861 section 7.2.3).
//
//   in   | Ethernet | IPv6 header | [extension headers] | payload | [padding]
//   out  | Ethernet | IPv6 header | [extension headers] | payload |
//
// cfg    Switch.IFACES: Iface.LINK_LOCAL, IfaceFlag.MULTICAST
// edges  1 ip6_lookup, 2 ip6_lookup (ICMPv6), 3 ip6_local (link-local
//        destinations and groups of our own)
// sets   LEN, ORIG, L4 (the upper layer; see upper6), ECN

import { Drop } from "../abi/drop";
import { Packet, PacketFlag } from "../abi/packet";
import { Iface } from "../abi/port";
import { Switch } from "../abi/switch";
import { isLinkLocal6, isMulticast6, isReserved6, isUnspecified6, same6 } from "../lib/address6";
import { CHAIN_CUT, extensionLength, isExtension, upper6 } from "../lib/ext6";
import { takesLoopback } from "../lib/loopback";
import { takesGroup6 } from "../lib/multicast";
import { at, be16, data, drop, dropShort, forward, len, wireLen } from "../lib/packet";
import { plain6 } from "../lib/plain";
import { options6 } from "../originate/options6";
import { ECN, IP_PROTOCOL } from "../wire/ip";
import { IP6 } from "../wire/ip6";

const IP6_LOOKUP = 1, ICMP = 2, IP6_LOCAL = 3;

export function ip6_input(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3;
    if (len(d) >= l3 + IP6.LEN && !(load<u8>(d, Packet.FLAGS) & PacketFlag.GROUP) && plain6(p, wireLen(d) - l3)) {
      store<u16>(d, l3 + IP6.LEN, Packet.L4);
      store<u8>(d, (load<u8>(p, 1) >> 4) & ECN.MASK, Packet.ECN);
      forward(d, IP6_LOOKUP);
    } else validate(sw, d, p, l3);
  }
}

/** Any header: all checks. */
function validate(sw: usize, d: usize, p: usize, l3: u32): void {
  const have = len(d) - l3;
  if (have < <u32>IP6.LEN) return dropShort(d, l3 + IP6.LEN);
  if (load<u8>(p) >> 4 != 6) return drop(d, Drop.IP6_VERSION);
  const total = <u32>IP6.LEN + be16(p + IP6.PAYLOAD_LENGTH), next = <u32>load<u8>(p, IP6.NEXT_HEADER);
  // A jumbogram's length is zero, though hop-by-hop options follow.
  if (total > wireLen(d) - l3 || (total == <u32>IP6.LEN && next == <u32>IP_PROTOCOL.HOP_BY_HOP)) return drop(d, Drop.IP6_PAYLOAD_LENGTH);
  const martian = martians(sw, d, p, next);
  if (martian) return drop(d, martian);
  store<u32>(d, l3 + total, Packet.ORIG);
  if (have > total) store<u32>(d, l3 + total, Packet.LEN);
  store<u16>(d, l3 + IP6.LEN, Packet.L4);
  store<u8>(d, (load<u8>(p, 1) >> 4) & ECN.MASK, Packet.ECN);
  if (isExtension(next) && !extensions(sw, d, l3, p)) return;
  const first = load<u8>(p, IP6.DST);
  if (first == 0xff || first == 0xfe) near(sw, d, p);
  else if (load<u8>(d, Packet.FLAGS) & PacketFlag.GROUP) drop(d, Drop.GROUP_FRAME);
  else forward(d, IP6_LOOKUP);
}

/** Drop reason for addresses that no node may take from a wire, or 0. */
function martians(sw: usize, d: usize, p: usize, next: u32): Drop {
  if (isMulticast6(p + IP6.SRC)) return Drop.MARTIAN_SOURCE;
  if (isRefused(sw, d, p + IP6.SRC)) {
    // Nobody speaks to a group when it asks for its own address (RFC 4862 section 5.4.2).
    const asks = isUnspecified6(p + IP6.SRC) && isMulticast6(p + IP6.DST) && next == <u32>IP_PROTOCOL.ICMPV6;
    if (!asks) return Drop.MARTIAN_SOURCE;
  }
  if (isRefused(sw, d, p + IP6.DST)) return Drop.MARTIAN_DESTINATION;
  return Drop.NONE;
}

/** A reserved address; ::1 passes where the port takes what a host says to itself. */
function isRefused(sw: usize, d: usize, a: usize): bool {
  return isReserved6(a) && !(load<u64>(a, 8) == <u64>1 << 56 && takesLoopback(sw, d));
}

/** Read the extension headers; L4 is set. @returns false when the packet was dropped */
function extensions(sw: usize, d: usize, l3: u32, p: usize): bool {
  const end = len(d) - l3, upper = upper6(p, end);
  if (upper == CHAIN_CUT) {
    drop(d, len(d) < wireLen(d) ? Drop.SNAP_CUT : Drop.IP6_EXTENSION_HEADER);
    return false;
  }
  store<u16>(d, l3 + (upper >> 8), Packet.L4);
  if (load<u8>(p, IP6.NEXT_HEADER) != IP_PROTOCOL.HOP_BY_HOP) return true;
  return options6(sw, d, IP6.LEN, extensionLength(IP_PROTOCOL.HOP_BY_HOP, p + IP6.LEN), ICMP);
}

/** Destinations beginning with fe or ff: on this link only, or groups. */
function near(sw: usize, d: usize, p: usize): void {
  const dst = p + IP6.DST;
  if (isMulticast6(dst)) {
    if (isOwnGroup(dst)) forward(d, IP6_LOCAL);
    else if (takesGroup6(sw, d, dst)) forward(d, IP6_LOOKUP);
    else drop(d, Drop.MULTICAST);
  } else if (load<u8>(d, Packet.FLAGS) & PacketFlag.GROUP) drop(d, Drop.GROUP_FRAME);
  else if (!isLinkLocal6(dst)) forward(d, IP6_LOOKUP);
  else if (same6(dst, <usize>load<u32>(sw, Switch.IFACES) + <u32>load<u16>(d, Packet.IFACE) * Iface.SIZEOF + Iface.LINK_LOCAL)) forward(d, IP6_LOCAL);
  else drop(d, Drop.SCOPE);
}

/** ff02::1 (all nodes), ff02::2 (all routers), ff02::1:ff00:0/104 (solicited nodes): RFC 4291 section 2.7.1. */
function isOwnGroup(dst: usize): bool {
  if (load<u64>(dst) != 0x02ff) return false;
  const low = load<u64>(dst, 8);
  return low == <u64>1 << 56 || low == <u64>2 << 56 || (low & 0xffffffffff) == 0xff01000000;
}
