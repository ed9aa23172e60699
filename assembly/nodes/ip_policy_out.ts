// ip_policy_out.ts -- node: may this IP packet leave by its interface?
//
// What an interface asks is in assembly/tenant. Packets that the switch itself
// made, tunnels' outer headers among them, pass. The node stands before
// rewriting, so before a packet is cut into fragments, and is in the graph only
// of a switch with policies.
//
//   in / out  the packet, unchanged
//
// cfg    Packet.HIT: Hop; Iface.POLICY: IfacePolicy
// edges  1 ip4_rewrite, 2 ip6_rewrite
// sets   HIT (dropped packets: the Rule)

import { Hop } from "../abi/hop";
import { Packet, PacketFlag } from "../abi/packet";
import { Iface } from "../abi/port";
import { at, data, forward } from "../lib/packet";
import { releases } from "../tenant/admit";

const IP4_REWRITE = 1, IP6_REWRITE = 2;

export function ip_policy_out(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), l3 = <u32>load<u16>(d, Packet.L3), hop = load<u32>(d, Packet.HIT), iface = <usize>load<u32>(hop, Hop.IFACE);
    const policy = <usize>load<u32>(iface, Iface.POLICY), own = load<u8>(d, Packet.FLAGS) & PacketFlag.ORIGINATED;
    if (policy && !own && !releases(sw, d, l3, policy, load<u16>(d, Packet.IFACE))) continue;
    store<u32>(d, hop, Packet.HIT);
    forward(d, load<u8>(data(d) + l3) >> 4 == 4 ? IP4_REWRITE : IP6_REWRITE);
  }
}
