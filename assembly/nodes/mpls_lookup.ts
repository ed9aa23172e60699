// mpls_lookup.ts -- node: what does the label on top of the stack mean here?
//
// RFC 3031 section 3.10 (ILM), RFC 3032 sections 2.1 (special labels) and 2.4
// (TTL), RFC 3443. A router takes one off the TTL of a packet, where it leaves:
// a packet whose label is swapped or popped for the neighbour needs a TTL of
// two. One popped for ourselves does not: the TTL of what is uncovered decides.
//
//   in / out  | anything, L3 bytes | label stack | payload, unchanged
//
// cfg    Switch.LABELS: exact32, label -> Label (a Bift for BIER)
// edges  LabelOp: 1 mpls_swap, 2 mpls_pop, 3 bier_forward, 4 sr_proxy;
//        5 ip4_lookup, 6 ip6_lookup (ICMP)
// sets   HIT

import { Drop } from "../abi/drop";
import { Label } from "../abi/mpls";
import { Packet } from "../abi/packet";
import { Switch } from "../abi/switch";
import { labelOf } from "../lib/mpls";
import { at, be32, data, drop, dropShort, forward, len, wireLen } from "../lib/packet";
import { mplsTimeExceeded } from "../originate/mpls";
import { exact32_get, MISS } from "../tables/exact32";
import { MPLS, MPLS_ENTRY, MPLS_LABEL } from "../wire/mpls";

const ICMP4 = 5, ICMP6 = 6;

export function mpls_lookup(vec: usize, n: u32, sw: usize): void {
  const labels = <usize>load<u32>(sw, Switch.LABELS);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), l3 = <u32>load<u16>(d, Packet.L3);
    if (len(d) < l3 + MPLS.LEN) {
      dropShort(d, l3 + MPLS.LEN);
      continue;
    }
    const entry = be32(data(d) + l3);
    if (!(entry & MPLS_ENTRY.S) && wireLen(d) < l3 + 2 * MPLS.LEN) {
      drop(d, Drop.MPLS_NO_BOTTOM);
      continue;
    }
    const found = exact32_get(labels, labelOf(entry));
    if (found == MISS) {
      drop(d, labelOf(entry) < <u32>MPLS_LABEL.FIRST ? Drop.MPLS_LABEL_RESERVED : Drop.MPLS_LABEL_UNKNOWN);
      continue;
    }
    store<u32>(d, found, Packet.HIT);
    const op = load<u8>(found, Label.OP);
    if ((entry & MPLS_ENTRY.TTL) > u32(load<u32>(found, Label.HOP) != 0)) forward(d, op);
    else mplsTimeExceeded(sw, d, ICMP4, ICMP6);
  }
}
