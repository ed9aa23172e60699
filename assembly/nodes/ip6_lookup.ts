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

import { Drop } from "../abi/drop";
import { HopKind } from "../abi/hop";
import { Packet, PacketFlag } from "../abi/packet";
import { Iface } from "../abi/port";
import { Switch } from "../abi/switch";
import { at, data, drop, forward } from "../lib/packet";
import { take6 } from "../originate/take6";
import { Lookup6, lpm6_get_many, MISS } from "../tables/lpm6";
import { IP6 } from "../wire/ip6";

/** First ten bits of fe80::/10. */
const LINK_LOCAL: u32 = 0xfe80 >> 6;

export function ip6_lookup(vec: usize, n: u32, sw: usize): void {
  const none = load<u32>(sw, Switch.NO_ROUTE), keys = <usize>load<u32>(sw, Switch.SCRATCH);
  for (let i: u32 = 0, key = keys; i < n; i++, key += Lookup6.SIZEOF) {
    const d = at(vec, i), dst = data(d) + <usize>load<u16>(d, Packet.L3) + IP6.DST;
    store<u64>(key, bswap<u64>(load<u64>(dst)));
    store<u64>(key, bswap<u64>(load<u64>(dst, 8)), Lookup6.LO);
    store<u32>(key, load<u32>(d, Packet.DOMAIN), Lookup6.VRF);
  }
  lpm6_get_many(load<u32>(sw, Switch.FIB6), keys, n, keys + n * Lookup6.SIZEOF);
  for (let i: u32 = 0, key = keys; i < n; i++, key += Lookup6.SIZEOF) {
    const d = at(vec, i), found = load<u32>(key, Lookup6.FOUND), hop = <usize>(found == MISS ? none : found);
    if (<u32>(load<u64>(key) >> 54) == LINK_LOCAL) onLink(sw, d);
    else if (load<u8>(hop) == HopKind.REWRITE) {
      store<u32>(d, <u32>hop, Packet.HIT);
      forward(d, HopKind.REWRITE);
    } else take6(sw, d, hop);
  }
}

function onLink(sw: usize, d: usize): void {
  const iface = <usize>load<u32>(sw, Switch.IFACES) + <u32>load<u16>(d, Packet.IFACE) * Iface.SIZEOF;
  const hop = <usize>load<u32>(iface, Iface.LINK_LOCAL_HOP);
  if (!hop || !(load<u8>(d, Packet.FLAGS) & PacketFlag.ORIGINATED)) drop(d, Drop.SCOPE);
  else take6(sw, d, hop);
}
