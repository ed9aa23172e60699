// ip6_glean.ts -- node: an IPv6 packet for a neighbour whose MAC the switch
// file does not say.
//
// RFC 4861 section 7.2.2. The next hop is the gateway in the hop, or else the
// destination itself.
//
//   in / out  the packet, unchanged
//
// cfg    Packet.HIT: a GLEAN Hop; Switch.NEIGHBORS
// edges  1 ip6_rewrite, 2 iface_output (ARP request, solicitation), 3 ip4_lookup, 4 ip6_lookup (ICMP)
// sets   HIT

import { Hop } from "../abi/hop";
import { Neighbor } from "../abi/neighbor";
import { Packet } from "../abi/packet";
import { at, data } from "../lib/packet";
import { glean } from "../originate/glean";
import { mapped4, MAPPED_HIGH } from "../tables/neighbors";
import { IP6 } from "../wire/ip6";

export function ip6_glean(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), hop = <usize>load<u32>(d, Packet.HIT), length = load<u8>(hop, Hop.REWRITE_LEN);
    const address = length ? hop + Hop.REWRITE : data(d) + <usize>load<u16>(d, Packet.L3) + IP6.DST;
    if (length == 4) glean(sw, d, MAPPED_HIGH, mapped4(load<u32>(address)), Neighbor.HOP6);
    else glean(sw, d, load<u64>(address), load<u64>(address, 8), Neighbor.HOP6);
  }
}
