// bridge_policy.ts -- node: may this frame come into its bridge?
//
// What an interface asks of the IP packet in a frame is in assembly/tenant; of
// ARP the source guard asks who says to send it. Other frames, and neighbour
// discovery, pass. The node is in the graph
// only of a switch with policies.
//
//   in / out  the frame, unchanged
//
// cfg    Iface.POLICY: IfacePolicy
// edges  1 bridge_forward
// sets   HIT (the Rule that decided)

import { Packet } from "../abi/packet";
import { at, forward } from "../lib/packet";
import { admits, admitsArp, policyOf } from "../tenant/admit";
import { DROPPED, ipInBridged, IS_ARP, NO_PACKET } from "../tenant/frame";

const BRIDGE_FORWARD = 1;

export function bridge_policy(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), l3 = policyOf(sw, load<u16>(d, Packet.IFACE)) ? ipInBridged(d) : NO_PACKET;
    if (l3 == NO_PACKET || (l3 != DROPPED && (l3 & IS_ARP ? admitsArp(sw, d, l3 ^ IS_ARP) : admits(sw, d, l3)))) forward(d, BRIDGE_FORWARD);
  }
}
