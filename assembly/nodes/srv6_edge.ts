// srv6_edge.ts -- node: does an IPv6 packet from outside the SR domain keep out of it?
//
// RFC 8754 section 5.1: a packet that comes in by the edge for a segment of the
// domain is dropped. In the graph only where a port has `srv6_domain: edge`.
//
//   in / out  the packet, unchanged
//
// cfg    Iface.FLAGS SRV6_EDGE; Switch.SRV6: BLOCKS
// edges  1 ip6_lookup
// sets   nothing

import { Drop } from "../abi/drop";
import { Packet } from "../abi/packet";
import { Iface, IfaceFlag } from "../abi/port";
import { Srv6Domain } from "../abi/srv6_domain";
import { Switch } from "../abi/switch";
import { at, data, drop, forward } from "../lib/packet";
import { inPrefixes } from "../lib/prefixes";
import { IP6 } from "../wire/ip6";

const IP6_LOOKUP = 1;

export function srv6_edge(vec: usize, n: u32, sw: usize): void {
  const ifaces = <usize>load<u32>(sw, Switch.IFACES), domain = <usize>load<u32>(sw, Switch.SRV6);
  const blocks = <usize>load<u32>(domain, Srv6Domain.BLOCKS), count = load<u32>(domain, Srv6Domain.BLOCK_COUNT);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), iface = ifaces + <u32>load<u16>(d, Packet.IFACE) * Iface.SIZEOF;
    const outside = load<u16>(iface, Iface.FLAGS) & IfaceFlag.SRV6_EDGE;
    if (outside && inPrefixes(blocks, count, data(d) + <usize>load<u16>(d, Packet.L3) + IP6.DST)) drop(d, Drop.SR_DOMAIN);
    else forward(d, IP6_LOOKUP);
  }
}
