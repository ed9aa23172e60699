// hop6.ts -- one forwarding step of an IPv6 packet: what every node does that
// sends one on, to a neighbour or into a tunnel.
//
// RFC 8200 section 3 (hop limit), RFC 8201 (packet too big), RFC 4291 section
// 2.5.6 (link-local addresses stay on their link), RFC 4443 section 2.2 and
// RFC 6724 section 5 (source of our own ICMPv6). Packets made here keep their
// hop limit, and so do those that a SID of ours has taken it from already.

import { Drop } from "../abi/drop";
import { Packet, PacketFlag } from "../abi/packet";
import { Iface } from "../abi/port";
import { Switch } from "../abi/switch";
import { copy6, isLinkLocal6, isUnspecified6 } from "../lib/address6";
import { checksumAdd, checksumFold } from "../lib/checksum";
import { data, drop, wireLen } from "../lib/packet";
import { ICMP6, ICMP6_TIME_EXCEEDED, ICMP6_TYPE, ICMP6_UNREACHABLE } from "../wire/icmp6";
import { IP6 } from "../wire/ip6";
import { icmp6Error } from "./icmp6";

/**
 * Take one from the hop limit. A packet whose hop limit is done, that is
 * longer than `mtu`, or whose source is known on its own link only, is dropped
 * and answered instead.
 * Precondition: the packet is as it was received, or as a SID of ours left it,
 * for the answer quotes it.
 * @param mtu  bytes; 65575 for "any length"
 * @param edge the node's edge to ip6_lookup, for the ICMPv6 message
 * @returns false when the packet was dropped
 */
export function hop6(sw: usize, d: usize, mtu: u32, edge: u32): bool {
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, limit = load<u8>(p, IP6.HOP_LIMIT);
  const flags = load<u8>(d, Packet.FLAGS), ours = flags & PacketFlag.ORIGINATED, done = flags & (PacketFlag.ORIGINATED | PacketFlag.STEPPED);
  if (!ours && isLinkLocal6(p + IP6.SRC)) {
    icmp6Error(sw, d, Drop.SCOPE, ICMP6_TYPE.DEST_UNREACHABLE, ICMP6_UNREACHABLE.BEYOND_SCOPE, 0, edge);
    return false;
  }
  if (!done && limit <= 1) {
    icmp6Error(sw, d, Drop.HOP_LIMIT_EXCEEDED, ICMP6_TYPE.TIME_EXCEEDED, ICMP6_TIME_EXCEEDED.TRANSIT, 0, edge);
    return false;
  }
  if (wireLen(d) - l3 > mtu) {
    icmp6Error(sw, d, Drop.PACKET_TOO_BIG, ICMP6_TYPE.PACKET_TOO_BIG, 0, mtu, edge);
    return false;
  }
  if (!done) store<u8>(p, limit - 1, IP6.HOP_LIMIT);
  return true;
}

/**
 * Give an ICMPv6 message of ours that has none (PacketFlag.NO_SOURCE) a source
 * address: to a link-local destination the link-local one of `iface`, which it
 * leaves by; else its global one, else the router-id, else again the
 * link-local one.
 * @param iface an Iface; 0 where a tunnel hides it
 * @returns false when there is no address at all: the packet was dropped
 */
export function source6(sw: usize, d: usize, iface: usize): bool {
  const flags = load<u8>(d, Packet.FLAGS);
  if (!(flags & PacketFlag.NO_SOURCE)) return true;
  const p = data(d) + <usize>load<u16>(d, Packet.L3), from = sourceFor(sw, iface, p + IP6.DST);
  if (!from) {
    drop(d, Drop.MARTIAN_SOURCE);
    return false;
  }
  copy6(p + IP6.SRC, from);
  // The source was zero when the checksum was made: add it, as RFC 1624 does.
  const field = data(d) + <usize>load<u16>(d, Packet.L4) + ICMP6.CHECKSUM;
  const sum = checksumAdd(checksumAdd(load<u64>(from), load<u64>(from, 8)), <u64>(load<u16>(field) ^ 0xffff));
  store<u16>(field, <u16>(checksumFold(sum) ^ 0xffff));
  store<u8>(d, flags & ~PacketFlag.NO_SOURCE, Packet.FLAGS);
  return true;
}

/** Address of one of our addresses to use towards `to`, or 0. */
function sourceFor(sw: usize, iface: usize, to: usize): usize {
  const near = iface + Iface.LINK_LOCAL, routerId = <usize>load<u32>(sw, Switch.IFACES) + Iface.IP6;
  if (iface && isLinkLocal6(to)) return near;
  if (iface && !isUnspecified6(iface + Iface.IP6)) return iface + Iface.IP6;
  return !isUnspecified6(routerId) ? routerId : iface ? near : 0;
}
