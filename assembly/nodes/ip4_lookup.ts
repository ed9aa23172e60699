// ip4_lookup.ts -- node: longest prefix match of the IPv4 destination.
//
// RFC 1812 section 5.2.4.3. The edge is the kind of the Hop found, so every
// lookup has the same edges (HopKind). A packet without a route, or with one
// that says so, is answered with ICMP unreachable (section 5.2.7.1).
//
//   in / out  the packet, unchanged
//
// cfg    Switch.FIB4, Switch.NO_ROUTE
// edges  HopKind; UNREACHABLE carries the ICMP messages back to this node
// sets   HIT

import { Packet, Switch } from "../abi";
import { at, be32, data } from "../lib/packet";
import { take4 } from "../originate/take4";
import { lpm4_get, MISS } from "../tables/lpm4";
import { IP4 } from "../wire/ip4";

export function ip4_lookup(vec: usize, n: u32, sw: usize): void {
  const fib = <usize>load<u32>(sw, Switch.FIB4), none = load<u32>(sw, Switch.NO_ROUTE);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), p = data(d) + <usize>load<u16>(d, Packet.L3);
    const found = lpm4_get(fib, load<u32>(d, Packet.DOMAIN), be32(p + IP4.DST));
    take4(sw, d, <usize>(found == MISS ? none : found));
  }
}
