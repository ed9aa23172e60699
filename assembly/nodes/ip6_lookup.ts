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
import { Packet, PacketFlag } from "../abi/packet";
import { Iface } from "../abi/port";
import { Switch } from "../abi/switch";
import { isLinkLocal6 } from "../lib/address6";
import { at, data, drop } from "../lib/packet";
import { take6 } from "../originate/take6";
import { lpm6_candidates, lpm6_get_from, lpm6_slot, MISS } from "../tables/lpm6";
import { IP6 } from "../wire/ip6";

/** What the first loop leaves for the second, in Switch.SCRATCH. */
enum Key { HI = 0, LO = 8, CANDIDATES = 16, SLOT = 20, SIZEOF = 32 }

// Two loops, so that the cache misses of a vector overlap: the first finds
// where each lookup begins and touches it, the second looks.
export function ip6_lookup(vec: usize, n: u32, sw: usize): void {
  const fib = <usize>load<u32>(sw, Switch.FIB6), none = load<u32>(sw, Switch.NO_ROUTE), keys = <usize>load<u32>(sw, Switch.SCRATCH);
  let touched: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), dst = data(d) + <usize>load<u16>(d, Packet.L3) + IP6.DST, key = keys + i * Key.SIZEOF;
    const vrf = load<u32>(d, Packet.DOMAIN), hi = bswap<u64>(load<u64>(dst)), lo = bswap<u64>(load<u64>(dst, 8));
    const candidates = lpm6_candidates(fib, vrf, hi, lo), slot = lpm6_slot(fib, vrf, hi, lo, candidates);
    store<u64>(key, hi, Key.HI);
    store<u64>(key, lo, Key.LO);
    store<u32>(key, candidates, Key.CANDIDATES);
    store<u32>(key, <u32>slot, Key.SLOT);
    touched += load<u32>(slot);
  }
  store<u32>(keys + n * Key.SIZEOF, touched); // a use, lest the loads be left out
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), key = keys + i * Key.SIZEOF;
    if (isLinkLocal6(data(d) + <usize>load<u16>(d, Packet.L3) + IP6.DST)) {
      onLink(sw, d);
      continue;
    }
    const found = lpm6_get_from(fib, load<u32>(key, Key.SLOT), load<u32>(d, Packet.DOMAIN), load<u64>(key, Key.HI), load<u64>(key, Key.LO), load<u32>(key, Key.CANDIDATES));
    take6(sw, d, <usize>(found == MISS ? none : found));
  }
}

function onLink(sw: usize, d: usize): void {
  const iface = <usize>load<u32>(sw, Switch.IFACES) + <u32>load<u16>(d, Packet.IFACE) * Iface.SIZEOF;
  const hop = <usize>load<u32>(iface, Iface.LINK_LOCAL_HOP);
  if (!hop || !(load<u8>(d, Packet.FLAGS) & PacketFlag.ORIGINATED)) drop(d, Drop.SCOPE);
  else take6(sw, d, hop);
}
