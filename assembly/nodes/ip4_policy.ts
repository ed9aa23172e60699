// ip4_policy.ts -- node: may this IPv4 packet come in by its interface?
//
// What an interface asks is in assembly/tenant. The node is in the graph only
// of a switch with policies.
//
//   in / out  the packet, unchanged
//
// cfg    Iface.POLICY: IfacePolicy
// edges  1 ip4_lookup
// sets   HIT (the Rule that decided)

import { Packet } from "../abi/packet";
import { at, forward } from "../lib/packet";
import { admits } from "../tenant/admit";

const IP4_LOOKUP = 1;

export function ip4_policy(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i);
    if (admits(sw, d, load<u16>(d, Packet.L3))) forward(d, IP4_LOOKUP);
  }
}
