// ip6_group.ts -- node: an IPv6 packet chooses among equal ways.
//
// RFC 2992 (hash of the flow), RFC 6438 (flow label); balance/group.ts has the shares, lib/flow.ts
// what a flow is. The edge is the kind of the member's Hop.
//
//   in / out  the packet, unchanged
//
// cfg    Packet.HIT: a GROUP Hop
// edges  HopKind; UNREACHABLE carries the ICMP messages to ip6_lookup
// sets   HIT, FLOW

import { Drop } from "../abi/drop";
import { chooseMember } from "../balance/choose";
import { at, drop } from "../lib/packet";
import { take6 } from "../originate/take6";

export function ip6_group(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), member = chooseMember(sw, d);
    if (member) take6(sw, d, member);
    else drop(d, Drop.GROUP_EMPTY);
  }
}
