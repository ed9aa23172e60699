// bridge_flood.ts -- node: one frame for every member of the bridge that may have it.
//
// lib/flood.ts says who that is. The frame itself goes to the first member and
// copies to the others, all or none.
//
//   in / out  the frame, unchanged
//
// cfg    Packet.DOMAIN: Bridge; Packet.IFACE: where it came from
// edges  1 ip4_input, 2 ip6_input, 3 arp_input, 4 mpls_lookup, 5 bier_input,
//        6 iface_output
// sets   IFACE; DOMAIN, L3, FLAGS.GROUP (own interface)

import { Drop } from "../abi/drop";
import { Packet } from "../abi/packet";
import { Bridge, Iface } from "../abi/port";
import { Switch } from "../abi/switch";
import { starved, wait } from "../lib/emit";
import { flood, flood_count } from "../lib/flood";
import { at, drop, len } from "../lib/packet";
import { available } from "../lib/pool";

export function bridge_flood(vec: usize, n: u32, sw: usize): void {
  const bridges = <usize>load<u32>(sw, Switch.BRIDGES), ifaces = <usize>load<u32>(sw, Switch.IFACES);
  const pool = <usize>load<u32>(sw, Switch.POOL);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), bridge = bridges + <usize>load<u32>(d, Packet.DOMAIN) * Bridge.SIZEOF;
    const from = ifaces + <usize>load<u16>(d, Packet.IFACE) * Iface.SIZEOF, takers = flood_count(bridge, from, d, 0);
    if (!takers) {
      drop(d, Drop.NO_MEMBER);
      continue;
    }
    if (available(pool, len(d)) < takers - 1) {
      if (!starved(sw)) {
        wait(sw, i);
        return;
      }
      drop(d, Drop.NO_BUFFER);
      store<u32>(sw, 0, Switch.STARVED); // this one was too many; the next may fit
      continue;
    }
    flood(sw, pool, bridge, from, d, 0);
  }
}
