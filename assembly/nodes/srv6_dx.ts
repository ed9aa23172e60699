// srv6_dx.ts -- node: an IP packet out of an SRv6 tunnel goes to its adjacency.
//
// RFC 8986 sections 4.4 (End.DX6), 4.5 (End.DX4) and 4.16.3 (USD of End.X),
// behind the checks that any packet passes: ip4_input or ip6_input, and the
// lookup in a VRF in which every prefix leads here. From here on it is in the
// VRF of its adjacency, where its sender is told of what goes wrong.
//
//   in / out  the packet, unchanged
//
// cfg    Packet.HIT: an SRV6_DX Hop; AUX: VRF; VIA: the adjacency
// edges  1 ip4_rewrite, 2 ip4_glean, 3 ip4_group, 4 ip6_rewrite, 5 ip6_glean, 6 ip6_group
// sets   DOMAIN, HIT

import { Hop, HopKind } from "../abi/hop";
import { Packet } from "../abi/packet";
import { at, data, forward } from "../lib/packet";

const REWRITE = 1, GLEAN = 2, GROUP = 3;
/** From an edge of IPv4 packets to that of IPv6 ones. */
const IP6 = 3;

export function srv6_dx(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), hop = <usize>load<u32>(d, Packet.HIT), via = <usize>load<u32>(hop, Hop.VIA), kind = load<u8>(via);
    store<u32>(d, load<u32>(hop, Hop.AUX), Packet.DOMAIN);
    store<u32>(d, <u32>via, Packet.HIT);
    const edge = kind == HopKind.GLEAN ? GLEAN : kind == HopKind.GROUP ? GROUP : REWRITE;
    forward(d, load<u8>(data(d) + <usize>load<u16>(d, Packet.L3)) >> 4 == 6 ? edge + IP6 : edge);
  }
}
