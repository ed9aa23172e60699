// vrf_select.ts -- node: a route leads into another VRF; look the packet up there.
//
//   in / out  the packet, unchanged
//
// cfg    Packet.HIT: Hop; AUX is the VRF
// edges  1 ip4_lookup, 2 ip6_lookup
// sets   DOMAIN

import { Hop } from "../abi/hop";
import { Packet } from "../abi/packet";
import { at, data, forward } from "../lib/packet";

const IP4_LOOKUP = 1, IP6_LOOKUP = 2;

export function vrf_select(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), version = load<u8>(data(d) + <usize>load<u16>(d, Packet.L3)) >> 4;
    store<u32>(d, load<u32>(load<u32>(d, Packet.HIT), Hop.AUX), Packet.DOMAIN);
    forward(d, version == 4 ? IP4_LOOKUP : IP6_LOOKUP);
  }
}
