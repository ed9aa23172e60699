// ip4_glean.ts -- node: an IPv4 packet for a neighbour whose MAC the switch
// file does not say.
//
// RFC 1812 section 3.3.2, RFC 1122 section 2.3.2.2. The next hop is the gateway
// in the hop, IPv4 or IPv6 (RFC 8950), or else the destination itself.
//
//   in / out  the packet, unchanged
//
// cfg    Packet.HIT: a GLEAN Hop; Switch.NEIGHBORS
// edges  1 ip4_rewrite, 2 iface_output (ARP request, solicitation), 3 ip4_lookup, 4 ip6_lookup (ICMP)
// sets   HIT

import { Hop } from "../abi/hop";
import { Neighbor } from "../abi/neighbor";
import { Packet } from "../abi/packet";
import { at, data } from "../lib/packet";
import { glean } from "../originate/glean";
import { mapped4, MAPPED_HIGH } from "../tables/neighbors";
import { IP4 } from "../wire/ip4";

export function ip4_glean(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), hop = <usize>load<u32>(d, Packet.HIT), gateway = hop + Hop.REWRITE, length = load<u8>(hop, Hop.REWRITE_LEN);
    if (length == 16) glean(sw, d, load<u64>(gateway), load<u64>(gateway, 8), Neighbor.HOP4);
    else glean(sw, d, MAPPED_HIGH, mapped4(length ? load<u32>(gateway) : load<u32>(data(d) + <usize>load<u16>(d, Packet.L3), IP4.DST)), Neighbor.HOP4);
  }
}
