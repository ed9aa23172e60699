// ip4_group.ts -- node: an IPv4 packet chooses among equal ways.
//
// RFC 2992 (hash of the flow); balance/group.ts has the shares, lib/flow.ts
// what a flow is. The edge is the kind of the member's Hop.
//
//   in / out  the packet, unchanged
//
// cfg    Packet.HIT: a GROUP Hop
// edges  HopKind; UNREACHABLE carries the ICMP messages to ip4_lookup
// sets   HIT, FLOW

import { Drop } from "../abi/drop";
import { chooseMember } from "../balance/choose";
import { at, drop } from "../lib/packet";
import { take4 } from "../originate/take4";

export function ip4_group(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), member = chooseMember(sw, d);
    if (member) take4(sw, d, member);
    else drop(d, Drop.GROUP_EMPTY);
  }
}
