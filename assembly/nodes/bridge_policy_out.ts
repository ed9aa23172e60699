// bridge_policy_out.ts -- node: may this frame leave its bridge by an interface?
//
// What an interface asks of the IP packet in a frame is in assembly/tenant; ARP
// and other frames, and neighbour discovery, pass. A bridge no longer knows
// where a frame came from: rules that ask for it match nothing here. The node
// is in the graph only of a switch with policies.
//
//   in / out  the frame, unchanged
//
// cfg    Packet.IFACE: Iface; Iface.POLICY: IfacePolicy
// edges  1 iface_output
// sets   HIT (the Rule that decided)

import { Packet } from "../abi/packet";
import { at, forward } from "../lib/packet";
import { policyOf, releases } from "../tenant/admit";
import { DROPPED, ipInBridged, IS_ARP, NO_PACKET } from "../tenant/frame";

const IFACE_OUTPUT = 1;

export function bridge_policy_out(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), policy = policyOf(sw, load<u16>(d, Packet.IFACE)), l3 = policy ? ipInBridged(d) : NO_PACKET;
    if (l3 == NO_PACKET || l3 & IS_ARP || (l3 != DROPPED && releases(sw, d, l3, policy, 0))) forward(d, IFACE_OUTPUT);
  }
}
