// ip4_verify.ts -- node: is the transport checksum of a received IPv4 packet right?
//
// A router passes wrong ones on all the same (the ends judge), but says how
// many came in: Port.BAD_L4 of the port that the packet came by.
//
//   in / out  the packet, unchanged
//
// cfg    Switch.PORTS; the node is in the graph only if `count_checksums` is on
// edges  1 ip4_lookup
// sets   nothing

import { countChecksum } from "../lib/count_checksum";
import { at, forward } from "../lib/packet";

const IP4_LOOKUP = 1;

export function ip4_verify(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i);
    countChecksum(sw, d);
    forward(d, IP4_LOOKUP);
  }
}
