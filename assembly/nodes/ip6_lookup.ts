// ip6_lookup.ts -- node: longest prefix match of the IPv6 destination.
//
// The edge is the kind of the Hop found, so every lookup has the same edges
// (HopKind). A packet without a route, or with one that says so, is answered
// with ICMPv6 unreachable (RFC 4443 section 3.1). Of packets to a link-local
// address only our own come here (answers to a neighbour); they leave by the
// interface they belong to.
//
//   in / out  the packet, unchanged
//
// cfg    Switch.FIB6, Switch.NO_ROUTE, Iface.LINK_LOCAL_HOP
// edges  HopKind; UNREACHABLE carries the ICMPv6 messages back to this node
// sets   HIT

import { Drop, Iface, Packet, PacketFlag, Switch } from "../abi";
import { isLinkLocal6 } from "../lib/address6";
import { at, data, drop } from "../lib/packet";
import { take6 } from "../originate/take6";
import { lpm6_get, MISS } from "../tables/lpm6";
import { IP6 } from "../wire/ip6";

export function ip6_lookup(vec: usize, n: u32, sw: usize): void {
  const fib = <usize>load<u32>(sw, Switch.FIB6), none = load<u32>(sw, Switch.NO_ROUTE);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), dst = data(d) + <usize>load<u16>(d, Packet.L3) + IP6.DST;
    if (isLinkLocal6(dst)) {
      onLink(sw, d);
      continue;
    }
    const found = lpm6_get(fib, load<u32>(d, Packet.DOMAIN), bswap<u64>(load<u64>(dst)), bswap<u64>(load<u64>(dst, 8)));
    take6(sw, d, <usize>(found == MISS ? none : found));
  }
}

function onLink(sw: usize, d: usize): void {
  const iface = <usize>load<u32>(sw, Switch.IFACES) + <u32>load<u16>(d, Packet.IFACE) * Iface.SIZEOF;
  const hop = <usize>load<u32>(iface, Iface.LINK_LOCAL_HOP);
  if (!hop || !(load<u8>(d, Packet.FLAGS) & PacketFlag.ORIGINATED)) drop(d, Drop.SCOPE);
  else take6(sw, d, hop);
}
